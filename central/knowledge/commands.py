"""Writing, publishing and reviewing articles. Each command is one transaction and checks the permission itself. Each
change is a version, with who made it and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.knowledge.models import (
    MAX_CONTACTS_CHARS,
    MAX_KEYWORDS_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    Article,
    ArticleVersion,
)
from central.people.permission import has_permission
from central.people.roles import Action
from central.search.words import split_words
from protocol.bilingual_text import BilingualText
from protocol.topics import Topic

MAX_ARTICLES = 300  # of one centre: searching reads them all
_TOPICS = frozenset(topic.value for topic in Topic) - {Topic.UNSURE.value}
_NO_PERMISSION = BilingualText("ท่านไม่มีสิทธิ์ทำสิ่งนี้กับบทความของศูนย์นี้", "You may not do this with articles of this centre")
_CHANGED_MEANWHILE = BilingualText(
    "มีผู้แก้ไขบทความนี้แล้ว โปรดเปิดหน้าใหม่แล้วแก้ไขอีกครั้ง",
    "Somebody has changed this article. Open the page again and repeat your change",
)
_INCOMPLETE = BilingualText("โปรดใส่ชื่อและเนื้อหา", "Give a title and the text")
_TOO_LONG = BilingualText("ข้อความยาวเกินไป", "A text is too long")
_UNKNOWN_TOPIC = BilingualText("ไม่มีประเภทเรื่องนี้", "There is no such topic")
_IN_FUTURE = BilingualText("วันที่ทบทวนต้องไม่เกินวันนี้", "The day of the review must not be in the future")
_TOO_MANY = BilingualText(f"ศูนย์หนึ่งมีบทความได้ไม่เกิน {MAX_ARTICLES} เรื่อง", f"A centre has at most {MAX_ARTICLES} articles")
_PUBLISHED = BilingualText("โปรดเลิกเผยแพร่ก่อนลบ", "Withdraw the article before you delete it")
_EXPIRED = BilingualText(
    "บทความนี้พ้นวันที่ใช้ได้แล้ว โปรดแก้ไขวันที่ก่อน", "This article is no longer valid. Change its last day first"
)


@dataclass(frozen=True)
class ArticleContent:
    """What an editor states about an article."""

    title: str
    text: str
    reviewed_on: date
    topics: Sequence[str] = ()
    keywords: str = ""
    contacts: str = ""
    valid_until: date | None = None


def content_of(version: ArticleVersion) -> ArticleContent:
    """The content of a version."""
    return ArticleContent(
        version.title,
        version.text,
        version.reviewed_on,
        tuple(version.topics),
        version.keywords,
        version.contacts,
        version.valid_until,
    )


def create_article(officer: Officer, centre: Centre, content: ArticleContent) -> Article:
    """A new draft. Raises NotAllowedError."""
    _check(officer, Action.WRITE_ARTICLES, centre)
    with transaction.atomic():
        if Article.objects.filter(centre=centre).count() >= MAX_ARTICLES:
            raise NotAllowedError(_TOO_MANY)
        return _add_version(Article.objects.create(centre=centre), officer, content)


def change_article(officer: Officer, article: Article, seen_number: int, content: ArticleContent) -> Article:
    """The article with a new version, which nobody but editors reads until it is published. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, Action.WRITE_ARTICLES, article, seen_number)
        if locked.newest is None or content_of(locked.newest) != content:
            _add_version(locked, officer, content)
        return locked


def publish(officer: Officer, article: Article, seen_number: int) -> None:
    """Show officers the newest version, as this one has seen it. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, Action.PUBLISH_ARTICLES, article, seen_number)
        locked.published = locked.newest
        locked.published_at, locked.published_by = timezone.now(), officer
        locked.save()


def withdraw(officer: Officer, article: Article) -> None:
    """Make a published article a draft again. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, Action.PUBLISH_ARTICLES, article, None)
        locked.published, locked.published_at, locked.published_by = None, None, None
        locked.save()


def confirm_review(officer: Officer, article: Article, seen_number: int, today: date) -> None:
    """State that the newest version is still right: a version with today's review, published if the last one was.
    Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, Action.PUBLISH_ARTICLES, article, seen_number)
        version = locked.newest
        if version is None or (version.valid_until and version.valid_until < today):
            raise NotAllowedError(_EXPIRED)
        was_published = not locked.has_draft
        _add_version(locked, officer, replace(content_of(version), reviewed_on=today))
        if was_published:
            locked.published, locked.published_at, locked.published_by = locked.newest, timezone.now(), officer
            locked.save()


def delete_article(officer: Officer, article: Article) -> None:
    """Delete a draft with its versions. What is published is withdrawn first. Raises NotAllowedError."""
    with transaction.atomic():
        locked = _locked(officer, Action.PUBLISH_ARTICLES, article, None)
        if locked.published_id is not None:
            raise NotAllowedError(_PUBLISHED)
        locked.delete()


def _locked(officer: Officer, action: Action, article: Article, seen_number: int | None) -> Article:
    locked = (
        Article.objects.select_for_update(of=("self",))
        .select_related("centre", "newest", "published")
        .filter(pk=article.pk)
        .first()
    )
    if locked is None or locked.newest is None or seen_number not in (None, locked.newest.number):
        raise NotAllowedError(_CHANGED_MEANWHILE)
    _check(officer, action, locked.centre)
    return locked


def _add_version(article: Article, officer: Officer, content: ArticleContent) -> Article:
    title, text, keywords = content.title.strip(), content.text.strip(), content.keywords.strip()
    contacts = "\n".join(line.strip() for line in content.contacts.splitlines() if line.strip())
    if not title or not text:
        raise NotAllowedError(_INCOMPLETE)
    limits = (
        (title, MAX_TITLE_CHARS),
        (text, MAX_TEXT_CHARS),
        (keywords, MAX_KEYWORDS_CHARS),
        (contacts, MAX_CONTACTS_CHARS),
    )
    if any(len(value) > limit for value, limit in limits):
        raise NotAllowedError(_TOO_LONG)
    if not set(content.topics) <= _TOPICS:
        raise NotAllowedError(_UNKNOWN_TOPIC)
    if content.reviewed_on > timezone.localdate():
        raise NotAllowedError(_IN_FUTURE)
    article.newest = ArticleVersion.objects.create(
        article=article,
        number=1 + (article.newest.number if article.newest else 0),
        title=title,
        text=text,
        topics=list(content.topics),
        keywords=keywords,
        contacts=contacts,
        valid_until=content.valid_until,
        reviewed_on=content.reviewed_on,
        saved_at=timezone.now(),
        saved_by=officer,
        lead_words=" ".join(split_words(f"{title}\n{keywords}")),
        text_words=" ".join(split_words(f"{text}\n{contacts}")),
    )
    article.save()
    return article


def _check(officer: Officer, action: Action, centre: Centre) -> None:
    if not has_permission(officer, action, centre):
        raise NotAllowedError(_NO_PERMISSION)
