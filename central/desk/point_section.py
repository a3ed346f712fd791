"""The point of the incident on the page of a case."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.cases.coordinates import DECIMALS
from central.cases.models import Case, CasePoint
from central.cases.points import can_see_point
from central.cases.workflow import is_allowed
from central.centres.models import Officer
from central.people.permission import actions_at
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

_SOURCES: Mapping[str, BilingualText] = {
    CasePoint.Source.OFFICER.value: BilingualText("เจ้าหน้าที่ระบุ", "set by an officer"),
    CasePoint.Source.CITIZEN.value: BilingualText("ผู้ร้องให้มา", "sent by the citizen"),
    CasePoint.Source.AGENCY.value: BilingualText("หน่วยงานให้มา", "sent by the agency"),
}


@dataclass(frozen=True)
class PointSection:
    """The point as this officer sees it. `text` is '' without a point, and for who must not see it (`is_hidden`)."""

    text: str  # '16.43210, 102.83610'
    source: str
    is_hidden: bool
    may_set: bool


def point_section(officer: Officer, case: Case, language: str) -> PointSection:
    """What the page shows. No query for a case that `reading` has opened."""
    point: CasePoint | None = getattr(case, "point", None)
    may_set = Action.SET_POINT in actions_at(officer, case.centre, case.area)
    may_set = may_set and case.erased_at is None and is_allowed(Action.SET_POINT, case.current_status)
    if point is None or not can_see_point(officer, case):
        return PointSection("", "", point is not None, may_set)
    source = _SOURCES.get(point.source)
    text = f"{point.latitude:.{DECIMALS}f}, {point.longitude:.{DECIMALS}f}"
    return PointSection(text, source.in_language(language) if source else "", False, may_set)
