"""The passage of a case that has the searched words, with the words marked, as a list may show it.

Under the rules of an excerpt (decision 0059): only of a case with a disclosed name, only from texts that are open to
everybody who may see the case, with people covered. Recognised text is never shown in a list (decision 0095)."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from central.cases.event_kinds import COVERED_NOTES
from central.cases.excerpts import COVER, cover
from central.cases.models import Case, CaseEventText, Complainant
from central.cases.person_names import name_parts
from central.masking import cover_own_names
from central.search.words import normalise
from protocol.choices import NameDisclosure
from thai.segmentation import words as segment

_MAX_CHARS = 150
_BEFORE_CHARS = 40  # of the window, before the first word
_MAX_SOURCE_CHARS = 8_000
_FIELDS = ("text", "topic_note", "about_note", "location_note", "outcome")


@dataclass(frozen=True)
class Segment:
    """A piece of a passage. `is_marked`: it is a searched word."""

    text: str = field(repr=False)
    is_marked: bool


def passages(case_ids: Collection[int], searched: Collection[str]) -> dict[int, list[Segment]]:
    """The best passage of each case that may show one and has one. In three queries."""
    named = Case.objects.filter(pk__in=case_ids, name_disclosure=NameDisclosure.NAMED.value)
    texts: dict[int, list[str]] = defaultdict(list)
    for case_id, *fields in named.values_list("pk", *_FIELDS):
        texts[case_id] += filter(None, fields)
    events = CaseEventText.objects.filter(event__case__in=texts.keys()).order_by("pk")
    for case_id, kind, public_text, note in events.values_list("event__case_id", "event__kind", "public_text", "note"):
        texts[case_id] += filter(None, (public_text, "" if kind in COVERED_NOTES else note))
    names = {row.case_id: name_parts(row) for row in Complainant.objects.filter(case__in=texts.keys())}
    shown = {case_id: find_passage(of_case, searched, names.get(case_id, ())) for case_id, of_case in texts.items()}
    return {case_id: passage for case_id, passage in shown.items() if passage}


def find_passage(texts: Sequence[str], searched: Collection[str], own_names: Collection[str] = ()) -> list[Segment]:
    """The window of these texts with the most different words. Empty when no word is in them."""
    if not searched:
        return []
    pattern = re.compile("|".join(re.escape(word) for word in sorted(searched, key=len, reverse=True)))
    best: tuple[int, str] | None = None
    for text in texts:
        line = _covered_line(text, own_names)
        places = [(match.start(), match[0]) for match in pattern.finditer(normalise(line))]
        starts = [start for start, _ in places]
        for index, start in enumerate(starts):
            end = bisect_left(starts, start + _MAX_CHARS - _BEFORE_CHARS)
            count = len({word for _, word in places[index:end]})
            if best is None or count > best[0]:
                best = (count, _window(line, start))
    return list(_marked(best[1], searched)) if best else []


def _covered_line(text: str, own_names: Collection[str]) -> str:
    return cover(cover_own_names(" ".join(text[:_MAX_SOURCE_CHARS].split()), own_names, COVER))


def _window(line: str, start: int) -> str:
    """The line around this place, cut between words."""
    begin, position = max(0, start - _BEFORE_CHARS), 0
    pieces: list[str] = []
    room = _MAX_CHARS
    for piece in segment(line):
        if position >= begin and room >= len(piece):
            pieces.append(piece)
            room -= len(piece)
        elif pieces:
            break
        position += len(piece)
    window = "".join(pieces)
    return f"{'…' if begin else ''}{window.strip()}{'…' if position < len(line) else ''}"


def _marked(window: str, searched: Collection[str]) -> Iterator[Segment]:
    """Whole words are marked; neighbours of one kind are one segment."""
    text, is_marked = "", False
    for piece in segment(window):
        is_searched = normalise(piece).strip(".,()/:;-") in searched
        if text and is_searched != is_marked:
            yield Segment(text, is_marked)
            text = ""
        text, is_marked = text + piece, is_searched
    if text:
        yield Segment(text, is_marked)
