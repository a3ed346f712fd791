"""The kiosk's interface without a window, as a process that can be killed: one visit after another, without end.

    python -m tests.torture.interface_process STATE RUNTIME TAG

Each printed receipt is one line of JSON on standard output.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from kiosk_app.commands.process import protect_memory
from kiosk_app.runner.outbox_service import OutboxService
from tests.torture.headless_kiosk import HeadlessKiosk, PrintedReceipt

PAUSE_S = 0.05


def _print(printed_receipt: PrintedReceipt) -> None:
    print(json.dumps(asdict(printed_receipt)), flush=True)


def main(state: str, runtime: str, tag: str) -> None:
    """Make visits until the process is killed."""
    protect_memory()
    outbox_service = OutboxService(Path(state), Path(runtime))
    outbox_service.read_receipt_note()  # of a receipt that was on the screen when the previous process was killed
    outbox_service.erase_receipt_note()
    kiosk = HeadlessKiosk(Path(state), Path(runtime), _print)
    print("ready", flush=True)
    turn = 0
    while True:
        kiosk.visit(f"{tag}-{turn}", turn % 3)
        turn += 1
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
