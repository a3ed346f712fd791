"""The handbook's tables, made from what they describe.

`python -m tools.handbook docs/handbook/technician.md` makes them anew. A table stands between
`<!-- begin NAME -->` and `<!-- end NAME -->`; the rest of the page is written by hand.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from journey.faults import FAULTS
from journey.staff_codes import STAFF_ONLY
from kiosk_app import settings
from kiosk_app.cli import COMMANDS
from kiosk_app.health.device_checks import CARD_READER, PRINTER, SCANNER


def commands() -> str:
    """Every command in a line."""
    rows = (f"| `kiosk {name}` | {command.does} |" for name, command in COMMANDS.items())
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def faults() -> str:
    """What a citizen reads, and what makes it go away."""
    rows = (
        f"| {fault.value} | {row.title} | {row.advice} | {row.cleared_by} | {'yes' if row.stops_new_visits else ''} |"
        for fault, row in FAULTS.items()
    )
    head = "| code | the screen says | and advises | it goes when | stops new visits |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def device_states() -> str:
    """What a device can report, and what to do."""
    rows = (
        f"| {device} | `{status.value}` | {found.code} | {found.what.en} | {found.advice.en} |"
        for device, table in (("card reader", CARD_READER), ("printer", PRINTER), ("scanner", SCANNER))
        for status, found in table.items()
    )
    return "\n".join(["| device | state | code | meaning | what to do |", "|---|---|---|---|---|", *rows])


def staff_codes() -> str:
    """The codes that no citizen sees."""
    rows = (f"| {code} | {meaning} |" for code, meaning in sorted(STAFF_ONLY.items()))
    return "\n".join(["| code | meaning |", "|---|---|", *rows])


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "options": settings.as_markdown,
    "faults": faults,
    "device states": device_states,
    "staff codes": staff_codes,
}


def filled(page: str) -> str:
    """The page with each of its tables made anew. Raises ValueError when one has no place."""
    for name, make in TABLES.items():
        place = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not place.search(page):
            raise ValueError(f"The page has no place for the table '{name}'.")
        table = make().strip()
        page = place.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")
