"""`kiosk enrol`: enrol this kiosk at a centre. Two people compare a short code."""

from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.commands.process import stop_on_signals
from kiosk_app.forwarder.enrol import EnrolmentError, EnrolmentOptions, InvalidAddressError, enrol


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
    state = settings.paths.state
    stop = stop_on_signals()

    def show(code: str) -> None:
        print(code, flush=True)
        print_message(
            "An officer of the centre compares this code with the one at the desk and approves. Waiting; Ctrl-C ends."
        )

    try:
        state.mkdir(mode=0o755, parents=True, exist_ok=True)
        enrolment = enrol(
            url,
            settings.kiosk.id,
            settings.kiosk.centre_name_th or settings.kiosk.centre_name_en,
            state,
            show,
            options=EnrolmentOptions(ca_file=settings.centre.ca_file, new_key=arguments.new_key, stop=stop),
        )
    except OSError as error:
        raise CommandError(f"{state} cannot be written: {error.strerror}; use sudo") from None
    except InvalidAddressError as error:
        raise CommandError(f"{error}.", 2) from None
    except EnrolmentError as error:
        raise CommandError(f"{error}.") from None
    print_message(
        f"This kiosk is {enrolment.kiosk_id} of {enrolment.centre_name_en or url}, series {enrolment.series}."
    )
    return 0
