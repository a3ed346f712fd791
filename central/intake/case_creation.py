"""Creates a case from a sealed delivery: opens it, checks it, stores it.

Whatever is wrong with the delivery raises CaseCreationError, and nothing is stored.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction
from pydantic import ValidationError
from pydantic_core import from_json

from central import database_values
from central.cases import commands
from central.cases.filing_time import estimate_filing_time
from central.cases.models import Case, Complainant, LetterPage
from central.centres.jurisdiction import filing_centre
from central.channels import Channel
from central.events import letter_page_stored
from central.filing.storing import store_complainant, submission_columns
from central.fleet.models import Enrolment
from central.identity_crypto import tracking_hash
from central.keyring import Keyring, KeyringError, keyring
from central.pictures import delete_pictures_on_error
from protocol import case_number, envelope, tracking_code
from protocol.choices import NameDisclosure
from protocol.compatibility import UnreadContent, find_unread_content
from protocol.encoding import from_base64
from protocol.messages import Delivery
from protocol.submission import Submission

_FILE_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class CaseCreationError(Exception):
    """The delivery cannot become a case. The message says why, without personal data."""


def create_case(
    delivery: Delivery,
    enrolment: Enrolment,
    parts: Iterable[bytes],
    received_at: datetime,
    *,
    carried_by_hand: bool,
) -> tuple[Case, list[str]]:
    """Open the delivery and store the case, all or nothing. `parts` are the sealed parts in the order of the delivery.
    They are read one at a time, so that memory holds one page however long the letter is.

    Returns the case and the names of its stored pictures: the caller deletes these files when its own transaction
    fails. Raises CaseCreationError. Any other exception is a fault of this service (disk, database)."""
    ring = keyring()
    key = _sealing_key(delivery, ring)
    submission, unread = _open_submission(delivery, enrolment, key)
    try:
        with transaction.atomic(), delete_pictures_on_error() as stored:
            case = _store_case(submission, delivery, enrolment, received_at, carried_by_hand=carried_by_hand)
            store_complainant(case, submission, Channel.KIOSK)
            _store_unread_content(case, submission, unread)
            for index, (page, sealed) in enumerate(zip(submission.pages, parts, strict=True)):
                picture = ContentFile(_open_part(sealed, key, delivery, envelope.page_part(index)))
                name = f"pages/{case.received_at:%Y/%m}/{uuid4()}.{_FILE_EXTENSIONS[page.media_type]}"
                stored.append(default_storage.save(name, picture))
                row = LetterPage.objects.create(case=case, index=index, picture=stored[-1], **page.model_dump())
                letter_page_stored.send(sender=LetterPage, letter_page=row)
            return case, stored
    except IntegrityError as error:
        raise CaseCreationError("Its case number or tracking code is already in use") from error
    except (DataError, ValueError, OverflowError) as error:
        # ValueError: PostgreSQL stores no NUL characters. OverflowError: a time beyond the calendar.
        raise CaseCreationError("The database cannot store its values") from error


def _sealing_key(delivery: Delivery, ring: Keyring) -> X25519PrivateKey:
    try:
        return ring.load_sealing_key(delivery.sealing_key)
    except KeyringError as error:
        raise CaseCreationError("It is sealed to a key this centre does not have") from error


def _open_submission(
    delivery: Delivery, enrolment: Enrolment, key: X25519PrivateKey
) -> tuple[Submission, UnreadContent]:
    if delivery.kiosk_id != enrolment.kiosk_id:
        raise CaseCreationError(f"It names another kiosk than the one that sent it, {enrolment.kiosk_id}")
    try:
        sealed = from_base64(delivery.sealed)
    except ValueError as error:
        raise CaseCreationError("Its sealed bytes are cut off") from error
    if hashlib.sha256(sealed).hexdigest() != delivery.sealed_sha256:
        raise CaseCreationError("Its sealed bytes do not have the hash it states")
    submission, unread = _parse_submission(_open_part(sealed, key, delivery, envelope.SUBMISSION_PART))
    _check_identity(submission, delivery, enrolment)
    if [part.index for part in delivery.parts] != list(range(len(submission.pages))):
        raise CaseCreationError("Its pages and its parts do not match")
    return submission, unread


def _open_part(sealed: bytes, key: X25519PrivateKey, delivery: Delivery, part: str) -> bytes:
    try:
        return envelope.unseal(sealed, key, kiosk_id=delivery.kiosk_id, submission_id=delivery.submission_id, part=part)
    except envelope.EnvelopeError as error:
        raise CaseCreationError(f"The seal of its {part} does not open") from error


def _parse_submission(plaintext: bytes) -> tuple[Submission, UnreadContent]:
    try:
        submission = Submission.model_validate_json(plaintext)
    except ValidationError as error:
        # Field and error type only: the values are personal data.
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise CaseCreationError(f"This version cannot read its content: {where} {first['type']}"[:300]) from None
    return submission, find_unread_content(submission, from_json(plaintext))


def _check_identity(submission: Submission, delivery: Delivery, enrolment: Enrolment) -> None:
    """Check that the sealed content and the delivery name the same case of this kiosk, with a valid tracking code."""
    if (submission.submission_id, submission.case_number) != (delivery.submission_id, delivery.case_number):
        raise CaseCreationError("The sealed content names another submission or case number than the delivery")
    try:
        number = case_number.parse(delivery.case_number)
        code = tracking_code.parse(submission.tracking_code)
    except case_number.CaseNumberError as error:
        raise CaseCreationError("Its case number is not valid") from error
    except tracking_code.TrackingCodeError as error:
        raise CaseCreationError("Its tracking code is not valid") from error
    if (str(number), code) != (delivery.case_number, submission.tracking_code):
        raise CaseCreationError("Its case number or tracking code is not written canonically")
    if number.kiosk != enrolment.kiosk_id or not _is_issued_series(number.series, enrolment):
        raise CaseCreationError("Its case number belongs to another kiosk or to a series that was never issued")


def _is_issued_series(series: str, enrolment: Enrolment) -> bool:
    """Whether this series letter was issued to this kiosk. Submissions queued before a new enrolment have an earlier
    letter."""
    return series == enrolment.series or Enrolment.objects.filter(kiosk_id=enrolment.kiosk_id, series=series).exists()


def _store_case(
    submission: Submission, delivery: Delivery, enrolment: Enrolment, received_at: datetime, *, carried_by_hand: bool
) -> Case:
    filed = estimate_filing_time(delivery.moment, delivery.sent, received_at, carried_by_hand=carried_by_hand)
    case = Case(
        **submission_columns(submission),
        centre=filing_centre(submission.area, enrolment.required_centre),
        tracking_hash=tracking_hash(submission.tracking_code),
        receipt_confirmed=delivery.receipt_confirmed,
        received_at=received_at,
        filed_at=filed.at,
        filing_time_quality=filed.quality.value,
    )
    commands.create_case(case)
    return case


def _store_unread_content(case: Case, submission: Submission, unread: UnreadContent) -> None:
    """Keep for the officer what a newer kiosk sent and this version does not know.

    An unknown choice is a code and names nobody. An unknown field may: it is stored with the complainant. The kiosk has
    removed personal data from an anonymous submission, so its unknown fields are stored with the case."""
    of_case, of_person = unread.choices, unread.fields
    if submission.naming is NameDisclosure.ANONYMOUS:
        of_case, of_person = {**unread.choices, **unread.fields}, {}
    if of_case:
        case.newer_content = database_values.clean_mapping(of_case)
        case.save(update_fields=["newer_content"])
    if of_person:
        Complainant.objects.filter(case=case).update(newer_content=database_values.clean_mapping(of_person))
