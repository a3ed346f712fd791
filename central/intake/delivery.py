"""A delivery comes in and is receipted, exactly once however often it is sent.

The promise behind the receipt: it leaves only after everything is committed. From an enrolled kiosk every delivery is
accepted; what cannot become a case now waits in quarantine, sealed, with an alarm, and is opened later.
"""

import hashlib
import json

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone
from pydantic import ValidationError

from central import database_values
from central.fleet.models import Enrolment
from central.intake import parts as part_store
from central.intake.case_creation import CaseCreationError, create_case
from central.intake.models import Accepted, Alarm, Part, PartChunk
from central.keyring import keyring
from central.pictures import delete_pictures_on_error
from central.problems import RequestRefusedError
from protocol.encoding import from_base64
from protocol.messages import Delivery, Receipt, ReceiptStatement
from protocol.signing import sign_receipt


class _QuarantineFullError(Exception):
    """This kiosk has sent more that cannot be opened than is kept of one."""


def accept_delivery(delivery: Delivery, enrolment: Enrolment, *, carried_by_hand: bool = False) -> str:
    """The receipt as JSON: a new one, or the stored one for a repeat. Raises RequestRefusedError (missing parts,
    conflict, over the limit)."""
    try:
        try:
            accepted = _accept(delivery, enrolment, carried_by_hand=carried_by_hand)
        except IntegrityError:
            # Another worker committed the same submission between our look and our insert: now it is a repeat.
            accepted = _accept(delivery, enrolment, carried_by_hand=carried_by_hand)
    except _QuarantineFullError as error:
        _open_alarm(Alarm.Kind.FULL, "", enrolment, "So much waits in quarantine that no more is taken of this kiosk")
        # The kiosk keeps it and asks again, seldom; what can be opened is not held up by it.
        raise RequestRefusedError(422, "It cannot be opened, and this kiosk's quarantine is full") from error
    if accepted is None:
        raise RequestRefusedError(422, "This submission id is in use with another content")
    return _receipt_for(accepted, enrolment)


def find_accepted(kiosk_id: str, delivery: Delivery) -> QuerySet[Accepted]:
    """What was accepted under this submission id from this kiosk, under any of its enrolments: one row or none."""
    return Accepted.objects.filter(submission_id=delivery.submission_id, enrolment__kiosk_id=kiosk_id)


def retry_quarantined(accepted: Accepted) -> None:
    """Try again to make a case of what is quarantined. Raises CaseCreationError; it then stays where it is."""
    with transaction.atomic(), delete_pictures_on_error() as pictures:
        locked = Accepted.objects.select_for_update(of=("self",)).get(pk=accepted.pk, case=None)
        try:
            delivery = Delivery.model_validate_json(bytes(locked.delivery))
        except ValidationError as error:  # kept by a version that took more
            raise CaseCreationError("This version cannot read the delivery") from error
        _create_case(locked, delivery, _named_parts(delivery, locked.enrolment), pictures)
        same = {"centre": locked.centre, "case_number": locked.case_number}
        if not Accepted.objects.filter(case=None, enrolment__kiosk_id=locked.enrolment.kiosk_id, **same).exists():
            alarms = Alarm.objects.filter(kiosk_id=locked.enrolment.kiosk_id, settled_at=None, **same)
            alarms.filter(kind=Alarm.Kind.QUARANTINED).update(settled_at=timezone.now())


def _receipt_for(accepted: Accepted, enrolment: Enrolment) -> str:
    """The receipt as stored; after a change of the receipt key the same statement, signed by the key that this kiosk
    can verify now."""
    stored = Receipt.model_validate_json(accepted.receipt)
    if stored.key == enrolment.receipt_fingerprint:
        return accepted.receipt
    statement = ReceiptStatement.model_validate_json(from_base64(stored.statement))
    return sign_receipt(statement, keyring().load_receipt_key(enrolment.receipt_fingerprint)).model_dump_json()


def _accept(delivery: Delivery, enrolment: Enrolment, *, carried_by_hand: bool) -> Accepted | None:
    """None: a conflict, for which an alarm has been stored."""
    content_hash = _content_hash(delivery)
    with transaction.atomic(), delete_pictures_on_error() as pictures:
        earlier = find_accepted(enrolment.kiosk_id, delivery).select_related("case").first()
        if earlier is not None:
            if earlier.content_hash == content_hash:
                _update_receipt_confirmation(earlier, delivery)
                return earlier
            _open_alarm(
                Alarm.Kind.CONFLICT, delivery.case_number, enrolment, "One submission id was sent with two contents"
            )
            return None
        named = _named_parts(delivery, enrolment)
        accepted = _create_accepted(delivery, enrolment, content_hash, carried_by_hand=carried_by_hand)
        if named:
            Part.objects.filter(pk__in=[part.pk for part in named], accepted=None).update(accepted=accepted)
        try:
            _create_case(accepted, delivery, named, pictures)
        except CaseCreationError as error:
            if not _quarantine_has_room(accepted, delivery, named):
                raise _QuarantineFullError from error
            accepted.reason = str(error)
            accepted.delivery = delivery.model_dump_json().encode()
            accepted.save(update_fields=["delivery", "reason"])
            _open_alarm(Alarm.Kind.QUARANTINED, delivery.case_number, enrolment, accepted.reason)
        return accepted


def _quarantine_has_room(accepted: Accepted, delivery: Delivery, named: list[Part]) -> bool:
    """Whether this delivery with its parts may wait beside the kiosk's others."""
    earlier = Accepted.objects.filter(case=None, enrolment__kiosk_id=accepted.enrolment.kiosk_id)
    earlier = earlier.exclude(pk=accepted.pk)
    waiting = earlier.aggregate(count=Count("pk"), total=Sum(Length("delivery")))
    pages = Part.objects.filter(accepted__in=earlier).aggregate(total=Sum("size"))["total"] or 0
    more = len(delivery.sealed) + sum(part.size for part in named)
    return (
        waiting["count"] < settings.MAX_QUARANTINED_DELIVERIES
        and (waiting["total"] or 0) + pages + more <= settings.MAX_QUARANTINE_BYTES
    )


def _create_case(accepted: Accepted, delivery: Delivery, parts: list[Part], pictures: list[str]) -> None:
    sealed = (part_store.read_sealed_bytes(part) for part in parts)  # loaded one at a time
    accepted.case = create_case(
        delivery, accepted.enrolment, sealed, accepted.received_at, pictures, carried_by_hand=accepted.carried
    )
    accepted.delivery, accepted.reason = b"", ""
    accepted.save(update_fields=["case", "delivery", "reason"])
    if parts:
        PartChunk.objects.filter(part__in=parts).delete()


def _create_accepted(delivery: Delivery, enrolment: Enrolment, content_hash: str, *, carried_by_hand: bool) -> Accepted:
    now = timezone.now()
    statement = ReceiptStatement(
        submission_id=delivery.submission_id,
        case_number=delivery.case_number,
        kiosk_id=delivery.kiosk_id,
        sealed_sha256=delivery.sealed_sha256,
        parts=tuple(part.sha256 for part in delivery.parts),
        received_at=now,
    )
    # By the key this kiosk was enrolled with: the one it can verify.
    receipt = sign_receipt(statement, keyring().load_receipt_key(enrolment.receipt_fingerprint))
    return Accepted.objects.create(
        submission_id=delivery.submission_id,
        enrolment=enrolment,
        centre=enrolment.required_centre,
        case_number=database_values.clean_text(delivery.case_number, 64),
        content_hash=content_hash,
        receipt=receipt.model_dump_json(),
        received_at=now,
        carried=carried_by_hand,
    )


def _named_parts(delivery: Delivery, enrolment: Enrolment) -> list[Part]:
    """The parts a delivery names, none of them loaded. Raises RequestRefusedError: missing, or more bytes than
    a letter has."""
    if sum(part.size for part in delivery.parts) > settings.MAX_LETTER_BYTES:
        raise _letter_too_large()
    found = [(named.sha256, part_store.find(enrolment, named.sha256)) for named in delivery.parts]
    missing = [sha256 for sha256, part in found if part is None or not part.whole]
    if missing:
        raise RequestRefusedError(
            409, "Parts are missing", "Send these parts first, then the submission again.", missing=missing
        )
    held = [part for _, part in found if part is not None]
    if sum(part.size for part in held) > settings.MAX_LETTER_BYTES:  # the stated sizes may be wrong
        raise _letter_too_large()
    return held


def _letter_too_large() -> RequestRefusedError:
    return RequestRefusedError(
        413, "The letter is too long", f"All its pages together have at most {settings.MAX_LETTER_BYTES} bytes."
    )


def _content_hash(delivery: Delivery) -> str:
    """What makes a delivery the same: everything but when it was sent and what was learned after the seal."""
    content = delivery.model_dump(mode="json", exclude={"sent", "receipt_confirmed"})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _update_receipt_confirmation(accepted: Accepted, delivery: Delivery) -> None:
    """A first delivery may overtake the citizen's answer to «did you keep the receipt?»; a repeat brings it."""
    case = accepted.case
    if case is not None and case.receipt_confirmed is None and delivery.receipt_confirmed is not None:
        case.receipt_confirmed = delivery.receipt_confirmed
        case.save(update_fields=["receipt_confirmed"])


def _open_alarm(kind: Alarm.Kind, case_number: str, enrolment: Enrolment, detail: str) -> None:
    """One open alarm for one thing, however often a kiosk repeats it."""
    Alarm.objects.get_or_create(
        kind=kind,
        centre=enrolment.required_centre,
        kiosk_id=enrolment.kiosk_id,
        case_number=database_values.clean_text(case_number, 64),
        settled_at=None,
        defaults={"detail": detail},
    )
