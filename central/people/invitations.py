"""One-time links with which an officer sets an own password: after certification, and after a reset.

The code follows '#' in the link, so no server and no proxy logs it; without JavaScript the officer types it. It is
shown once, to whoever issued it, and mailed by the caller in the same request: it is stored nowhere."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from central.centres.models import Officer
from central.people.events import record_event
from central.people.models import Invitation, OfficerEvent
from central.people.one_time_codes import code_hash, display_code, generate_code

VALID_FOR = timedelta(days=7)
_SYMBOLS = 20  # 100 bits


@transaction.atomic
def issue(officer: Officer, by: Officer | None) -> str:
    """A new code in its display form. Earlier ones of this officer are revoked."""
    revoke_all(officer)
    code, now = generate_code(_SYMBOLS), timezone.now()
    Invitation.objects.create(
        officer=officer,
        code_hash=code_hash("invitation", code),
        issued_by=by,
        issued_at=now,
        expires_at=now + VALID_FOR,
    )
    record_event(OfficerEvent.Kind.INVITED, officer, by=by)
    return display_code(code)


def find_valid(typed: str) -> Invitation | None:
    """The invitation with this code. None for an unknown, used, revoked or expired one, and for a suspended account."""
    matching = Invitation.objects.filter(
        code_hash=code_hash("invitation", typed),
        used_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        officer__is_active=True,
    )
    return matching.select_related("officer").first()


def waiting_invitation(officer: Officer) -> Invitation | None:
    """The invitation that this officer can still use."""
    valid = Invitation.objects.filter(officer=officer, used_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return valid.first()


@transaction.atomic
def use(invitation: Invitation, address: str) -> bool:
    """Use the invitation up. False when another request was faster."""
    unused = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None, expires_at__gt=timezone.now())
    if unused.update(used_at=timezone.now()) != 1:
        return False
    record_event(OfficerEvent.Kind.INVITATION_USED, invitation.officer, address)
    return True


@transaction.atomic
def revoke_all(officer: Officer, by: Officer | None = None, reason: str = "") -> int:
    """Revoke every unused invitation of this officer and return their number."""
    waiting = Invitation.objects.filter(officer=officer, used_at=None, revoked_at=None)
    revoked = waiting.update(revoked_at=timezone.now())
    if revoked:
        record_event(OfficerEvent.Kind.INVITATION_REVOKED, officer, by=by, reason=reason)
    return revoked
