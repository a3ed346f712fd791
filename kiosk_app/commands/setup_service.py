"""`kiosk setup-service`: carry out what the set-up on the screen requests. systemd starts it, by its socket."""

from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError, make_parser
from kiosk_app.commands.process import log_to_stderr
from kiosk_app.settings import SettingsError, find_settings_file, load
from kiosk_app.settings.load import SYSTEM_FILE
from kiosk_app.setup import service
from kiosk_app.setup.actions import SetupActions
from kiosk_app.setup.gate import Gate
from kiosk_app.setup_progress import SETUP_SOCKET


def main(argv: Sequence[str]) -> int:
    """Serve the socket of systemd until nobody asks any more."""
    arg_parser = make_parser("setup-service", "Carry out what the set-up on the screen requests. systemd starts it.")
    arguments = arg_parser.parse_args(argv)
    log_to_stderr()
    listener = service.inherited_listener()
    if listener is None:
        raise CommandError("systemd starts this service: systemctl start damrongdham-kiosk-setup.socket")
    try:
        paths = load(arguments.settings).paths
    except SettingsError as error:  # the set-up itself replaces a file with mistakes
        paths = error.valid_part.paths
    settings_file = find_settings_file(arguments.settings) or SYSTEM_FILE
    gate = Gate(paths.state, SETUP_SOCKET.parent)
    actions = SetupActions(paths.state, settings_file, gate)
    try:
        with listener:
            service.serve(listener, actions, service.allowed_users())
    finally:
        actions.enrolment.stop()
    return 0
