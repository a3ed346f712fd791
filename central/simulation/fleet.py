"""Many kiosks at work for a while: visits with all that happens to them, and heartbeats."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from uuid import UUID

from central.intake.models import Accepted
from central.simulation.connection import Line
from central.simulation.fault_injection import MISHAPS, End, Mishap, stolen
from central.simulation.kiosk import NotDeliveredError, SimulatedKiosk

LINES = 16  # kiosks that speak at once
SILENT_EVERY = 50  # one kiosk in fifty is never heard of
_DEVICES = {"card_reader": "empty", "printer": "ready", "scanner": "ready"}
# Of a hundred kiosks: what is the matter with the printer, and the staff code that comes of it.
_PRINTERS = {"ready": 89, "paper_near_end": 6, "paper_out": 3, "cover_open": 1, "unresponsive": 1}
_CODES = {"paper_near_end": "P-07", "paper_out": "P-02", "cover_open": "P-03", "unresponsive": "P-01"}


@dataclass
class Played:
    """What was done, and what the centre did otherwise than it must."""

    ended: dict[UUID, End] = field(default_factory=dict)
    went: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    heard: int = 0
    seconds: float = 0.0


def play(fleet: list[SimulatedKiosk], url: str, visits: int, seconds: float, seed: int) -> Played:
    """Every kiosk beats once and sends its visits, until all are sent or the time is over. What happens to whom is
    drawn from `seed`."""
    played, lock, begun = Played(), threading.Lock(), time.monotonic()

    def work(kiosk: SimulatedKiosk, number: int) -> None:
        chance = Random(f"{seed} {kiosk.kiosk_id}")  # noqa: S311  # keeps no secret
        with Line(url) as line:
            if kiosk.revoked:
                stolen(kiosk, line)
                return
            if number % SILENT_EVERY != SILENT_EVERY - 1:
                _beat(kiosk, line, chance)
                with lock:
                    played.heard += 1
            for _ in range(visits):
                if time.monotonic() - begun > seconds:
                    return
                mishap = _drawn(chance)
                visit = mishap.does(kiosk, line, chance)
                with lock:
                    played.went[mishap.name] += 1
                    played.ended[visit.delivery.submission_id] = mishap.end

    def guarded(kiosk: SimulatedKiosk, number: int) -> None:
        try:
            work(kiosk, number)
        except (NotDeliveredError, OSError, HTTPException) as error:
            with lock:
                played.wrong.append(f"{kiosk.kiosk_id}: {error or type(error).__name__}")

    with ThreadPoolExecutor(LINES) as lines:
        for number, kiosk in enumerate(fleet):
            lines.submit(guarded, kiosk, number)
    played.seconds = time.monotonic() - begun
    played.wrong += not_as_it_must(played.ended)
    return played


def _drawn(chance: Random) -> Mishap:
    return chance.choices(MISHAPS, [mishap.share for mishap in MISHAPS])[0]


def _beat(kiosk: SimulatedKiosk, line: Line, chance: Random) -> None:
    (printer,) = chance.choices(list(_PRINTERS), list(_PRINTERS.values()))
    waiting = chance.choices((0, chance.randint(1, 60)), (9, 1))[0]
    kiosk.beat(line, _DEVICES | {"printer": printer}, [_CODES[printer]] if printer in _CODES else [], waiting)


def not_as_it_must(ended: dict[UUID, End]) -> list[str]:
    """Sentences about visits that are not at the centre once, as `ended` says."""
    rows = Accepted.objects.values_list("submission_id", "case_id").iterator()
    held: Counter[tuple[UUID, End]] = Counter(
        (submission, End.CASE if case else End.QUARANTINE) for submission, case in rows if submission in ended
    )
    must: Counter[tuple[UUID, End]] = Counter(visit for visit in ended.items() if visit[1] is not End.NOTHING)
    found = {"missing": (must - held).total(), "too many": (held - must).total()}
    return [f"{count} visits are {what}" for what, count in found.items() if count]
