"""What the pages of centres show: the rows of the tree with their counts, and the choices of the form."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from central.cases.models import Case
from central.centres.models import Centre, CentreChange, Membership
from central.desk import labels
from central.fleet.models import Enrolment
from protocol.case_status import CaseStatus
from protocol.centre_kind import CentreKind
from protocol.messages import EnrolmentStatus
from thai import dates, places
from thai.places import BANGKOK_CODE


@dataclass(frozen=True)
class CentreListRow:
    """One centre of the list. The counts include the centres below it."""

    centre: Centre
    name: str
    kind: str
    open_cases: int
    officers: int
    kiosks: int
    centres_below: int


def build_rows(centres: Iterable[Centre], language: str) -> list[CentreListRow]:
    """The rows of these centres. The number of queries does not depend on their number."""
    open_cases = _counts(Case.objects.exclude(status=CaseStatus.CLOSED.value), "pk")
    officers = _counts(Membership.objects.filter(officer__is_active=True), "officer")
    kiosks = _counts(Enrolment.objects.filter(status=EnrolmentStatus.APPROVED.value), "pk")
    paths = Counter(Centre.objects.values_list("path", flat=True))
    return [
        CentreListRow(
            centre=centre,
            name=centre.name_in(language),
            kind=labels.label(labels.CENTRE_KIND, centre.kind.value, language),
            open_cases=_within(open_cases, centre),
            officers=_within(officers, centre),
            kiosks=_within(kiosks, centre),
            centres_below=_within(paths, centre) - 1,
        )
        for centre in centres
    ]


def _counts(rows: QuerySet[Case] | QuerySet[Membership] | QuerySet[Enrolment], column: str) -> Counter[str]:
    """The number of rows by the path of their centre."""
    counted = rows.order_by().values_list("centre__path").annotate(number=Count(column, distinct=column != "pk"))
    return Counter(dict(counted))


def _within(counts: Counter[str], centre: Centre) -> int:
    return sum(number for path, number in counts.items() if path.startswith(centre.path))


def parent_choices(centres: QuerySet[Centre], centre: Centre | None, language: str) -> list[tuple[str, str]]:
    """The centres that a centre may be below, among those the officer manages: the ministry and provinces. The present
    one is always among them, also where it is not managed."""
    kinds = {CentreKind.MINISTRY, CentreKind.PROVINCE}
    candidates = [other for other in centres if other.kind in kinds and other.is_active and other != centre]
    present = centre.parent if centre else None
    if centre and present is None:
        return [("", "–"), *((other.slug, other.name_in(language)) for other in candidates)]
    if present and present not in candidates:
        candidates.insert(0, present)
    return [(other.slug, other.name_in(language)) for other in candidates]


def area_choices(parent: Centre | None, centre: Centre | None, language: str) -> list[tuple[str, str]]:
    """The areas without a centre that a centre below `parent` may have, and the present one."""
    taken = set(Centre.objects.exclude(area_code="").values_list("area_code", flat=True))
    if parent is None or parent.kind is CentreKind.MINISTRY:
        areas = [place.code for place in places.provinces()]
    else:
        areas = [place.code for place in places.districts(parent.area_code) if parent.area_code != BANGKOK_CODE]
    present = [centre.area_code] if centre else []
    offered = [*present, *(code for code in areas if code not in taken and code not in present)]
    return [(code, f"{code} {places.full_name(code, language)}" if code else "–") for code in offered]


@dataclass(frozen=True)
class ShownChange:
    when: str
    by: str
    fields: list[tuple[str, str, str]]  # label, value before, value after


def build_changes(centre: Centre, language: str, limit: int) -> list[ShownChange]:
    """The last changes of a centre, the newest first."""
    return [_shown_change(change, language) for change in centre.changes.select_related("by")[:limit]]


def _shown_change(change: CentreChange, language: str) -> ShownChange:
    fields = [
        (
            labels.label(labels.CENTRE_FIELD, name, language),
            _value(values[0]) if len(values) > 1 else "",
            _value(values[-1]),
        )
        for name, values in change.fields.items()
        if values[-1] != "" or len(values) > 1
    ]
    by = change.by.get_username() if change.by else ""
    return ShownChange(dates.short_datetime(change.at, language), by, fields)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return str(value) or "–"
