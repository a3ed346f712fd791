"""Facts for the technician's screen: unsent complaints, network, addresses, dark time, version and uptime."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from kiosk_app.outbox import Enrolment, Outbox, OutboxError
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText
from thai import dates

ADDRESSES_TIMEOUT_S = 2.0


def collect_facts(settings: Settings) -> list[tuple[BilingualText, BilingualText]]:
    """The facts as (name, sentence). Blocks for some milliseconds; never raises."""
    return [
        *_pending_facts(settings.paths.state),
        *_centre_facts(settings.paths.state),
        _address_fact(),
        _night_fact(settings),
        _uptime_fact(),
    ]


def _pending_facts(state_dir: Path) -> Iterator[tuple[BilingualText, BilingualText]]:
    name = BilingualText("รอส่ง", "Waiting to be sent")
    try:
        with Outbox.open(outbox_directory(state_dir), Enrolment.load(state_dir)) as outbox:
            count, oldest = outbox.count(), outbox.oldest()
    except (OutboxError, OSError):
        return  # the check of the outbox reports the reason
    if oldest is None:
        yield name, BilingualText("ไม่มี", "Nothing")
        return
    yield (
        name,
        BilingualText(
            f"{count} เรื่อง ตั้งแต่ {dates.short_date(oldest)} {dates.clock_time(oldest)}",
            f"{count}, the oldest since {dates.short_date(oldest, 'en')} {dates.clock_time(oldest, 'en')}",
        ),
    )


def _centre_facts(state_dir: Path) -> Iterator[tuple[BilingualText, BilingualText]]:
    link = LinkReport.read(state_dir)
    if link is not None and link.centre_answers:
        yield BilingualText("เครือข่าย", "Network"), BilingualText("ศูนย์ตอบแล้ว", "The centre answers")


def _address_fact() -> tuple[BilingualText, BilingualText]:
    name = BilingualText("ที่อยู่ในเครือข่าย", "Addresses")
    try:
        output = subprocess.run(
            ["ip", "-json", "address"], capture_output=True, timeout=ADDRESSES_TIMEOUT_S, check=True
        ).stdout
        addresses = [
            f"{link['ifname']} {address['local']}"
            for link in json.loads(output)
            for address in link["addr_info"]
            if address["scope"] == "global"
        ]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        addresses = []
    return name, BilingualText(", ".join(addresses) or "ไม่มี", ", ".join(addresses) or "None")


def _night_fact(settings: Settings) -> tuple[BilingualText, BilingualText]:
    screen = settings.screen
    name = BilingualText("พักหน้าจอ", "Dark at night")
    if not screen.night_from:
        return name, BilingualText("ไม่พัก", "Never")
    return name, BilingualText(*[f"{screen.night_from}–{screen.night_until}"] * 2)


def _uptime_fact() -> tuple[BilingualText, BilingualText]:
    seconds = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    return (
        BilingualText(f"รุ่น {version('damrongdham-kiosk')}", f"Version {version('damrongdham-kiosk')}"),
        BilingualText(
            f"เครื่องเปิดตั้งแต่ {dates.short_date(since)} {dates.clock_time(since)}",
            f"Switched on {dates.short_date(since, 'en')} {dates.clock_time(since, 'en')}",
        ),
    )
