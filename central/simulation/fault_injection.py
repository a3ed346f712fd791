"""What happens to a visit on its way, and how the centre must take it. Each mishap delivers one visit of one kiosk."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from central.simulation.connection import Answer, Line
from central.simulation.kiosk import NotDeliveredError, Sealed, SimulatedKiosk, moment, other_content
from protocol import keys
from protocol.choices import ClockQuality

PAGE_BYTES = 40_000  # small pictures: many kiosks share one machine here


class End(Enum):
    """What must have become of the visit at the centre."""

    CASE = "case"
    QUARANTINE = "quarantine"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Mishap:
    """`does` delivers one visit, and raises NotDeliveredError when the centre behaves otherwise than it must. Of a
    thousand visits `share` go this way."""

    name: str
    share: int
    end: End
    does: Callable[[SimulatedKiosk, Line, Random], Sealed]


def _plain(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = kiosk.visit()
    kiosk.deliver(line, visit)
    return visit


def _letter(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = kiosk.visit(chance.randint(1, 3), PAGE_BYTES)
    kiosk.deliver(line, visit)
    return visit


def _receipt_lost(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = kiosk.visit(1, PAGE_BYTES)
    kiosk.deliver(line, visit)
    first, second = (kiosk.submit(line, visit.delivery) for _ in range(2))
    kiosk.receipted(visit, second)
    if first.body != second.body:
        raise NotDeliveredError("A repeat got another receipt")
    return visit


def _line_cut(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    """The line breaks somewhere in a page, some bytes having been held before."""
    visit = kiosk.visit(1, PAGE_BYTES)
    (page,) = visit.pages
    piece = chance.randrange(1, len(page))
    _expect(kiosk.send_page(line, page, 0, piece), 204)
    kiosk.send_page(line, page, piece, cut=chance.randrange(len(page) - piece))
    if kiosk.held(line, page) != piece:
        raise NotDeliveredError("Bytes of a broken request were taken")
    _expect(kiosk.send_page(line, page, piece), 204)
    kiosk.receipted(visit, kiosk.submit(line, visit.delivery))
    return visit


def _pages_missing(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = kiosk.visit(1, PAGE_BYTES)
    _expect(kiosk.submit(line, visit.delivery), 409)
    kiosk.deliver(line, visit)
    return visit


def _clock_lost(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    long_ago = moment(quality=ClockQuality.UNTRUSTED)
    long_ago = long_ago.model_copy(update={"wall": long_ago.wall.replace(year=1970), "monotonic_ms": 1})
    visit = kiosk.visit(moment=long_ago)
    kiosk.deliver(line, visit)
    return visit


def _spoilt(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    """Sealed to a key nobody has: receipted all the same, and quarantined."""
    visit = kiosk.visit(sealing_key=secrets.token_hex(16))
    kiosk.deliver(line, visit)
    return visit


def _two_contents(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = _plain(kiosk, line, chance)
    _expect(kiosk.submit(line, other_content(visit)), 422)
    return visit


def _stranger(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    """Somebody knows the kiosk's name and not its key."""
    forger = SimulatedKiosk(kiosk.kiosk_id, kiosk.series, kiosk.centre, keys.new_signing_key(), running=900_000)
    visit = forger.visit()
    _expect(forger.submit(line, visit.delivery), 401)
    return visit


def _too_large(kiosk: SimulatedKiosk, line: Line, chance: Random) -> Sealed:
    visit = kiosk.visit(1, 5_000_000)
    _expect(kiosk.send_page(line, visit.pages[0]), 413)
    return visit


def _expect(answer: Answer | None, status: int) -> None:
    if answer is None or answer.status != status:
        raise NotDeliveredError(f"Answered with {answer and answer.status} instead of {status}")


def stolen(kiosk: SimulatedKiosk, line: Line) -> None:
    """A revoked kiosk gets nothing in."""
    _expect(kiosk.submit(line, kiosk.visit().delivery), 403)


MISHAPS = (
    Mishap("typed, on a good line", 700, End.CASE, _plain),
    Mishap("a letter", 80, End.CASE, _letter),
    Mishap("the receipt was lost twice", 50, End.CASE, _receipt_lost),
    Mishap("the line was cut within a page", 50, End.CASE, _line_cut),
    Mishap("the submission came before its pages", 30, End.CASE, _pages_missing),
    Mishap("the clock said 1970", 30, End.CASE, _clock_lost),
    Mishap("sealed to a key nobody has", 20, End.QUARANTINE, _spoilt),
    Mishap("one id with two contents", 20, End.CASE, _two_contents),
    Mishap("signed by a stranger", 15, End.NOTHING, _stranger),
    Mishap("a page far too large", 5, End.NOTHING, _too_large),
)
