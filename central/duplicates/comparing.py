"""The reasons why two cases may be about one matter, from what they share. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from central.duplicates.features import CaseFeatures, ComparedCase
from central.duplicates.text_sketch import TextSketch, overlap
from central.duplicates.tokens import TokenKind
from central.duplicates.weighing import (
    COMPLAINANT_POINTS,
    PLACE_DAYS,
    PLACE_POINTS,
    Match,
    Reason,
    respondent_points,
    text_points,
)
from thai.dates import day_in_thailand

# Two of them are hardly more than one: whoever has the number of the card mostly has the telephone too.
_COMPLAINANT = (
    (TokenKind.CITIZEN_ID, Reason.CITIZEN_ID),
    (TokenKind.PHONE, Reason.PHONE),
    (TokenKind.NAME, Reason.NAME),
)


def compare(
    case: ComparedCase,
    features: CaseFeatures,
    other: Mapping[str, Any],
    shared: Sequence[tuple[TokenKind, int]],
    other_text: TextSketch,
    *,
    is_covered: bool,
    frequent: Collection[int],
) -> list[Match]:
    """The reasons, those with most points first. `other` has area, topic and filed_at of the other case; `shared` are
    the tokens that both have, `frequent` those that many cases have. `is_covered`: one of the texts is a letter."""
    kinds = {kind for kind, _ in shared}
    matches = []
    for kind, reason in _COMPLAINANT:
        if kind in kinds:
            matches.append(Match(reason, COMPLAINANT_POINTS[reason]))
            break
    if respondent := _respondent(features, shared, frequent):
        matches.append(respondent)
    if _is_same_place(case, other):
        matches.append(Match(Reason.PLACE, PLACE_POINTS))
    if points := text_points(*overlap(features.text, other_text)):
        matches.append(Match(Reason.TEXT, round(points, 2), is_covered=is_covered))
    return sorted(matches, key=lambda match: -match.points)


def _respondent(
    features: CaseFeatures, shared: Sequence[tuple[TokenKind, int]], frequent: Collection[int]
) -> Match | None:
    """The respondent that says most of those that both cases have."""
    matches = []
    for kind, token in shared:
        if kind in (TokenKind.RESPONDENT, TokenKind.RESPONDENT_NEAR):
            is_near, type_of = kind is TokenKind.RESPONDENT_NEAR, features.types[token]
            points = respondent_points(type_of, is_near=is_near, is_frequent=token in frequent)
            matches.append(
                Match(Reason.RESPONDENT_NEAR if is_near else Reason.RESPONDENT, round(points, 2), type=type_of.value)
            )
    return max(matches, key=lambda match: match.points, default=None)


def _is_same_place(case: ComparedCase, other: Mapping[str, Any]) -> bool:
    filed_at: datetime = other["filed_at"]
    days = abs((day_in_thailand(filed_at) - case.filed_on).days)
    return bool(case.area) and (case.area, case.topic) == (other["area"], other["topic"]) and days <= PLACE_DAYS
