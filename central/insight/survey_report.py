"""The figures of the yearly survey for a centre and those below it.

Only months that have ended are counted: the difference of two days would be one response. Figures of fewer than five
answers are hidden, and those of so many other centres that nobody can calculate them (`survey_suppression`)."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet, Sum

from central.agencies.register import own_and_above
from central.centres.models import Centre, subtree_filter
from central.insight.suppression import SMALLEST
from central.insight.survey_suppression import HiddenCentres, hidden_centres
from central.surveys.models import (
    InvitationCount,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
)
from central.surveys.statistics import Estimate, mean_of, mean_of_counts, share_of
from thai.dates import fiscal_year

SCALE = range(1, 6)
YEARS = 5
_OWN = "own"
_MAX_TEXTS = 200
_SATISFACTION = Q(answers__question__kind="scale", answers__question__is_trust=False)
_TRUST = Q(answers__question__kind="scale", answers__question__is_trust=True)


@dataclass(frozen=True)
class QuestionFigures:
    """One question: the counts of its answers by value, the mean of a scale, and the share of each value. All of them
    are empty when they are hidden."""

    question: SurveyQuestion
    count: int
    counts: Mapping[int, int]
    mean: Estimate | None
    shares: Mapping[int, Estimate]
    is_hidden: bool


@dataclass(frozen=True)
class GroupFigures:
    """A year, or a centre with those below it: satisfaction is a mean from 1 to 5, trust an index from 0 to 100."""

    code: str
    count: int
    satisfaction: Estimate | None
    trust: Estimate | None
    is_hidden: bool


@dataclass(frozen=True)
class SurveyReport:
    """The survey of a fiscal year, of the months before `until`. `invited` were invited by a notice, `invited_answered`
    of them have answered. `texts` are only for officers who manage surveys."""

    centre: Centre
    year: int
    until: date  # the first day of the month that is not counted yet
    total: GroupFigures
    invited: int
    invited_answered: int
    questions: Sequence[QuestionFigures]
    years: Sequence[GroupFigures]
    centres: Sequence[tuple[Centre, GroupFigures]]
    texts: Sequence[tuple[SurveyQuestion, Sequence[str]]] = field(repr=False)

    @property
    def response_rate(self) -> Estimate | None:
        """How many of the invited have answered. None without an invitation, and while the count is small."""
        if self.invited < SMALLEST or self.total.is_hidden:
            return None
        return share_of(min(self.invited_answered, self.invited), self.invited)


def shown_years(centre: Centre, today: date) -> list[int]:
    """The fiscal years with a survey for this centre, the newest first; this one without any."""
    surveys = Survey.objects.filter(Q(centre__in=_within(centre)) | Q(centre__in=_above(centre)))
    years = surveys.exclude(opened_at=None).order_by("-year").values_list("year", flat=True).distinct()
    return list(years) or [fiscal_year(today)]


def build_survey_report(centre: Centre, year: int, today: date, *, with_texts: bool = False) -> SurveyReport:
    """The report of a centre and those below it, of the months that ended before `today`."""
    until = today.replace(day=1)
    counted = SurveyResponse.objects.filter(month__lt=until)
    hidden = _HiddenFigures(counted, [year - before for before in range(YEARS)])
    own = counted.filter(centre__in=_within(centre), survey__year=year)
    total = _group(str(year), _means(own), hidden.of_centre(centre, year))
    invitations = InvitationCount.objects.filter(centre__in=_within(centre), survey__year=year, month__lt=until)
    questions = _questions(own)
    hidden_codes = _hidden_questions(counted.filter(survey__year=year), centre, hidden)
    return SurveyReport(
        centre,
        year,
        until,
        total,
        invitations.aggregate(total=Sum("count"))["total"] or 0,
        own.filter(was_invited=True).count(),
        [
            _question_figures(question, counts, is_hidden=total.is_hidden or question.code in hidden_codes)
            for question, counts in questions
            if question.kind != "text"
        ],
        _years(centre, counted, year, hidden),
        _centres(centre, own, year, hidden),
        _texts(own, [question for question, _ in questions if question.kind == "text"])
        if with_texts and not total.is_hidden
        else [],
    )


@dataclass(frozen=True)
class _Hiding:
    """Whether the count of a group and its two means are hidden."""

    count: bool
    satisfaction: bool
    trust: bool


class _HiddenFigures:
    """Which centres are hidden in each year: by their responses, and by those that say something about satisfaction or
    trust, which may be fewer."""

    def __init__(self, counted: QuerySet[SurveyResponse], years: Collection[int]) -> None:
        self.parents: dict[int, int | None] = dict(Centre.objects.order_by().values_list("pk", "parent_id"))
        responses: dict[int, dict[int, int]] = {year: {} for year in years}
        satisfaction: dict[int, dict[int, int]] = {year: {} for year in years}
        trust: dict[int, dict[int, int]] = {year: {} for year in years}
        of_years = counted.filter(survey__year__in=years).order_by().values("survey__year", "centre_id")
        rows = of_years.annotate(
            responses=Count("pk", distinct=True),
            satisfied=Count("pk", filter=_SATISFACTION, distinct=True),
            trusting=Count("pk", filter=_TRUST, distinct=True),
        )
        for row in rows:
            responses[row["survey__year"]][row["centre_id"]] = row["responses"]
            satisfaction[row["survey__year"]][row["centre_id"]] = row["satisfied"]
            trust[row["survey__year"]][row["centre_id"]] = row["trusting"]
        self._hidden = {
            year: tuple(hidden_centres(self.parents, each[year]) for each in (responses, satisfaction, trust))
            for year in years
        }

    def of_centre(self, centre: Centre, year: int) -> _Hiding:
        """For a centre with those below it."""
        return _Hiding(*(centre.pk in hidden.sums for hidden in self._of(year)))

    def of_own(self, centre: Centre, year: int) -> _Hiding:
        """For the own cases of a centre."""
        return _Hiding(*(centre.pk in hidden.own for hidden in self._of(year)))

    def _of(self, year: int) -> tuple[HiddenCentres, ...]:
        return self._hidden[year]


def _hidden_questions(counted: QuerySet[SurveyResponse], centre: Centre, hidden: _HiddenFigures) -> set[UUID]:
    """The codes of the questions whose answers are hidden at this centre, though its report may be shown."""
    answers = SurveyAnswer.objects.filter(response__in=counted).order_by()
    counts: dict[UUID, dict[int, int]] = defaultdict(dict)
    for code, place, count in answers.values_list("question__code", "response__centre_id").annotate(Count("pk")):
        counts[code][place] = count
    return {code for code, each in counts.items() if centre.pk in hidden_centres(hidden.parents, each).sums}


def _within(centre: Centre) -> QuerySet[Centre]:
    return Centre.objects.filter(subtree_filter(centre.path))


def _means(responses: QuerySet[SurveyResponse]) -> list[tuple[int, float | None, float | None]]:
    """For each response its centre and its means of satisfaction and trust."""
    rows = responses.annotate(
        satisfaction=Avg("answers__value", filter=_SATISFACTION), trust=Avg("answers__value", filter=_TRUST)
    )
    return list(rows.order_by().values_list("centre_id", "satisfaction", "trust"))


def _group(code: str, rows: Collection[tuple[int, float | None, float | None]], hiding: _Hiding) -> GroupFigures:
    if hiding.count or len(rows) < SMALLEST:
        return GroupFigures(code, len(rows), None, None, is_hidden=True)
    satisfaction = mean_of([float(row[1]) for row in rows if row[1] is not None], 1, 5)
    trust = mean_of([(float(row[2]) - 1) * 25 for row in rows if row[2] is not None], 0, 100)
    return GroupFigures(
        code,
        len(rows),
        None if hiding.satisfaction else satisfaction,
        None if hiding.trust else trust,
        is_hidden=False,
    )


def _questions(responses: QuerySet[SurveyResponse]) -> list[tuple[SurveyQuestion, dict[int, int]]]:
    """The questions of these responses in their order, with the counts of their answers by value. Questions with the
    same code in several versions are one."""
    answers = SurveyAnswer.objects.filter(response__in=responses)
    counts: dict[UUID, dict[int, int]] = defaultdict(dict)
    for code, value, count in answers.values_list("question__code", "value").annotate(Count("pk")).order_by():
        counts[code][value or 0] = count
    questions = SurveyQuestion.objects.filter(survey__in=responses.values("survey")).order_by(
        "-survey__version", "position"
    )
    newest: dict[UUID, SurveyQuestion] = {}
    for question in questions:
        newest.setdefault(question.code, question)
    return [(question, counts.get(code, {})) for code, question in newest.items()]


def _question_figures(question: SurveyQuestion, counts: Mapping[int, int], *, is_hidden: bool) -> QuestionFigures:
    total = sum(counts.values())
    if is_hidden or total < SMALLEST:
        return QuestionFigures(question, total, {}, None, {}, is_hidden=True)
    values: Iterable[int] = SCALE if question.kind == "scale" else range(1, len(question.choices_in("th")) + 1)
    every = {value: counts.get(value, 0) for value in values}
    shares = {value: share for value, count in every.items() if (share := share_of(count, total)) is not None}
    mean = mean_of_counts(every, 1, 5) if question.kind == "scale" else None
    return QuestionFigures(question, total, every, mean, shares, is_hidden=False)


def _years(centre: Centre, counted: QuerySet[SurveyResponse], year: int, hidden: _HiddenFigures) -> list[GroupFigures]:
    of_centre = counted.filter(centre__in=_within(centre))
    years = range(year, year - YEARS, -1)
    groups = [
        _group(str(each), _means(of_centre.filter(survey__year=each)), hidden.of_centre(centre, each)) for each in years
    ]
    return [group for group in groups if group.count]


def _centres(
    centre: Centre, responses: QuerySet[SurveyResponse], year: int, hidden: _HiddenFigures
) -> list[tuple[Centre, GroupFigures]]:
    """The centres directly below with those below them, and the own cases of this one."""
    below = list(Centre.objects.filter(subtree_filter(centre.path)).order_by("path"))
    children = [each for each in below if each.parent_id == centre.pk]
    if not children:
        return []
    place_of = {
        each.pk: next((child for child in children if each.path.startswith(child.path)), centre) for each in below
    }
    rows: dict[Centre, list[tuple[int, float | None, float | None]]] = defaultdict(list)
    for row in _means(responses):
        rows[place_of[row[0]]].append(row)
    groups = [(child, _group(child.slug, rows[child], hidden.of_centre(child, year))) for child in children]
    groups.append((centre, _group(_OWN, rows[centre], hidden.of_own(centre, year))))
    return [(place, group) for place, group in groups if group.count]


def _texts(
    responses: QuerySet[SurveyResponse], questions: Iterable[SurveyQuestion]
) -> list[tuple[SurveyQuestion, list[str]]]:
    """The texts in an order that says nothing about when they were written."""
    shown = []
    for question in questions:
        answers = SurveyAnswer.objects.filter(response__in=responses, question__code=question.code).exclude(text="")
        texts = list(answers.order_by("id").values_list("text", flat=True)[:_MAX_TEXTS])
        random.Random(question.code.int).shuffle(texts)  # noqa: S311 (no secret)
        shown.append((question, texts))
    return [row for row in shown if row[1]]


def _above(centre: Centre) -> list[int]:
    return [each.pk for each in own_and_above(centre)]
