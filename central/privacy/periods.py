"""How long each class of cases is kept, and which cases are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from central.cases.errors import NO_PERMISSION, NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.people.permission import has_permission
from central.people.roles import Action
from central.privacy.case_classes import CASE_CLASSES, MAX_YEARS, MIN_YEARS, WITHOUT_RESULT, CaseClass, class_of
from central.privacy.models import MAX_BASIS_CHARS, ErasureHold, KeepingPeriod
from protocol.bilingual_text import BilingualText

_WRONG_YEARS = BilingualText(
    f"ระยะเวลาต้องเป็น {MIN_YEARS} ถึง {MAX_YEARS} ปี", f"The period is {MIN_YEARS} to {MAX_YEARS} years"
)
_NO_BASIS = BilingualText("โปรดระบุกฎหมายหรือระเบียบที่กำหนด", "Give the law or rule that sets it")


@dataclass(frozen=True)
class Period:
    """The period of a class. `since` is None for a default."""

    years: int
    basis: str
    since: datetime | None = None
    set_by: str = ""


def current_periods() -> dict[CaseClass, Period]:
    """The period of every class."""
    periods = {case_class: Period(default.years, default.basis) for case_class, default in CASE_CLASSES.items()}
    for row in KeepingPeriod.objects.select_related("set_by").order_by("since", "id"):
        if row.case_class in set(CaseClass):
            by = row.set_by.display_name
            periods[CaseClass(row.case_class)] = Period(row.years, row.basis, row.since, by)
    return periods


def set_period(officer: Officer, case_class: CaseClass, years: int, basis: str) -> KeepingPeriod:
    """Set the period of a class for the whole installation. Raises NotAllowedError."""
    if not may_set_periods(officer):
        raise NotAllowedError(NO_PERMISSION)
    if not MIN_YEARS <= years <= MAX_YEARS:
        raise NotAllowedError(_WRONG_YEARS)
    basis = " ".join(basis.split())[:MAX_BASIS_CHARS]
    if not basis:
        raise NotAllowedError(_NO_BASIS)
    return KeepingPeriod.objects.create(
        case_class=case_class.value, years=years, basis=basis, since=timezone.now(), set_by=officer
    )


def may_set_periods(officer: Officer) -> bool:
    """Whether the officer keeps the cases of every centre: a period holds for all of them."""
    return all(has_permission(officer, Action.KEEP_RETENTION, root) for root in Centre.objects.filter(parent=None))


def due_cases(centre: Centre, periods: Mapping[CaseClass, Period], now: datetime) -> dict[CaseClass, "QuerySet[Case]"]:
    """The closed cases of the centre and the centres below it whose period has ended, by class, without held ones."""
    cases = Case.objects.filter(centre__in=centre.subtree(), erased_at=None, closed_at__isnull=False)
    cases = cases.exclude(Exists(ErasureHold.objects.filter(case=OuterRef("pk"), lifted_at=None)))
    return {
        case_class: cases.filter(_of_class(case_class), closed_at__lt=_years_before(now, period.years)).order_by("pk")
        for case_class, period in periods.items()
    }


def is_due(case: Case, now: datetime) -> bool:
    """Whether the period of this closed case has ended by now, by its class and the periods as they are now."""
    period = current_periods()[class_of(case.outcome_code, is_complex=case.is_complex)]
    return case.closed_at is not None and case.closed_at < _years_before(now, period.years)


def _years_before(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year - years, day=28)


def _of_class(case_class: CaseClass) -> Q:
    """As `case_classes.class_of`."""
    without_result = Q(outcome_code__in=WITHOUT_RESULT)
    if case_class is CaseClass.WITHOUT_RESULT:
        return without_result
    return ~without_result & Q(is_complex=case_class is CaseClass.COMPLEX)
