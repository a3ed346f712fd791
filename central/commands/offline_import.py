"""`central import`: rows carried by hand from a kiosk that is dead or never had a network.

The files are those of `kiosk outbox export`: `<name>.json` holds a Delivery, `<name>.page-<n>` its sealed parts. They
are not signed (the exporting hand has no signing key): what is in them is sealed, and whoever runs this answers for it.
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
        raise CommandError(f"there are more than {settings.MAX_IMPORT_ROWS} rows in {directory}; carry them in parts")
    if not files:
        raise CommandError(f"there are no exported rows in {directory}")
    failed = 0
    for file in files:
        try:
            print_message(f"{file.stem}: {_import_row(file)}")
        except (CommandError, OSError, RequestRefusedError) as error:
            failed += 1
            print_message(f"{file.stem}: NOT taken in: {_error_text(error)}")
    if failed:
        raise CommandError(f"{failed} of {len(files)} rows were not taken in")


def _error_text(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}."
    detail = error.problem.detail if isinstance(error, RequestRefusedError) else ""
    return f"{error}. {detail}".rstrip()


def _import_row(file: Path) -> str:
    try:
        delivery = Delivery.model_validate_json(read_file(file, settings.MAX_SUBMISSION_BYTES))
    except ValidationError:
        raise CommandError("the file holds no delivery this version can read") from None
    enrolment = _find_enrolment(delivery)
    before = find_accepted(enrolment.kiosk_id, delivery).exists()
    if not before:
        for part in delivery.parts:
            _import_part(enrolment, part.sha256, file.with_name(f"{file.stem}.{envelope.page_part(part.index)}"))
    receipt = accept_delivery(delivery, enrolment, carried_by_hand=True)
    # Carried back, it lets the kiosk delete the row: `kiosk outbox import DIR`.
    try:
        replace_file_atomically(file.with_suffix(".receipt"), receipt.encode(), 0o644)
    except OSError as error:  # the kiosk delivers again, and gets the same receipt
        print_message(f"{file.stem}: its receipt cannot be written: {error.strerror}")
    accepted = find_accepted(enrolment.kiosk_id, delivery).get()
    if accepted.case is None:
        return f"taken in, in quarantine: {accepted.quarantine_reason}"
    return "was here already" if before else "taken in"


def _import_part(enrolment: Enrolment, sha256: str, file: Path) -> None:
    sealed = read_file(file, settings.MAX_PART_BYTES)
    held = parts.find(enrolment, sha256)
    offset = held.received_bytes if held else 0
    if offset < len(sealed):
        parts.append(enrolment, sha256, offset, len(sealed), sealed[offset:])


def _find_enrolment(delivery: Delivery) -> Enrolment:
    """The enrolment under which the row was saved; a dead kiosk's may have been revoked meanwhile."""
    kiosk_id = delivery.kiosk_id if delivery.kiosk_id.isalnum() else ""  # no database can be asked about a NUL
    decided = Enrolment.objects.filter(kiosk_id=kiosk_id).exclude(series="").select_related("centre")
    try:
        series = case_number.parse(delivery.case_number).series
    except case_number.CaseNumberError:
        series = ""
    enrolment = decided.filter(series=series).first() or decided.first()
    if enrolment is None:
        raise CommandError(f"kiosk {delivery.kiosk_id!a} was never enrolled here")
    return enrolment
