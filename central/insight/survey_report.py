"""The figures of the yearly survey for a centre and those below it.

Figures of fewer than five answers are hidden; among centres, so many others with them that nobody can calculate one
from the total (`suppression`)."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet, Sum

from central.agencies.register import own_and_above
from central.centres.models import Centre, subtree_filter
from central.insight.suppression import SMALLEST, hidden_values
from central.surveys.commands import fiscal_year
from central.surveys.models import (
    InvitationCount,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
)
from central.surveys.statistics import Estimate, mean_of, mean_of_counts, share_of

SCALE = range(1, 6)
YEARS = 5
_MAX_TEXTS = 200
_OWN = "own"
_SATISFACTION = Q(answers__question__kind="scale", answers__question__is_trust=False)
_TRUST = Q(answers__question__kind="scale", answers__question__is_trust=True)


@dataclass(frozen=True)
class QuestionFigures:
    """One question: the counts of its answers by value, the mean of a scale, and the share of each value. `is_hidden`:
    fewer than five answers."""

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
    """The survey of a fiscal year. `invited` were invited by a notice, `invited_answered` of them have answered."""

    centre: Centre
    year: int
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


def build_survey_report(centre: Centre, year: int) -> SurveyReport:
    """The report of a centre and those below it."""
    own = _responses(centre).filter(survey__year=year)
    total = _group(str(year), _means(own))
    invitations = InvitationCount.objects.filter(centre__in=_within(centre), survey__year=year)
    questions = _questions(own)
    return SurveyReport(
        centre,
        year,
        total,
        invitations.aggregate(total=Sum("count"))["total"] or 0,
        own.filter(was_invited=True).count(),
        [_question_figures(question, counts) for question, counts in questions if question.kind != "text"],
        _years(centre, year),
        _centres(centre, own),
        [] if total.is_hidden else _texts(own, [question for question, _ in questions if question.kind == "text"]),
    )


def _responses(centre: Centre) -> QuerySet[SurveyResponse]:
    return SurveyResponse.objects.filter(centre__in=_within(centre))


def _within(centre: Centre) -> QuerySet[Centre]:
    return Centre.objects.filter(subtree_filter(centre.path))


def _means(responses: QuerySet[SurveyResponse]) -> list[tuple[int, float | None, float | None]]:
    """For each response its centre and its means of satisfaction and trust."""
    rows = responses.annotate(
        satisfaction=Avg("answers__value", filter=_SATISFACTION), trust=Avg("answers__value", filter=_TRUST)
    )
    return list(rows.order_by().values_list("centre_id", "satisfaction", "trust"))


def _group(
    code: str, rows: Collection[tuple[int, float | None, float | None]], *, is_hidden: bool = False
) -> GroupFigures:
    is_hidden = is_hidden or len(rows) < SMALLEST
    if is_hidden:
        return GroupFigures(code, len(rows), None, None, is_hidden=True)
    satisfaction = mean_of([float(row[1]) for row in rows if row[1] is not None], 1, 5)
    trust = mean_of([(float(row[2]) - 1) * 25 for row in rows if row[2] is not None], 0, 100)
    enough = [each if each is not None and each.count >= SMALLEST else None for each in (satisfaction, trust)]
    return GroupFigures(code, len(rows), enough[0], enough[1], is_hidden=False)


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


def _question_figures(question: SurveyQuestion, counts: Mapping[int, int]) -> QuestionFigures:
    total = sum(counts.values())
    if total < SMALLEST:
        return QuestionFigures(question, total, {}, None, {}, is_hidden=True)
    values: Iterable[int] = SCALE if question.kind == "scale" else range(1, len(question.choices_in("th")) + 1)
    every = {value: counts.get(value, 0) for value in values}
    shares = {value: share for value, count in every.items() if (share := share_of(count, total)) is not None}
    mean = mean_of_counts(every, 1, 5) if question.kind == "scale" else None
    return QuestionFigures(question, total, every, mean, shares, is_hidden=False)


def _years(centre: Centre, year: int) -> list[GroupFigures]:
    years = range(year, year - YEARS, -1)
    groups = [_group(str(each), _means(_responses(centre).filter(survey__year=each))) for each in years]
    return [group for group in groups if group.count]


def _centres(centre: Centre, responses: QuerySet[SurveyResponse]) -> list[tuple[Centre, GroupFigures]]:
    """The centres directly below with those below them, and the own cases of this one."""
    below = list(Centre.objects.filter(subtree_filter(centre.path)).order_by("path"))
    children = [each for each in below if each.parent_id == centre.pk]
    if not children:
        return []
    place_of = {
        each.pk: next((child.slug for child in children if each.path.startswith(child.path)), _OWN) for each in below
    }
    rows: dict[str, list[tuple[int, float | None, float | None]]] = defaultdict(list)
    for row in _means(responses):
        rows[place_of[row[0]]].append(row)
    counts = {code: len(group) for code, group in rows.items()}
    hidden = hidden_values(counts, [_OWN, *(child.slug for child in children)])
    named = [(child, child.slug) for child in children] + [(centre, _OWN)]
    return [(place, _group(code, rows[code], is_hidden=code in hidden)) for place, code in named if rows.get(code)]


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
