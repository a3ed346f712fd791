"""Sends the centre's current keys to kiosks and records which keys each kiosk uses."""

from central.fleet.models import Enrolment
from central.keyring import KEY_KINDS, keyring
from protocol import keys
from protocol.encoding import to_base64
from protocol.messages import CentreKeys, CentreKeysStatement
from protocol.signing import sign_keys


def sign_current_keys(enrolment: Enrolment) -> CentreKeys:
    """The centre's current keys for one kiosk, signed by the receipt key that this kiosk uses."""
    ring = keyring()
    sealing_key = ring.load_sealing_key(ring.current_fingerprint("sealing"))
    receipt_key = ring.load_receipt_key(ring.current_fingerprint("receipt"))
    statement = CentreKeysStatement(
        enrolment_id=enrolment.id,
        sealing_key=to_base64(keys.public_key_bytes(sealing_key)),
        receipt_key=to_base64(keys.public_key_bytes(receipt_key)),
        since=max(ring.current_since(kind) for kind in KEY_KINDS),
    )
    return sign_keys(statement, ring.load_receipt_key(enrolment.receipt_fingerprint))


def record_known_keys(enrolment: Enrolment, sealing_fingerprint: str, receipt_fingerprint: str) -> None:
    """Store which of the centre's keys the kiosk uses, from its heartbeat. The centre then signs
    this kiosk's receipts with the receipt key it reported. A fingerprint that is no key of this centre is ignored."""
    if (enrolment.sealing_fingerprint, enrolment.receipt_fingerprint) == (sealing_fingerprint, receipt_fingerprint):
        return
    ring = keyring()
    if not (ring.has_key("sealing", sealing_fingerprint) and ring.has_key("receipt", receipt_fingerprint)):
        return
    enrolment.sealing_fingerprint, enrolment.receipt_fingerprint = sealing_fingerprint, receipt_fingerprint
    enrolment.save(update_fields=["sealing_fingerprint", "receipt_fingerprint"])
