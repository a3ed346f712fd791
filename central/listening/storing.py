"""Stores posts: without author, classified by the topic model and by place names, each once. Old ones are deleted.

Classifying takes 1 ms a post, so the thousands of a file are stored first and classified by a job."""

import hashlib
import time
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
_HASHES_AT_ONCE = 500  # in one query: SQLite takes no more than some thousand values
_BATCH, _CLASSIFYING_S = 200, 20.0


@dataclass(frozen=True)
class ReceivedPost:
    """A post as it arrives. `external_id` names it at its source; only a hash of it is stored."""

    external_id: str = field(repr=False)
    text: str = field(repr=False)
    day: date | None  # None: today


@dataclass(frozen=True)
class StoredPosts:
    """What became of posts: stored, already there (also twice among them), empty, older than posts are kept."""

    new: int = 0
    known: int = 0
    empty: int = 0
    old: int = 0


def store_posts(source: ListeningSource, posts: Iterable[ReceivedPost], now: datetime) -> int:
    """Store and classify those that are new, and neither empty nor too old; returns their number."""
    rows, _ = _new_rows(source, posts, now)
    for row in rows:
        classify(row)
    SocialPost.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def store_unclassified(source: ListeningSource, posts: Iterable[ReceivedPost], now: datetime) -> StoredPosts:
    """The same for many posts: the job `classify-posts` gives them topic and place."""
    rows, stored = _new_rows(source, posts, now)
    for row in rows:
        row.is_classified = False
    SocialPost.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return stored


def _new_rows(
    source: ListeningSource, posts: Iterable[ReceivedPost], now: datetime
) -> tuple[list[SocialPost], StoredPosts]:
    today, empty, old, usable = day_in_thailand(now), 0, 0, 0
    rows: dict[str, SocialPost] = {}
    for post in posts:
        day, text = min(post.day or today, today), clean_post(post.text)
        if not text:
            empty += 1
        elif day < today - POSTS_KEPT:
            old += 1
        else:
            usable += 1
            content_hash = _hash(source, post.external_id[:_MAX_ID_CHARS])
            rows[content_hash] = SocialPost(
                source=source, content_hash=content_hash, text=text, published_on=day, received_at=now
            )
    stored = SocialPost.objects.filter(source=source)
    hashes = list(rows)
    for start in range(0, len(hashes), _HASHES_AT_ONCE):
        known = stored.filter(content_hash__in=hashes[start : start + _HASHES_AT_ONCE])
        for content_hash in known.values_list("content_hash", flat=True):
            del rows[content_hash]
    return list(rows.values()), StoredPosts(len(rows), usable - len(rows), empty, old)


def classify(post: SocialPost) -> None:
    """Give a post its topic and the place that it names; it is not saved."""
    suggestion = suggest_for_text(post.text)
    post.topic = suggestion.topic if suggestion and suggestion.probability >= _MIN_PROBABILITY else ""
    post.area = area_named(post.text, post.source.centre.area_code[:2])
    post.is_classified = True


def classify_waiting(now: datetime) -> int:
    """The job: classify posts that were stored without, the oldest first, for some seconds. Returns how many."""
    count, until = 0, time.monotonic() + _CLASSIFYING_S
    while time.monotonic() < until:
        posts = list(
            SocialPost.objects.filter(is_classified=False).select_related("source__centre").order_by("pk")[:_BATCH]
        )
        for post in posts:
            classify(post)
        SocialPost.objects.bulk_update(posts, ["topic", "area", "is_classified"], batch_size=100)
        count += len(posts)
        if len(posts) < _BATCH:
            break
    return count


def delete_old_posts(now: datetime) -> None:
    """Delete posts 90 days after the day they were written, also those that became a case: the case has their text.
    Settled warnings follow after a year."""
    SocialPost.objects.filter(published_on__lt=day_in_thailand(now) - POSTS_KEPT).delete()
    TopicWarning.objects.filter(settled_at__lt=now - WARNINGS_KEPT).delete()


def _hash(source: ListeningSource, external_id: str) -> str:
    return hashlib.sha256(f"{source.pk}\n{external_id}".encode("utf-8", "replace")).hexdigest()
