"""`kiosk pin`: print the line for kiosk.toml with the hash of the technician's PIN."""

import argparse
import getpass
import re
import secrets
import sys
from collections.abc import Sequence

from journey.pin import MIN_PIN_DIGITS, hash_pin
from kiosk_app.commands.arguments import CommandError

SALT_BYTES = 16
PIN_PATTERN = re.compile(rf"[0-9]{{{MIN_PIN_DIGITS},12}}")


def main(argv: Sequence[str]) -> int:
    """Ask for the PIN and print its hash. The PIN is not an argument, because other users can read command lines."""
    argparse.ArgumentParser(
        prog="kiosk pin",
        description=f"Ask for a PIN of {MIN_PIN_DIGITS} to 12 digits and print the line for [kiosk] in kiosk.toml.",
    ).parse_args(argv)
    if sys.stdin.isatty():
        pin = getpass.getpass("PIN: ")
        if getpass.getpass("Once more: ") != pin:
            raise CommandError("the two PINs differ", 2)
    else:
        pin = sys.stdin.readline().strip()
    if not PIN_PATTERN.fullmatch(pin):
        raise CommandError(f"a PIN has {MIN_PIN_DIGITS} to 12 digits", 2)
    print(f'technician_pin_hash = "{hash_pin(pin, secrets.token_bytes(SALT_BYTES))}"')
    return 0
