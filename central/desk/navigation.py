"""The menu of the desk and the handbook's place for each page: one table. `base.html` draws it.

A new page gets a row here, or is added to `pages` of the row it belongs to.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from central.agencies.visibility import VIEWING_ACTIONS
from central.centres.models import Officer
from central.counting import count_all
from central.desk import badges
from central.people.permission import actions_by_scope
from central.people.roles import Action, Scope
from protocol.bilingual_text import BilingualText


class Group(Enum):
    """Where an entry is in the menu."""

    WORK = "work"  # in the bar
    MANAGE = "manage"  # in the folded part «จัดการ», for administrators


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the menu."""

    url_name: str
    label: BilingualText
    actions: tuple[Action, ...]  # shown to officers with one of these at any place; none: to everybody of the scopes
    group: Group = Group.WORK
    pages: frozenset[str] = frozenset()  # names of further pages that belong to this entry
    help_anchor: str = ""  # section of the handbook, '' for its beginning
    badge: Callable[[Officer], Sequence[QuerySet[Any]]] | None = None  # what needs somebody
    # By the roles of which places. The pages of the desk itself are for centres and their teams.
    scopes: tuple[Scope, ...] = (Scope.CENTRE, Scope.TEAM)

    def is_offered(self, actions: Mapping[Scope, frozenset[Action]]) -> bool:
        """Whether the entry is in the menu of an officer with these actions."""
        allowed = frozenset().union(*(actions[scope] for scope in self.scopes))
        return not allowed.isdisjoint(self.actions) if self.actions else bool(allowed)

    def has_page(self, url_name: str | None) -> bool:
        """Whether a page belongs to this entry."""
        return url_name == self.url_name or url_name in self.pages


ENTRIES = (
    NavigationEntry("home", BilingualText("หน้าแรก", "Home"), (), help_anchor="home"),
    NavigationEntry(
        "cases",
        BilingualText("เรื่อง", "Cases"),
        (Action.VIEW_CASES,),
        pages=frozenset({"case", "save_step", "print_case", "bulk", "save_filter", "change_filter"}),
        help_anchor="home",
    ),
    NavigationEntry(
        "file",
        BilingualText("บันทึกเรื่อง", "Enter a case"),
        (Action.FILE_CASES,),
        pages=frozenset({"privacy_notice"}),
        help_anchor="filing",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "mails",
        BilingualText("อีเมล", "Mail"),
        (Action.FILE_CASES,),
        Group.MANAGE,
        pages=frozenset({"mail", "dismiss_mail"}),
        help_anchor="filing",
        badge=badges.waiting_mails,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "scans",
        BilingualText("แบ่งชุดสแกน", "Scans into cases"),
        (Action.FILE_CASES,),
        Group.MANAGE,
        pages=frozenset({"scan_batch", "add_scan_files", "scan_page", "separator_sheet", "add_scan_to_case"}),
        help_anchor="filing",
        badge=badges.waiting_scans,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "find",
        BilingualText("ค้นเรื่องให้ผู้ร้อง", "Find for a citizen"),
        (Action.READ_PEOPLE,),
        pages=frozenset({"new_code"}),
        help_anchor="lost-code",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "decisions",
        BilingualText("รอพิจารณา", "Decisions"),
        (Action.APPROVE,),
        pages=frozenset({"decide_proposal"}),
        help_anchor="decisions",
        badge=badges.waiting_proposals,
    ),
    NavigationEntry(
        "overview",
        BilingualText("ภาพรวม", "Overview"),
        (Action.VIEW_CASES,),
        pages=frozenset({"wall_screens", "places"}),
        help_anchor="reports",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "reports",
        BilingualText("รายงาน", "Reports"),
        (Action.VIEW_CASES,),
        pages=frozenset(
            {
                "report_map",
                "point_map",
                "point_clusters",
                "point_background",
                "report_cases",
                "report_file",
                "periodic_report",
                "savings",
                "saving_file",
                "save_assumptions",
                "agency_ranking",
                "agency_certificates",
                "survey_report",
            }
        ),
        help_anchor="reports",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "alarms",
        BilingualText("แจ้งเตือน", "Alarms"),
        (Action.VIEW_ALARMS,),
        help_anchor="alarms",
        badge=badges.open_alarms,
    ),
    NavigationEntry(
        "notices",
        BilingualText("การแจ้งผู้ร้อง", "Notices"),
        (Action.VIEW_ALARMS,),
        Group.MANAGE,
        pages=frozenset({"send_again", "notice_routes", "notice_hours", "notice_route"}),
        help_anchor="notices",
        badge=badges.dead_letters,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "enrolments",
        BilingualText("รับตู้เข้าระบบ", "Enrolments"),
        (Action.RUN_FLEET,),
        help_anchor="enrolments",
        badge=badges.waiting_kiosks,
    ),
    NavigationEntry(
        "kiosks",
        BilingualText("ตู้ทั้งหมด", "Kiosks"),
        (Action.RUN_FLEET,),
        pages=frozenset({"kiosk", "releases"}),
        help_anchor="kiosks",
        badge=badges.urgent_kiosks,
    ),
    NavigationEntry(
        "channels",
        BilingualText("จำนวนตามช่องทาง", "Counts by channel"),
        (Action.VIEW_CASES,),
        Group.MANAGE,
        help_anchor="filing",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "letters",
        BilingualText("หนังสือออก", "Letters out"),
        (Action.WRITE_LETTERS, Action.MANAGE_TEMPLATES),
        Group.MANAGE,
        pages=frozenset({"letter", "file_scans", "letter_office", "letter_template"}),
        help_anchor="letters",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "templates",
        BilingualText("แม่แบบข้อความ", "Templates"),
        (Action.MANAGE_TEMPLATES,),
        Group.MANAGE,
        pages=frozenset({"edit_template"}),
        help_anchor="templates",
    ),
    NavigationEntry(
        "articles",
        BilingualText("คลังความรู้", "Knowledge"),
        (Action.VIEW_CASES, Action.FILE_CASES, Action.WRITE_ARTICLES),
        Group.MANAGE,
        pages=frozenset({"article", "add_article", "edit_article"}),
        help_anchor="knowledge",
        badge=badges.articles_for_review,
    ),
    NavigationEntry(
        "activities",
        BilingualText("ข่าวกิจกรรม", "Activities"),
        (Action.WRITE_ACTIVITIES,),
        Group.MANAGE,
        pages=frozenset({"add_activity", "edit_activity"}),
        help_anchor="activities",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "listening",
        BilingualText("สื่อสังคมออนไลน์", "Social media"),
        (Action.VIEW_CASES, Action.MANAGE_LISTENING),
        Group.MANAGE,
        pages=frozenset({"listening_sources", "listening_source"}),
        help_anchor="listening",
        badge=badges.topic_warnings,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "surveys",
        BilingualText("แบบสำรวจประจำปี", "Yearly survey"),
        (Action.MANAGE_SURVEYS,),
        Group.MANAGE,
        pages=frozenset({"survey", "survey_question"}),
        help_anchor="survey",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "imports",
        BilingualText("นำเข้าเรื่องเดิม", "Earlier cases"),
        (Action.IMPORT_CASES,),
        Group.MANAGE,
        pages=frozenset({"import_batch", "import_step", "import_letters"}),
        help_anchor="imports",
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "people",
        BilingualText("เจ้าหน้าที่", "People"),
        (Action.MANAGE_PEOPLE,),
        Group.MANAGE,
        pages=frozenset({"person", "district_officers"}),
        help_anchor="people",
    ),
    NavigationEntry(
        "registrations",
        BilingualText("คำขอขึ้นทะเบียน", "Registrations"),
        (Action.CERTIFY_OFFICERS,),
        Group.MANAGE,
        pages=frozenset({"registration", "certify"}),
        help_anchor="people",
        badge=badges.waiting_registrations,
        scopes=tuple(Scope),  # the head of an agency certifies its officers
    ),
    NavigationEntry(
        "agencies",
        BilingualText("หน่วยงาน", "Agencies"),
        VIEWING_ACTIONS,
        Group.MANAGE,
        pages=frozenset(
            {
                "agency",
                "create_agency",
                "edit_agency",
                "set_agency_state",
                "confirm_agency",
                "refuse_agency",
                "import_agencies",
                "apply_import",
            }
        ),
        help_anchor="agencies",
        badge=badges.pending_agencies,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "routing",
        BilingualText("กฎการส่งเรื่อง", "Routing rules"),
        (Action.MANAGE_ROUTING,),
        Group.MANAGE,
        pages=frozenset({"add_rule", "edit_rule", "move_rule", "delete_rule", "install_police_rules"}),
        help_anchor="routing",
    ),
    NavigationEntry(
        "centres",
        BilingualText("ศูนย์", "Centres"),
        (Action.MANAGE_CENTRES,),
        Group.MANAGE,
        pages=frozenset({"add_centre", "edit_centre", "set_activity", "import_centres"}),
        help_anchor="centres",
    ),
    NavigationEntry(
        "holidays",
        BilingualText("วันหยุดราชการ", "Holidays"),
        (Action.MANAGE_CALENDAR,),
        Group.MANAGE,
        pages=frozenset({"declare_holiday", "cancel_holiday"}),
        help_anchor="holidays",
    ),
    NavigationEntry(
        "law_periods",
        BilingualText("กำหนดเวลาตามกฎหมาย", "Periods set by law"),
        (Action.MANAGE_CALENDAR,),
        Group.MANAGE,
        pages=frozenset({"set_law_period", "remove_law_period"}),
        help_anchor="holidays",
    ),
    NavigationEntry(
        "classification",
        BilingualText("การจัดประเภท", "Classification"),
        (Action.MANAGE_CLASSIFICATION,),
        Group.MANAGE,
        pages=frozenset({"add_term", "edit_term"}),
        help_anchor="classification",
    ),
    NavigationEntry(
        "obstacles",
        BilingualText("ปัญหาและความต้องการ", "Obstacles and needs"),
        (Action.STATE_OBSTACLES,),
        Group.MANAGE,
        pages=frozenset({"obstacle_file"}),
        help_anchor="reports",
        badge=badges.waiting_obstacles,
        scopes=(Scope.CENTRE,),
    ),
    NavigationEntry(
        "open_data",
        BilingualText("ข้อมูลเปิด", "Open data"),
        (Action.PUBLISH_OPEN_DATA,),
        Group.MANAGE,
        pages=frozenset({"save_open_data", "make_open_data_file", "open_data_copy"}),
        help_anchor="open-data",
    ),
    NavigationEntry(
        "investigations",
        BilingualText("สืบสวน", "Investigations"),
        (Action.INVESTIGATE,),
        Group.MANAGE,
        pages=frozenset(
            {
                "investigation",
                "add_record",
                "finish_task",
                "hand_over",
                "change_investigators",
            }
        ),
        help_anchor="investigation",
        badge=badges.due_tasks,
    ),
    NavigationEntry(
        "data_requests",
        BilingualText("คำขอเรื่องข้อมูล", "Data requests"),
        (Action.ANSWER_DATA_REQUEST,),
        pages=frozenset(
            {
                "processing_record",
                "person_data",
                "citizen_id",
                "copy_data",
                "correct_person",
                "save_correction",
                "propose_erasure",
            }
        ),
        help_anchor="retention",
        badge=badges.open_data_requests,
    ),
    NavigationEntry(
        "retention",
        BilingualText("การเก็บและลบข้อมูล", "Retention"),
        (Action.KEEP_RETENTION, Action.APPROVE_ERASURE),
        Group.MANAGE,
        pages=frozenset({"erasure", "save_period", "hold_case", "release_case", "make_erasure", "decide_erasure"}),
        help_anchor="retention",
        badge=badges.open_erasures,
    ),
    NavigationEntry(
        "audit",
        BilingualText("การตรวจสอบ", "Audit"),
        (Action.VIEW_AUDIT,),
        Group.MANAGE,
        pages=frozenset({"audit_csv"}),
        help_anchor="audit",
    ),
)
# Pages of `central.agency_desk`, for officers of agencies.
AGENCY_ENTRIES = (
    NavigationEntry(
        "queue",
        BilingualText("งานของหน่วยงาน", "Agency's cases"),
        (Action.REPORT,),
        badge=badges.new_referrals,
        pages=frozenset({"referral", "accept", "report", "return", "request_code", "enter_code"}),
        help_anchor="agency-queue",
        scopes=(Scope.AGENCY,),
    ),
    NavigationEntry(
        "supervision",
        BilingualText("กำกับดูแล", "Supervision"),
        (Action.SUPERVISE,),
        help_anchor="supervision",
        scopes=(Scope.AGENCY,),
    ),
)
# Sections of the handbook for pages that no entry of the menu has, and for those with a section of their own.
_SIGN_IN_PAGES = (
    "login",
    "password",
    "second_factor",
    "set_up_second_factor",
    "invitation",
    "security",
    "sessions",
    "profile",
    "register",
)
_CASE_PAGES = ("case", "save_step", "print_case", "stop_notices")
_OWN_HELP_ANCHORS = (
    dict.fromkeys(_SIGN_IN_PAGES, "sign-in")
    | dict.fromkeys(_CASE_PAGES, "case-page")
    | {"referral": "agency-link", "delivery": "following", "search": "search", "survey_report": "survey"}
)


@dataclass(frozen=True)
class ShownEntry:
    url: str
    label: str
    badge: int
    is_current: bool


@dataclass(frozen=True)
class Navigation:
    """The menu as one officer sees it on one page."""

    work: list[ShownEntry]
    manage: list[ShownEntry]
    has_search: bool  # the search box is in the header

    @property
    def badge(self) -> int:
        """The sum of all badges, for the closed menu of a phone."""
        return sum(entry.badge for entry in self.work + self.manage)

    @property
    def manage_badge(self) -> int:
        """The sum of the badges in the folded part."""
        return sum(entry.badge for entry in self.manage)

    @property
    def is_managing(self) -> bool:
        """Whether the page belongs to an entry of the folded part."""
        return any(entry.is_current for entry in self.manage)


def build_navigation(officer: Officer, page: str | None, language: str) -> Navigation:
    """The entries that this officer may use. `page` is the name of the page's URL. One query for all badges."""
    actions = actions_by_scope(officer)
    offered = [
        (f"{namespace}:{entry.url_name}", entry)
        for namespace, entries in (("desk", ENTRIES), ("agency_desk", AGENCY_ENTRIES))
        for entry in entries
        if entry.is_offered(actions)
    ]
    counts = _count_badges(officer, [entry for _, entry in offered])
    shown: dict[Group, list[ShownEntry]] = {group: [] for group in Group}
    for url_name, entry in offered:
        shown[entry.group].append(
            ShownEntry(
                url=reverse(url_name),
                label=entry.label.in_language(language),
                badge=counts[entry.url_name],
                is_current=entry.has_page(page),
            )
        )
    has_search = any(Action.VIEW_CASES in actions[scope] for scope in (Scope.CENTRE, Scope.TEAM))
    return Navigation(shown[Group.WORK], shown[Group.MANAGE], has_search)


def _count_badges(officer: Officer, entries: Sequence[NavigationEntry]) -> Mapping[str, int]:
    """The number beside each of these entries, by the name of its URL."""
    queries = {
        f"{entry.url_name}_{number}": rows.order_by()
        for entry in entries
        if entry.badge is not None
        for number, rows in enumerate(entry.badge(officer))
    }
    sums: dict[str, int] = defaultdict(int)
    for name, count in count_all(queries).items():
        sums[name.rpartition("_")[0]] += count
    return sums


def help_anchor(page: str | None) -> str:
    """The section of the handbook about a page, '' for the beginning of the handbook."""
    in_menu = next((entry.help_anchor for entry in (*ENTRIES, *AGENCY_ENTRIES) if entry.has_page(page)), "")
    return _OWN_HELP_ANCHORS.get(page or "", in_menu)
