"""The texts of cases, by group, as they are indexed. Internal to the search: nothing here is shown to anybody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from central.cases.event_kinds import COVERED_FILES, COVERED_NOTES
from central.cases.models import Case, CaseEventText, Complainant, LetterPage
from central.cases.person_names import name_parts
from central.documents.models import DocumentPage
from central.search.covering import cover_people
from central.search.word_index import IndexEntry, TextGroup
from central.search.words import split_words
from thai import places

MAX_WORDS = 60_000  # of a case; an attached file may have 200 pages
_CASE_TEXTS = ("text", "subtopic", "topic_note", "about_note", "location_note", "for_whom_note")
_WORK_TEXTS = ("outcome", "agency_name")
_PLACE_NAMES = 2  # tambon and district; the province is in nearly every case of a centre, and enlarges the index
Texts = dict[TextGroup, list[str]]


def index_entries(case_ids: Sequence[int]) -> list[IndexEntry]:
    """The entries of those cases that exist, in six queries."""
    texts: Mapping[int, Texts] = {case_id: defaultdict(list) for case_id in case_ids}
    existing = _add_cases(texts)
    _add_letters(texts)
    _add_events(texts)
    _add_files(texts)
    names = {row.case_id: name_parts(row) for row in Complainant.objects.filter(case__in=case_ids)}
    return [_entry(case_id, texts[case_id], names.get(case_id, ())) for case_id in existing]


def _add_cases(texts: Mapping[int, Texts]) -> list[int]:
    rows = Case.objects.filter(pk__in=texts.keys()).order_by("pk")
    existing = []
    for row in rows.values("pk", "area", *_CASE_TEXTS, *_WORK_TEXTS):
        existing.append(row["pk"])
        of_case = texts[row["pk"]]
        of_case[TextGroup.COMPLAINT] += [row[name] for name in _CASE_TEXTS]
        of_case[TextGroup.WORK] += [row[name] for name in _WORK_TEXTS]
        of_case[TextGroup.COMPLAINT].append(" ".join(places.full_name(row["area"], "th").split(" ")[:_PLACE_NAMES]))
    return existing


def _add_letters(texts: Mapping[int, Texts]) -> None:
    """What the citizen has checked at the kiosk, or what a worker has recognised where there is no such text."""
    for case_id, text in LetterPage.objects.filter(case__in=texts.keys()).values_list("case_id", "text"):
        texts[case_id][TextGroup.LETTER].append(text)
    recognised = DocumentPage.objects.filter(document__case__in=texts.keys(), document__letter_page__text="")
    for case_id, text in recognised.values_list("document__case_id", "text"):
        texts[case_id][TextGroup.LETTER].append(text)


def _add_events(texts: Mapping[int, Texts]) -> None:
    """Texts of the history, under the rules of the page of a case (`desk.case_history`)."""
    rows = CaseEventText.objects.filter(event__case__in=texts.keys())
    for case_id, kind, public_text, note in rows.values_list("event__case_id", "event__kind", "public_text", "note"):
        texts[case_id][TextGroup.WORK].append(public_text)
        texts[case_id][TextGroup.CITIZEN if kind in COVERED_NOTES else TextGroup.WORK].append(note)


def _add_files(texts: Mapping[int, Texts]) -> None:
    rows = DocumentPage.objects.filter(document__case__in=texts.keys(), document__attachment__isnull=False)
    for case_id, kind, text in rows.values_list("document__case_id", "document__attachment__event__kind", "text"):
        texts[case_id][TextGroup.CITIZEN if kind in COVERED_FILES else TextGroup.WORK].append(text)


def _entry(case_id: int, texts: Texts, own_names: Iterable[str]) -> IndexEntry:
    words: dict[TextGroup, list[str]] = {}
    left = MAX_WORDS
    for group in TextGroup:
        text = "\n".join(filter(None, texts[group]))
        words[group] = split_words(cover_people(text, own_names))[:left]
        left -= len(words[group])
    return IndexEntry(case_id, words)
