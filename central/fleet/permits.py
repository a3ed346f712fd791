"""Issues permits that open the USB ports of kiosks for a technician (protocol.unlock_permit). Each is recorded."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from central.centres.models import Officer
from central.fleet.attention import enrolments_in_use
from central.fleet.models import Enrolment, IssuedPermit
from central.keyring import keyring
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.unlock_permit import MAX_DAYS, MAX_MINUTES, UnlockPermit, UnlockStatement, sign_permit

_MAX_ATTEMPTS = 5  # to get a serial number while others are issued


class PermitRefusedError(Exception):
    """No permit is issued; the message is one sentence."""


def issue(
    officer: Officer, kiosk_ids: Collection[str], *, reason: str, minutes: int, days: int, now: datetime
) -> UnlockPermit:
    """A permit for these kiosks, signed with the receipt key they use. Raises PermitRefusedError, KeyringError."""
    if not reason.strip():
        raise PermitRefusedError("A permit needs a reason: what will the technician do there?")
    kiosks = _find_kiosks(officer, kiosk_ids)
    fingerprints = {kiosk.receipt_fingerprint for kiosk in kiosks}
    if len(fingerprints) > 1:
        raise PermitRefusedError("These kiosks do not use the same key of the centre yet: issue a permit for each")
    try:
        statement = UnlockStatement(
            kiosks=tuple(sorted(kiosk.kiosk_id for kiosk in kiosks)),
            serial=1,  # replaced when it is recorded
            issued=now,
            expires=now + timedelta(days=days),
            minutes=minutes,
        )
    except (ValidationError, OverflowError):
        raise PermitRefusedError(
            f"A permit is valid for 1 to {MAX_DAYS} days and opens for 1 to {MAX_MINUTES} minutes"
        ) from None
    statement = statement.model_copy(update={"serial": _record(statement, reason.strip()[:200], officer)})
    return sign_permit(statement, keyring().load_receipt_key(fingerprints.pop()))


def _record(statement: UnlockStatement, reason: str, officer: Officer) -> int:
    """Record the permit under the next serial number, and return that. Raises PermitRefusedError."""
    for _attempt in range(_MAX_ATTEMPTS):
        serial = _next_serial(statement.issued)
        try:
            with transaction.atomic():
                IssuedPermit.objects.create(
                    serial=serial,
                    kiosks=list(statement.kiosks),
                    minutes=statement.minutes,
                    reason=reason,
                    issued_at=statement.issued,
                    expires_at=statement.expires,
                    issued_by=officer,
                )
        except IntegrityError:  # another permit has taken the number meanwhile
            continue
        return serial
    raise PermitRefusedError("Other permits are issued at this moment: try again")


def _find_kiosks(officer: Officer, kiosk_ids: Collection[str]) -> list[Enrolment]:
    """The kiosks with these ids. A kiosk of another centre is answered like one that does not exist."""
    permitted = enrolments_in_use().filter(centre__in=permitted_centres(officer, Action.RUN_FLEET))
    kiosks = list(permitted.filter(kiosk_id__in=set(kiosk_ids)))
    missing = sorted(set(kiosk_ids) - {kiosk.kiosk_id for kiosk in kiosks})
    if missing:
        raise PermitRefusedError(f"This officer runs no kiosk {', '.join(missing)}")
    if not kiosks:
        raise PermitRefusedError("A permit needs at least one kiosk")
    return kiosks


def _next_serial(now: datetime) -> int:
    """The next serial number: seconds since 1970, so that it also rises after the database was restored from a backup.
    Two permits that are issued at once collide at the primary key."""
    last = IssuedPermit.objects.values_list("serial", flat=True).first() or 0
    return max(int(now.timestamp()), last + 1)
