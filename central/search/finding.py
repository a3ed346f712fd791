"""Searches cases by words, within what the officer may see.

Which cases: those of `cases.reading.visible_cases`. Which words of them: letters, and what the citizen wrote later,
only where `cases.reading` would show them to this officer; with a withheld name only after it was granted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.utils import timezone

from central.cases.case_filter import CaseFilter, narrow
from central.cases.models import Case
from central.cases.reading import visible_cases
from central.cases.withheld_names import valid_grants
from central.centres.models import Officer
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.search.questions import Question, Term, numbers_in, read_question, running_number
from central.search.spelling import correct
from central.search.vocabulary import Vocabulary, load_vocabulary
from central.search.word_index import OPEN_GROUPS, CaseSet, Match, Ranking, TextGroup, open_index
from protocol.choices import NameDisclosure

MAX_MATCHES = 1_000  # of the newest ones, which are then ordered by relevance
MAX_PARTIAL = 200
FEW_MATCHES = 10  # fewer than a screen of rows: cases with some of the words follow
_MAX_OF_NUMBER = 25


@dataclass(frozen=True)
class SearchResult:
    """The cases that match, best first: those with every word, then from `partial_from` those with some of them.
    `numbered` are the cases with a number that was typed; `added_words` were searched for beside the typed ones."""

    question: Question
    matches: Sequence[Match]
    partial_from: int
    added_words: Sequence[str]
    is_cut: bool


def search(officer: Officer, text: str, wanted: CaseFilter, today: date) -> SearchResult:
    """The cases with the words of this text that the officer may see and the filter selects."""
    vocabulary = load_vocabulary()
    question, added = correct(read_question(text), vocabulary)
    if not question.terms:
        return SearchResult(question, [], 0, [], is_cut=False)
    sets = _case_sets(officer, wanted, today)
    weights = {word: vocabulary.weight(word) for word in question.words}
    index = open_index()
    ranking = index.search([question.terms], sets, weights, MAX_MATCHES) if sets else Ranking([], is_cut=False)
    matches, whole = list(ranking.matches), len(ranking.matches)
    for choices in _weaker_choices(question, vocabulary) if sets else ():
        if len(matches) >= FEW_MATCHES:
            break
        matches += index.search(choices, sets, weights, MAX_PARTIAL, [match.case_id for match in matches]).matches
    return SearchResult(question, matches, whole, added, is_cut=ranking.is_cut)


def _weaker_choices(question: Question, vocabulary: Vocabulary) -> Iterator[Sequence[Sequence[Term]]]:
    """What is searched when few cases have every term: half of the terms, then one of the rarer half."""
    count = len(question.terms)
    if count < 2:
        return
    if count > 3:
        yield question.at_least(count // 2)
    rarest = sorted(question.terms, key=lambda term: -min(vocabulary.weight(word) for word in term.phrases[0]))
    yield [[term] for term in rarest[: (count + 1) // 2 if count > 3 else count]]


def cases_of_number(officer: Officer, text: str) -> list[Case]:
    """The cases with a number that is anywhere in this text, or of which the whole text is the running number."""
    numbers = numbers_in(text) or [running_number(text)]
    cases: list[Case] = []
    for number in filter(None, numbers):
        wanted = CaseFilter(number=number, status="all")
        cases += narrow(visible_cases(officer), wanted, timezone.localdate(), {}).order_by("-received_at")[
            :_MAX_OF_NUMBER
        ]
    return cases


def groups_with_words(matches: Sequence[Match], question: Question) -> dict[int, set[TextGroup]]:
    """In which texts of these cases a word is, as far as the officer may know it."""
    groups = open_index().groups_of([match.case_id for match in matches], question.terms) if matches else {}
    return {
        match.case_id: groups.get(match.case_id, set()) & (set(TextGroup) if match.is_readable else set(OPEN_GROUPS))
        for match in matches
    }


def _case_sets(officer: Officer, wanted: CaseFilter, today: date) -> list[CaseSet]:
    cases = narrow(visible_cases(officer).select_related(None), wanted, today, {}).order_by()
    readable = _readable(officer)
    sets = []
    for chosen, is_readable in ((cases.filter(readable), True), (cases.exclude(readable), False)):
        try:
            statement, parameters = _keys(chosen)
        except EmptyResultSet:
            continue
        sets.append(CaseSet(statement, parameters, is_readable))
    return sets


def _readable(officer: Officer) -> Q:
    """The condition of `reading.may_read_words`, with the name granted where it is withheld."""
    granted = list(valid_grants(officer).values_list("case_id", flat=True))
    centres = list(permitted_centres(officer, Action.READ_PEOPLE).values_list("pk", flat=True))
    return Q(centre__in=centres) & (~Q(name_disclosure=NameDisclosure.WITHHELD.value) | Q(pk__in=granted))


def _keys(cases: QuerySet[Case]) -> tuple[str, Sequence[Any]]:
    statement, parameters = cases.values("pk").query.sql_with_params()
    return statement, parameters
