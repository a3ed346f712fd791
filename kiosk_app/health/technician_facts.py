"""What a technician asks besides what is wrong: how much waits, whether the centre answers, where this kiosk is in the
network, since when it runs."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from kiosk_app.health.finding import Words
from kiosk_app.outbox import Enrolment, Outbox, OutboxError
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.settings import Settings
from thai import dates

ADDRESSES_S = 2.0


def facts(settings: Settings) -> list[tuple[Words, Words]]:
    """(name, sentence). Blocks for some milliseconds; never raises."""
    return [*_waiting(settings.paths.state), *_centre(settings.paths.state), _addresses(), _night(settings), _running()]


def _waiting(state: Path) -> Iterator[tuple[Words, Words]]:
    name = Words("รอส่ง", "Waiting to be sent")
    try:
        with Outbox.open(outbox_directory(state), Enrolment.load(state)) as store:
            count, oldest = store.count(), store.oldest()
    except (OutboxError, OSError):
        return  # the report says what is wrong with it
    if oldest is None:
        yield name, Words("ไม่มี", "Nothing")
        return
    yield (
        name,
        Words(
            f"{count} เรื่อง ตั้งแต่ {dates.short_date(oldest)} {dates.clock_time(oldest)}",
            f"{count}, the oldest since {dates.short_date(oldest, 'en')} {dates.clock_time(oldest, 'en')}",
        ),
    )


def _centre(state: Path) -> Iterator[tuple[Words, Words]]:
    link = LinkReport.read(state)
    if link is not None and link.centre_answers:
        yield Words("เครือข่าย", "Network"), Words("ศูนย์ตอบแล้ว", "The centre answers")


def _addresses() -> tuple[Words, Words]:
    name = Words("ที่อยู่ในเครือข่าย", "Addresses")
    try:
        told = subprocess.run(["ip", "-json", "address"], capture_output=True, timeout=ADDRESSES_S, check=True).stdout
        found = [
            f"{link['ifname']} {address['local']}"
            for link in json.loads(told)
            for address in link["addr_info"]
            if address["scope"] == "global"
        ]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        found = []
    return name, Words(", ".join(found) or "ไม่มี", ", ".join(found) or "None")


def _night(settings: Settings) -> tuple[Words, Words]:
    screen = settings.screen
    name = Words("พักหน้าจอ", "Dark at night")
    if not screen.night_from:
        return name, Words("ไม่พัก", "Never")
    return name, Words(*[f"{screen.night_from}–{screen.night_until}"] * 2)


def _running() -> tuple[Words, Words]:
    seconds = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    return (
        Words(f"รุ่น {version('damrongdham-kiosk')}", f"Version {version('damrongdham-kiosk')}"),
        Words(
            f"เครื่องเปิดตั้งแต่ {dates.short_date(since)} {dates.clock_time(since)}",
            f"Switched on {dates.short_date(since, 'en')} {dates.clock_time(since, 'en')}",
        ),
    )
