"""`kiosk enrol`: enrol this kiosk at a centre. Two people compare a short code."""

import argparse
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.commands.process import stop_on_signals
from kiosk_app.forwarder.enrol import EnrolmentError, EnrolmentOptions, InvalidAddressError, check_address, enrol
from kiosk_app.outbox import Enrolment
from kiosk_app.settings import Settings, find_settings_file
from kiosk_app.setup.firewall import load_firewall
from kiosk_app.setup.settings_file import SettingsFile


def main(argv: Sequence[str]) -> int:
    """Request the enrolment, show the compare code, wait for the officer's approval."""
    arg_parser = make_parser("enrol", "Enrol this kiosk at a centre: an officer there compares a code and approves.")
    arg_parser.add_argument("url", nargs="?", metavar="URL", help="address of the central service; default: centre.url")
    arg_parser.add_argument(
        "--new-key", action="store_true", help="use a new key, which gives a new series of case numbers"
    )
    arguments = arg_parser.parse_args(argv)
    settings = settings_from_args(arguments)
    url = arguments.url or settings.centre.url
    if not url:
        raise CommandError("give the address: kiosk enrol https://…, or set centre.url in kiosk.toml", 2)
    try:
        check_address(url)
        with _saved_address(arguments, settings, url):
            load_firewall()
            enrolment = _enrol(arguments, settings, url)
    except InvalidAddressError as error:
        raise CommandError(f"{error}.", 2) from None
    except EnrolmentError as error:
        raise CommandError(f"{error}.") from None
    except OSError as error:
        raise CommandError(f"{error.filename or 'kiosk.toml'} cannot be written: {error.strerror}; use sudo") from None
    print_message(
        f"This kiosk is {enrolment.kiosk_id} of {enrolment.centre_name_en or url}, series {enrolment.series}."
    )
    return 0


def _saved_address(arguments: argparse.Namespace, settings: Settings, url: str) -> AbstractContextManager[None]:
    """Writes the address into the settings file, if it is another one, because the firewall allows what is there."""
    file = find_settings_file(arguments.settings)
    return nullcontext() if file is None or settings.centre.url == url else SettingsFile(file).with_centre(url)


def _enrol(arguments: argparse.Namespace, settings: Settings, url: str) -> Enrolment:
    def show(code: str) -> None:
        print(code, flush=True)
        print_message(
            "An officer of the centre compares this code with the one at the desk and approves. Waiting; Ctrl-C ends."
        )

    state = settings.paths.state
    stop = stop_on_signals()
    state.mkdir(mode=0o755, parents=True, exist_ok=True)
    return enrol(
        url,
        settings.kiosk.id,
        settings.kiosk.centre_name_th or settings.kiosk.centre_name_en,
        state,
        show,
        options=EnrolmentOptions(ca_file=settings.centre.ca_file, new_key=arguments.new_key, stop=stop),
    )
