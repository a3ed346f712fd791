"""The clock of a case: builds the calculation of `central.deadlines` from its columns and history, explains it, and
writes the result back into the columns.

The columns are what lists and queries use. `refresh_clock` is called by every command that may change them, under the
lock of the case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from central.agencies.models import Agency
from central.cases import clock
from central.cases.codes import ACTIVE_STATES, ReferralKind
from central.cases.event_kinds import EventKind
from central.cases.filing_time import FilingQuality
from central.cases.models import Case, Referral
from central.deadlines.calculation import (
    CaseClock,
    HolidayName,
    Pause,
    StartReason,
    due_date,
    next_report_date,
    pauses_of_history,
    start_of_clock,
)
from central.deadlines.calendar import current_calendar
from central.deadlines.escalation import next_escalation_date
from central.deadlines.explanation import Explanation, explain_deadline, public_summary
from central.deadlines.models import LawPeriod
from central.deadlines.periods import Period, PeriodBasis, choose_period, is_complex_matter
from protocol.bilingual_text import BilingualText
from protocol.case_status import CaseStatus
from thai.dates import day_in_thailand, long_date

# Steps after which the period is chosen again: the lead agency, the topic or the round of work is another one.
_CHOOSING = frozenset({EventKind.ORDER, EventKind.APPROVE, EventKind.RECLASSIFY, EventKind.REOPEN, EventKind.SET_DUE})
# Steps whose page shows the date that the clock proposes.
_PROPOSING = frozenset({EventKind.ORDER, EventKind.APPROVE, EventKind.SET_DUE})


@dataclass(frozen=True)
class ClockInputs:
    """What deadlines of a case depend on beside its columns: loaded once for several calculations on a page."""

    pauses: tuple[Pause, ...]
    holiday_name: HolidayName


def load_clock_inputs(case: Case) -> ClockInputs:
    """The inputs as they are now. Two queries."""
    return ClockInputs(case_pauses(case), current_calendar().name)


def explain_case(case: Case, today: date | None = None, inputs: ClockInputs | None = None) -> Explanation | None:
    """The deadline of a case with its reasons, day by day. None for a case whose clock was not started yet."""
    if case.clock_start is None:
        return None
    today, inputs = today or clock.today(), inputs or load_clock_inputs(case)
    return explain_deadline(clock_of(case, inputs.pauses), inputs.holiday_name, today)


def proposed_due(case: Case, agency: Agency | None, inputs: ClockInputs | None = None) -> date | None:
    """The due date that the clock proposes for an order to this agency. None without a date, and for a past one: an
    order cannot promise it."""
    due = calculated_due(case, agency, inputs)
    return due if due is not None and due >= clock.today() else None


def calculated_due(case: Case, agency: Agency | None, inputs: ClockInputs | None = None) -> date | None:
    """The due date of the case when this agency leads the work; it may have passed. None without a date."""
    if case.period_basis == PeriodBasis.MANUAL.value:
        return case.due
    period, inputs = _choose_period(case, agency), inputs or load_clock_inputs(case)
    return due_date(replace(clock_of(case, inputs.pauses), period=period), inputs.holiday_name)


def public_deadline(case: Case, today: date) -> BilingualText:
    """One sentence about the due date for the citizen, from the columns alone. '' for a closed case."""
    if case.clock_start is None or case.closed_at is not None:
        return BilingualText("", "")
    is_paused = case.status == CaseStatus.UNCLEAR.value
    return public_summary(_stored_period(case), case.due, case.next_report_due, today, is_paused=is_paused)


def clock_of(case: Case, pauses: Sequence[Pause]) -> CaseClock:
    """The input of the calculation, from the columns of the case."""
    start, reason = _start(case)
    return CaseClock(
        start=case.clock_start or start,
        period=_stored_period(case),
        start_reason=StartReason.REOPENED if case.reopened_count else reason,
        pauses=tuple(pauses),
        last_report=day_in_thailand(case.last_report_at) if case.last_report_at else None,
        closed_on=day_in_thailand(case.closed_at) if case.closed_at else None,
        fixed_due=case.due if case.period_basis == PeriodBasis.MANUAL.value else None,
    )


def _stored_period(case: Case) -> Period:
    basis = PeriodBasis(case.period_basis or PeriodBasis.GENERAL.value)
    days = None if basis is PeriodBasis.MANUAL else case.period_days
    return Period(basis, days, case.progress_every_days)


def case_pauses(case: Case, now: datetime | None = None) -> tuple[Pause, ...]:
    """The times in which the case waited for the citizen, from its history. With `now`, the present status of the
    case counts as its last change: its event is not written yet."""
    changes = list(case.events.exclude(status="").order_by("at", "id").values_list("at", "status"))
    if now is not None:
        changes.append((now, case.status))
    return pauses_of_history((at, status == CaseStatus.UNCLEAR.value) for at, status in changes)


def start_clock(case: Case) -> None:
    """Set the columns of the clock of a new case, which the caller saves. It has no history yet."""
    case.clock_start = _start(case)[0]
    case.is_complex = case.is_complex or is_complex_matter(case.nature, case.topic, case.about)
    _store_period(case, _choose_period(case, None))
    _calculate(case, (), current_calendar().name)


def refresh_clock(case: Case, kind: EventKind, now: datetime, holiday_name: HolidayName | None = None) -> None:
    """Set the columns of the clock of a locked case, which the caller saves, and the due date of its active referrals.
    `kind` is the step that is being made; its event is not written yet. The due date of a closed case stays."""
    if case.closed_at is not None:
        case.next_report_due = case.next_escalation = None
        return
    name, pauses, lead = holiday_name or current_calendar().name, case_pauses(case, now), active_lead(case)
    _start_older_clock(case)
    if kind is EventKind.REOPEN:
        _restart(case, now)
    if kind in _CHOOSING or not case.period_basis:
        period = _choose_period(case, lead.agency if lead else None)
        if kind in _PROPOSING and _is_proposed_date(case, period, pauses, name):
            case.period_basis = ""
        _store_period(case, period)
    due_before = case.due
    _calculate(case, pauses, name)
    if kind in _CHOOSING or case.due != due_before:
        _set_due_of_referrals(case)
    since = silence_since(case, lead)
    case.next_escalation = None if since is None else next_escalation_date(since, case.escalation_level, pauses)
    if case.escalation_level == 0:
        case.escalation_mailed = 0


def silence_since(case: Case, lead: Referral | None) -> date | None:
    """The day after which the lead agency is silent: of the order, or of its last report. None without such an agency,
    and for a closed case."""
    if lead is None or case.closed_at is not None:
        return None
    return day_in_thailand(max(lead.sent_at, case.last_report_at or lead.sent_at))


def due_moved_sentence(before: date | None, after: date | None) -> BilingualText:
    """What the citizen reads when the due date moves."""
    if after is None:
        return BilingualText(
            "เรื่องนี้ซับซ้อน จึงไม่กำหนดวันแล้วเสร็จ และจะรายงานความคืบหน้าเป็นระยะ",
            "This case is complex: it has no due date, and its progress is reported at intervals.",
        )
    new = BilingualText(long_date(after, "th"), long_date(after, "en"))
    if before is None:
        return BilingualText(f"กำหนดแล้วเสร็จใหม่ วันที่ {new.th}", f"The new due date is {new.en}.")
    return BilingualText(
        f"กำหนดแล้วเสร็จเลื่อนจากวันที่ {long_date(before, 'th')} เป็นวันที่ {new.th}",
        f"The due date moves from {long_date(before, 'en')} to {new.en}.",
    )


def _start(case: Case) -> tuple[date, StartReason]:
    is_trusted = case.filing_time_quality != FilingQuality.UNCERTAIN.value
    return start_of_clock(case.filed_at, case.received_at, is_filing_time_trusted=is_trusted)


def _start_older_clock(case: Case) -> None:
    """Start the clock of a case that is older than the clocks. A due date that it has was set by an officer."""
    if case.clock_start is None:
        case.clock_start = _start(case)[0]
        if case.due is not None:
            case.period_basis = PeriodBasis.MANUAL.value


def _restart(case: Case, now: datetime) -> None:
    case.clock_start, case.period_basis, case.due = day_in_thailand(now), "", None
    case.last_report_at, case.escalation_level = None, 0


def _choose_period(case: Case, agency: Agency | None) -> Period:
    """The period of the case by precedence: law, complex, agency, general."""
    laws = {row.subtopic: row.days for row in LawPeriod.objects.filter(topic=case.topic)}
    return choose_period(
        law_days=laws.get(case.subtopic, laws.get("")),
        agency_days=agency.declared_days if agency else None,
        is_complex=case.is_complex,
    )


def _store_period(case: Case, period: Period) -> None:
    """Set the columns of the period. A date that an officer has set stays."""
    case.period_days, case.progress_every_days = period.days, period.progress_every_days
    if case.period_basis != PeriodBasis.MANUAL.value:
        case.period_basis = period.basis.value


def _is_proposed_date(case: Case, period: Period, pauses: Sequence[Pause], name: HolidayName) -> bool:
    """Whether the date on an order is the one that the clock has proposed: then the clock goes on moving it."""
    proposed = due_date(replace(clock_of(case, pauses), period=period, fixed_due=None), name)
    return case.due is not None and case.due == proposed


def _calculate(case: Case, pauses: Sequence[Pause], name: HolidayName) -> None:
    inputs = clock_of(case, pauses)
    case.due, case.next_report_due = due_date(inputs, name), next_report_date(inputs, name)


def _set_due_of_referrals(case: Case) -> None:
    """Give the due date of the case to its active referrals; a copy for supervision has none."""
    kinds = [ReferralKind.LEAD.value, ReferralKind.SUPPORT.value]
    case.referrals.filter(kind__in=kinds, ended_at=None).exclude(due=case.due).update(due=case.due)


def active_lead(case: Case) -> Referral | None:
    """The agency that leads the work now."""
    states = [state.value for state in ACTIVE_STATES]
    return case.referrals.select_related("agency").filter(kind=ReferralKind.LEAD.value, state__in=states).first()
