"""`kiosk pin`: the line for kiosk.toml that opens the technician's screen."""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Sequence

from journey.pin import DIGITS, hash_pin
from kiosk_app.commands.common import CommandError

SALT_BYTES = 16
ALLOWED = re.compile(rf"[0-9]{{{DIGITS},12}}")


def main(words: Sequence[str]) -> int:
    """Ask for the PIN, never on the command line where others see it; print its hash."""
    argparse.ArgumentParser(
        prog="kiosk pin",
        description=f"Ask for a PIN of {DIGITS} to 12 digits and print the line for [kiosk] in kiosk.toml.",
    ).parse_args(words)
    if sys.stdin.isatty():
        pin = getpass.getpass("PIN: ")
        if getpass.getpass("Once more: ") != pin:
            raise CommandError("the two were not the same", 2)
    else:
        pin = sys.stdin.readline().strip()
    if not ALLOWED.fullmatch(pin):
        raise CommandError(f"a PIN is {DIGITS} to 12 digits", 2)
    print(f'technician_pin_hash = "{hash_pin(pin, secrets.token_bytes(SALT_BYTES))}"')
    return 0
