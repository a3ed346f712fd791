"""The content of a case's page, section by section, as the template shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from central.cases import reading, viewing, withheld_names
from central.cases.case_clock import load_clock_inputs
from central.cases.codes import ACTIVE_STATES, ATTENTIONS, OUTCOMES, REFERRAL_KINDS, REFERRAL_STATES, RESPONDENT_TYPES
from central.cases.models import Case, Complainant, LetterPage, NameRequest, Referral
from central.cases.points import shown_words
from central.centres.models import Centre, Officer
from central.centres.wording import official_text
from central.desk import labels
from central.desk.article_rows import ShownSuggestion, suggestions_for
from central.desk.case_history import ShownEvent, ShownRead, shown_events, shown_reads
from central.desk.case_rows import CASE_ROWS, CLASS_ROWS, COMPLAINANT_ROWS, ShownRow, shown_rows
from central.desk.deadline_rows import deadline_section
from central.desk.document_rows import LetterText, letter_texts
from central.desk.duplicate_rows import DuplicateSection, duplicate_section
from central.desk.forms import NameRequestForm, ReasonForm
from central.desk.letter_rows import LetterSection, letter_section
from central.desk.notice_rows import NoticeSection, build_notice_section
from central.desk.point_section import PointSection, point_section
from central.desk.step_fields import StepForm
from central.desk.step_panel import CaseRows, StepPanel, build_step_panel
from central.investigation.access import may_open_file, own_investigations
from central.people.permission import has_permission
from central.people.roles import Action
from protocol.case_status import CaseStatus
from thai import dates

_ACTIVE_STATES = frozenset(state.value for state in ACTIVE_STATES)


@dataclass(frozen=True)
class Letter:
    """The scanned letter. `pages` is None while it is covered."""

    pages: list[LetterPage] | None
    page_count: int
    texts: list[LetterText]  # of the pages


@dataclass(frozen=True)
class ComplainantSection:
    """What the page shows of the complainant: the data once it is opened, otherwise the way to open it."""

    exists: bool
    disclosure: str
    rows: list[ShownRow]  # empty until opened
    may_read: bool
    is_withheld: bool
    grant: NameRequest | None
    own_request: NameRequest | None
    requests_to_decide: QuerySet[NameRequest]
    reason_form: ReasonForm
    name_request_form: NameRequestForm
    may_renew_code: bool  # for a citizen who has lost it


@dataclass(frozen=True)
class ShownReferral:
    """A referral with the names of its codes and its dates."""

    referral: Referral
    agency: str
    kind: str
    state: str
    sent: str
    due: str
    last_report: str
    proposed_agency: str


@dataclass(frozen=True)
class LinkedCase:
    """Another case: a duplicate, or the main case. `is_visible`: the officer may open it."""

    number: str
    is_visible: bool


@dataclass(frozen=True)
class ShownRespondent:
    """A respondent with the name of its type."""

    pk: int
    type: str
    name: str


@dataclass(frozen=True)
class CasePage:
    """All sections of the page of one case."""

    case: Case
    status: str
    owner: str
    attention: str
    outcome: str
    due: str
    deadline: dict[str, Any] | None
    text: str  # what the citizen typed
    rows: list[ShownRow]
    letter: Letter
    complainant: ComplainantSection
    proposed_centre: Centre | None  # where a new case should move because of its place (decision 0055)
    referrals: list[ShownReferral]
    letters: LetterSection
    notices: NoticeSection
    main_case: LinkedCase | None
    duplicates: list[LinkedCase]
    respondents: list[ShownRespondent]
    may_name_respondent: bool
    has_investigation: bool  # the officer opens it, or may name its investigators
    point: PointSection
    similar: DuplicateSection | None
    panel: StepPanel
    articles: list[ShownSuggestion]  # suggested for this case
    events: list[ShownEvent]  # newest first
    messages: list[ShownEvent]  # with the citizen, oldest first
    changes: list[ShownEvent]  # made by others since the submitted page was shown, newest first
    reads: list[ShownRead]
    others: list[str]  # officers who have the case open


def build_case_page(
    officer: Officer,
    case: Case,
    language: str,
    *,
    complainant: Complainant | None = None,
    form: StepForm | None = None,
) -> CasePage:
    """The page as this officer may see it. `complainant` is given once it was opened; `form` when it is shown again
    with what the officer has typed."""
    last_view = viewing.record_view(officer, case)
    events = shown_events(case, officer, language, last_view, complainant)
    seen = form.cleaned_data.get("seen_event") if form is not None and form.is_bound else None
    pages = reading.readable_pages(officer, case, complainant)
    if pages is None:
        letter = Letter(None, case.pages.count(), [])
    else:
        letter = Letter(list(pages), len(pages), letter_texts(list(pages), language))
    referrals = list(_referrals(case))
    rows = CaseRows(tuple(row for row in reversed(referrals) if row.state in _ACTIVE_STATES), load_clock_inputs(case))
    last_event = max((event.seq for event in events), default=0)
    panel = build_step_panel(officer, case, language, rows, form=form, last_event=last_event)
    is_new = case.current_status is CaseStatus.RECEIVED
    return CasePage(
        case=case,
        status=official_text(case.current_status, case.centre, language),
        owner=case.owner.display_name if case.owner else "",
        attention=labels.label(ATTENTIONS, case.attention, language) if case.attention else "",
        outcome=labels.label(OUTCOMES, case.outcome_code, language) if case.outcome_code else "",
        due=dates.long_date(case.due, language) if case.due else "",
        deadline=deadline_section(case, language, rows.clock),
        text=shown_words(officer, case)(case.text),
        rows=shown_rows((*CLASS_ROWS, *CASE_ROWS), case, language, shown_words(officer, case)),
        letter=letter,
        complainant=_complainant_section(officer, case, complainant, language),
        proposed_centre=panel.form.proposed_centre if is_new else None,
        referrals=[_shown_referral(row, language) for row in referrals],
        letters=letter_section(officer, case, language, referrals),
        notices=build_notice_section(officer, case, language),
        main_case=_linked_case(officer, [case.duplicate_of_id]) if case.duplicate_of_id else None,
        duplicates=_linked_cases(officer, case.duplicates.values_list("pk", flat=True)),
        respondents=[
            ShownRespondent(row.pk, labels.label(RESPONDENT_TYPES, row.type, language), row.name)
            for row in case.respondents.all()
        ],
        may_name_respondent=any(step.action is Action.RECLASSIFY for step in panel.steps),
        has_investigation=may_open_file(officer, case) or own_investigations(officer).filter(case=case).exists(),
        point=point_section(officer, case, language),
        similar=duplicate_section(
            officer, case, language, may_link=any(step.action is Action.LINK_DUPLICATE for step in panel.steps)
        ),
        panel=panel,
        articles=suggestions_for(case, language, "\n".join(text.plain_text for text in letter.texts)),
        events=events,
        messages=[event for event in reversed(events) if event.is_message],
        changes=[event for event in events if seen is not None and event.seq > seen],
        reads=shown_reads(case, language),
        others=[other.display_name for other in viewing.other_viewers(officer, case)],
    )


def _complainant_section(
    officer: Officer, case: Case, complainant: Complainant | None, language: str
) -> ComplainantSection:
    withheld, exists = case.is_name_withheld, Complainant.objects.filter(case=case).exists()
    return ComplainantSection(
        exists=exists,
        disclosure=labels.label(labels.NAME_DISCLOSURE, case.name_disclosure, language),
        rows=shown_rows(COMPLAINANT_ROWS, complainant, language) if complainant else [],
        may_read=has_permission(officer, Action.READ_PEOPLE, case.centre),
        is_withheld=withheld,
        grant=withheld_names.find_grant(officer, case) if withheld else None,
        own_request=withheld_names.own_request(officer, case) if withheld else None,
        requests_to_decide=withheld_names.open_requests(officer).filter(case=case),
        reason_form=ReasonForm(language),
        name_request_form=NameRequestForm(language),
        may_renew_code=exists and has_permission(officer, Action.RENEW_CODE, case.centre),
    )


def _referrals(case: Case) -> QuerySet[Referral]:
    return case.referrals.select_related("agency", "proposed_agency").prefetch_related("mails").reverse()


def _shown_referral(row: Referral, language: str) -> ShownReferral:
    def shown_date(moment: date | None) -> str:
        return dates.short_date(moment, language) if moment else ""

    return ShownReferral(
        referral=row,
        agency=row.agency.name_in(language),
        kind=labels.label(REFERRAL_KINDS, row.kind, language),
        state=labels.label(REFERRAL_STATES, row.state, language),
        sent=shown_date(row.sent_at),
        due=shown_date(row.due),
        last_report=shown_date(row.last_report_at),
        proposed_agency=row.proposed_agency.name_in(language) if row.proposed_agency else "",
    )


def _linked_cases(officer: Officer, ids: Iterable[int]) -> list[LinkedCase]:
    ids = list(ids)
    if not ids:
        return []
    visible = set(reading.visible_cases(officer).filter(pk__in=ids).values_list("pk", flat=True))
    numbers = Case.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "case_number")
    return [LinkedCase(number, pk in visible) for pk, number in numbers]


def _linked_case(officer: Officer, ids: Iterable[int]) -> LinkedCase:
    return _linked_cases(officer, ids)[0]
