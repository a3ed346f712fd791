"""The section of a case's page with the cases that may be about the same matter."""

from collections.abc import Mapping
from dataclasses import dataclass

from central.cases.codes import RESPONDENT_TYPES
from central.cases.models import Case
from central.centres.models import Officer
from central.centres.wording import desk_label
from central.desk import labels
from central.duplicates.reading import Candidate, CentreToAsk, find_candidates
from central.duplicates.weighing import Match, Reason
from central.submission_labels import topic_name
from protocol.bilingual_text import BilingualText
from thai import dates, places

_SHOWN = 8  # below the first ones nobody reads
REASONS: Mapping[Reason, BilingualText] = {
    Reason.CITIZEN_ID: BilingualText("ผู้ร้องมีเลขประจำตัวเดียวกัน", "Same citizen ID of the complainant"),
    Reason.PHONE: BilingualText("ผู้ร้องใช้เบอร์โทรศัพท์เดียวกัน", "Same telephone of the complainant"),
    Reason.NAME: BilingualText("ผู้ร้องชื่อและปีเกิดตรงกัน", "Same name and year of birth of the complainant"),
    Reason.RESPONDENT: BilingualText("ผู้ถูกร้องเดียวกัน", "Same respondent"),
    Reason.RESPONDENT_NEAR: BilingualText("ผู้ถูกร้องเขียนใกล้เคียงกัน", "Respondent written nearly alike"),
    Reason.PLACE: BilingualText("ตำบลและประเภทเดียวกัน ภายใน 30 วัน", "Same tambon and topic within 30 days"),
    Reason.TEXT: BilingualText("ข้อความคล้ายกัน", "Similar text"),
}


@dataclass(frozen=True)
class ShownCandidate:
    """A candidate as a row. `main_number` is '' when it cannot be the main case."""

    number: str
    centre: str
    topic: str
    place: str
    received: str
    status: str
    status_text: str
    score: int
    is_likely: bool
    reasons: list[str]
    main_number: str


@dataclass(frozen=True)
class DuplicateSection:
    """The rows, and the centres to ask about cases that the officer may not open."""

    rows: list[ShownCandidate]
    dismissed: list[ShownCandidate]
    elsewhere: list[CentreToAsk]
    likely_count: int
    may_link: bool  # the step is possible in the present status


def duplicate_section(officer: Officer, case: Case, language: str, *, may_link: bool) -> DuplicateSection | None:
    """The section; None for an officer who may not link cases."""
    candidates = find_candidates(officer, case)
    if candidates is None:
        return None
    return DuplicateSection(
        rows=[_shown(candidate, language) for candidate in candidates.open[:_SHOWN]],
        dismissed=[_shown(candidate, language) for candidate in candidates.dismissed],
        elsewhere=candidates.elsewhere,
        likely_count=candidates.likely_count,
        may_link=may_link,
    )


def _shown(candidate: Candidate, language: str) -> ShownCandidate:
    case = candidate.case
    return ShownCandidate(
        number=case.case_number,
        centre=case.centre.name_in(language),
        topic=case.subtopic or topic_name(case.topic, language),
        place=places.full_name(case.area, language),
        received=dates.short_date(dates.day_in_thailand(case.received_at), language),
        status=case.status,
        status_text=desk_label(case.current_status, case.centre, language),
        score=candidate.score,
        is_likely=candidate.is_likely,
        reasons=[_reason(match, language) for match in candidate.matches],
        main_number="" if case.duplicate_of_id else case.case_number,
    )


def _reason(match: Match, language: str) -> str:
    name = REASONS[match.reason].in_language(language)
    return f"{name} ({labels.label(RESPONDENT_TYPES, match.type, language)})" if match.type else name
