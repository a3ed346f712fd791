"""Articles as the pages of the desk show them: in a list, whole, and suggested for a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from central.cases import clock
from central.cases.models import Case
from central.desk import labels
from central.knowledge.finding import suggest_articles
from central.knowledge.models import Article, ArticleVersion
from central.knowledge.reading import Currency, articles_for, currency_of
from protocol.bilingual_text import BilingualText
from thai import dates

CURRENCIES = {
    Currency.CURRENT: BilingualText("เป็นปัจจุบัน", "Current"),
    Currency.UNREVIEWED: BilingualText("ควรทบทวน", "Needs a review"),
    Currency.EXPIRED: BilingualText("พ้นวันที่ใช้ได้", "No longer valid"),
}
_SAME_TOPIC = BilingualText("ประเภทเรื่องเดียวกัน", "the same topic")
_WORDS = BilingualText("มีคำว่า {}", "the words {}")


@dataclass(frozen=True)
class ArticleRow:
    """One row of the list."""

    article_id: int
    title: str
    topics: str
    centre: str
    reviewed: str
    is_draft: bool
    has_newer_draft: bool
    currency: Currency
    currency_name: str


@dataclass(frozen=True)
class ShownSuggestion:
    """An article suggested for a case, and why."""

    article_id: int
    title: str
    contacts: Sequence[str]
    reason: str
    warning: str  # '' for an article that was reviewed within a year


def article_row(article: Article, version: ArticleVersion, today: date, language: str) -> ArticleRow:
    """The row of an article that shows this version."""
    currency = currency_of(version, today)
    return ArticleRow(
        article.pk,
        version.title,
        topic_names(version, language),
        article.centre.name_in(language),
        dates.short_date(version.reviewed_on, language),
        article.published_id is None,
        article.published_id is not None and article.has_draft,
        currency,
        CURRENCIES[currency].in_language(language),
    )


def topic_names(version: ArticleVersion, language: str) -> str:
    """The names of its topics."""
    return " · ".join(labels.label(labels.TOPIC, topic, language) for topic in version.topics)


def suggestions_for(case: Case, language: str, more_text: str = "") -> list[ShownSuggestion]:
    """The articles for this case, by its topic and its words. `more_text`: what the officer may read of its letter."""
    today = clock.today()
    text = "\n".join(filter(None, (case.text, case.topic_note, case.subtopic, more_text)))
    return [
        ShownSuggestion(
            row.version.article_id,
            row.version.title,
            row.version.contacts.splitlines(),
            _reason(row.words, language, has_topic=row.has_topic),
            ""
            if (currency := currency_of(row.version, today)) is Currency.CURRENT
            else CURRENCIES[currency].in_language(language),
        )
        for row in suggest_articles(articles_for(case.centre, today), case.topic, text)
    ]


def _reason(words: Sequence[str], language: str, *, has_topic: bool) -> str:
    parts = [_SAME_TOPIC.in_language(language)] if has_topic else []
    if words:
        parts.append(_WORDS.in_language(language).format(", ".join(f"“{word}”" for word in words)))
    return " · ".join(parts)
