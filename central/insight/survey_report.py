"""The figures of the yearly survey for a centre and those below it.

Only months that have ended are counted: the difference of two days would be one response. Figures of fewer than five
answers are hidden, and those of so many other centres that nobody can calculate them (`survey_suppression`)."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet, Sum

from central.agencies.register import own_and_above
from central.centres.models import Centre, subtree_filter
from central.insight.suppression import SMALLEST
from central.insight.survey_groups import SATISFACTION, TRUST, GroupFigures, Means, group_figures, trust_index
from central.insight.survey_series import Cells, Change, Series, build_series, change_between
from central.insight.survey_suppression import hidden_centres, hidden_series
from central.surveys.models import (
    InvitationCount,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
)
from central.surveys.statistics import Estimate, mean_of_counts, share_of
from thai.dates import fiscal_year

SCALE = range(1, 6)
YEARS = 5
_OWN = "own"
_HIDDEN_NAMES = ("count", "satisfaction", "trust")
_MAX_TEXTS = 200


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
    year_change: Change | None
    series: Series
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
    total = group_figures(str(year), _means(own), hidden.of_centre(centre, year))
    years, year_change = _years(centre, counted, year, hidden)
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
        years,
        year_change,
        build_series(centre, year, counted, until, hidden.of_series((year, year - 1))),
        _centres(centre, own, year, hidden),
        _texts(own, [question for question, _ in questions if question.kind == "text"])
        if with_texts and not total.is_hidden
        else [],
    )


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
            satisfied=Count("pk", filter=SATISFACTION, distinct=True),
            trusting=Count("pk", filter=TRUST, distinct=True),
        )
        for row in rows:
            responses[row["survey__year"]][row["centre_id"]] = row["responses"]
            satisfaction[row["survey__year"]][row["centre_id"]] = row["satisfied"]
            trust[row["survey__year"]][row["centre_id"]] = row["trusting"]
        self._answered = {year: self._with_those_above(responses[year]) for year in years}
        self._hidden = {
            year: tuple(hidden_centres(self.parents, each[year]) for each in (responses, satisfaction, trust))
            for year in years
        }

    def of_centre(self, centre: Centre, year: int) -> set[str]:
        """What is hidden of a centre with those below it, for `group_figures`."""
        return {
            name for name, hidden in zip(_HIDDEN_NAMES, self._hidden[year], strict=True) if centre.pk in hidden.sums
        }

    def of_own(self, centre: Centre, year: int) -> set[str]:
        """What is hidden of the own cases of a centre."""
        return {name for name, hidden in zip(_HIDDEN_NAMES, self._hidden[year], strict=True) if centre.pk in hidden.own}

    def of_series(self, years: Collection[int]) -> Callable[[Cells], Collection[int]]:
        """What tells the centres without a series within these years: those that have answers in a year of which
        something is hidden, and more."""
        of_years = {
            key for year in years for hidden in self._hidden[year] for key in hidden.sums & self._answered[year]
        }
        return lambda cells: hidden_series(self.parents, cells, of_years)

    def _with_those_above(self, centres: Iterable[int]) -> set[int]:
        above: set[int] = set()
        for centre in centres:
            step: int | None = centre
            while step is not None:
                above.add(step)
                step = self.parents[step]
        return above


def _hidden_questions(counted: QuerySet[SurveyResponse], centre: Centre, hidden: _HiddenFigures) -> set[UUID]:
    """The codes of the questions whose answers are hidden at this centre, though its report may be shown."""
    answers = SurveyAnswer.objects.filter(response__in=counted).order_by()
    counts: dict[UUID, dict[int, int]] = defaultdict(dict)
    for code, place, count in answers.values_list("question__code", "response__centre_id").annotate(Count("pk")):
        counts[code][place] = count
    return {code for code, each in counts.items() if centre.pk in hidden_centres(hidden.parents, each).sums}


def _within(centre: Centre) -> QuerySet[Centre]:
    return Centre.objects.filter(subtree_filter(centre.path))


def _means(responses: QuerySet[SurveyResponse]) -> Means:
    means = Means()
    for _, satisfaction, trust in _mean_rows(responses):
        means.add(satisfaction, trust)
    return means


def _mean_rows(responses: QuerySet[SurveyResponse]) -> Iterator[tuple[int, float | None, float | None]]:
    """For each response its centre, its mean satisfaction and its index of trust."""
    rows = responses.annotate(
        satisfied=Avg("answers__value", filter=SATISFACTION), trusting=Avg("answers__value", filter=TRUST)
    )
    for centre_id, satisfaction, trust in rows.order_by().values_list("centre_id", "satisfied", "trusting"):
        yield centre_id, satisfaction, trust_index(trust)


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


def _years(
    centre: Centre, counted: QuerySet[SurveyResponse], year: int, hidden: _HiddenFigures
) -> tuple[list[GroupFigures], Change | None]:
    """The years with responses, the newest first, and the change from the year before where both are shown."""
    of_centre = counted.filter(centre__in=_within(centre))
    means = {each: _means(of_centre.filter(survey__year=each)) for each in range(year, year - YEARS, -1)}
    groups = [
        group_figures(str(each), means[each], hidden.of_centre(centre, each)) for each in means if means[each].count
    ]
    if any(hidden.of_centre(centre, each) or means[each].count < SMALLEST for each in (year, year - 1)):
        return groups, None
    return groups, change_between(str(year), means[year], str(year - 1), means[year - 1])


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
    means: dict[Centre, Means] = defaultdict(Means)
    for place, satisfaction, trust in _mean_rows(responses):
        means[place_of[place]].add(satisfaction, trust)
    groups = [(child, group_figures(child.slug, means[child], hidden.of_centre(child, year))) for child in children]
    groups.append((centre, group_figures(_OWN, means[centre], hidden.of_own(centre, year))))
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
