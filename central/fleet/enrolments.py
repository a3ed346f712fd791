"""Enrolment of kiosks: a kiosk requests it, an officer compares two short codes and decides."""

import string
import threading
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from central import database_values
from central.centres.models import Centre, Officer
from central.fleet.models import Enrolment
from central.keyring import keyring
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from protocol import keys
from protocol.case_number import is_centre_id
from protocol.encoding import from_base64, to_base64
from protocol.messages import EnrolmentRequest, EnrolmentResponse, EnrolmentStatus

_PUBLIC_KEY_BYTES = 32
# Anybody may request an enrolment, and each compare code takes 32 MiB for 0.1 s: one at a time per worker.
_KEY_DERIVATION_LOCK = threading.Lock()


class EnrolmentError(Exception):
    """The enrolment cannot be requested or decided like this; the message is one sentence."""


def request_enrolment(request: EnrolmentRequest) -> Enrolment:
    """The enrolment of the kiosk's key: the existing one, or a new pending one. Raises EnrolmentError."""
    signing_key = _decode_public_key(request.signing_key)
    if is_centre_id(request.kiosk_id):
        raise EnrolmentError("Kiosk ids count from 01; 00 is in the numbers of cases filed at the centre itself")
    fingerprint = keys.fingerprint(signing_key)
    earlier = Enrolment.objects.filter(fingerprint=fingerprint).first()
    if earlier is None:
        _make_room_for_pending()
        return _create_pending(request, signing_key, fingerprint)
    if earlier.kiosk_id != request.kiosk_id:
        raise EnrolmentError(f"This key already belongs to kiosk {earlier.kiosk_id}")
    return earlier


def build_response(enrolment: Enrolment, service_url: str) -> EnrolmentResponse:
    """The response to the kiosk. `service_url`: the address of this service (`central.public_address`)."""
    ring, centre = keyring(), enrolment.centre
    basis = EnrolmentResponse(
        enrolment_id=enrolment.id,
        status=enrolment.enrolment_status,
        sealing_key=to_base64(keys.public_key_bytes(ring.load_sealing_key(enrolment.sealing_fingerprint))),
        receipt_key=to_base64(keys.public_key_bytes(ring.load_receipt_key(enrolment.receipt_fingerprint))),
        kiosk_id=enrolment.kiosk_id,
    )
    if enrolment.enrolment_status is not EnrolmentStatus.APPROVED or centre is None:
        return basis
    return basis.model_copy(
        update={
            "series": enrolment.series,
            "public_url": centre.public_url or service_url,
            "centre_name_th": centre.name_th,
            "centre_name_en": centre.name_en,
        }
    )


def approve(enrolment_id: UUID, officer: Officer, centre: Centre) -> Enrolment:
    """Approve the kiosk at this centre and issue its next series letter. Raises EnrolmentError."""
    if not has_permission(officer, Action.RUN_FLEET, centre):
        raise EnrolmentError("This officer may not approve kiosks at this centre")
    if not centre.is_active:
        raise EnrolmentError("This centre is not active, so it takes no kiosks")
    with transaction.atomic():
        enrolment = _lock_pending(enrolment_id)
        # Locked, so that two approvals for one kiosk id never issue the same letter.
        same_kiosk = Enrolment.objects.select_for_update().filter(kiosk_id=enrolment.kiosk_id)
        elsewhere = same_kiosk.exclude(centre=None).exclude(centre__in=permitted_centres(officer, Action.RUN_FLEET))
        if elsewhere.exists():
            raise EnrolmentError(f"Kiosk {enrolment.kiosk_id} belongs to another centre; give this one another id")
        used = {other.series for other in same_kiosk}
        free = [letter for letter in string.ascii_uppercase if letter > max(used)]
        if not free:
            raise EnrolmentError(f"Kiosk {enrolment.kiosk_id} has used all its series letters; give it another id")
        enrolment.series, enrolment.centre = free[0], centre
        return _record_decision(enrolment, EnrolmentStatus.APPROVED, officer)


def refuse(enrolment_id: UUID, officer: Officer) -> Enrolment:
    """Refuse a pending kiosk. Raises EnrolmentError."""
    if not permitted_centres(officer, Action.RUN_FLEET).exists():
        raise EnrolmentError("This officer may not decide about kiosks")
    with transaction.atomic():
        return _record_decision(_lock_pending(enrolment_id), EnrolmentStatus.REFUSED, officer)


def revoke(enrolment_id: UUID, officer: Officer) -> Enrolment:
    """Revoke an approved kiosk: its key is no longer accepted. Raises EnrolmentError."""
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update(of=("self",)).filter(pk=enrolment_id).first()
        if enrolment is None or enrolment.enrolment_status is not EnrolmentStatus.APPROVED or enrolment.centre is None:
            raise EnrolmentError("Only an approved kiosk can be revoked")
        if not has_permission(officer, Action.RUN_FLEET, enrolment.centre):
            raise EnrolmentError("This officer may not revoke kiosks of this centre")
        return _record_decision(enrolment, EnrolmentStatus.REVOKED, officer)


def _make_room_for_pending() -> None:
    """Delete old pending enrolments when there are too many, so that strangers cannot keep kiosks out for ever. A kiosk
    that is still waiting repeats its request. Raises EnrolmentError when there are still too many."""
    pending = Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)
    if pending.count() < settings.MAX_PENDING_ENROLMENTS:
        return
    pending.filter(requested_at__lt=timezone.now() - timedelta(hours=settings.PENDING_ENROLMENT_HOURS)).delete()
    if pending.count() >= settings.MAX_PENDING_ENROLMENTS:
        raise EnrolmentError("Too many kiosks wait for a decision at the desk")


def _create_pending(request: EnrolmentRequest, signing_key: bytes, fingerprint: str) -> Enrolment:
    ring, enrolment_id = keyring(), uuid7()
    sealing, receipt = ring.current_fingerprint("sealing"), ring.current_fingerprint("receipt")
    with _KEY_DERIVATION_LOCK:
        code = keys.compare_code(
            signing_key,
            keys.public_key_bytes(ring.load_sealing_key(sealing)),
            keys.public_key_bytes(ring.load_receipt_key(receipt)),
            str(enrolment_id),
        )
    enrolment, _ = Enrolment.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={
            "id": enrolment_id,
            "kiosk_id": request.kiosk_id,
            "stated_centre_name": database_values.clean_text(request.hall),
            "signing_key": signing_key,
            "compare_code": code,
            "sealing_fingerprint": sealing,
            "receipt_fingerprint": receipt,
        },
    )
    return enrolment


def _decode_public_key(text: str) -> bytes:
    try:
        key = from_base64(text)
    except ValueError:
        key = b""
    if len(key) != _PUBLIC_KEY_BYTES:
        raise EnrolmentError("A signing key is a raw Ed25519 public key of 32 bytes")
    return key


def _lock_pending(enrolment_id: UUID) -> Enrolment:
    enrolment = Enrolment.objects.select_for_update(of=("self",)).filter(pk=enrolment_id).first()
    if enrolment is None or enrolment.enrolment_status is not EnrolmentStatus.PENDING:
        raise EnrolmentError("This enrolment has been decided already")
    return enrolment


def _record_decision(enrolment: Enrolment, status: EnrolmentStatus, officer: Officer) -> Enrolment:
    enrolment.status = status.value
    enrolment.decided_at, enrolment.decided_by = timezone.now(), officer
    enrolment.save()
    return enrolment
