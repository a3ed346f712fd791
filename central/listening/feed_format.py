"""Reads feeds (RSS, Atom, JSON Feed) into posts. Whoever wrote an entry is not read at all."""

import calendar
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]

from central.listening.fetching import FeedError
from central.listening.storing import ReceivedPost
from thai.dates import day_in_thailand

MAX_ENTRIES = 200
_ENTITY = b"<!ENTITY"  # no feed needs one; with them, a few lines become gigabytes


def read_feed(content: bytes) -> list[ReceivedPost]:
    """The newest entries of a feed. Raises FeedError for anything else."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    posts = list(_json_posts(content) if start == b"{" else _xml_posts(content))
    if not posts:
        raise FeedError("no_feed")
    return posts[:MAX_ENTRIES]


def _xml_posts(content: bytes) -> Iterator[ReceivedPost]:
    if _ENTITY in content.replace(b"\0", b"").upper():  # also in UTF-16
        raise FeedError("no_feed")
    parsed = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    for entry in parsed.entries[:MAX_ENTRIES]:
        texts = [str(entry.get("title", "")), str(entry.get("summary", ""))]
        moment = entry.get("published_parsed") or entry.get("updated_parsed")
        day = day_in_thailand(datetime.fromtimestamp(calendar.timegm(moment), UTC)) if moment else None
        key = str(entry.get("id") or entry.get("link") or "\n".join(texts))
        yield ReceivedPost(key, _joined(texts), day)


def _json_posts(content: bytes) -> Iterator[ReceivedPost]:
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        raise FeedError("no_feed") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError("no_feed")
    for entry in items[:MAX_ENTRIES]:
        if isinstance(entry, dict):
            texts = [_text(entry, "title"), _text(entry, "content_text") or _text(entry, "content_html")]
            key = _text(entry, "id") or _text(entry, "url") or "\n".join(texts)
            yield ReceivedPost(key, _joined(texts), day_of(_text(entry, "date_published")))


def day_of(text: str) -> date | None:
    """The day in Thailand of an ISO 8601 time, None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return day_in_thailand(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the last day of the year 9999 has no time in Thailand
        return None


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name, "")
    return value if isinstance(value, str) else ""


def _joined(texts: list[str]) -> str:
    """Title and text; the title once when the text begins with it."""
    title, text = (each.strip() for each in texts)
    return text if text.startswith(title) else f"{title}\n{text}".strip()
