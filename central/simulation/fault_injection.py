"""What happens to a visit on its way, and how the centre must take it. Each scenario delivers one visit of one
kiosk."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from central.simulation.connection import CentreConnection, Response
from central.simulation.kiosk import NotDeliveredError, SealedVisit, SimulatedKiosk, kiosk_moment, with_other_content
from protocol import keys
from protocol.choices import ClockQuality

PAGE_BYTES = 40_000  # small pictures: many kiosks share one machine here


class Destination(Enum):
    """What must have become of the visit at the centre."""

    CASE = "case"
    QUARANTINE = "quarantine"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Scenario:
    """`run` delivers one visit, and raises NotDeliveredError when the centre behaves otherwise than it must. Of a
    thousand visits `share_per_mille` go this way."""

    name: str
    share_per_mille: int
    expected_destination: Destination
    run: Callable[[SimulatedKiosk, CentreConnection, Random], SealedVisit]


def _deliver_typed(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit()
    kiosk.deliver(connection, visit)
    return visit


def _deliver_letter(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(rng.randint(1, 3), PAGE_BYTES)
    kiosk.deliver(connection, visit)
    return visit


def _lose_receipt(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, PAGE_BYTES)
    kiosk.deliver(connection, visit)
    first, second = (kiosk.submit(connection, visit.delivery) for _ in range(2))
    kiosk.check_receipt(visit, second)
    if first.body != second.body:
        raise NotDeliveredError("A repeat got another receipt")
    return visit


def _cut_connection(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    """The line breaks somewhere in a page, some bytes having been held before."""
    visit = kiosk.create_visit(1, PAGE_BYTES)
    (page,) = visit.pages
    piece = rng.randrange(1, len(page))
    _expect_status(kiosk.send_page(connection, page, 0, piece), 204)
    kiosk.send_page(connection, page, piece, cut_after_bytes=rng.randrange(len(page) - piece))
    if kiosk.get_part_offset(connection, page) != piece:
        raise NotDeliveredError("Bytes of a broken request were taken")
    _expect_status(kiosk.send_page(connection, page, piece), 204)
    kiosk.check_receipt(visit, kiosk.submit(connection, visit.delivery))
    return visit


def _send_submission_first(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, PAGE_BYTES)
    _expect_status(kiosk.submit(connection, visit.delivery), 409)
    kiosk.deliver(connection, visit)
    return visit


def _lose_clock(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    long_ago = kiosk_moment(quality=ClockQuality.UNTRUSTED)
    long_ago = long_ago.model_copy(update={"wall": long_ago.wall.replace(year=1970), "monotonic_ms": 1})
    visit = kiosk.create_visit(moment=long_ago)
    kiosk.deliver(connection, visit)
    return visit


def _seal_to_unknown_key(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    """Sealed to a key nobody has: receipted all the same, and quarantined."""
    visit = kiosk.create_visit(sealing_key=secrets.token_hex(16))
    kiosk.deliver(connection, visit)
    return visit


def _send_two_contents(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = _deliver_typed(kiosk, connection, rng)
    _expect_status(kiosk.submit(connection, with_other_content(visit)), 422)
    return visit


def _forge_signature(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    """Somebody knows the kiosk's name and not its key."""
    forger = SimulatedKiosk(kiosk.kiosk_id, kiosk.series, kiosk.centre, keys.new_signing_key(), running_number=900_000)
    visit = forger.create_visit()
    _expect_status(forger.submit(connection, visit.delivery), 401)
    return visit


def _send_oversize_page(kiosk: SimulatedKiosk, connection: CentreConnection, rng: Random) -> SealedVisit:
    visit = kiosk.create_visit(1, 5_000_000)
    _expect_status(kiosk.send_page(connection, visit.pages[0]), 413)
    return visit


def _expect_status(response: Response | None, status: int) -> None:
    if response is None or response.status != status:
        raise NotDeliveredError(f"Answered with {response and response.status} instead of {status}")


def send_from_revoked_kiosk(kiosk: SimulatedKiosk, connection: CentreConnection) -> None:
    """A revoked kiosk gets nothing in."""
    _expect_status(kiosk.submit(connection, kiosk.create_visit().delivery), 403)


SCENARIOS = (
    Scenario("typed, on a good line", 700, Destination.CASE, _deliver_typed),
    Scenario("a letter", 80, Destination.CASE, _deliver_letter),
    Scenario("the receipt was lost twice", 50, Destination.CASE, _lose_receipt),
    Scenario("the line was cut within a page", 50, Destination.CASE, _cut_connection),
    Scenario("the submission came before its pages", 30, Destination.CASE, _send_submission_first),
    Scenario("the clock said 1970", 30, Destination.CASE, _lose_clock),
    Scenario("sealed to a key nobody has", 20, Destination.QUARANTINE, _seal_to_unknown_key),
    Scenario("one id with two contents", 20, Destination.CASE, _send_two_contents),
    Scenario("signed by a stranger", 15, Destination.NOTHING, _forge_signature),
    Scenario("a page far too large", 5, Destination.NOTHING, _send_oversize_page),
)
