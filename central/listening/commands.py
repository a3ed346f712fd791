"""Changes by officers: sources, uploaded files, posts that are dismissed or filed, warnings that are settled."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.csv_files import read_rows
from central.earlier_cases.values import parse_date
from central.listening.fetching import FeedError, check_address
from central.listening.models import MAX_NAME_CHARS, MAX_URL_CHARS, ListeningSource, SocialPost, TopicWarning
from central.listening.storing import ReceivedPost, StoredPosts, store_unclassified
from central.notices.route_secrets import encrypt_secret
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

MAX_SOURCES = 50  # of one centre
_ALIASES = {"ข้อความ": "text", "วันที่": "date", "รหัส": "id"}
_NO_PERMISSION = BilingualText("ท่านไม่มีสิทธิ์ทำสิ่งนี้กับแหล่งข้อมูลของศูนย์นี้", "You may not do this with sources of this centre")
_INCOMPLETE = BilingualText("โปรดใส่ชื่อแหล่งข้อมูล", "Give the source a name")
_TOO_LONG = BilingualText("ชื่อหรือที่อยู่ยาวเกินไป", "The name or the address is too long")
_BAD_ADDRESS = BilingualText(
    "ที่อยู่ของฟีดต้องขึ้นต้นด้วย http:// หรือ https:// และไม่มีรหัสผ่าน",
    "The address of a feed begins with http:// or https:// and has no password",
)
_NAME_IN_USE = BilingualText("ศูนย์นี้มีแหล่งข้อมูลชื่อนี้แล้ว", "This centre has a source with this name already")
_TOO_MANY = BilingualText(f"มีได้ไม่เกิน {MAX_SOURCES} แหล่ง", f"A centre has at most {MAX_SOURCES} sources")
_SETTLED = BilingualText("ข้อความนี้จัดการแล้ว", "This post is settled already")


@dataclass(frozen=True)
class SourceDetails:
    """A source as an administrator states it."""

    kind: str
    name: str
    url: str = ""
    is_active: bool = True


def save_source(
    officer: Officer, centre: Centre, details: SourceDetails, source: ListeningSource | None = None
) -> ListeningSource:
    """Add a source, or change one of this centre; its kind stays. Raises NotAllowedError."""
    _check(officer, Action.MANAGE_LISTENING, centre)
    name, url = details.name.strip(), details.url.strip()
    kind = source.kind if source is not None else details.kind
    if not name or kind not in ListeningSource.Kind.values:
        raise NotAllowedError(_INCOMPLETE)
    if len(name) > MAX_NAME_CHARS or len(url) > MAX_URL_CHARS:
        raise NotAllowedError(_TOO_LONG)
    if kind == ListeningSource.Kind.FEED.value:
        try:
            check_address(url)
        except FeedError:
            raise NotAllowedError(_BAD_ADDRESS) from None
    else:
        url = ""
    now = timezone.now()
    if source is None:
        if ListeningSource.objects.filter(centre=centre).count() >= MAX_SOURCES:
            raise NotAllowedError(_TOO_MANY)
        source = ListeningSource(centre=centre, kind=kind, created_at=now)
    source.name, source.url, source.is_active = name, url, details.is_active
    source.changed_at, source.changed_by, source.failure = now, officer, ""
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise NotAllowedError(_NAME_IN_USE) from None
    return source


def new_secret(officer: Officer, source: ListeningSource) -> str:
    """A new secret of a webhook; the page shows it once. Raises NotAllowedError."""
    _check(officer, Action.MANAGE_LISTENING, source.centre)
    secret = secrets.token_urlsafe(32)
    source.secret, source.changed_at, source.changed_by = encrypt_secret(secret), timezone.now(), officer
    source.save()
    return secret


def delete_source(officer: Officer, source: ListeningSource) -> None:
    """Delete a source with its posts. Raises NotAllowedError."""
    _check(officer, Action.MANAGE_LISTENING, source.centre)
    source.delete()


@dataclass(frozen=True)
class UploadedPosts:
    """What became of the rows of a file. `bad_lines`: whose date cannot be read."""

    stored: StoredPosts
    bad_lines: Sequence[int] = ()


def upload_posts(officer: Officer, source: ListeningSource, content: bytes) -> UploadedPosts:
    """Store the posts of a CSV file with the columns text, date and id. Rows whose date cannot be read are left out and
    named: the corrected file can be uploaded again, and no post is stored twice. Raises NotAllowedError,
    CsvFileError."""
    _check(officer, Action.MANAGE_LISTENING, source.centre)
    posts, bad_lines = [], []
    for row in read_rows(content, ("text", "date", "id"), aliases=_ALIASES):
        day = parse_date(row.cell("date"))
        if day is None and row.cell("date"):
            bad_lines.append(row.line)
            continue
        posts.append(ReceivedPost(row.cell("id") or f"{row.cell('date')}\n{row.cell('text')}", row.cell("text"), day))
    with transaction.atomic():
        stored = store_unclassified(source, posts, timezone.now())
        ListeningSource.objects.filter(pk=source.pk).update(checked_at=timezone.now())
    return UploadedPosts(stored, bad_lines)


def count_unclassified(source: ListeningSource) -> int:
    """The posts of a source that wait for their topic and place."""
    return SocialPost.objects.filter(source=source, is_classified=False).count()


def visible_posts(officer: Officer) -> QuerySet[SocialPost]:
    """The posts of the sources of the officer's centres."""
    centres = permitted_centres(officer, Action.VIEW_CASES)
    return SocialPost.objects.filter(source__centre__in=centres).select_related("source__centre", "case")


def visible_warnings(officer: Officer) -> QuerySet[TopicWarning]:
    """The warnings of the officer's centres that nobody has settled."""
    centres = permitted_centres(officer, Action.VIEW_CASES)
    return TopicWarning.objects.filter(centre__in=centres, settled_at=None).select_related("centre")


def settle_post(officer: Officer, post: SocialPost, case: Case | None) -> None:
    """Mark that the post became this case, or that it is none. Raises NotAllowedError."""
    _check(officer, Action.FILE_CASES, post.source.centre)
    state = SocialPost.State.FILED if case is not None else SocialPost.State.DISMISSED
    waiting = SocialPost.objects.filter(pk=post.pk, state=SocialPost.State.NEW)
    if not waiting.update(state=state, case=case, settled_at=timezone.now(), settled_by=officer):
        now_filed = case is not None and SocialPost.objects.filter(pk=post.pk, case=case).exists()
        if not now_filed:
            raise NotAllowedError(_SETTLED)


def settle_warning(officer: Officer, warning: TopicWarning) -> None:
    """Mark that somebody has taken care of a warning. Raises NotAllowedError."""
    _check(officer, Action.FILE_CASES, warning.centre)
    TopicWarning.objects.filter(pk=warning.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=officer)


def _check(officer: Officer, action: Action, centre: Centre) -> None:
    if not has_permission(officer, action, centre):
        raise NotAllowedError(_NO_PERMISSION)
