"""`central`: the command line of the central service.

Exit status: 0 for success, 2 with one sentence on standard error for an error, 130 when interrupted.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation

from central.command_arguments import build_parser
from central.commands import CommandError, print_message

EXIT_BAD_INPUT = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the console script `central`."""
    arguments = build_parser().parse_args(argv)
    os.umask(0o077)  # files of this service are readable by its user only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
    try:
        django.setup()
        translation.activate("en")  # Django's own messages, in the language of this command line
        # The modules of commands import models, which is possible only after the set-up.
        importlib.import_module(f"central.commands.{arguments.module}").run(arguments)
    except BrokenPipeError:  # `central centres list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes stdout as it ends
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (CommandError, ImproperlyConfigured, DatabaseError, ValueError, PermissionError) as error:
        print_message(f"central {arguments.command}: {_error_sentence(error)}")
        return EXIT_BAD_INPUT
    return 0


def _error_sentence(error: Exception) -> str:
    if isinstance(error, CommandError | ImproperlyConfigured):
        return str(error)
    if isinstance(error, PermissionError):
        return f"this user may not open {error.filename}; run it as the service's user or as root"
    reason = str(error).partition("\n")[0].rstrip(".")  # a message of PostgreSQL has several lines
    return f"{reason}. Check DATABASE_URL and CENTRAL_DATA, and run `central migrate`."


if __name__ == "__main__":
    sys.exit(main())
