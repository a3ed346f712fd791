"""`central`: the command line of the central service. Exit status 0 when it worked, 2 with one sentence when not, 130
when interrupted."""

import argparse
import importlib
import ipaddress
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation

from central.commands import CommandError, print_message

EXIT_BAD_INPUT = 2


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="central",
        description="The central service of the Damrongdham kiosks.",
        epilog="Settings come from the environment: CENTRAL_DATA, CENTRAL_URL, CENTRAL_HOSTS, DATABASE_URL.",
    )
    parser.add_argument("--version", action="version", version=f"central {version('damrongdham-kiosk')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add_command(name: str, module: str, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(module=module)
        return sub

    add_command("migrate", "migrate", "Make or update the database and the keys.")

    serve = add_command("serve", "serve", "Answer to kiosks, citizens and officers.")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (default: this machine only)")
    serve.add_argument(
        "--port", type=_parse_port, default=8080, help="port to listen at; 0 takes a free one (default 8080)"
    )
    serve.add_argument("--threads", type=int, default=8, help="requests answered at once by each worker (default 8)")
    serve.add_argument("--workers", type=int, default=1, help="processes; one for each processor (default 1)")
    serve.add_argument(
        "--trusted-proxy",
        type=_parse_ip_address,
        metavar="ADDRESS",
        help="believe X-Forwarded-For and -Proto of this proxy",
    )

    centre = add_command("create-centre", "create_centre", "Add a centre to the tree.")
    centre.add_argument("slug", help="short name in Latin letters, such as khonkaen")
    centre.add_argument("--area", default="", help="DOPA code: 2 digits a province, 4 a district, none the ministry")
    centre.add_argument("--parent", metavar="SLUG", help="the centre above")
    centre.add_argument("--name-th", help="default: from the area")
    centre.add_argument("--name-en", help="default: from the area")
    centre.add_argument("--public-url", default="", help="its own tracking address, if not the installation's")

    _add_officer_commands(add_command)

    approve = add_command("approve", "approve", "Take in the kiosk that shows this compare code.")
    approve.add_argument("code", help="the code the kiosk shows, XXXX-XXXX")
    approve.add_argument("--as", required=True, dest="officer", metavar="NAME", help="the officer who decides")
    approve.add_argument("--centre", metavar="SLUG", help="which centre takes it (default: the officer's)")

    offline_import = add_command("import", "offline_import", "Take in what `kiosk outbox export DIR` wrote.")
    offline_import.add_argument("directory", help="the directory that was carried here")

    ring = add_command("keys", "keys", "The keys kiosks seal to and receipts are signed with.")
    action = ring.add_subparsers(dest="action", required=True, metavar="ACTION")
    action.add_parser("list", help="one line each, with how many kiosks use it")
    action.add_parser("rotate", help="a new key in place of the current one").add_argument(
        "kind", choices=["sealing", "receipt"]
    )
    action.add_parser("retire", help="take out of use what no kiosk uses any more").add_argument("fingerprint")

    quarantine = add_command("quarantine", "quarantine", "What was taken in but could not become a case.")
    action = quarantine.add_subparsers(dest="action", required=True, metavar="ACTION")
    action.add_parser("list", help="one line each")
    action.add_parser("open", help="try again").add_argument("id", help="the submission id or the case number, or all")
    return parser


def _add_officer_commands(add_command: Callable[[str, str, str], argparse.ArgumentParser]) -> None:
    officer = add_command("create-officer", "create_officer", "Let somebody work at the desk.")
    officer.add_argument("name", help="name to log in with")
    officer.add_argument("--centre", required=True, metavar="SLUG", help="where; the centres below are included")
    officer.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    officer.add_argument("--no-personal-data", action="store_true", help="may not read names, contacts and id numbers")
    officer.add_argument("--no-fleet", action="store_true", help="may not take in or revoke kiosks")

    for name, summary in (
        ("suspend-officer", "An officer may no longer log in; every session ends at once."),
        ("activate-officer", "A suspended officer may log in again."),
        ("reset-officer", "Give an officer a new password; every session ends at once."),
    ):
        account = add_command(name, "officer_accounts", summary)
        account.add_argument("name", help="name the officer logs in with")
        if name == "reset-officer":
            account.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    events = add_command(
        "account-events", "account_events", "Who signed in, failed to, or was suspended; the latest first."
    )
    events.add_argument("name", nargs="?", help="of one officer only")
    events.add_argument("--limit", type=int, default=200, help="so many lines (default 200)")


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):  # the resolver takes 65616 for 80
        raise argparse.ArgumentTypeError(f"'{text}' is no port; give 0 to 65535")
    return int(text)


def _parse_ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no IP address, such as 127.0.0.1") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the console script `central`."""
    arguments = _build_parser().parse_args(argv)
    os.umask(0o077)  # whatever this service writes is nobody else's
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
    try:
        django.setup()
        translation.activate("en")  # of this thread: Django's own sentences, in the language of ours
        # Models can be imported only now, and every command uses them.
        importlib.import_module(f"central.commands.{arguments.module}").run(arguments)
    except (CommandError, ImproperlyConfigured) as error:
        print_message(f"central {arguments.command}: {error}")
        return EXIT_BAD_INPUT
    except (DatabaseError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")  # PostgreSQL answers in several lines
        print_message(
            f"central {arguments.command}: {reason}. Check DATABASE_URL and CENTRAL_DATA, and run `central migrate`."
        )
        return EXIT_BAD_INPUT
    except PermissionError as error:
        print_message(
            f"central {arguments.command}: this user may not open {error.filename}; be the service's user, or root"
        )
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
