"""`central import`: imports outbox rows carried by hand from a kiosk that is broken or has no network.

The files are those of `kiosk outbox export`: `<name>.json` is a Delivery, `<name>.page-<n>` are its sealed parts. They
are not signed, because the export has no signing key. Their content is sealed, and the person who runs this command is
responsible for their origin.
"""

import argparse
from itertools import islice
from pathlib import Path

from django.conf import settings
from pydantic import ValidationError

from central.commands import CommandError, print_message
from central.fleet.models import Enrolment
from central.intake import parts
from central.intake.delivery import accept_delivery, find_accepted
from central.problems import RequestRefusedError
from machine.safe_files import read_file, replace_file_atomically
from protocol import case_number, envelope
from protocol.messages import Delivery


def run(arguments: argparse.Namespace) -> None:
    directory = Path(arguments.directory)
    files = sorted(islice(directory.glob("*.json"), settings.MAX_IMPORT_ROWS + 1))
    if len(files) > settings.MAX_IMPORT_ROWS:
        raise CommandError(
            f"there are more than {settings.MAX_IMPORT_ROWS} rows in {directory}; import them in several parts"
        )
    if not files:
        raise CommandError(f"there are no exported rows in {directory}")
    failed = 0
    for file in files:
        try:
            print_message(f"{file.stem}: {_import_row(file)}")
        except (CommandError, OSError, RequestRefusedError) as error:
            failed += 1
            print_message(f"{file.stem}: NOT imported: {_error_text(error)}")
    if failed:
        raise CommandError(f"{failed} of {len(files)} rows were not imported")


def _error_text(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}."
    detail = error.problem.detail if isinstance(error, RequestRefusedError) else ""
    return f"{error}. {detail}".rstrip()


def _import_row(file: Path) -> str:
    try:
        delivery = Delivery.model_validate_json(read_file(file, settings.MAX_SUBMISSION_BYTES))
    except ValidationError:
        raise CommandError("this version cannot read the file") from None
    enrolment = _find_enrolment(delivery)
    before = find_accepted(enrolment.kiosk_id, delivery).exists()
    if not before:
        for part in delivery.parts:
            _import_part(enrolment, part.sha256, file.with_name(f"{file.stem}.{envelope.page_part(part.index)}"))
    receipt = accept_delivery(delivery, enrolment, carried_by_hand=True)
    # Carried back to the kiosk, the receipt lets it delete the row: `kiosk outbox import DIR`.
    try:
        replace_file_atomically(file.with_suffix(".receipt"), receipt.encode(), 0o644)
    except OSError as error:  # the kiosk sends the row again and gets the same receipt
        print_message(f"{file.stem}: its receipt cannot be written: {error.strerror}")
    accepted = find_accepted(enrolment.kiosk_id, delivery).get()
    if accepted.case is None:
        return f"imported into quarantine: {accepted.quarantine_reason}"
    return "already imported" if before else "imported"


def _import_part(enrolment: Enrolment, sha256: str, file: Path) -> None:
    sealed = read_file(file, settings.MAX_PART_BYTES)
    held = parts.find(enrolment, sha256)
    offset = held.received_bytes if held else 0
    if offset < len(sealed):
        parts.append(enrolment, sha256, offset, len(sealed), sealed[offset:])


def _find_enrolment(delivery: Delivery) -> Enrolment:
    """The enrolment under which the row was saved, even if it has been revoked. Raises CommandError."""
    kiosk_id = delivery.kiosk_id if delivery.kiosk_id.isalnum() else ""  # PostgreSQL refuses a NUL
    decided = Enrolment.objects.filter(kiosk_id=kiosk_id).exclude(series="").select_related("centre")
    try:
        series = case_number.parse(delivery.case_number).series
    except case_number.CaseNumberError:
        series = ""
    enrolment = decided.filter(series=series).first() or decided.first()
    if enrolment is None:
        raise CommandError(f"kiosk {delivery.kiosk_id!a} was never enrolled here")
    return enrolment
