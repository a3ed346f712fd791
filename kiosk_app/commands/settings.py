"""`kiosk settings`: check kiosk.toml, or print an example that explains every option.

The exit status is 2 for a file with which the interface does not start, and 1 for one with an option that is not known.
"""

from collections.abc import Sequence

from kiosk_app.commands.arguments import CommandError, make_parser
from kiosk_app.commands.output import print_message
from kiosk_app.settings import find_settings_file, load
from kiosk_app.settings.render import to_commented_toml


def main(argv: Sequence[str]) -> int:
    """Check the file, or print the example."""
    arg_parser = make_parser("settings", "Check kiosk.toml: every mistake is named with its key.")
    arg_parser.add_argument("--example", action="store_true", help="print a kiosk.toml that explains every option")
    arguments = arg_parser.parse_args(argv)
    if arguments.example:
        print(to_commented_toml(), end="")
        return 0
    file, loaded = find_settings_file(arguments.settings), load(arguments.settings)
    for option in loaded.unknown:
        print_message(f"kiosk settings: {file}: {option.sentence}")
    if loaded.unknown:
        raise CommandError("the kiosk works, but what is named above has no effect")
    print_message(f"{file or 'No kiosk.toml: the development defaults'}: no mistakes, kiosk {loaded.kiosk.id}.")
    return 0
