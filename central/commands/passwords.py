"""A password for an account, typed twice at a terminal or read from standard input."""

import getpass
import sys

from django.contrib.auth.password_validation import validate_password

from central.centres.models import Officer
from central.commands import CommandError


def read_password(officer: Officer, *, from_stdin: bool) -> str:
    """Raises CommandError, and ValidationError for one that is too plain."""
    password = sys.stdin.readline().rstrip("\n") if from_stdin else _prompt_password()
    validate_password(password, officer)
    return password


def _prompt_password() -> str:
    if not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for the password; give it with --password-stdin")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("the two passwords differ")
    return password
