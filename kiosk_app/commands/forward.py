"""`kiosk forward`: deliver waiting complaints, continuously or once."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk_app.commands.arguments import CommandError, make_parser, settings_despite_mistakes
from kiosk_app.commands.output import print_message
from kiosk_app.commands.process import log_to_stderr, protect_memory, stop_on_signals
from kiosk_app.forwarder.forwarder import Forwarder
from kiosk_app.health.watchdog import Watchdog
from kiosk_app.outbox import Enrolment, Outbox, OutboxError
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from kiosk_app.settings import SETTINGS_ERROR_CODE
from protocol import keys


def main(argv: Sequence[str]) -> int:
    """Deliver until a signal ends it; with --once the status is 0 only when nothing waits afterwards."""
    arg_parser = make_parser("forward", "Deliver waiting complaints to the centre and send a heartbeat each minute.")
    arg_parser.add_argument("--once", action="store_true", help="try each waiting complaint once, then end")
    arg_parser.add_argument(
        "--dedicated-disk",
        action="store_true",
        help="only this kiosk uses the disk: reserve space beyond root's reserved blocks",
    )
    arguments = arg_parser.parse_args(argv)
    stop = stop_on_signals()
    protect_memory()
    log_to_stderr()
    settings, are_valid = settings_despite_mistakes(arguments)
    state = settings.paths.state
    try:
        enrolment = Enrolment.load(state)
        if enrolment is None:
            raise CommandError("this kiosk is not enrolled at a centre; run: kiosk enrol ADDRESS")
        create_forwarder = partial(
            Forwarder,
            enrolment=enrolment,
            signing_key=_signing_key(state),
            url=enrolment.centre_url,  # centre.url may be that of another centre, which has not approved yet
            state_dir=state,
            version=version("damrongdham-kiosk"),
            ca_file=settings.centre.ca_file,
            kbit_s=settings.centre.upload_kbit_s,
            ping_watchdog=Watchdog().ping,
            dedicated_disk=arguments.dedicated_disk,
            findings=() if are_valid else (SETTINGS_ERROR_CODE,),
        )
        with _open_outbox(state, enrolment, create_forwarder) as outbox:
            forwarder = create_forwarder(outbox)
            if not arguments.once:
                forwarder.run(stop)
                return 0
            result = forwarder.deliver_once(stop)
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    print_message(f"{result.delivered} delivered, {result.pending} waiting, {result.refused} refused.")
    if result.error:
        raise CommandError(result.error)
    return int(result.pending > 0)


def _open_outbox(
    state_dir: Path, enrolment: Enrolment, create_forwarder: Callable[[Outbox | None], Forwarder]
) -> Outbox:
    """Open the outbox. Raises OutboxError, after a heartbeat has reported a store that cannot be opened."""
    try:
        return Outbox.open(outbox_directory(state_dir), enrolment)
    except OutboxError:
        create_forwarder(None).report_broken_store()
        raise


def _signing_key(state_dir: Path) -> Ed25519PrivateKey:
    """The kiosk's key: the credential that systemd passes in memory, else the file. Raises CommandError."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    file = signing_key_file(state_dir)
    if credentials and (Path(credentials) / file.name).exists():
        file = Path(credentials) / file.name
    try:
        return keys.load_signing_key(file)
    except keys.KeyFileError as error:
        raise CommandError(f"{error}.") from None
