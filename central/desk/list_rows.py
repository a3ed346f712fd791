"""A row of the list of cases: six facts on one line, and nothing personal."""

from dataclasses import dataclass
from datetime import date

from central.cases.codes import ATTENTIONS, URGENCIES, Attention, Urgency
from central.cases.excerpts import excerpt
from central.cases.models import Case
from central.centres.wording import desk_label
from protocol.bilingual_text import BilingualText
from protocol.choices import NameDisclosure
from protocol.topics import TOPICS, Topic
from thai import dates, places

_DAYS = {"th": "วัน", "en": "d"}
_NO_TEXT = BilingualText("ไม่ได้พิมพ์ข้อความ", "No text was typed")
# Short forms of `labels.NAME_DISCLOSURE`: an empty cell looks like a case without a text.
_NO_EXCERPT = {
    NameDisclosure.WITHHELD.value: BilingualText("ปกปิดชื่อ", "Name withheld"),
    NameDisclosure.ANONYMOUS.value: BilingualText("ไม่ประสงค์ออกนาม", "Anonymous"),
}


@dataclass(frozen=True)
class CaseRow:
    """What the list shows of a case."""

    number: str
    revision: int
    status: str
    status_text: str
    attention: str
    urgency: str  # '' for a normal one
    is_unseen: bool
    topic: str
    excerpt: str
    no_excerpt: str  # why there is no excerpt, '' when there is one
    place: str
    owner: str
    agency: str
    age: str
    due: str
    is_overdue: bool
    is_due_today: bool


def build_row(case: Case, today: date, language: str) -> CaseRow:
    """The row of a case from `listing.ListQuery.page`."""
    seen = getattr(case, "seen_revision", None)
    is_open = case.closed_at is None
    text = excerpt(getattr(case, "text_start", ""), case.name_disclosure)
    return CaseRow(
        number=case.case_number,
        revision=case.revision,
        status=case.status,
        status_text=desk_label(case.current_status, case.centre, language),
        attention=_attention(case, language),
        urgency="" if case.urgency in ("", Urgency.NORMAL.value) else _urgency(case.urgency, language),
        is_unseen=seen is None or seen < case.revision,
        topic=case.subtopic or _topic(case.topic, language),
        excerpt=text,
        no_excerpt="" if text else _no_excerpt(case.name_disclosure, language),
        place=_short_place(case.area, language),
        owner=case.owner.display_name if case.owner else "",
        agency=case.agency_name,
        age=f"{(today - dates.day_in_thailand(case.received_at)).days} {_DAYS[language]}",
        due=_short_due(case.due, today, language) if case.due else "",
        is_overdue=is_open and case.due is not None and case.due < today,
        is_due_today=is_open and case.due == today,
    )


def _topic(code: str, language: str) -> str:
    return TOPICS[Topic(code)].name.in_language(language) if code in {topic.value for topic in Topic} else code


def _no_excerpt(name_disclosure: str, language: str) -> str:
    return _NO_EXCERPT.get(name_disclosure, _NO_TEXT).in_language(language)


def _attention(case: Case, language: str) -> str:
    known = case.attention in set(Attention) and case.attention != Attention.NEW.value
    return ATTENTIONS[Attention(case.attention)].in_language(language) if known else ""


def _urgency(code: str, language: str) -> str:
    return URGENCIES[Urgency(code)].in_language(language) if code in set(Urgency) else code


def _short_place(area: str, language: str) -> str:
    """The two deepest names: «ต.บ้านเป็ด อ.เมืองขอนแก่น»."""
    separator = " " if language == "th" else ", "
    return separator.join(places.full_name(area, language).split(separator)[:2])


def _short_due(due: date, today: date, language: str) -> str:
    """Without the year when it is this year's."""
    text = dates.short_date(due, language)
    return text.rsplit(" ", 1)[0] if due.year == today.year else text
