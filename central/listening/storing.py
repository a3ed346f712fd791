"""Stores posts: without author, classified by the topic model and by place names, each once. Old ones are deleted."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from central.insight.topic_suggestions import suggest_for_text
from central.listening.models import ListeningSource, SocialPost, TopicWarning
from central.listening.post_text import area_named, clean_post
from thai.dates import day_in_thailand

POSTS_KEPT = timedelta(days=90)  # nine weeks are compared, and an officer has a month to file one
WARNINGS_KEPT = timedelta(days=365)
_MIN_PROBABILITY = 0.5  # below it, a post has no topic
_MAX_ID_CHARS = 2_000


@dataclass(frozen=True)
class ReceivedPost:
    """A post as it arrives. `external_id` names it at its source; only a hash of it is stored."""

    external_id: str = field(repr=False)
    text: str = field(repr=False)
    day: date | None  # None: today


def store_posts(source: ListeningSource, posts: Iterable[ReceivedPost], now: datetime) -> int:
    """Store those that are new, and neither empty nor older than posts are kept; returns their number."""
    today = day_in_thailand(now)
    rows: dict[str, SocialPost] = {}
    for post in posts:
        day, text = min(post.day or today, today), clean_post(post.text)
        if not text or day < today - POSTS_KEPT:
            continue
        content_hash = _hash(source, post.external_id[:_MAX_ID_CHARS])
        suggestion = suggest_for_text(text)
        rows[content_hash] = SocialPost(
            source=source,
            content_hash=content_hash,
            text=text,
            published_on=day,
            received_at=now,
            topic=suggestion.topic if suggestion and suggestion.probability >= _MIN_PROBABILITY else "",
            area=area_named(text, source.centre.area_code[:2]),
        )
    stored = SocialPost.objects.filter(source=source, content_hash__in=rows)
    for content_hash in stored.values_list("content_hash", flat=True):
        del rows[content_hash]
    SocialPost.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return len(rows)


def delete_old_posts(now: datetime) -> None:
    """Delete posts 90 days after the day they were written, also those that became a case: the case has their text.
    Settled warnings follow after a year."""
    SocialPost.objects.filter(published_on__lt=day_in_thailand(now) - POSTS_KEPT).delete()
    TopicWarning.objects.filter(settled_at__lt=now - WARNINGS_KEPT).delete()


def _hash(source: ListeningSource, external_id: str) -> str:
    return hashlib.sha256(f"{source.pk}\n{external_id}".encode("utf-8", "replace")).hexdigest()
