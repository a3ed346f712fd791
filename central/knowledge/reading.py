"""Which articles an officer reads, and which of them need a review."""

from datetime import date, timedelta
from enum import Enum

from django.db.models import Q, QuerySet

from central.agencies.register import own_and_above
from central.centres.models import Centre, Officer
from central.knowledge.models import Article, ArticleVersion
from central.people.permission import actions_by_scope, memberships_of, permitted_centres
from central.people.roles import Action, Scope

REVIEW_AFTER = timedelta(days=365)  # laws and telephone numbers change within a year
_READING = frozenset({Action.VIEW_CASES, Action.FILE_CASES, Action.WRITE_ARTICLES})


class Currency(Enum):
    """Whether a version can be relied on."""

    CURRENT = "current"
    UNREVIEWED = "unreviewed"  # nobody has checked it for a year
    EXPIRED = "expired"  # after its last day


def currency_of(version: ArticleVersion, today: date) -> Currency:
    """Whether the version can be relied on today."""
    if version.valid_until is not None and version.valid_until < today:
        return Currency.EXPIRED
    return Currency.UNREVIEWED if version.reviewed_on < today - REVIEW_AFTER else Currency.CURRENT


def may_read_articles(officer: Officer) -> bool:
    """Whether the officer works with cases at a centre or in a team of one, or writes articles."""
    actions = actions_by_scope(officer)
    return not _READING.isdisjoint(actions[Scope.CENTRE] | actions[Scope.TEAM])


def readable_articles(officer: Officer) -> QuerySet[Article]:
    """The published articles of the officer's centres and those above, and what the officer may write, with drafts."""
    if not may_read_articles(officer):
        return Article.objects.none()
    own = Q(pk__in=[])
    for centre in {row.centre for row in memberships_of(officer)}:
        own |= Q(centre__in=own_and_above(centre))
    writable = Q(centre__in=permitted_centres(officer, Action.WRITE_ARTICLES))
    articles = Article.objects.filter(own & Q(published__isnull=False) | writable)
    return articles.select_related("centre", "newest", "published")


def articles_for(centre: Centre, today: date) -> QuerySet[ArticleVersion]:
    """What officers of this centre rely on: the published versions, of its own and of the centres above, that are
    valid today."""
    valid = Q(valid_until=None) | Q(valid_until__gte=today)
    published = Article.objects.filter(centre__in=own_and_above(centre), published__isnull=False)
    return ArticleVersion.objects.filter(valid, pk__in=published.values("published"))


def articles_to_review(officer: Officer, today: date) -> QuerySet[Article]:
    """Published articles that this officer may confirm and that nobody has checked for a year, or that have expired."""
    needs_review = Q(published__valid_until__lt=today) | Q(published__reviewed_on__lt=today - REVIEW_AFTER)
    return Article.objects.filter(needs_review, centre__in=permitted_centres(officer, Action.PUBLISH_ARTICLES))
