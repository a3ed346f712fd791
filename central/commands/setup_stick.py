"""`central setup-stick`: signs the settings of many kiosks for a stick, from a table with one line for each machine."""

import argparse
import csv
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from pydantic import ValidationError

from central.commands import CommandError, print_message
from central.commands.lookups import find_officer
from central.keyring import KeyringError, keyring
from central.people.permission import permitted_centres
from central.people.roles import Action
from machine.safe_files import create_file, read_file
from protocol.setup_stick import ANSWER_NAMES, FILE_NAME, MAX_BYTES, SetupStatement, receipt_key_of, sign_stick

SERIAL_COLUMN = "serial"
NOTHING = "-"  # in a cell: the answer is nothing, such as no proxy. An empty cell is asked at the kiosk


def run(arguments: argparse.Namespace) -> None:
    officer = find_officer(arguments.officer)
    if not permitted_centres(officer, Action.RUN_FLEET).exists():
        raise CommandError("this officer runs no kiosks")
    target = Path(arguments.out or FILE_NAME)
    if target.exists():
        raise CommandError(f"{target} exists already")
    machines = _read_table(Path(arguments.table))
    now = timezone.now()
    try:
        key = keyring().load_receipt_key(keyring().current_fingerprint("receipt"))
        statement = SetupStatement(
            # Seconds since 1970: the numbers also rise after the database was restored from a backup.
            number=int(now.timestamp()),
            issued=now,
            expires=now + timedelta(days=arguments.days),
            receipt_key=receipt_key_of(key),
            machines=machines,
        )
        content = sign_stick(statement, key).to_bytes()
        if len(content) > MAX_BYTES:
            raise CommandError("the table is too long for one stick: split it")
        create_file(target, content, 0o600)
    except (ValidationError, OverflowError) as error:
        raise CommandError(_first_reason(error)) from error
    except KeyringError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}") from error
    print_message(
        f"{target.absolute()}: {len(machines)} kiosks. Copy it under the name {FILE_NAME} into the first directory of "
        "a stick with FAT. Passwords of networks can be read on it: erase it after the last kiosk."
    )


def _read_table(path: Path) -> dict[str, dict[str, str]]:
    """The answers by serial number. Empty cells are no answers."""
    try:
        text = read_file(path, MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8 text") from None
    reader = csv.DictReader(text.splitlines())
    columns = reader.fieldnames or []
    if SERIAL_COLUMN not in columns:
        raise CommandError(f"{path} has no column {SERIAL_COLUMN}")
    if unknown := sorted(set(columns) - {SERIAL_COLUMN, *ANSWER_NAMES}):
        raise CommandError(f"there is no answer {unknown[0]}; there are {', '.join(ANSWER_NAMES)}")
    machines: dict[str, dict[str, str]] = {}
    for number, row in enumerate(reader, start=2):
        serial = (row[SERIAL_COLUMN] or "").strip()
        if not serial or serial in machines:
            raise CommandError(
                f"line {number}: {'a serial number is missing' if not serial else f'{serial} is there twice'}"
            )
        machines[serial] = _answers(row)
    _check_kiosk_ids(machines)
    return machines


def _answers(row: Mapping[str | None, str | None]) -> dict[str, str]:
    values = {name: (row.get(name) or "").strip() for name in ANSWER_NAMES}
    return {name: "" if value == NOTHING else value for name, value in values.items() if value}


def _check_kiosk_ids(machines: Mapping[str, Mapping[str, str]]) -> None:
    """Twenty kiosks with one id would give the same case numbers."""
    ids = [answers["hall.kiosk_id"] for answers in machines.values() if "hall.kiosk_id" in answers]
    if double := next((each for each in ids if ids.count(each) > 1), None):
        raise CommandError(f"two kiosks have the id {double}")


def _first_reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the stick'}: {first['msg']}"
    return "the number of days is too large"
