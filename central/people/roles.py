"""Who may do what: roles, actions, and the one matrix between them. Pages, checks and docs/roles.md derive from it.

Pure: no Django. A membership gives one role within one scope. A role of a centre holds for the centre and every centre
below it, a role of an agency for the agency's referrals, a role of a tambon team for the cases of its tambons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from protocol.bilingual_text import BilingualText


class Scope(StrEnum):
    """Where a role holds."""

    CENTRE = "centre"  # a subtree of centres
    AGENCY = "agency"
    TEAM = "team"  # the tambons of a team


class Role(StrEnum):
    """The roles of a membership, as stored."""

    INTAKE = "intake"
    CASE_OFFICER = "case_officer"
    DIRECTOR = "director"
    CHIEF = "chief"
    GOVERNOR = "governor"
    DISTRICT_CHIEF = "district_chief"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    DPO = "dpo"
    AGENCY_OFFICER = "agency_officer"
    AGENCY_HEAD = "agency_head"
    SUPERVISOR = "supervisor"
    TEAM_HEAD = "team_head"
    TEAM_MEMBER = "team_member"


class Action(StrEnum):
    """What a role may allow. The first group are the steps of a case (central/cases/workflow.py)."""

    TAKE = "take"
    ASSIGN_OWNER = "assign_owner"
    ASK_DETAILS = "ask_details"
    RECORD_DETAILS = "record_details"
    PROPOSE = "propose"
    APPROVE = "approve"  # decide a proposal as asked
    SEND_UP = "send_up"  # send a proposal to the next step of the approval ladder
    RETURN_PROPOSAL = "return_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"  # by its author or the owner of the case
    ORDER = "order"
    RECALL = "recall"  # withdraw a referral
    ACCEPT = "accept"
    REPORT = "report"
    RETURN_TO_CENTRE = "return_to_centre"
    CLOSE = "close"
    CORRECT_OUTCOME = "correct_outcome"
    RATE = "rate"  # by the citizen only
    REQUEST_REOPENING = "request_reopening"
    REFUSE_REOPENING = "refuse_reopening"
    REOPEN = "reopen"
    LINK_DUPLICATE = "link_duplicate"
    UNLINK_DUPLICATE = "unlink_duplicate"
    RECLASSIFY = "reclassify"  # topic, sub-topic, urgency, mission
    SET_POINT = "set_point"  # of the incident
    MOVE_CENTRE = "move_centre"
    SET_DUE = "set_due"
    RENEW_CODE = "renew_code"  # with the present code, or after the centre has identified the citizen
    REQUEST_DATA = "request_data"  # by the citizen only, as a data subject
    ANSWER_DATA_REQUEST = "answer_data_request"
    TAKE_OVER_TEXT = "take_over_text"  # of a letter, into the statement of the case
    ADD_NOTE = "add_note"

    OPEN_INVESTIGATION = "open_investigation"  # and name its investigators
    INVESTIGATE = "investigate"  # may be named as an investigator
    KEEP_RETENTION = "keep_retention"  # periods, holds, lists of cases to erase, and their erasure once approved
    APPROVE_ERASURE = "approve_erasure"  # as the second person
    CORRECT_PERSON = "correct_person"  # name and contact of a complainant
    WRITE_LETTERS = "write_letters"  # official letters of a case: drafts, numbers, signed scans

    FILE_CASES = "file_cases"  # for a citizen: at the counter, by telephone, from a letter
    VIEW_CASES = "view_cases"
    VIEW_ALARMS = "view_alarms"
    READ_PEOPLE = "read_people"  # names, contacts, citizen ids; with a reason
    DECIDE_NAME = "decide_name"  # as the second person, for a withheld name
    VIEW_AUDIT = "view_audit"
    RUN_FLEET = "run_fleet"
    MANAGE_CENTRES = "manage_centres"
    MANAGE_PEOPLE = "manage_people"
    CERTIFY_OFFICERS = "certify_officers"
    MANAGE_AGENCIES = "manage_agencies"
    MANAGE_ROUTING = "manage_routing"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_CLASSIFICATION = "manage_classification"  # terms of sub-topics and schemes
    MANAGE_TEMPLATES = "manage_templates"  # answer templates, templates of letters, the letterhead
    MANAGE_SURVEYS = "manage_surveys"  # the yearly survey: questions, opening, closing
    MANAGE_LISTENING = "manage_listening"  # sources of what people write in public
    STATE_OBSTACLES = "state_obstacles"  # what hinders the work of a centre, and what it needs
    ANSWER_OBSTACLES = "answer_obstacles"
    PUBLISH_OPEN_DATA = "publish_open_data"  # switch it on and off, make the file of a month
    IMPORT_CASES = "import_cases"  # of an earlier system
    WRITE_ACTIVITIES = "write_activities"  # drafts of what a centre reports to the public
    PUBLISH_ACTIVITIES = "publish_activities"
    WRITE_ARTICLES = "write_articles"  # drafts of articles for officers: law, competence, whom to call
    PUBLISH_ARTICLES = "publish_articles"  # also: confirm that an article is still right
    SUPERVISE = "supervise"  # read the referrals copied to the agency


@dataclass(frozen=True)
class RoleRules:
    """One row of the matrix."""

    name: BilingualText
    scope: Scope
    actions: frozenset[Action]


_VIEWING = frozenset({Action.VIEW_CASES, Action.VIEW_ALARMS})
_PEOPLE = frozenset({Action.READ_PEOPLE, Action.DECIDE_NAME})
_INTAKE = (
    _VIEWING
    | _PEOPLE
    | {
        Action.TAKE,
        Action.ASSIGN_OWNER,
        Action.ASK_DETAILS,
        Action.RECORD_DETAILS,
        Action.REQUEST_REOPENING,
        Action.PROPOSE,
        Action.WITHDRAW_PROPOSAL,
        Action.ORDER,
        Action.LINK_DUPLICATE,
        Action.UNLINK_DUPLICATE,
        Action.RECLASSIFY,
        Action.SET_POINT,
        Action.MOVE_CENTRE,
        Action.ADD_NOTE,
        Action.RENEW_CODE,
        Action.FILE_CASES,
        Action.TAKE_OVER_TEXT,
        Action.WRITE_LETTERS,
        Action.RUN_FLEET,
        Action.WRITE_ACTIVITIES,
        Action.STATE_OBSTACLES,
    }
)
# An agency that answers on paper: the case officer enters its report.
_CASE_OFFICER = _INTAKE | {
    Action.RECALL,
    Action.CLOSE,
    Action.SET_DUE,
    Action.REPORT,
    Action.RETURN_TO_CENTRE,
    Action.INVESTIGATE,
    Action.WRITE_ARTICLES,
}
_REOPENING = frozenset({Action.REOPEN, Action.REFUSE_REOPENING})
# Of a superior: who keeps the cases does not decide alone which of them are erased.
_SUPERVISING = frozenset(
    {
        Action.CORRECT_OUTCOME,
        Action.CERTIFY_OFFICERS,
        Action.APPROVE_ERASURE,
        Action.OPEN_INVESTIGATION,
        Action.STATE_OBSTACLES,
        Action.ANSWER_OBSTACLES,
    }
)
_PUBLISHING = frozenset({Action.WRITE_ACTIVITIES, Action.PUBLISH_ACTIVITIES})
_DECIDING = frozenset({Action.APPROVE, Action.SEND_UP, Action.RETURN_PROPOSAL})
_HEAD = _VIEWING | _PEOPLE | _DECIDING | {Action.ORDER, Action.CLOSE, Action.ADD_NOTE, Action.WRITE_LETTERS}
_DIRECTOR = (
    _CASE_OFFICER
    | _DECIDING
    | _REOPENING
    | _SUPERVISING
    | {Action.MANAGE_AGENCIES, Action.MANAGE_ROUTING}
    | {
        Action.MANAGE_TEMPLATES,
        Action.IMPORT_CASES,
        Action.PUBLISH_ARTICLES,
        Action.MANAGE_SURVEYS,
        Action.MANAGE_LISTENING,
    }
    | _PUBLISHING
)
_AGENCY = frozenset({Action.ACCEPT, Action.REPORT, Action.RETURN_TO_CENTRE})
# Teams check facts at the place, and mediate.
_TEAM = frozenset({Action.VIEW_CASES, Action.ADD_NOTE, Action.SET_POINT, Action.INVESTIGATE})

MATRIX: Mapping[Role, RoleRules] = {
    Role.INTAKE: RoleRules(BilingualText("เจ้าหน้าที่รับเรื่อง", "Intake officer"), Scope.CENTRE, _INTAKE),
    Role.CASE_OFFICER: RoleRules(BilingualText("เจ้าของเรื่อง/นิติกร", "Case officer"), Scope.CENTRE, _CASE_OFFICER),
    Role.DIRECTOR: RoleRules(
        BilingualText("ผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรม", "Director of the centre"), Scope.CENTRE, _DIRECTOR
    ),
    Role.CHIEF: RoleRules(
        BilingualText("หัวหน้าสำนักงานจังหวัด", "Head of the provincial office"),
        Scope.CENTRE,
        _HEAD | _REOPENING | _PUBLISHING | _SUPERVISING,
    ),
    Role.GOVERNOR: RoleRules(
        BilingualText("ผู้ว่าราชการจังหวัด/รองผู้ว่าราชการจังหวัด", "Governor or vice governor"),
        Scope.CENTRE,
        (_HEAD | _REOPENING | _SUPERVISING) - {Action.SEND_UP},
    ),
    Role.DISTRICT_CHIEF: RoleRules(
        BilingualText("นายอำเภอ", "District chief"),
        Scope.CENTRE,
        (_DIRECTOR | {Action.MANAGE_PEOPLE}) - {Action.SEND_UP},
    ),
    Role.OPERATOR: RoleRules(
        BilingualText("เจ้าหน้าที่ 1567", "1567 operator"),
        Scope.CENTRE,
        _VIEWING
        | {
            Action.READ_PEOPLE,
            Action.RECORD_DETAILS,
            Action.REQUEST_REOPENING,
            Action.ADD_NOTE,
            Action.RENEW_CODE,
            Action.FILE_CASES,
        },
    ),
    Role.ADMINISTRATOR: RoleRules(
        BilingualText("ผู้ดูแลระบบ", "Administrator"),
        Scope.CENTRE,
        frozenset(
            {
                Action.VIEW_ALARMS,
                Action.RUN_FLEET,
                Action.MANAGE_CENTRES,
                Action.MANAGE_PEOPLE,
                Action.CERTIFY_OFFICERS,
                Action.MANAGE_AGENCIES,
                Action.MANAGE_ROUTING,
                Action.MANAGE_CALENDAR,
                Action.MANAGE_CLASSIFICATION,
                Action.MANAGE_TEMPLATES,
                Action.MANAGE_SURVEYS,
                Action.MANAGE_LISTENING,
                Action.PUBLISH_OPEN_DATA,
                Action.WRITE_ARTICLES,
                Action.PUBLISH_ARTICLES,
            }
        ),
    ),
    Role.TECHNICIAN: RoleRules(
        BilingualText("ช่างเทคนิค", "Technician"), Scope.CENTRE, frozenset({Action.VIEW_ALARMS, Action.RUN_FLEET})
    ),
    Role.AUDITOR: RoleRules(
        BilingualText("ผู้ตรวจสอบ", "Auditor"), Scope.CENTRE, frozenset({Action.VIEW_CASES, Action.VIEW_AUDIT})
    ),
    Role.DPO: RoleRules(
        BilingualText("เจ้าหน้าที่คุ้มครองข้อมูลส่วนบุคคล", "Data protection officer"),
        Scope.CENTRE,
        _VIEWING
        | _PEOPLE
        | {Action.VIEW_AUDIT, Action.ANSWER_DATA_REQUEST, Action.KEEP_RETENTION, Action.CORRECT_PERSON},
    ),
    Role.AGENCY_OFFICER: RoleRules(BilingualText("เจ้าหน้าที่หน่วยงาน", "Agency officer"), Scope.AGENCY, _AGENCY),
    Role.AGENCY_HEAD: RoleRules(
        BilingualText("หัวหน้าหน่วยงาน", "Head of an agency"), Scope.AGENCY, _AGENCY | {Action.CERTIFY_OFFICERS}
    ),
    Role.SUPERVISOR: RoleRules(
        BilingualText("ผู้กำกับดูแล (จเรตำรวจ, CCEO)", "Supervisor (inspector-general, CCEO)"),
        Scope.AGENCY,
        frozenset({Action.SUPERVISE}),
    ),
    Role.TEAM_HEAD: RoleRules(BilingualText("หัวหน้าชุดปฏิบัติการตำบล", "Head of a tambon team"), Scope.TEAM, _TEAM),
    Role.TEAM_MEMBER: RoleRules(BilingualText("ชุดปฏิบัติการตำบล", "Member of a tambon team"), Scope.TEAM, _TEAM),
}
# Made with the tracking code only: an officer does not rate the work of the own centre.
CITIZEN_ONLY = frozenset({Action.RATE, Action.REQUEST_DATA})
# The two columns of a membership that take an action away from its role.
WITHHOLDABLE: Mapping[Action, str] = {
    Action.READ_PEOPLE: "may_read_people",
    Action.DECIDE_NAME: "may_read_people",
    Action.RUN_FLEET: "may_run_fleet",
}


def roles_allowing(action: Action) -> frozenset[Role]:
    """The roles that allow this action."""
    return frozenset(role for role, rules in MATRIX.items() if action in rules.actions)
