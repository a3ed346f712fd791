"""`kiosk settings`: check kiosk.toml, or show one in which every option is explained."""

from collections.abc import Sequence

from kiosk_app import settings
from kiosk_app.commands.common import parser, settings_of, tell


def main(words: Sequence[str]) -> int:
    """Check, or print the example."""
    options = parser("settings", "Check kiosk.toml: every mistake is named with its key.")
    options.add_argument("--example", action="store_true", help="print a kiosk.toml that explains every option")
    wish = options.parse_args(words)
    if wish.example:
        print(settings.as_toml_with_comments(), end="")
        return 0
    found = settings_of(wish)
    file = settings.source(wish.settings)
    tell(f"{file or 'No kiosk.toml: the defaults of a desk'}: no mistakes, kiosk {found.kiosk.id}.")
    return 0
