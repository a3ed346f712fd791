"""`kiosk self-test`: whether this release can work on this kiosk. Run before an update is used; changes nothing."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlite_utils import Database

from drivers.receipt_printer.print_job import build_job
from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.commands.receipt import SAMPLE_CODE, SAMPLE_NUMBER
from kiosk_app.outbox import Enrolment, OutboxError, OutboxTooNewError
from kiosk_app.outbox.schema import pending_migrations
from kiosk_app.outbox.state_directory import acting_as_owner, outbox_directory
from kiosk_app.outbox.store import find_current_store
from kiosk_app.receipt import ReceiptContent, draw_receipt
from kiosk_app.settings import Settings
from protocol import keys
from protocol.sealing import seal, unseal
from protocol.tracking_code import tracking_url

_MODULES = ("kiosk_app.app", "kiosk_app.forwarder.forwarder", "ocr", "tesserocr")
_MESSAGE = "ศูนย์ดำรงธรรม".encode()


def main(argv: Sequence[str]) -> int:
    """Run every check. The first that fails ends the command with its sentence."""
    arg_parser = make_parser("self-test", "Check that this release can work on this kiosk. Nothing is changed.")
    settings = settings_from_args(arg_parser.parse_args(argv))
    for check in _CHECKS:
        check(settings)
    print_message("This release can work on this kiosk.")
    return 0


def _check_modules(_: Settings) -> None:
    """The libraries of the interface and of the recognition load."""
    for name in _MODULES:
        try:
            import_module(name)
        except ImportError as error:
            raise CommandError(f"{name} cannot be loaded: {error}") from None


def _check_enrolment(settings: Settings) -> None:
    try:
        Enrolment.load(settings.paths.state)
    except OutboxError as error:
        raise CommandError(f"{error}.") from None


def _check_store(settings: Settings) -> None:
    """The release can use the waiting complaints. A store that is damaged is no fault of the release."""
    directory = outbox_directory(settings.paths.state)
    if not directory.is_dir():
        return
    with acting_as_owner(directory):
        store = find_current_store(directory)
        if store is None:
            return
        try:
            with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
                pending_migrations(Database(connection, recursive_triggers=False, execute_plugins=False))
        except OutboxTooNewError as error:
            raise CommandError(f"{error}.") from None
        except sqlite3.Error:
            return


def _check_receipt(_: Settings) -> None:
    """Typefaces are there, and a receipt becomes bytes for the printer."""
    content = ReceiptContent(
        centre_name_th=_MESSAGE.decode(),
        centre_name_en="Damrongdham Centre",
        code=SAMPLE_CODE,
        number=SAMPLE_NUMBER,
        url=tracking_url("https://track.example.go.th", SAMPLE_CODE),
        page_count=1,
        saved_at=datetime.now(UTC),
        language="th",
    )
    if not build_job(draw_receipt(content, 576)):
        raise CommandError("a receipt has no content")


def _check_sealing(_: Settings) -> None:
    key = X25519PrivateKey.generate()
    if unseal(seal(_MESSAGE, keys.public_key_bytes(key), b"self-test"), key, b"self-test") != _MESSAGE:
        raise CommandError("sealing changes what is sealed")


_CHECKS: tuple[Callable[[Settings], None], ...] = (
    _check_sealing,
    _check_receipt,
    _check_enrolment,
    _check_store,
    _check_modules,
)
