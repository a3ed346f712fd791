"""`kiosk code`: generate a tracking code, or check one as typed."""

import argparse
from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError
from protocol import tracking_code


def main(argv: Sequence[str]) -> int:
    """Print a code in its display form."""
    arg_parser = argparse.ArgumentParser(prog="kiosk code", description="Tracking codes.")
    actions = arg_parser.add_subparsers(dest="action", required=True, metavar="new|check")
    actions.add_parser("new", help="generate a code")
    checking = actions.add_parser(
        "check", help="check a code as typed; case, spaces, hyphens and Thai digits do not matter"
    )
    checking.add_argument("code", nargs="+", metavar="CODE")
    arguments = arg_parser.parse_args(argv)
    if arguments.action == "new":
        code = tracking_code.generate()
    else:
        try:
            code = tracking_code.parse(" ".join(arguments.code))
        except tracking_code.TrackingCodeError as error:
            raise CommandError(str(error), 2) from None
    print(tracking_code.display(code))
    return 0
