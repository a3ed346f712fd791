"""`kiosk requested-release`: the release that the centre requests of this kiosk, after checking its signature."""

from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError, make_parser, settings_despite_mistakes
from kiosk_app.commands.output import print_json
from kiosk_app.outbox import Enrolment, OutboxError
from kiosk_app.outbox.known_keys import check_keys_are_newest
from kiosk_app.outbox.release_files import verified_request
from protocol.signing import ReleaseRequestError


def main(argv: Sequence[str]) -> int:
    """Print the request as one JSON object; {} when there is none."""
    arg_parser = make_parser(
        "requested-release", "Print the release that the centre requests of this kiosk, as one JSON object."
    )
    settings, _ = settings_despite_mistakes(arg_parser.parse_args(argv))
    state = settings.paths.state
    try:
        enrolment = Enrolment.load(state)
        if enrolment:
            check_keys_are_newest(state, enrolment)
        request = verified_request(state, enrolment) if enrolment else None
    except (OutboxError, ReleaseRequestError) as error:
        raise CommandError(f"{error}.") from None
    except OSError as error:
        raise CommandError(f"the newest keys cannot be remembered: {error.strerror}") from None
    print_json(request.model_dump(mode="json", exclude={"protocol_version"}) if request else {})
    return 0
