"""`kiosk unlock`: let a technician's USB keyboard and stick work at this kiosk, for a permit of the centre."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from kiosk_app import unlocking
from kiosk_app.commands.arguments import CommandError, make_parser, settings_despite_mistakes
from kiosk_app.commands.output import print_message
from kiosk_app.outbox import OutboxError
from kiosk_app.outbox.enrolment import ENROLMENT_FILE
from kiosk_app.permit_stick import StickError, is_locked, read_from_stick
from kiosk_app.setup_stick import keep_stick
from protocol import setup_stick
from protocol.unlock_permit import PermitError


def main(argv: Sequence[str]) -> int:
    """Check a permit and open the lock, or close it."""
    arg_parser = make_parser(
        "unlock", "Let a technician's USB keyboard and stick work at this kiosk, for a permit signed by the centre."
    )
    source = arg_parser.add_mutually_exclusive_group(required=True)
    source.add_argument("permit", nargs="?", type=Path, metavar="FILE", help="the permit")
    source.add_argument("--stick", type=Path, metavar="DEVICE", help="read the permit from a stick: its USB interface")
    source.add_argument("--close", action="store_true", help="close the lock now")
    arg_parser.add_argument("--check", action="store_true", help="only say whether the permit opens this kiosk")
    arguments = arg_parser.parse_args(argv)
    settings, _ = settings_despite_mistakes(arguments)
    state = settings.paths.state
    try:
        if arguments.close:
            unlocking.close_lock()
            print_message("The lock is closed.")
            return 0
        if arguments.stick:
            if not is_locked(arguments.stick) and (state / ENROLMENT_FILE).exists():
                return 0
            name, content = read_from_stick(arguments.stick)
            if name == setup_stick.FILE_NAME:
                keep_stick(content)
                print_message("The settings of the stick are ready for the set-up on the screen.")
                return 0
        else:
            content = unlocking.read_permit_file(arguments.permit)
        statement = unlocking.read_permit(content, state)
        if not arguments.check:
            unlocking.open_lock(statement, state)
    except (PermitError, StickError) as error:
        raise CommandError(str(error)) from None
    except OutboxError as error:
        raise CommandError(f"{error}.") from None
    except OSError as error:
        raise CommandError(f"{error.filename or arguments.permit}: {error.strerror}; use sudo") from None
    except subprocess.CalledProcessError:
        raise CommandError("systemd does not open or close the lock: use sudo, on an installed kiosk.") from None
    verb = "would open" if arguments.check else "opens"
    print_message(f"Permit {statement.serial} {verb} the lock for {statement.minutes} minutes.")
    return 0
