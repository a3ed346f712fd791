"""How much what two cases share says that they are about one matter. Pure.

Each reason has points, as in record linkage by Fellegi and Sunter: the logarithm of how much more often it is seen in
cases of one matter than in others. The score is the sum through the logistic function. Points were chosen with the
tuned half of `./run bench duplicates`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from central.cases.codes import RespondentType


class Reason(StrEnum):
    """Why two cases may be about one matter."""

    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    NAME = "name"  # and year of birth
    RESPONDENT = "respondent"
    RESPONDENT_NEAR = "respondent_near"  # written nearly alike
    PLACE = "place"  # tambon, topic, and within 30 days
    TEXT = "text"


# They say who complained: for an officer who may know it of both cases.
OF_COMPLAINANT = frozenset({Reason.CITIZEN_ID, Reason.PHONE, Reason.NAME})
COMPLAINANT_POINTS = {Reason.CITIZEN_ID: 4.0, Reason.PHONE: 3.5, Reason.NAME: 3.0}
_RESPONDENT_POINTS = {
    RespondentType.PERSON: 4.0,
    RespondentType.VEHICLE: 4.5,
    RespondentType.SHOP: 3.0,
    RespondentType.PLACE: 4.0,
    RespondentType.AGENCY: 1.0,
}
_NEAR_SHARE = 0.6  # of the points of a respondent that is written alike
_FREQUENT_SHARE = 0.4  # of the points of a respondent that many cases have
PLACE_POINTS = 2.0
PLACE_DAYS = 30
_MAX_TEXT_POINTS = 7.0
_MIN_OVERLAP, _FULL_OVERLAP = 0.4, 0.9  # shares of the shorter text
_MIN_SHARED_WEIGHT, _FULL_SHARED_WEIGHT = 8.0, 40.0  # a sentence of three rare words; a whole short complaint
_MIDDLE, _WIDTH = 5.0, 1.2  # points at which one matter is as likely as not, and the slope there
LIKELY_SCORE = 50
_RELATED_POINTS = 1.6  # of one reason that is shown by itself: a respondent, a complainant
_RELATED_TEXT_POINTS = 3.0  # of a text that is


@dataclass(frozen=True)
class Match:
    """One reason with its points. `type` is that of the respondent; `is_covered`: the text is of a letter."""

    reason: Reason
    points: float
    type: str = ""
    is_covered: bool = False

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Match":
        """What `to_json` has made."""
        reason, is_covered = Reason(stored["reason"]), bool(stored["is_covered"])
        return cls(reason, float(stored["points"]), str(stored["type"]), is_covered=is_covered)


def respondent_points(kind: RespondentType, *, is_near: bool, is_frequent: bool) -> float:
    """The points of a respondent that both cases have."""
    share = (_NEAR_SHARE if is_near else 1.0) * (_FREQUENT_SHARE if is_frequent else 1.0)
    return _RESPONDENT_POINTS[kind] * share


def text_points(overlap: float, shared_weight: float) -> float:
    """The points of two texts that share words of this weight, which are this share of the shorter one."""
    if overlap < _MIN_OVERLAP or shared_weight < _MIN_SHARED_WEIGHT:
        return 0.0
    likeness = min((overlap - _MIN_OVERLAP) / (_FULL_OVERLAP - _MIN_OVERLAP), 1.0)
    evidence = min(shared_weight / _FULL_SHARED_WEIGHT, 1.0)
    return _MAX_TEXT_POINTS * likeness * math.sqrt(evidence)


def score(matches: Iterable[Match]) -> int:
    """How likely these cases are about one matter, 0 to 100."""
    points = sum(match.points for match in matches)
    return round(100 / (1 + math.exp(-(points - _MIDDLE) / _WIDTH)))


def is_shown(matches: Sequence[Match]) -> bool:
    """Whether the reasons are worth an officer's look. Place and topic alone are not: a burst pipe has ten callers, and
    so have ten burst pipes."""
    least = {Reason.PLACE: math.inf, Reason.TEXT: _RELATED_TEXT_POINTS}
    if any(match.points >= least.get(match.reason, _RELATED_POINTS) for match in matches):
        return True
    return sum(match.points for match in matches) >= _MIDDLE - _WIDTH
