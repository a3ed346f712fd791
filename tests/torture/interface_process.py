"""The kiosk's interface without its window, as a process that can be killed: visits, one after another, for ever.

    python -m tests.torture.interface_process STATE RUNTIME TAG

Each printed receipt is a line of JSON on standard output: the paper in the citizen's hand.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from kiosk_app.commands.common import leave_no_core
from kiosk_app.runner.outbox_service import Keeper
from tests.torture.headless_kiosk import Hall, Paper

PAUSE_S = 0.05


def _print(paper: Paper) -> None:
    print(json.dumps(asdict(paper)), flush=True)


def main(state: str, runtime: str, tag: str) -> None:
    """Until it is killed."""
    leave_no_core()
    keeper = Keeper(Path(state), Path(runtime))
    keeper.read_note()  # a receipt that stood on the screen when the last life ended: shown, then wiped
    keeper.erase_note()
    hall = Hall(Path(state), Path(runtime), _print)
    print("ready", flush=True)
    turn = 0
    while True:
        hall.visit(f"{tag}-{turn}", turn % 3)
        turn += 1
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
