"""Accepts deliveries and issues their receipts. A repeated delivery gets the same receipt.

The promise behind a receipt: it is sent only after everything is committed. A delivery of an enrolled kiosk is refused
only for missing parts, a conflict or a limit. A delivery that cannot become a case yet is kept sealed in quarantine,
with an alarm, and is opened later.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone
from pydantic import ValidationError

from central import database_values
from central.alarms.commands import open_alarm, settle_quarantine_alarm
from central.alarms.models import Alarm
from central.fleet.models import Enrolment
from central.intake import parts as part_store
from central.intake.case_creation import CaseCreationError, create_case
from central.intake.models import AcceptedDelivery, Part, PartChunk
from central.keyring import keyring
from central.pictures import delete_pictures_on_error
from central.problems import RequestRefusedError
from protocol.encoding import from_base64
from protocol.messages import Delivery, Receipt, ReceiptStatement
from protocol.signing import sign_receipt

_HASHED_FIELDS: dict[str, Any] = {
    "protocol_version": True,
    "submission_id": True,
    "kiosk_id": True,
    "case_number": True,
    "moment": {"wall", "quality", "boot_id", "monotonic_ms"},
    "sealing_key": True,
    "sealed": True,
    "sealed_sha256": True,
    "parts": {"__all__": {"index", "sha256", "size"}},
}


class _ContentConflictError(Exception):
    """The submission id is in use with different content."""


class _QuarantineFullError(Exception):
    """The delivery cannot be opened, and the quarantine of its kiosk has reached its limit."""


def accept_delivery(delivery: Delivery, enrolment: Enrolment, *, carried_by_hand: bool = False) -> str:
    """The receipt as JSON: a new one, or the stored one for a repeated delivery. Raises RequestRefusedError for missing
    parts, for a conflict, and above the limits."""
    try:
        accepted = _accept_once(delivery, enrolment, carried_by_hand=carried_by_hand)
    except _ContentConflictError as error:
        detail = "One submission id was sent with two contents"
        open_alarm(
            Alarm.Kind.CONFLICT, enrolment.required_centre, enrolment.kiosk_id, detail, case_number=delivery.case_number
        )
        raise RequestRefusedError(422, "This submission id is in use with another content") from error
    except _QuarantineFullError as error:
        detail = "The quarantine of this kiosk is full. Deliveries that cannot be opened are refused"
        open_alarm(Alarm.Kind.FULL, enrolment.required_centre, enrolment.kiosk_id, detail)
        # The kiosk keeps the delivery and retries it rarely. Deliveries that can be opened are not delayed by it.
        raise RequestRefusedError(422, "It cannot be opened, and this kiosk's quarantine is full") from error
    return _stored_receipt(accepted, enrolment)


def find_accepted(kiosk_id: str, delivery: Delivery) -> QuerySet[AcceptedDelivery]:
    """What was accepted under this submission id from this kiosk, in any of its enrolments: one row or none."""
    return AcceptedDelivery.objects.filter(submission_id=delivery.submission_id, enrolment__kiosk_id=kiosk_id)


def retry_quarantined(accepted: AcceptedDelivery) -> None:
    """Try again to create the case of a quarantined delivery. Raises CaseCreationError; it then stays in quarantine."""
    with transaction.atomic():
        locked = AcceptedDelivery.objects.select_for_update(of=("self",)).get(pk=accepted.pk, case=None)
        try:
            delivery = Delivery.model_validate_json(bytes(locked.delivery))
        except ValidationError as error:  # stored by a version that accepts more
            raise CaseCreationError("This version cannot read the delivery") from error
        kiosk_id, number = locked.enrolment.kiosk_id, locked.case_number
        deliveries_of_alarm = AcceptedDelivery.objects.filter(
            case=None, centre=locked.centre, enrolment__kiosk_id=kiosk_id, case_number=number
        )
        if not deliveries_of_alarm.exclude(pk=locked.pk).exists():
            settle_quarantine_alarm(locked.centre, kiosk_id, number)
        _store_case(locked, delivery, _find_parts(delivery, locked.enrolment))


def _accept_once(delivery: Delivery, enrolment: Enrolment, *, carried_by_hand: bool) -> AcceptedDelivery:
    """The accepted delivery: new or from an earlier request. Raises _ContentConflictError, _QuarantineFullError,
    RequestRefusedError."""
    try:
        return _accept(delivery, enrolment, carried_by_hand=carried_by_hand)
    except IntegrityError:
        # Another worker committed the same submission after our query found nothing: now it is a repetition.
        return _accept(delivery, enrolment, carried_by_hand=carried_by_hand)


@transaction.atomic
def _accept(delivery: Delivery, enrolment: Enrolment, *, carried_by_hand: bool) -> AcceptedDelivery:
    content_hash = _content_hash(delivery)
    earlier = find_accepted(enrolment.kiosk_id, delivery).select_related("case").first()
    if earlier is None:
        return _accept_new(delivery, enrolment, content_hash, carried_by_hand=carried_by_hand)
    if earlier.content_hash != content_hash:
        raise _ContentConflictError
    _update_receipt_confirmation(earlier, delivery)
    return earlier


def _accept_new(
    delivery: Delivery, enrolment: Enrolment, content_hash: str, *, carried_by_hand: bool
) -> AcceptedDelivery:
    """Store the delivery with its receipt, as a case or in quarantine."""
    parts = _find_parts(delivery, enrolment)
    accepted = _create_accepted(delivery, enrolment, content_hash, carried_by_hand=carried_by_hand)
    if parts:
        Part.objects.filter(pk__in=[part.pk for part in parts], accepted=None).update(accepted=accepted)
    try:
        _store_case(accepted, delivery, parts)
    except CaseCreationError as error:
        _quarantine(accepted, delivery, parts, error)
    return accepted


def _quarantine(accepted: AcceptedDelivery, delivery: Delivery, parts: list[Part], reason: CaseCreationError) -> None:
    """Keep the sealed delivery and open an alarm. Raises _QuarantineFullError above the limits of one kiosk."""
    if not _quarantine_has_room(accepted, delivery, parts):
        raise _QuarantineFullError from reason
    accepted.quarantine_reason = str(reason)
    accepted.delivery = delivery.model_dump_json().encode()
    accepted.save(update_fields=["delivery", "quarantine_reason"])
    open_alarm(
        Alarm.Kind.QUARANTINED,
        accepted.centre,
        accepted.enrolment.kiosk_id,
        accepted.quarantine_reason,
        case_number=delivery.case_number,
    )


def _quarantine_has_room(accepted: AcceptedDelivery, delivery: Delivery, parts: list[Part]) -> bool:
    """Whether the kiosk's quarantine can hold this delivery with its parts as well."""
    others = AcceptedDelivery.objects.filter(case=None, enrolment__kiosk_id=accepted.enrolment.kiosk_id)
    others = others.exclude(pk=accepted.pk)
    deliveries = others.aggregate(count=Count("pk"), total_bytes=Sum(Length("delivery")))
    pages_bytes = Part.objects.filter(accepted__in=others).aggregate(total=Sum("size_bytes"))["total"] or 0
    added_bytes = len(delivery.sealed) + sum(part.size_bytes for part in parts)
    return (
        deliveries["count"] < settings.MAX_QUARANTINED_DELIVERIES
        and (deliveries["total_bytes"] or 0) + pages_bytes + added_bytes <= settings.MAX_QUARANTINE_BYTES
    )


def _store_case(accepted: AcceptedDelivery, delivery: Delivery, parts: list[Part]) -> None:
    """Create the case and delete the sealed bytes. Call it last in the transaction: if a later step fails, the
    picture files are not deleted. Raises CaseCreationError, after which nothing is stored."""
    sealed = (part_store.read_sealed_bytes(part) for part in parts)  # one page in memory at a time
    with delete_pictures_on_error() as pictures:
        accepted.case, names = create_case(
            delivery, accepted.enrolment, sealed, accepted.received_at, carried_by_hand=accepted.carried_by_hand
        )
        pictures.extend(names)
        accepted.delivery, accepted.quarantine_reason = b"", ""
        accepted.save(update_fields=["case", "delivery", "quarantine_reason"])
        if parts:
            PartChunk.objects.filter(part__in=parts).delete()


def _create_accepted(
    delivery: Delivery, enrolment: Enrolment, content_hash: str, *, carried_by_hand: bool
) -> AcceptedDelivery:
    now = timezone.now()
    statement = ReceiptStatement(
        submission_id=delivery.submission_id,
        case_number=delivery.case_number,
        kiosk_id=delivery.kiosk_id,
        sealed_sha256=delivery.sealed_sha256,
        parts=tuple(part.sha256 for part in delivery.parts),
        received_at=now,
    )
    # Signed by the key this kiosk knows, so that it can verify the receipt.
    receipt = sign_receipt(statement, keyring().load_receipt_key(enrolment.receipt_fingerprint))
    return AcceptedDelivery.objects.create(
        submission_id=delivery.submission_id,
        enrolment=enrolment,
        centre=enrolment.required_centre,
        case_number=database_values.clean_text(delivery.case_number, 64),
        content_hash=content_hash,
        receipt=receipt.model_dump_json(),
        received_at=now,
        carried_by_hand=carried_by_hand,
    )


def _stored_receipt(accepted: AcceptedDelivery, enrolment: Enrolment) -> str:
    """The stored receipt. After a change of the receipt key, the stored statement is signed again with the key that the
    kiosk uses now."""
    stored = Receipt.model_validate_json(accepted.receipt)
    if stored.key == enrolment.receipt_fingerprint:
        return accepted.receipt
    statement = ReceiptStatement.model_validate_json(from_base64(stored.statement))
    return sign_receipt(statement, keyring().load_receipt_key(enrolment.receipt_fingerprint)).model_dump_json()


def _find_parts(delivery: Delivery, enrolment: Enrolment) -> list[Part]:
    """The parts a delivery names, in its order, without their bytes. Raises RequestRefusedError when parts are missing
    or a letter is too large."""
    if sum(part.size for part in delivery.parts) > settings.MAX_LETTER_BYTES:
        raise _letter_too_large()
    parts_by_hash = {named.sha256: part_store.find(enrolment, named.sha256) for named in delivery.parts}
    missing = [sha256 for sha256, part in parts_by_hash.items() if part is None or not part.is_complete]
    if missing:
        raise RequestRefusedError(
            409, "Parts are missing", "Send these parts first, then the submission again.", missing=missing
        )
    parts = [part for named in delivery.parts if (part := parts_by_hash[named.sha256]) is not None]
    if sum(part.size_bytes for part in parts) > settings.MAX_LETTER_BYTES:  # the sizes in the delivery may be wrong
        raise _letter_too_large()
    return parts


def _letter_too_large() -> RequestRefusedError:
    return RequestRefusedError(
        413, "The letter is too long", f"All its pages together have at most {settings.MAX_LETTER_BYTES} bytes."
    )


def _content_hash(delivery: Delivery) -> str:
    """Hash of what identifies a delivery: all fields except the time of sending and the reply given after sealing.

    The fields are listed because the hash is stored: a field added by a later version must not change it."""
    content = delivery.model_dump(mode="json", include=_HASHED_FIELDS)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _update_receipt_confirmation(accepted: AcceptedDelivery, delivery: Delivery) -> None:
    """Store the citizen's reply about the receipt. The first delivery may be sent before the citizen replies; a
    repeated one contains the reply."""
    case = accepted.case
    if case is not None and case.receipt_confirmed is None and delivery.receipt_confirmed is not None:
        case.receipt_confirmed = delivery.receipt_confirmed
        case.save(update_fields=["receipt_confirmed"])
