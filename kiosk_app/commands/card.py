"""`kiosk card`: does the reader read, and what."""

import json
import threading
from collections.abc import Sequence

from drivers.card_reader.pcsc import PcscCardReader
from drivers.card_reader.port import CardReader, CardReadError
from drivers.card_reader.status import CardFault, CardReaderStatus
from drivers.card_reader.summary import as_dict
from kiosk_app.commands.common import CommandError, answer, parser, tell
from kiosk_app.journey.around import CARD_FAULTS
from kiosk_app.journey.faults import FAULTS


def main(words: Sequence[str]) -> int:
    """Read one card, or tell each change of the slot until interrupted."""
    options = parser("card", "Read the ID card in the reader. Personal data is covered unless --full is given.")
    options.add_argument("--json", action="store_true", help="one JSON object (with --watch: one a line)")
    options.add_argument("--watch", action="store_true", help="tell each change of the slot until Ctrl-C")
    options.add_argument("--full", action="store_true", help="show everything that is read; mind who is looking")
    wish = options.parse_args(words)
    reader = PcscCardReader()
    if wish.watch:
        return _watch(reader, as_json=wish.json)
    try:
        card = reader.read_citizen()
    except CardReadError as error:
        if wish.json:
            answer({"fault": error.fault.value})
        raise CommandError(_sentence(error.fault)) from None
    facts = as_dict(card, reveal=wish.full)
    if wish.json:
        answer(facts)
    else:
        for key, value in facts.items():
            print(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    return 0


def _watch(reader: CardReader, *, as_json: bool) -> int:
    def on_change(status: CardReaderStatus) -> None:
        print(json.dumps({"status": status.value}) if as_json else status.value, flush=True)

    tell("Ctrl-C ends.")
    reader.watch(on_change, threading.Event())
    return 0


def _sentence(fault: CardFault) -> str:
    if fault is CardFault.NO_CARD:  # on the screen this is a card that came out
        return "There is no card in the reader (no_card)."
    row = FAULTS[CARD_FAULTS[fault]]
    return f"{row.title} ({fault.value})."
