"""Asks the disk of this machine how worn it is, and writes the answer for the interface. Runs once a day, as root.

SSD and NVMe answer smartctl; eMMC and SD cards have it in sysfs. A disk that says nothing is not guessed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

OUTPUT = Path("/run/damrongdham-kiosk-disk/disk.json")
STATE = Path("/var/lib/damrongdham-kiosk")  # on the disk that counts
SYSFS = Path("/sys")
SMARTCTL_TIMEOUT_S = 60.0
# Attributes of SATA disks whose normalised value falls from 100 as the flash wears: total wear, life left, media wear.
LIFE_LEFT_ATTRIBUTES = (231, 233, 177, 202, 173)


def find_disk(state: Path, sysfs: Path = SYSFS) -> str:
    """The name of the disk that holds `state`, such as 'nvme0n1'; '' when it is on no disk. An encrypted or joined disk
    counts as the first one below it."""
    number = state.stat().st_dev
    block = (sysfs / f"dev/block/{os.major(number)}:{os.minor(number)}").resolve()
    while slaves := sorted((block / "slaves").glob("*")):
        block = slaves[0].resolve()
    if (block / "partition").exists():
        block = block.parent
    return block.name if (block / "size").exists() else ""


def read_smart(report: Mapping[str, Any]) -> dict[str, object]:
    """Wear and health by the JSON of `smartctl --all`."""
    passed = _mapping(report.get("smart_status")).get("passed")
    percent = _mapping(report.get("nvme_smart_health_information_log")).get("percentage_used")
    if percent is None:
        percent = _mapping(report.get("endurance_used")).get("current_percent")
    if percent is None:
        table = _mapping(report.get("ata_smart_attributes")).get("table") or []
        values = {row.get("id"): row.get("value") for row in table if isinstance(row, Mapping)}
        left = next((values[number] for number in LIFE_LEFT_ATTRIBUTES if isinstance(values.get(number), int)), None)
        percent = None if left is None else max(0, 100 - left)
    return {"worn_percent": percent if isinstance(percent, int) else None, "is_failing": passed is False}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def read_card(device: Path) -> dict[str, object] | None:
    """Wear of an eMMC by its `life_time`: two numbers of tenths, 1 for up to 10 %. None when there is none."""
    try:
        tenths = max(int(word, 16) for word in (device / "life_time").read_text("ascii").split())
        state = int((device / "pre_eol_info").read_text("ascii"), 16)
    except (OSError, ValueError):
        return None
    # 0: not defined. 3 of pre_eol_info: the reserve of blocks is almost used up.
    return {"worn_percent": tenths * 10 if 0 < tenths < 16 else None, "is_failing": state == 3}


def ask_disk(name: str) -> dict[str, object]:
    """Wear and health of the disk with this name."""
    if card := read_card(SYSFS / "block" / name / "device"):
        return card
    try:
        # The exit status has bits for old errors too; the JSON says what counts.
        result = subprocess.run(
            ["smartctl", "--json", "--all", f"/dev/{name}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SMARTCTL_TIMEOUT_S,
            check=False,
        )
        return read_smart(_mapping(json.loads(result.stdout)))
    except (OSError, subprocess.SubprocessError, ValueError):
        return {"worn_percent": None, "is_failing": False}


def main() -> int:
    """Ask and write; the exit status."""
    disk: dict[str, object] = {"worn_percent": None, "is_failing": False}
    with suppress(OSError):
        if name := find_disk(STATE):
            disk = ask_disk(name)
    new_file = OUTPUT.with_name("disk.json.new")
    new_file.write_text(json.dumps(disk), encoding="ascii")
    new_file.replace(OUTPUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
