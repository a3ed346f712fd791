"""`kiosk remote-commands`: carry out what the centre has commanded. Started by systemd when a command has arrived."""

from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError, make_parser, settings_despite_mistakes
from kiosk_app.commands.process import log_to_stderr
from kiosk_app.outbox import Enrolment, OutboxError
from kiosk_app.outbox.known_keys import check_keys_are_newest
from kiosk_app.remote_commands.carry_out import CommandRunner


def main(argv: Sequence[str]) -> int:
    """Carry out every new command, then end."""
    arg_parser = make_parser(
        "remote-commands",
        "Carry out the commands of the centre: support bundle, restart, log level, USB ports. Only commands that the "
        "centre has signed for this kiosk are carried out, each once.",
    )
    arguments = arg_parser.parse_args(argv)
    log_to_stderr()
    settings, _ = settings_despite_mistakes(arguments)
    try:
        enrolment = Enrolment.load(settings.paths.state)
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    if enrolment is None:
        raise CommandError("this kiosk is not enrolled at a centre")
    try:
        check_keys_are_newest(settings.paths.state, enrolment)
        CommandRunner(settings, enrolment).run_new()
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    except OSError as error:
        raise CommandError(f"a result cannot be stored: {error.strerror}") from None
    return 0
