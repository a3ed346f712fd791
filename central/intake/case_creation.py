"""From a sealed delivery to a case: open, check, store. Any doubt is a `CaseCreationError`, and nothing is stored."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, transaction
from pydantic import ValidationError

from central import database_values
from central.cases.filing_time import FilingQuality, estimate_filing_time
from central.cases.models import Case, CaseChange, LetterPage, Person
from central.fleet.models import Enrolment
from central.keyring import Keyring, KeyringError, keyring
from central.pictures import delete_pictures_on_error
from protocol import case_number, envelope, tracking_code
from protocol.case_status import CaseStatus
from protocol.choices import NameDisclosure
from protocol.encoding import from_base64
from protocol.messages import Delivery
from protocol.submission import Identity, Submission

_FILE_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class CaseCreationError(Exception):
    """The delivery cannot become a case; the message says why, without personal data."""


def create_case(
    delivery: Delivery,
    enrolment: Enrolment,
    parts: Iterable[bytes],
    received_at: datetime,
    stored_pictures: list[str],
    *,
    carried_by_hand: bool,
) -> Case:
    """Open the delivery (its sealed parts in the order it names them) and store the case, all or nothing. Parts are
    taken one at a time, so that one page is in memory however long the letter is.

    The names of the stored pictures are added to `stored_pictures`: the caller removes the files if its transaction
    fails. Raises CaseCreationError; anything else that is raised is this service's own trouble (disk, database)."""
    ring = keyring()
    key = _sealing_key(delivery, ring)
    submission = _open_submission(delivery, enrolment, key)
    try:
        with transaction.atomic(), delete_pictures_on_error() as stored:
            case = _store_case(submission, delivery, enrolment, ring, received_at, carried_by_hand=carried_by_hand)
            if submission.naming is not NameDisclosure.ANONYMOUS:
                _store_person(case, submission, ring)
            for index, (page, sealed) in enumerate(zip(submission.pages, parts, strict=True)):
                picture = ContentFile(_open_part(sealed, key, delivery, envelope.page_part(index)))
                name = f"pages/{case.received_at:%Y/%m}/{uuid4()}.{_FILE_EXTENSIONS[page.media_type]}"
                stored.append(default_storage.save(name, picture))
                LetterPage.objects.create(case=case, index=index, picture=stored[-1], **page.model_dump())
            stored_pictures += stored
            return case
    except IntegrityError as error:
        raise CaseCreationError("Its case number or tracking code is already in use") from error
    except (DataError, ValueError, OverflowError) as error:
        # ValueError: PostgreSQL stores no NUL characters. OverflowError: a clock gone mad, beyond the calendar.
        raise CaseCreationError("The database cannot hold what it says") from error


def _sealing_key(delivery: Delivery, ring: Keyring) -> X25519PrivateKey:
    try:
        return ring.load_sealing_key(delivery.sealing_key)
    except KeyringError as error:
        raise CaseCreationError("It was sealed to a key this centre does not have") from error


def _open_submission(delivery: Delivery, enrolment: Enrolment, key: X25519PrivateKey) -> Submission:
    if delivery.kiosk_id != enrolment.kiosk_id:
        raise CaseCreationError(f"It names another kiosk than the one that sent it, {enrolment.kiosk_id}")
    try:
        sealed = from_base64(delivery.sealed)
    except ValueError as error:
        raise CaseCreationError("Its sealed bytes are cut off") from error
    if hashlib.sha256(sealed).hexdigest() != delivery.sealed_sha256:
        raise CaseCreationError("Its sealed bytes do not have the hash it states")
    submission = _parse_submission(_open_part(sealed, key, delivery, envelope.SUBMISSION_PART))
    _check_identity(submission, delivery, enrolment)
    if [part.index for part in delivery.parts] != list(range(len(submission.pages))):
        raise CaseCreationError("Its pages and its parts do not match")
    return submission


def _open_part(sealed: bytes, key: X25519PrivateKey, delivery: Delivery, part: str) -> bytes:
    try:
        return envelope.unseal(sealed, key, kiosk_id=delivery.kiosk_id, submission_id=delivery.submission_id, part=part)
    except envelope.EnvelopeError as error:
        raise CaseCreationError(f"The seal of its {part} does not open") from error


def _parse_submission(plaintext: bytes) -> Submission:
    try:
        return Submission.model_validate_json(plaintext)
    except ValidationError as error:
        # Field and kind only: the values are the citizen's.
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise CaseCreationError(f"It is no submission this version can read: {where} {first['type']}"[:300]) from None


def _check_identity(submission: Submission, delivery: Delivery, enrolment: Enrolment) -> None:
    """Inside and outside must speak of the same case, of this kiosk, with a code a citizen can use."""
    if (submission.submission_id, submission.case_number) != (delivery.submission_id, delivery.case_number):
        raise CaseCreationError("Inside the seal stands another submission or case number than outside")
    try:
        number = case_number.parse(delivery.case_number)
        code = tracking_code.parse(submission.tracking_code)
    except case_number.CaseNumberError as error:
        raise CaseCreationError("Its case number is none") from error
    except tracking_code.TrackingCodeError as error:
        raise CaseCreationError("Its tracking code is none") from error
    if (str(number), code) != (delivery.case_number, submission.tracking_code):
        raise CaseCreationError("Its case number or tracking code is not written canonically")
    if number.kiosk != enrolment.kiosk_id or not _is_issued_series(number.series, enrolment):
        raise CaseCreationError("Its case number belongs to another kiosk or a series never given")


def _is_issued_series(series: str, enrolment: Enrolment) -> bool:
    """Was this series letter given to this kiosk? What was queued before it enrolled anew carries an earlier one."""
    return series == enrolment.series or Enrolment.objects.filter(kiosk_id=enrolment.kiosk_id, series=series).exists()


def _store_case(
    submission: Submission,
    delivery: Delivery,
    enrolment: Enrolment,
    ring: Keyring,
    received_at: datetime,
    *,
    carried_by_hand: bool,
) -> Case:
    filed = estimate_filing_time(delivery.moment, delivery.sent, received_at, carried_by_hand=carried_by_hand)
    case = Case.objects.create(
        centre=enrolment.required_centre,
        submission_id=submission.submission_id,
        case_number=submission.case_number,
        tracking_hash=ring.tracking_hash(submission.tracking_code),
        nature=submission.nature.value,
        topic=submission.topic.value,
        topic_note=submission.topic_note,
        about=submission.about.value,
        about_note=submission.about_note,
        area=submission.area,
        spot=submission.spot,
        for_whom=submission.for_whom.value,
        for_whom_note=submission.for_whom_note,
        text=submission.text,
        naming=submission.naming.value,
        language=submission.language,
        notice_version=submission.notice_version,
        notice_accepted_at=database_values.clamp_datetime(submission.notice_accepted_at),
        consent_sms=submission.consents.sms,
        assisted=submission.assisted,
        receipt_confirmed=delivery.receipt_confirmed,
        received_at=received_at,
        filed_at=filed.at,
        filed_quality=filed.quality.value,
        status=CaseStatus.RECEIVED.value,
    )
    since = received_at if filed.quality is FilingQuality.UNCERTAIN else filed.at
    CaseChange.objects.create(case=case, at=since, kind=CaseChange.Kind.STATUS, value=CaseStatus.RECEIVED.value)
    return case


def _store_person(case: Case, submission: Submission, ring: Keyring) -> None:
    identity = submission.identity or Identity()
    citizen_id = identity.citizen_id
    Person.objects.create(
        case=case,
        source=submission.identity_source.value,
        phone=submission.contact.phone,
        citizen_id_hash=ring.citizen_id_hash(citizen_id) if citizen_id else "",
        citizen_id_last4=citizen_id[-4:],
        citizen_id_locked=ring.encrypt_citizen_id(citizen_id) if citizen_id else b"",
        **identity.model_dump(exclude={"citizen_id"}),
    )
