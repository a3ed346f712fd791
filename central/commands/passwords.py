"""Reads the password for an account: typed twice at a terminal, or from standard input."""

import getpass
import sys

from django.contrib.auth.password_validation import validate_password

from central.centres.models import Officer
from central.commands import CommandError


def read_password(officer: Officer, *, from_stdin: bool) -> str:
    """The password. Raises CommandError, and ValidationError for a weak password."""
    password = sys.stdin.readline().rstrip("\n") if from_stdin else _prompt_password()
    validate_password(password, officer)
    return password


def _prompt_password() -> str:
    if not sys.stdin.isatty():
        raise CommandError("there is no terminal to ask for the password; use --password-stdin")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("the two passwords differ")
    return password
