"""Enrolment: the kiosk proposes its key to a centre, and an officer approves it by typing the code that it shows."""

import os
import re
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from pydantic import ValidationError
from requests import PreparedRequest, RequestException

from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_connection import CentreConnection, parse_message
from kiosk_app.forwarder.centre_errors import CentreError, RetryLaterError, UnreachableError
from kiosk_app.forwarder.tls import TrustStore
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError, OutboxError
from kiosk_app.outbox.enrolment import is_same_host
from kiosk_app.outbox.json_state import MAX_STATE_FILE_BYTES
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import (
    acting_as_owner,
    make_shared_directory,
    outbox_directory,
    signing_key_file,
)
from kiosk_app.settings import SECURE_URL_PATTERN
from machine.safe_files import (
    UnsafeFileError,
    check_directory,
    read_file,
    replace_file_atomically,
    sync_directory,
)
from protocol import keys
from protocol.case_number import CaseNumber, CaseNumberError
from protocol.encoding import from_base64, to_base64
from protocol.messages import EnrolmentRequest, EnrolmentResponse, EnrolmentStatus

POLL_INTERVAL_S = 3.0
PUBLIC_PROBE_S = 15.0  # deadline of the request to the public address
APPROVAL_TIMEOUT_S = 30 * 60.0  # time for an officer to reach the desk

UNAPPROVED_KEY_SUFFIX = ".next"  # file name suffix of a key that no centre has approved yet
PENDING_ENROLMENT_FILE = "enrolment-asked.json"  # the centre's first response, whose code is being compared


class EnrolmentError(Exception):
    """The enrolment has failed; the message is one sentence for the technician."""


class InvalidAddressError(EnrolmentError):
    """The argument is not the address of a centre."""


@dataclass(frozen=True)
class EnrolmentOptions:
    """`ca_file`: PEM file of certificate authorities to trust instead of the system's. `new_key`: do not use the key
    of the present enrolment. `poll_s`, `wait_s`: interval and limit of waiting for the approval. `stop` ends it."""

    ca_file: str = ""
    new_key: bool = False
    poll_s: float = POLL_INTERVAL_S
    wait_s: float = APPROVAL_TIMEOUT_S
    stop: Event = field(default_factory=Event)


@dataclass(frozen=True)
class _SigningKey:
    """The kiosk's key and its file. An unapproved key is in a separate file beside the key in use."""

    private: Ed25519PrivateKey
    file: Path

    @property
    def is_unapproved(self) -> bool:
        return self.file.name.endswith(UNAPPROVED_KEY_SUFFIX)

    @property
    def public_bytes(self) -> bytes:
        return keys.public_key_bytes(self.private)


def enrol(
    url: str,
    kiosk_id: str,
    centre_name: str,
    state_dir: Path,
    show_code: Callable[[str], None],
    *,
    options: EnrolmentOptions | None = None,
) -> Enrolment:
    """Enrol at the centre at `url` and save the enrolment. `show_code` shows the compare code ('XXXX-XXXX').

    A new key is saved beside the one in use before the first request, is used again by a repeated call, and replaces
    the former key after the approval. Waiting rows of the outbox are then delivered under the new key. Raises
    EnrolmentError."""
    options = options or EnrolmentOptions()
    check_address(url)
    try:
        check_directory(state_dir)
        previous = _load_previous(state_dir)
        key = _load_or_create_key(state_dir, new_key=options.new_key)
        with CentreConnection(TrustStore(options.ca_file)) as connection:
            first_response = _request_enrolment(url, kiosk_id, centre_name, key, connection)
            _check_nothing_pending_elsewhere(previous, first_response, url, state_dir)
            _start_comparison(first_response, key, previous, state_dir, show_code)
            decision = _wait_for_decision(CentreClient(url, key.private, connection), first_response, options)
            authority = connection.verified_ca_pem
        _check_decision(decision, first_response, kiosk_id, key)
        enrolment = _build_enrolment(url, decision, key, authority, previous)
        enrolment = _with_public_authority(enrolment, options.ca_file)
        is_new_series = first_response.status is EnrolmentStatus.PENDING or key.is_unapproved
        _register_series(enrolment, state_dir, is_new=is_new_series)
        _save(enrolment, key, state_dir)
    except (keys.KeyFileError, OutboxError) as error:
        raise EnrolmentError(str(error)) from error
    except UnsafeFileError as error:
        raise EnrolmentError(f"{error.filename} is not safe: {error.strerror}") from error
    except OSError as error:
        raise EnrolmentError(f"{state_dir} cannot be written: {error.strerror}") from error
    return enrolment


def check_address(url: str) -> None:
    """Raise InvalidAddressError for anything but an address of a centre."""
    if not re.fullmatch(SECURE_URL_PATTERN, url):
        raise InvalidAddressError(f"{url!r} is not the address of a centre, such as https://centre.example")


def _load_previous(state_dir: Path) -> Enrolment | None:
    try:
        return Enrolment.load(state_dir)
    except OutboxBrokenError:
        return None


def _load_or_create_key(state_dir: Path, *, new_key: bool) -> _SigningKey:
    """The key in use; with `new_key`, or when no key is in use, the unapproved key, created when missing."""
    file = signing_key_file(state_dir)
    if new_key or not file.exists():
        file = file.with_name(file.name + UNAPPROVED_KEY_SUFFIX)
    if not file.exists():
        keys.save_private_key(keys.new_signing_key(), file)
    return _SigningKey(keys.load_signing_key(file, owners={0, os.geteuid()}), file)


def _request_enrolment(
    url: str, kiosk_id: str, centre_name: str, key: _SigningKey, connection: CentreConnection
) -> EnrolmentResponse:
    try:
        body = EnrolmentRequest(kiosk_id=kiosk_id, signing_key=to_base64(key.public_bytes), hall=centre_name)
    except ValidationError:
        raise EnrolmentError("The kiosk id must be three capital letters and two digits, such as KKN07") from None
    request = PreparedRequest()
    try:
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", f"{url.rstrip('/')}/api/v1/enrolments", headers=headers, data=body.model_dump_json())
        response = connection.send(request)
        if response.status == 404:
            raise EnrolmentError(f"At {url} there is no central service")
        return parse_message(EnrolmentResponse, response)
    except RequestException as error:
        raise InvalidAddressError(f"{url} is not the address of a centre, such as https://centre.example") from error
    except CentreError as error:
        raise EnrolmentError(f"{error} at {url}") from error


def _check_nothing_pending_elsewhere(
    previous: Enrolment | None, first_response: EnrolmentResponse, url: str, state_dir: Path
) -> None:
    """Raises EnrolmentError when complaints wait for another centre. This centre cannot open them: it would send a
    receipt, the kiosk would delete the row, and the complaint would be lost."""
    if previous is None or previous.is_same_centre(first_response.sealing_key, first_response.receipt_key, url):
        return
    if outbox_directory(state_dir).is_dir():
        with Outbox.open(outbox_directory(state_dir), None) as outbox:
            if waiting := outbox.count():
                raise EnrolmentError(
                    f"{waiting} complaints wait for the centre at {previous.centre_url}, which alone can read them; "
                    "deliver them first: kiosk forward --once, or kiosk outbox export and import"
                )


def _start_comparison(
    first_response: EnrolmentResponse,
    key: _SigningKey,
    previous: Enrolment | None,
    state_dir: Path,
    show_code: Callable[[str], None],
) -> None:
    """Show the compare code of a pending enrolment. Raises EnrolmentError for an approval of keys that nobody has
    compared."""
    if first_response.status is EnrolmentStatus.PENDING:
        content = first_response.model_dump_json().encode()
        replace_file_atomically(state_dir / PENDING_ENROLMENT_FILE, content, 0o644)
        show_code(_compare_code(key, first_response))
    elif first_response.status is EnrolmentStatus.APPROVED and not _was_compared(first_response, previous, state_dir):
        raise EnrolmentError(
            "The centre says it approved this kiosk, with keys that nobody has compared; run kiosk enrol --new-key"
        )


def _compare_code(key: _SigningKey, response: EnrolmentResponse) -> str:
    try:
        sealing, receipt = from_base64(response.sealing_key), from_base64(response.receipt_key)
        Ed25519PublicKey.from_public_bytes(receipt), X25519PublicKey.from_public_bytes(sealing)
    except ValueError as error:
        raise EnrolmentError("The centre's keys are not usable") from error
    return keys.compare_code(key.public_bytes, sealing, receipt, response.enrolment_id)


def _was_compared(first_response: EnrolmentResponse, previous: Enrolment | None, state_dir: Path) -> bool:
    """Whether people have compared these keys: in an earlier call that was interrupted, or at the present enrolment."""
    if previous is not None and _enrolment_id_and_keys(previous) == _enrolment_id_and_keys(first_response):
        return True
    try:
        shown = EnrolmentResponse.model_validate_json(
            read_file(state_dir / PENDING_ENROLMENT_FILE, MAX_STATE_FILE_BYTES, owners={0, os.geteuid()})
        )
    except (OSError, ValidationError):
        return False
    return _enrolment_id_and_keys(shown) == _enrolment_id_and_keys(first_response)


def _enrolment_id_and_keys(source: Enrolment | EnrolmentResponse) -> tuple[object, str, str]:
    """The enrolment id and the two keys of the centre, from which the compare code is derived."""
    return source.enrolment_id, source.sealing_key, source.receipt_key


def _wait_for_decision(
    centre: CentreClient, first_response: EnrolmentResponse, options: EnrolmentOptions
) -> EnrolmentResponse:
    """Poll the centre until an officer has decided. Connection failures are retried. Raises EnrolmentError at the
    time-out or when stopped."""
    deadline = time.monotonic() + options.wait_s
    response = first_response
    while response.status is EnrolmentStatus.PENDING:
        if time.monotonic() > deadline:
            raise EnrolmentError("Nobody at the centre has approved this kiosk in time; run this again")
        if options.stop.wait(options.poll_s):
            raise EnrolmentError("The enrolment was interrupted; run this again")
        try:
            response = centre.fetch_enrolment(first_response.enrolment_id)
        except (UnreachableError, RetryLaterError):
            continue
        except CentreError as error:
            raise EnrolmentError(str(error)) from error
    return response


def _check_decision(
    decision: EnrolmentResponse, first_response: EnrolmentResponse, kiosk_id: str, key: _SigningKey
) -> None:
    """Raises EnrolmentError unless the centre has approved this kiosk under the compared keys, with usable values."""
    if decision.status is not EnrolmentStatus.APPROVED:
        if key.is_unapproved:
            key.file.unlink()  # a refusal is final for its key
        raise EnrolmentError(
            f"The centre has {decision.status.value} this kiosk; run kiosk enrol --new-key to ask again"
        )
    # People compared the keys of the first response, so the approval must contain the same keys.
    if _enrolment_id_and_keys(decision) != _enrolment_id_and_keys(first_response):
        raise EnrolmentError(
            "The centre approved other keys than the compared ones; somebody may be intercepting the connection"
        )
    try:
        CaseNumber(kiosk_id, decision.series, 1)
    except CaseNumberError as error:
        raise EnrolmentError(f"The centre's approval is not usable: {error}") from error
    if decision.kiosk_id != kiosk_id or not decision.public_url:
        raise EnrolmentError("The centre's approval names another kiosk or no public address")
    if not re.fullmatch(SECURE_URL_PATTERN, decision.public_url):
        # The address is printed on every receipt: over http a phone would send the tracking code in plain text.
        raise EnrolmentError(
            f"The centre's public address {decision.public_url!r} is not https; is CENTRAL_URL set there?"
        )


def _build_enrolment(
    url: str, approval: EnrolmentResponse, key: _SigningKey, authority: str, previous: Enrolment | None
) -> Enrolment:
    former_keys: tuple[str, ...] = ()
    if previous is not None and previous.is_same_centre(approval.sealing_key, approval.receipt_key, url):
        former_keys = (previous.receipt_key, *previous.former_receipt_keys)
    return Enrolment(
        enrolment_id=approval.enrolment_id,
        kiosk_id=approval.kiosk_id,
        series=approval.series,
        centre_url=url.rstrip("/"),
        public_url=approval.public_url,
        centre_name_th=approval.centre_name_th,
        centre_name_en=approval.centre_name_en,
        sealing_key=approval.sealing_key,
        receipt_key=approval.receipt_key,
        signing_key=keys.fingerprint(key.public_bytes),
        authority=authority,
        former_receipt_keys=tuple(former for former in dict.fromkeys(former_keys) if former != approval.receipt_key),
        series_begun=True,
    )


def _with_public_authority(enrolment: Enrolment, ca_file: str) -> Enrolment:
    """The enrolment with the certificate authority of the public address, if that is on another host. If nobody answers
    there, the enrolment still succeeds; the kiosk then trusts the system's authorities for that address."""
    if is_same_host(enrolment.public_url, enrolment.centre_url) or not enrolment.public_url.startswith("https:"):
        return enrolment
    request = PreparedRequest()
    with CentreConnection(TrustStore(ca_file), exchange_s=PUBLIC_PROBE_S) as connection:
        with suppress(CentreError, RequestException):
            request.prepare("GET", enrolment.public_url)
            connection.send(request)
        return enrolment.model_copy(update={"public_authority": connection.verified_ca_pem})


def _register_series(enrolment: Enrolment, state_dir: Path, *, is_new: bool) -> None:
    """Register the series beside the outbox. Raises EnrolmentError when a series that is not new is missing there: its
    numbers are lost."""
    directory = outbox_directory(state_dir)
    make_shared_directory(directory)
    with acting_as_owner(directory), closing(SeriesMirror(directory)) as mirror:
        series = f"{enrolment.kiosk_id}{enrolment.series}"
        if not is_new and not mirror.is_registered(series):
            raise EnrolmentError(
                f"The numbers of series {enrolment.series} are lost here and may be on paper: "
                "run kiosk enrol --new-key, which gives another series"
            )
        mirror.register(series)


def _save(enrolment: Enrolment, key: _SigningKey, state_dir: Path) -> None:
    """Save the key as the one in use, then the enrolment."""
    if key.is_unapproved:
        key.file.rename(signing_key_file(state_dir))
        sync_directory(state_dir)
    enrolment.save(state_dir)
    (state_dir / PENDING_ENROLMENT_FILE).unlink(missing_ok=True)
