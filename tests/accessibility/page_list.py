"""The pages of the sweep: where each person starts, and which addresses are no page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

from central.urls import urlpatterns
from protocol.case_status import CaseStatus


@dataclass(frozen=True)
class Walk:
    """What one person opens: `starts`, and from there every page that no walk before has opened."""

    user: str  # a user name of the demo data, '' for a visitor
    starts: tuple[str, ...]


_STATUS_LISTS = tuple(f"/desk/cases?status={status.value}" for status in CaseStatus)
WALKS = (
    Walk(
        "",
        (
            "/",
            "/t/lost",
            "/activities",
            "/open-data",
            "/desk/login",
            "/desk/register?centre=khonkaen",
            "/desk/registered",
            "/desk/invitation",
            "/agencies/register?centre=khonkaen",
            "/desk/nothing-here",
        ),
    ),
    Walk(
        "admin",
        (
            "/desk/notices",
            "/desk/people",
            "/desk/centres",
            "/desk/agencies",
            "/desk/routing?at=khonkaen&test=1",
            "/desk/classification",
            "/desk/classification/1",
            "/desk/open-data?month=2026-10",
        ),
    ),
    Walk(
        "officer1",
        (
            "/desk/",
            "/desk/cases",
            "/desk/search",
            "/desk/help",
            "/desk/help/technician",
            "/desk/investigations",
            *_STATUS_LISTS,
        ),
    ),
    Walk("intake1", ("/desk/cases?queue=new", "/desk/mail")),
    Walk(
        "director",
        (
            "/desk/overview",
            "/desk/overview/screens",
            "/desk/reports/places?period=fy2027",
            "/desk/reports?people=1",
            "/desk/reports/map",
            "/desk/reports/map?figures=published",
            "/desk/reports/points",
            "/desk/reports/agencies",
            "/desk/reports/savings",
            "/desk/decisions",
            "/desk/letters",
            "/desk/templates",
            "/desk/activities",
            "/desk/knowledge",
            "/desk/listening",
            "/desk/listening/sources",
            "/desk/surveys",
            "/desk/reports/survey",
            "/desk/obstacles",
            "/desk/imports",
        ),
    ),
    Walk("chief", ("/desk/registrations",)),
    Walk("technician", ("/desk/fleet", "/desk/enrolments", "/desk/alarms")),
    Walk("auditor", ("/desk/audit",)),
    Walk("dpo", ("/desk/data-requests", "/desk/retention")),
    Walk("land-office", ("/desk/agency/", "/desk/agency/?group=accepted")),
    Walk("inspector", ("/desk/agency/supervision",)),
    Walk("pea-head", ("/desk/", "/desk/registrations")),
)
# Addresses that only receive a form, or that answer with a file or with data.
NOT_PAGES = frozenset(
    {
        "healthz",
        "readyz",
        "metrics",
        "history_roots",
        "wall_panel",
        "activity_feed",
        "activity_photo",
        "desk:draft_photo",
        "desk:privacy_notice",
        "desk:import_step",
        "desk:import_errors",
        "desk:import_letters",
        "push_worker",
        "manifest",
        "filing_worker",
        "proof_worker",
        "file_places",
        "file_receipt",
        "desk:periodic_report",
        "desk:report_file",
        "desk:saving_file",
        "desk:point_clusters",
        "desk:add_first_articles",
        "desk:add_scan_files",
        "desk:compare_case",
        "desk:decide_candidate",
        "desk:delete_scan_batch",
        "desk:dismiss_post",
        "desk:name_respondent",
        "desk:recording",
        "desk:remove_respondent",
        "desk:save_point",
        "desk:scan_page",
        "desk:scan_thumbnail",
        "desk:separator_sheet",
        "desk:settle_topic_warning",
        "desk:survey_file",
        "desk:obstacle_file",
        "desk:save_open_data",
        "desk:make_open_data_file",
        "desk:open_data_copy",
        "open_data_file",
        "open_data_catalogue",
        "desk:point_background",
        "desk:language",
        "desk:logout",
        "desk:save_filter",
        "desk:change_filter",
        "desk:add_letter",
        "desk:file_letter_scan",
        "desk:letter_file",
        "desk:letter_by_code",
        "desk:file_scans",
        "desk:add_mail_to_case",
        "desk:dismiss_mail",
        "desk:add_record",
        "desk:finish_task",
        "desk:hand_over",
        "desk:evidence_file",
        "desk:encode_evidence_again",
        "desk:investigation_report",
        "desk:change_investigators",
        "desk:save_period",
        "desk:hold_case",
        "desk:release_case",
        "desk:make_erasure",
        "desk:erasure_csv",
        "desk:erasure_certificate",
        "desk:decide_erasure",
        "desk:citizen_id",
        "desk:copy_data",
        "desk:correct_person",
        "desk:save_correction",
        "desk:propose_erasure",
        "desk:save_step",
        "desk:keep_open",
        "desk:bulk",
        "desk:end_other_sessions",
        "desk:end_own_session",
        "desk:renew_recovery_codes",
        "desk:remove_factor",
        "desk:certify",
        "desk:refuse",
        "desk:add_role",
        "desk:remove_role",
        "desk:transfer_role",
        "desk:change_account",
        "desk:complainant",
        "desk:request_name",
        "desk:decide_name",
        "desk:page",
        "desk:case_file",
        "desk:file_page",
        "desk:decide_proposal",
        "desk:export_centres",
        "desk:set_activity",
        "desk:set_agency_state",
        "desk:confirm_agency",
        "desk:refuse_agency",
        "desk:apply_import",
        "desk:export_agencies",
        "desk:install_police_rules",
        "desk:move_rule",
        "desk:delete_rule",
        "desk:settle_alarm",
        "desk:decide_enrolment",
        "desk:command_kiosk",
        "desk:support_bundle",
        "desk:declare_holiday",
        "desk:cancel_holiday",
        "desk:add_term",
        "desk:save_assumptions",
        "desk:agency_certificates",
        "desk:set_law_period",
        "desk:remove_law_period",
        "desk:answer_call",
        "desk:audit_csv",
        "agency_desk:accept_many",
        "agency_desk:accept",
        "agency_desk:report",
        "agency_desk:return",
        "agency_desk:request_code",
        "agency_desk:enter_code",
        "agency_desk:letter_page",
        "agency_desk:file",
        "agency_desk:letter",
        "agency_desk:renew",
        "agency_desk:revoke",
        "agency_link:accept",
        "agency_link:report",
        "agency_link:return",
        "agency_link:request_code",
        "agency_link:enter_code",
        "agency_link:letter_page",
        "agency_link:file",
        "desk:second_factor",  # between password and session: tests/unit/central/test_accessibility.py
    }
)


def page_names() -> set[str]:
    """The names of all addresses that are pages."""
    return set(_names(urlpatterns, "")) - NOT_PAGES


def _names(patterns: Iterable[object], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != "api/":
                yield from _names(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name
