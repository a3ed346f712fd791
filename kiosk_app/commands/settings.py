"""`kiosk settings`: check kiosk.toml, or print an example that explains every option."""

from collections.abc import Sequence

from kiosk_app.commands.arguments import make_parser, settings_from_args
from kiosk_app.commands.output import print_message
from kiosk_app.settings import find_settings_file
from kiosk_app.settings.render import to_commented_toml


def main(argv: Sequence[str]) -> int:
    """Check the file, or print the example."""
    arg_parser = make_parser("settings", "Check kiosk.toml: every mistake is named with its key.")
    arg_parser.add_argument("--example", action="store_true", help="print a kiosk.toml that explains every option")
    arguments = arg_parser.parse_args(argv)
    if arguments.example:
        print(to_commented_toml(), end="")
        return 0
    loaded = settings_from_args(arguments)
    file = find_settings_file(arguments.settings)
    print_message(f"{file or 'No kiosk.toml: the development defaults'}: no mistakes, kiosk {loaded.kiosk.id}.")
    return 0
