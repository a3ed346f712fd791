"""Connects a screen: it shows a code, an officer enters the code at the desk, and the screen's cookie is its key from
then on. The screen needs no keyboard and no account (as in RFC 8628, device authorization)."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from central.centres.models import Centre, Officer
from central.wall_screens.models import PairingRequest, WallScreen
from protocol import crockford

CODE_CHARS = 6  # 30 bits; only officers who are signed in can try codes, and a screen shows published figures only
CODE_LIFETIME = timedelta(minutes=15)
MAX_WAITING = 100  # requests of strangers that are stored at once; a further one takes the place of the oldest
AWAY_LIMIT = timedelta(days=90)
_SEEN_EVERY = timedelta(minutes=10)  # not one write for each panel


def request_code() -> tuple[str, str]:
    """A new code for a screen, and the secret for its cookie."""
    now = timezone.now()
    PairingRequest.objects.filter(requested_at__lte=now - CODE_LIFETIME).delete()
    newest = PairingRequest.objects.order_by("-requested_at", "-pk").values("pk")[: MAX_WAITING - 1]
    PairingRequest.objects.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    secret = secrets.token_urlsafe(32)
    while True:
        code = "".join(secrets.choice(crockford.ALPHABET) for _ in range(CODE_CHARS))
        try:
            with transaction.atomic():
                PairingRequest.objects.create(code=code, secret_hash=_hash(secret), requested_at=now)
        except IntegrityError:
            continue  # the code is in use
        return code, secret


def waiting_code(secret: str) -> str:
    """The code that the screen with this secret shows, '' when it waits no longer."""
    valid = PairingRequest.objects.filter(requested_at__gt=timezone.now() - CODE_LIFETIME)
    return valid.filter(secret_hash=_hash(secret)).values_list("code", flat=True).first() or ""


def connect(code: str, centre: Centre, name: str, language: str, officer: Officer) -> WallScreen | None:
    """Connect the screen that shows this code. None for a code that no screen shows."""
    now = timezone.now()
    with transaction.atomic():
        waiting = PairingRequest.objects.select_for_update().filter(requested_at__gt=now - CODE_LIFETIME)
        request = waiting.filter(code=crockford.normalise_lookalikes(code)).first()
        if request is None:
            return None
        request.delete()
        return WallScreen.objects.create(
            centre=centre,
            name=name,
            language=language,
            secret_hash=request.secret_hash,
            connected_at=now,
            connected_by=officer,
            last_seen_at=now,
        )


def connected_screen(secret: str) -> WallScreen | None:
    """The screen with this secret, and note that it was seen. None when it is ended, unknown or was away too long."""
    now = timezone.now()
    active = WallScreen.objects.filter(secret_hash=_hash(secret), ended_at=None, centre__is_active=True)
    screen = active.filter(last_seen_at__gt=now - AWAY_LIMIT).select_related("centre").first()
    if screen is not None and screen.last_seen_at < now - _SEEN_EVERY:
        WallScreen.objects.filter(pk=screen.pk).update(last_seen_at=now)
    return screen


def active_screens(centre_ids: Collection[int]) -> list[WallScreen]:
    """The connected screens of these centres, the newest first."""
    since = timezone.now() - AWAY_LIMIT
    screens = WallScreen.objects.filter(centre__in=centre_ids, ended_at=None, last_seen_at__gt=since)
    return list(screens.select_related("centre", "connected_by"))


def end(screen_id: int, centre_ids: Collection[int], officer: Officer) -> None:
    """Disconnect a screen of these centres. Nothing happens when it is ended already."""
    active = WallScreen.objects.filter(pk=screen_id, centre__in=centre_ids, ended_at=None)
    active.update(ended_at=timezone.now(), ended_by=officer)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
