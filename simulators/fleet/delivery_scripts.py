"""The ways a simulated visit reaches the centre, failures included, and where each must end. Each script delivers one
visit of one kiosk."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from protocol import keys
from protocol.choices import ClockQuality
from protocol.encoding import to_base64
from simulators.http_transport import HttpKiosk
from simulators.kiosk import NotDeliveredError, Response, SealedVisit, kiosk_moment

PAGE_BYTES = 40_000  # small pictures: many kiosks share one machine


class Destination(Enum):
    """Where a visit must be at the centre."""

    CASE = "case"
    QUARANTINE = "quarantine"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DeliveryScript:
    """`run` delivers one visit and raises NotDeliveredError when the centre behaves wrongly. `share_per_mille`: how
    many of a thousand visits use this script."""

    name: str
    share_per_mille: int
    expected_destination: Destination
    run: Callable[[HttpKiosk, Random], SealedVisit]


def _deliver_typed(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit()
    kiosk.deliver_visit(visit)
    return visit


def _deliver_letter(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(rng.randint(1, 3), PAGE_BYTES)
    kiosk.deliver_visit(visit)
    return visit


def _lose_receipt(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, PAGE_BYTES)
    kiosk.deliver_visit(visit)
    first, second = (kiosk.deliver(visit.delivery) for _ in range(2))
    kiosk.check_receipt(visit, second)
    if first.content != second.content:
        raise NotDeliveredError("A repeated delivery got another receipt")
    return visit


def _cut_connection(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    """The connection breaks within a page of which the centre already holds some bytes."""
    visit = kiosk.create_visit(1, PAGE_BYTES)
    (page,) = visit.pages
    held_bytes = rng.randrange(1, len(page))
    _expect_status(kiosk.upload(page, 0, held_bytes), 204)
    kiosk.transport.send_truncated(kiosk.part_request(page, held_bytes), rng.randrange(len(page) - held_bytes))
    if kiosk.get_part_offset(page) != held_bytes:
        raise NotDeliveredError("The centre kept bytes of a broken request")
    _expect_status(kiosk.upload(page, held_bytes), 204)
    kiosk.check_receipt(visit, kiosk.deliver(visit.delivery))
    return visit


def _send_submission_first(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, PAGE_BYTES)
    _expect_status(kiosk.deliver(visit.delivery), 409)
    kiosk.deliver_visit(visit)
    return visit


def _lose_clock(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    reading = kiosk_moment(quality=ClockQuality.UNTRUSTED, monotonic_ms=1)
    visit = kiosk.create_visit(moment=reading.model_copy(update={"wall": reading.wall.replace(year=1970)}))
    kiosk.deliver_visit(visit)
    return visit


def _seal_to_unknown_key(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    """A delivery sealed to an unknown key: the centre sends a receipt and quarantines the delivery."""
    visit = kiosk.create_visit(sealing_key=secrets.token_hex(16))
    kiosk.deliver_visit(visit)
    return visit


def _send_two_contents(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = _deliver_typed(kiosk, rng)
    other_content = visit.delivery.model_copy(update={"sealed": to_base64(secrets.token_bytes(200))})
    _expect_status(kiosk.deliver(other_content), 422)
    return visit


def _forge_signature(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    """A delivery by somebody who knows the kiosk's id but not its key."""
    forger = HttpKiosk(kiosk.kiosk_id, kiosk.transport, key=keys.new_signing_key(), running_number=900_000)
    forger.enrolment_response = kiosk.enrolment_response
    visit = forger.create_visit()
    _expect_status(forger.deliver(visit.delivery), 401)
    return visit


def _send_oversize_page(kiosk: HttpKiosk, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, 5_000_000)
    _expect_status(kiosk.upload(visit.pages[0]), 413)
    return visit


def send_from_revoked_kiosk(kiosk: HttpKiosk) -> None:
    """Raises NotDeliveredError unless the centre refuses the delivery of a revoked kiosk."""
    _expect_status(kiosk.deliver(kiosk.create_visit().delivery), 403)


def _expect_status(response: Response, status_code: int) -> None:
    if response.status_code != status_code:
        raise NotDeliveredError(f"The response is {response.status_code} instead of {status_code}")


DELIVERY_SCRIPTS = (
    DeliveryScript("typed, no failure", 700, Destination.CASE, _deliver_typed),
    DeliveryScript("a letter, no failure", 80, Destination.CASE, _deliver_letter),
    DeliveryScript("the receipt was lost twice", 50, Destination.CASE, _lose_receipt),
    DeliveryScript("the connection broke within a page", 50, Destination.CASE, _cut_connection),
    DeliveryScript("the submission came before its pages", 30, Destination.CASE, _send_submission_first),
    DeliveryScript("the clock showed 1970", 30, Destination.CASE, _lose_clock),
    DeliveryScript("sealed to an unknown key", 20, Destination.QUARANTINE, _seal_to_unknown_key),
    DeliveryScript("one id with two contents", 20, Destination.CASE, _send_two_contents),
    DeliveryScript("signed by a stranger", 15, Destination.NOTHING, _forge_signature),
    DeliveryScript("a page that is too large", 5, Destination.NOTHING, _send_oversize_page),
)
