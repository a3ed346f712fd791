"""Generates the handbook's tables from the declarations in the code.

`python -m tools.handbook docs/handbook/technician.md` updates them. A table is between `<!-- begin NAME -->` and
`<!-- end NAME -->`; the rest of the page is written by hand.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from journey.faults import FAULTS
from kiosk_app.cli import COMMANDS
from kiosk_app.health.device_checks import DEVICE_KINDS
from kiosk_app.settings.render import to_markdown
from protocol.staff_codes import STAFF_CODES


def commands_table() -> str:
    """Every command of `kiosk` with its summary."""
    rows = (f"| `kiosk {name}` | {command.summary} |" for name, command in COMMANDS.items())
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def faults_table() -> str:
    """Every fault: what a citizen reads, what clears it, and whether it blocks new visits."""
    rows = (
        f"| {fault.value} | {row.title} | {row.advice} | {row.cleared_by} | {'yes' if row.blocks_new_visits else ''} |"
        for fault, row in FAULTS.items()
    )
    head = "| code | the screen says | and advises | cleared when | blocks new visits |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def device_states_table() -> str:
    """Every device state that needs attention: staff code, meaning, advice."""
    rows = (
        f"| {kind.name.en.lower()} | `{status.value}` | {finding.code} | {finding.summary.en} | {finding.advice.en} |"
        for kind in DEVICE_KINDS
        for status, state in kind.meanings.items()
        if (finding := state.finding) is not None
    )
    return "\n".join(["| device | state | code | meaning | what to do |", "|---|---|---|---|---|", *rows])


def staff_codes_table() -> str:
    """Every code with its cause and cure."""
    rows = (f"| {code} | {row.cause.en} | {row.cure.en} |" for code, row in sorted(STAFF_CODES.items()))
    return "\n".join(["| code | cause | cure |", "|---|---|---|", *rows])


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands_table,
    "options": to_markdown,
    "faults": faults_table,
    "device states": device_states_table,
    "staff codes": staff_codes_table,
}


def fill_tables(page: str) -> str:
    """`page` with each table generated again. Raises ValueError when the page has no place for a table."""
    for name, make in TABLES.items():
        place = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not place.search(page):
            raise ValueError(f"The page has no place for the table '{name}'.")
        table = make().strip()
        page = place.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(fill_tables(file.read_text(encoding="utf-8")), encoding="utf-8")
