"""`kiosk card`: read the ID card in the reader."""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.card_reader.summary import summarise_card
from drivers.ports.card_reader import CardFault, CardReadError, CardReaderStatus
from journey.environment_faults import CARD_READ_FAULTS
from journey.faults import FAULTS
from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import describe_status, print_json, print_message, write_output
from kiosk_app.health.device_checks import CARD_READER_STATUSES
from kiosk_app.outbox.device_successes import record_success
from machine.deadline import Result, call_with_deadline
from thai.dates import in_thailand
from thai.id_number import CitizenId

CARD_TIMEOUT_S = 15.0  # 3 s until a reader is ready, 1 s for the text of an old card, retries
PHOTO_TIMEOUT_S = 30.0  # 6 s on an old card
_SLOT_STATUS = {CardFault.MUTE: CardReaderStatus.CARD_MUTE}  # as in the handbook


def main(argv: Sequence[str]) -> int:
    """Read one card, or report each change of the slot until interrupted."""
    arg_parser = make_parser("card", "Read the ID card in the reader. Personal data is masked unless --full is given.")
    arg_parser.add_argument("--json", action="store_true", help="one JSON object (with --watch: one a line)")
    arg_parser.add_argument(
        "--watch", action="store_true", help="report each change of the slot until Ctrl-C; reads no card"
    )
    arg_parser.add_argument("--full", action="store_true", help="show all data that is read")
    arg_parser.add_argument(
        "--photo", type=Path, metavar="OUT.jpg", help="also write the photo, if kiosk.toml allows it"
    )
    arguments = arg_parser.parse_args(argv)
    settings = settings_from_args(arguments)
    reader = PcscCardReader(settings.card_reader.reader)
    if arguments.watch:
        return _watch(reader, as_json=arguments.json)
    if arguments.photo is not None and not settings.card_reader.photo:
        raise CommandError("the photo is not read: kiosk.toml has card_reader.photo = false", 2)
    if arguments.photo is not None and not arguments.photo.absolute().parent.is_dir():
        raise CommandError(f"{arguments.photo}: there is no such directory", 2)
    try:
        card = _call_reader(CARD_TIMEOUT_S, reader.read_citizen)
        record_success(settings.paths.state, ["card_reader"])
        _print_card(summarise_card(card, reveal=arguments.full), as_json=arguments.json)
        if arguments.photo is not None:
            _write_photo(reader, card.citizen_id, arguments.photo)
    except CardReadError as error:
        status = reader.status() if error.fault is CardFault.NO_READER else _SLOT_STATUS.get(error.fault)
        if arguments.json:
            print_json({"fault": error.fault.value})
        raise CommandError(_describe_fault(error.fault, status)) from None
    return 0


def _print_card(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    for key, value in facts.items():
        print(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}", flush=True)


def _write_photo(reader: PcscCardReader, number: CitizenId, out: Path) -> None:
    def progress(fraction: float) -> None:
        if sys.stderr.isatty():
            print(f"\rphoto {fraction:4.0%}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)

    photo = _call_reader(PHOTO_TIMEOUT_S, lambda: reader.read_photo(number, progress, threading.Event()))
    if not photo:
        raise CommandError("this card has no photo")
    write_output(out, photo)
    print_message(f"{out}: {len(photo)} bytes")


def _watch(reader: PcscCardReader, *, as_json: bool) -> int:
    def on_change(status: CardReaderStatus) -> None:
        now = in_thailand(datetime.now(UTC))
        state = CARD_READER_STATUSES[status]
        has_reader = state.finding is None or status is CardReaderStatus.CARD_MUTE
        readers = reader.reader_names() if has_reader else []
        if as_json:
            print(
                json.dumps({"at": now.isoformat("T", "seconds"), "status": status.value, "readers": readers}),
                flush=True,
            )
            return
        sentence = f"{state.summary.en}. {state.finding.advice.en}" if state.finding else state.summary.en
        print(f"{now:%H:%M:%S}  {status.value:13}{sentence}  {', '.join(readers)}".rstrip(), flush=True)

    print_message("Ctrl-C ends.")
    reader.watch(on_change, threading.Event())
    return 0


def _call_reader(seconds: float, call: Callable[[], Result]) -> Result:
    """The result of `call`. Raises CardReadError; UNRESPONSIVE when it takes longer than `seconds`."""
    try:
        return call_with_deadline(seconds, call)
    except TimeoutError:
        raise CardReadError(CardFault.UNRESPONSIVE) from None


def _describe_fault(fault: CardFault, status: CardReaderStatus | None) -> str:
    if fault is CardFault.NO_CARD:  # on the screen this fault means a removed card
        return "There is no card in the reader (no_card)."
    if status is not None and CARD_READER_STATUSES[status].finding is not None:
        return describe_status(CARD_READER_STATUSES, status)
    row = FAULTS[CARD_READ_FAULTS[fault]]
    return f"{row.title} ({fault.value})."
