"""Sessions of officers: from the password over the second factor to the sign-out.

Between password and second factor the visitor is not signed in: the session holds a *pending sign-in*, which opens
nothing else and expires after a quarter of an hour. Each running session has a row of `OfficerSession`, so that the
sessions of one officer are listed and ended without reading all sessions."""

import re
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from central.centres.models import Officer
from central.client_address import client_address
from central.people.events import record_event
from central.people.models import OfficerEvent, OfficerSession

_PENDING, _FACTOR = "pending_sign_in", "second_factor"
_PENDING_S = 15 * 60
_SEEN_INTERVAL_S = 5 * 60  # «last seen» is written this often at most


@dataclass(frozen=True)
class PendingSignIn:
    """An officer whose password is verified and whose second factor is not."""

    officer_id: int
    fingerprint: str  # changes with the password
    started_at: float  # Unix time
    target: str  # page of the desk to show afterwards, or ''


def begin_pending(request: HttpRequest, officer: Officer, target: str) -> None:
    """Remember in a new session that the password was right. The visitor is not signed in."""
    request.session.flush()
    pending = PendingSignIn(officer.pk, officer.get_session_auth_hash(), time.time(), target)
    request.session[_PENDING] = asdict(pending)
    request.session.set_expiry(_PENDING_S)


def pending_sign_in(request: HttpRequest) -> tuple[Officer, str] | None:
    """The officer of the pending sign-in and the page to show afterwards. None without one, or when it has expired, the
    account was suspended or the password changed meanwhile."""
    stored: Any = request.session.get(_PENDING)
    if not isinstance(stored, dict):
        return None
    pending = PendingSignIn(**stored)
    officer = Officer.objects.filter(pk=pending.officer_id, is_active=True).first()
    if officer is None or not 0 <= time.time() - pending.started_at <= _PENDING_S:
        return None
    if not constant_time_compare(pending.fingerprint, officer.get_session_auth_hash()):
        return None
    return officer, pending.target


def start_session(request: HttpRequest, officer: Officer, factor: str) -> None:
    """Sign the officer in, in a session with a new id. `factor` is the second factor that was used, '' for none."""
    request.session.flush()  # Django reuses the session id when the same officer signs in again
    login(request, officer)
    request.session[_FACTOR] = factor
    record_event(OfficerEvent.Kind.SIGNED_IN, officer, client_address(request), factor)


def has_used_second_factor(request: HttpRequest) -> bool:
    """Whether this session began with a second factor."""
    return bool(request.session.get(_FACTOR))


def confirm_second_factor(request: HttpRequest, factor: str) -> None:
    """The officer has added a second factor in this session and so has shown to have it."""
    request.session[_FACTOR] = factor


def continue_after_password_change(request: HttpRequest, officer: Officer) -> None:
    """Keep this session, under a new id, and end all others of the officer: they began with the former password."""
    update_session_auth_hash(request, officer)
    _record_session(sender=Officer, request=request, user=officer)
    end_sessions(officer, except_key=request.session.session_key)


def sessions_of(officer: Officer) -> QuerySet[OfficerSession]:
    """The running sessions of an officer, the last used first."""
    return OfficerSession.objects.filter(officer=officer, session__expire_date__gt=timezone.now())


def end_sessions(officer: Officer, except_key: str | None = None) -> int:
    """End the officer's sessions and return their number."""
    sessions = Session.objects.filter(officer_session__officer=officer)
    if except_key:
        sessions = sessions.exclude(pk=except_key)
    return sessions.delete()[1].get("sessions.Session", 0)


def end_session(officer: Officer, row_id: int) -> bool:
    """End the session of this row. False when this officer has no such session."""
    return bool(Session.objects.filter(officer_session__officer=officer, officer_session__pk=row_id).delete()[0])


def mark_seen(request: HttpRequest) -> None:
    """Note that this session is in use, at most once in five minutes for each worker."""
    key = request.session.session_key
    if key and cache.add(f"session-seen-{key}", True, _SEEN_INTERVAL_S):
        OfficerSession.objects.filter(session_id=key).update(last_seen_at=timezone.now())


def _record_session(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """The row of the session that just began."""
    if not isinstance(user, Officer) or not request.session.session_key:
        return
    now = timezone.now()
    OfficerSession.objects.update_or_create(
        session_id=request.session.session_key,
        defaults={
            "officer": user,
            "started_at": now,
            "last_seen_at": now,
            "address": client_address(request)[:64],
            "browser": _browser_name(str(request.META.get("HTTP_USER_AGENT", ""))),
        },
    )


user_logged_in.connect(_record_session, dispatch_uid="record_officer_session")

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def _browser_name(user_agent: str) -> str:
    """'Firefox · Windows': enough for an officer to recognise the own computer."""
    names = (
        next((name for pattern, name in table if re.search(pattern, user_agent)), "") for table in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(name for name in names if name)
