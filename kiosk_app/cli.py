"""The command line `kiosk`.

The module of a command is imported by name when the command runs, not at the top of this file: the interface's modules
take a second to load, and `kiosk code new` or `--help` should not wait for them.

Exit status: 0 success, 1 failure, 2 wrong input, 130 interrupted. Messages for people are printed to stderr.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from kiosk_app.commands.arguments import CommandError
from kiosk_app.commands.output import escape_output, print_message
from kiosk_app.runner.workers import describe_error_without_data
from kiosk_app.settings import SettingsError

EXIT_INTERNAL_ERROR = 70  # sysexits.h, EX_SOFTWARE
EXIT_CLOSED_PIPE = 128 + signal.SIGPIPE


@dataclass(frozen=True)
class Command:
    """The module of a command, which has `main(argv) -> int`, and a summary in one line."""

    module: str
    summary: str


COMMANDS = {
    "run": Command("kiosk_app.commands.run", "open the kiosk"),
    "demo": Command("simulators.demo", "show a visit from the card to the case, on simulated devices"),
    "doctor": Command("kiosk_app.commands.doctor", "report whether this kiosk is ready, and what to do"),
    "card": Command("kiosk_app.commands.card", "read the card in the reader"),
    "desk-bridge": Command("kiosk_app.commands.desk_bridge", "read cards and print slips for the desk"),
    "scan": Command("kiosk_app.commands.scan", "scan pages into files"),
    "ocr": Command("kiosk_app.commands.ocr", "read pictures of letters"),
    "receipt": Command("kiosk_app.commands.receipt", "draw a sample receipt"),
    "print-test": Command("kiosk_app.commands.print_test", "print a test slip"),
    "outbox": Command("kiosk_app.commands.outbox", "list, export and import complaints not yet delivered"),
    "forward": Command("kiosk_app.commands.forward", "deliver complaints to the centre"),
    "enrol": Command("kiosk_app.commands.enrol", "enrol this kiosk at a centre"),
    "code": Command("kiosk_app.commands.code", "generate or check a tracking code"),
    "self-test": Command("kiosk_app.commands.self_test", "check that this release can work on this kiosk"),
    "settings": Command("kiosk_app.commands.settings", "check kiosk.toml, or show an example"),
    "fault-pages": Command("kiosk_app.commands.fault_pages", "draw the pages shown when the interface does not start"),
    "pin": Command("kiosk_app.commands.pin", "make the technician's PIN for kiosk.toml"),
    "support-bundle": Command("kiosk_app.commands.support_bundle", "collect logs and state for support, sealed"),
    "remote-commands": Command("kiosk_app.commands.remote_commands", "carry out what the centre has commanded"),
    "requested-release": Command("kiosk_app.commands.requested_release", "the release that the centre requests"),
    "unlock": Command("kiosk_app.commands.unlock", "let a technician's USB keyboard and stick work here"),
    "setup-service": Command("kiosk_app.commands.setup_service", "carry out what the set-up on the screen requests"),
    "simulate": Command("simulators.simulate_command", "start or control simulated devices"),
}


def usage() -> str:
    """The text of `kiosk --help`."""
    width = max(map(len, COMMANDS))
    lines = (f"  {name:{width}}  {command.summary}" for name, command in COMMANDS.items())
    more = "`kiosk COMMAND --help` explains a command, `kiosk --version` prints the version."
    return "\n".join(["usage: kiosk COMMAND …", "", *lines, "", more])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status, without a traceback for mistakes of the user."""
    try:
        with escape_output(sys.stdout, sys.stderr):
            status = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the output has ended; without this, Python prints another error at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CLOSED_PIPE
    return status


def _dispatch(argv: Sequence[str]) -> int:
    match argv:
        case []:
            print(usage(), file=sys.stderr)
            return 2
        case ["--help" | "-h", *_] | ["help"]:
            print(usage())
            return 0
        case ["--version"]:
            print(f"kiosk {import_module('importlib.metadata').version('damrongdham-kiosk')}")
            return 0
        case ["help", name, *_]:
            rest = ["--help"]
        case [name, *rest]:
            pass
    if name not in COMMANDS:
        print_message(f"kiosk: there is no command '{name}'. There are: {', '.join(COMMANDS)}.")
        return 2
    return _run_command(name, rest)


def _run_command(name: str, argv: Sequence[str]) -> int:
    try:
        return int(import_module(COMMANDS[name].module).main(list(argv)))
    except CommandError as error:
        print_message(f"kiosk {name}: {error}")
        return error.status
    except SettingsError as error:
        for mistake in error.mistakes:
            print_message(f"kiosk {name}: {mistake}")
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as error:
        print_message(f"kiosk {name}: the Python package '{error.name}' is not installed here.")
        return 1
    except SystemExit as ending:  # argparse: --help or wrong arguments
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except Exception as error:
        if os.environ.get("KIOSK_TRACEBACK"):
            raise
        print_message(
            f"kiosk {name}: internal error: {describe_error_without_data(error)}; KIOSK_TRACEBACK=1 shows the traceback"
        )
        return EXIT_INTERNAL_ERROR
