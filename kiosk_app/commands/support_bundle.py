"""`kiosk support-bundle`: collect what an engineer needs, sealed to the centre, for a stick."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kiosk_app.commands.arguments import CommandError, make_parser, settings_from_args
from kiosk_app.commands.output import print_message, write_output
from kiosk_app.outbox import Enrolment, OutboxError
from kiosk_app.support_bundle.make_bundle import make_bundle
from protocol.support_bundle import SUFFIX, SupportBundleError


def main(argv: Sequence[str]) -> int:
    """Write the bundle into a directory."""
    arg_parser = make_parser(
        "support-bundle",
        "Collect logs, versions and the report of `kiosk doctor` into one file, without personal data. It is sealed: "
        "only the centre can open it, with `central support-bundle`.",
    )
    arg_parser.add_argument("directory", type=Path, metavar="DIR", help="where to write it, for example a USB stick")
    arguments = arg_parser.parse_args(argv)
    settings = settings_from_args(arguments)
    if not arguments.directory.is_dir():
        raise CommandError(f"{arguments.directory}: there is no such directory", 2)
    try:
        enrolment = Enrolment.load(settings.paths.state)
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    if enrolment is None:
        raise CommandError("this kiosk is not enrolled at a centre, so there is nobody to seal the bundle to")
    if os.geteuid():
        print_message("Without root the bundle lacks the logs; use sudo.")
    try:
        content = make_bundle(settings, enrolment, arguments.settings)
    except SupportBundleError as error:
        raise CommandError(f"{error}.") from None
    file = arguments.directory / f"{enrolment.kiosk_id}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"
    write_output(file, content)
    print_message(f"{file}: {len(content) / 1000:.0f} kB. At the centre: central support-bundle {file.name}")
    return 0
