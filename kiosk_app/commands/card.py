"""`kiosk card`: does the reader read, and what."""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.card_reader.summary import as_dict
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus
from journey.environment_faults import CARD_FAULTS
from journey.faults import FAULTS
from kiosk_app.commands.common import CommandError, answer, parser, settings_of, tell, trouble, write_out
from kiosk_app.health.call_deadline import Found, within
from kiosk_app.health.device_checks import CARD_READER
from kiosk_app.health.device_summary import FINE
from kiosk_app.outbox.device_successes import note_success
from thai.id_number import CitizenId

CARD_S = 15.0  # 3 s until a reader is ready, 1 s of text on an old card, retries
PHOTO_S = 30.0  # 6 s on an old card
_SAID_BY_THE_SLOT = {CardFault.MUTE: CardReaderStatus.CARD_MUTE}  # as `kiosk card --watch` and the handbook call it


def main(words: Sequence[str]) -> int:
    """Read one card, or tell each change of the slot until interrupted."""
    options = parser("card", "Read the ID card in the reader. Personal data is covered unless --full is given.")
    options.add_argument("--json", action="store_true", help="one JSON object (with --watch: one a line)")
    options.add_argument(
        "--watch", action="store_true", help="tell each change of the slot until Ctrl-C; reads no card"
    )
    options.add_argument("--full", action="store_true", help="show everything that is read; mind who is looking")
    options.add_argument(
        "--photo", type=Path, metavar="OUT.jpg", help="write the photo too, where kiosk.toml allows it"
    )
    wish = options.parse_args(words)
    settings = settings_of(wish)
    reader = PcscCardReader(settings.card_reader.reader)
    if wish.watch:
        return _watch(reader, as_json=wish.json)
    if wish.photo is not None and not settings.card_reader.photo:
        raise CommandError("the photo is not read: kiosk.toml has card_reader.photo = false", 2)
    if wish.photo is not None and not wish.photo.absolute().parent.is_dir():
        raise CommandError(f"{wish.photo}: there is no such directory", 2)
    try:
        card = _asked(CARD_S, reader.read_citizen)
        note_success(settings.paths.state, ["card_reader"])
        _show(as_dict(card, reveal=wish.full), as_json=wish.json)
        if wish.photo is not None:
            _photo(reader, card.citizen_id, wish.photo)
    except CardReadError as error:
        status = reader.status() if error.fault is CardFault.NO_READER else _SAID_BY_THE_SLOT.get(error.fault)
        if wish.json:
            answer({"fault": error.fault.value})
        raise CommandError(_sentence(error.fault, status)) from None
    return 0


def _show(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        answer(facts)
        return
    for key, value in facts.items():
        print(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}", flush=True)


def _photo(reader: PcscCardReader, number: CitizenId, out: Path) -> None:
    def progress(fraction: float) -> None:
        if sys.stderr.isatty():
            print(f"\rphoto {fraction:4.0%}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)

    photo = _asked(PHOTO_S, lambda: reader.read_photo(number, progress, threading.Event()))
    if not photo:
        raise CommandError("this card has no photo")
    write_out(out, photo)
    tell(f"{out}: {len(photo)} bytes")


def _watch(reader: PcscCardReader, *, as_json: bool) -> int:
    def on_change(status: CardReaderStatus) -> None:
        now = datetime.now().astimezone()
        readers = reader.models() if status in FINE or status is CardReaderStatus.CARD_MUTE else []
        if as_json:
            print(
                json.dumps({"at": now.isoformat("T", "seconds"), "status": status.value, "readers": readers}),
                flush=True,
            )
            return
        found = CARD_READER.get(status)
        sentence = f"{found.what.en}. {found.advice.en}" if found else FINE[status].en
        print(f"{now:%H:%M:%S}  {status.value:13}{sentence}  {', '.join(readers)}".rstrip(), flush=True)

    tell("Ctrl-C ends.")
    reader.watch(on_change, threading.Event())
    return 0


def _asked(seconds: float, call: Callable[[], Found]) -> Found:
    """What `call` gives; UNRESPONSIVE when it takes longer. Raises CardReadError."""
    try:
        return within(seconds, call)
    except TimeoutError:
        raise CardReadError(CardFault.UNRESPONSIVE) from None


def _sentence(fault: CardFault, status: CardReaderStatus | None) -> str:
    if fault is CardFault.NO_CARD:  # on the screen this is a card that came out
        return "There is no card in the reader (no_card)."
    if status in CARD_READER:
        return trouble(CARD_READER, status)
    row = FAULTS[CARD_FAULTS[fault]]
    return f"{row.title} ({fault.value})."
