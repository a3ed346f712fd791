"""`kiosk desk-bridge`: card reader and receipt printer of this computer for the desk in its browser."""

import os
import re
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from drivers.card_reader.pcsc_reader import PcscCardReader
from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.desk_bridge.devices import DeskDevices
from kiosk_app.desk_bridge.pairing import CODE_LIFE_S, Pairing
from kiosk_app.desk_bridge.server import BridgeServer
from kiosk_app.device_factory import create_printer
from protocol.desk_bridge import DEFAULT_PORT

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted."""
    arg_parser = make_parser(
        "desk-bridge",
        "Let the desk in this computer's browser read cards and print slips. Listens on loopback.",
    )
    arg_parser.add_argument("--desk", required=True, metavar="URL", help="address of the desk, https://HOST")
    arg_parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port, {DEFAULT_PORT} if not given")
    arg_parser.add_argument("--pairings", type=Path, metavar="FILE", help="where paired browsers are kept")
    arg_parser.add_argument("--forget", action="store_true", help="every browser must be paired again")
    arguments = arg_parser.parse_args(argv)
    origin = arguments.desk.rstrip("/").removesuffix("/desk").lower()
    if not _ORIGIN.fullmatch(origin):
        raise CommandError("--desk is no address of a desk: give https:// and the host name", 2)
    if not 0 <= arguments.port < 65536:
        raise CommandError("--port is no port", 2)
    settings = settings_from_args(arguments)
    reader = PcscCardReader(settings.card_reader.reader) if settings.card_reader.enabled else None
    devices = DeskDevices(reader, create_printer(settings))
    pairing = Pairing(arguments.pairings or _default_file())
    if arguments.forget:
        pairing.forget_all()
    try:
        server = BridgeServer(devices, pairing, origin, arguments.port)
    except OSError as error:
        raise CommandError(f"port {arguments.port} cannot be used: {error.strerror}") from None
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with server:
        print_message(f"The bridge answers {origin} at {server.url}. Ctrl-C ends it.")
        print_message(f"Pairing code for a new browser, {CODE_LIFE_S / 60:.0f} minutes: {pairing.new_code()}")
        stopped.wait()
    return 0


def _default_file() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "damrongdham-desk-bridge" / "pairings.json"
