"""A kiosk becomes one of a centre's: keys, a code that people compare, and the answer that an officer approved."""

import os
import re
import time
from collections.abc import Callable
from contextlib import closing, suppress
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
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import (
    MAX_STATE_FILE_BYTES,
    acting_as_owner,
    make_shared_directory,
    outbox_directory,
    signing_key_file,
)
from kiosk_app.settings import SECURE_URL_PATTERN
from machine.safe_files import UnsafeFileError, check_directory, read_file, replace_file_atomically, sync_directory
from protocol import keys
from protocol.case_number import CaseNumber, CaseNumberError
from protocol.encoding import from_base64, to_base64
from protocol.messages import EnrolmentRequest, EnrolmentResponse, EnrolmentStatus

POLL_INTERVAL_S = 3.0
PUBLIC_PROBE_S = 15.0  # to look who answers at the public address
APPROVAL_TIMEOUT_S = 30 * 60.0  # for an officer to come to the desk

UNAPPROVED_KEY_SUFFIX = ".next"  # a key that no centre has approved yet
PENDING_ENROLMENT_FILE = "enrolment-asked.json"  # the centre's first answer, whose code is being compared


class EnrolmentError(Exception):
    """The enrolment did not come about; one sentence for the technician."""


class InvalidAddressError(EnrolmentError):
    """What was given is no address of a centre."""


def enrol(
    url: str,
    kiosk_id: str,
    centre_name: str,
    state: Path,
    show_code: Callable[[str], None],
    *,
    ca_file: str = "",
    new_key: bool = False,
    poll_s: float = POLL_INTERVAL_S,
    wait_s: float = APPROVAL_TIMEOUT_S,
    stop: Event | None = None,
) -> Enrolment:
    """Ask the centre at `url`, `show_code` the code to compare ('XXXX-XXXX'), wait for approval, write enrolment.json.

    The key is made and saved before anything is asked, beside the one in use, and used again when this is run again;
    it takes the former one's place once the centre has approved it. `new_key`: do not ask with the one in use. What
    waits in the outbox is delivered under the new key. Raises EnrolmentError."""
    if not re.fullmatch(SECURE_URL_PATTERN, url):
        raise InvalidAddressError(f"{url!r} is no address of a centre, such as https://centre.example")
    try:
        check_directory(state)
        previous = _load_previous(state)
        path = signing_key_file(state)
        if new_key or not path.exists():
            path = path.with_name(path.name + UNAPPROVED_KEY_SUFFIX)
        key = _load_or_create_key(path)
        with CentreConnection(TrustStore(ca_file)) as connection:
            first_response = _request_enrolment(url, kiosk_id, centre_name, key, connection)
            _check_nothing_pending_elsewhere(previous, first_response, url, state)
            if first_response.status is EnrolmentStatus.PENDING:
                replace_file_atomically(
                    state / PENDING_ENROLMENT_FILE, first_response.model_dump_json().encode(), 0o644
                )
                show_code(_compare_code(key, first_response))
            elif first_response.status is EnrolmentStatus.APPROVED and not _was_compared(
                first_response, previous, state
            ):
                raise EnrolmentError(
                    "The centre says it approved this kiosk, with keys that nobody has compared; "
                    "run kiosk enrol --new-key"
                )
            client = CentreClient(url, key, connection)
            approved = _wait_for_decision(client, first_response, poll_s, wait_s, stop or Event())
            if approved.status is not EnrolmentStatus.APPROVED and path.name.endswith(UNAPPROVED_KEY_SUFFIX):
                path.unlink()  # decided for good: another attempt needs another key
            enrolment = _build_enrolment(
                url, kiosk_id, key, first_response, approved, authority=connection.verified_ca_pem, previous=previous
            )
        enrolment = _with_public_authority(enrolment, ca_file)
        pending = first_response.status is EnrolmentStatus.PENDING
        _register_series(enrolment, state, new=pending or path.name.endswith(UNAPPROVED_KEY_SUFFIX))
        if path.name.endswith(UNAPPROVED_KEY_SUFFIX):
            path.rename(signing_key_file(state))
            sync_directory(state)
        enrolment.save(state)
        (state / PENDING_ENROLMENT_FILE).unlink(missing_ok=True)
    except (keys.KeyFileError, OutboxError) as error:
        raise EnrolmentError(str(error)) from error
    except UnsafeFileError as error:
        raise EnrolmentError(f"{error.filename} is not to be trusted: {error.strerror}") from error
    except OSError as error:
        raise EnrolmentError(f"{state} cannot be written: {error.strerror}") from error
    return enrolment


def _with_public_authority(enrolment: Enrolment, ca_file: str) -> Enrolment:
    """With the authority behind the public address, where another host has that. Nobody there is a reason against an
    enrolment: then the kiosk believes there whom the system does."""
    if is_same_host(enrolment.public_url, enrolment.centre_url) or not enrolment.public_url.startswith("https:"):
        return enrolment
    request = PreparedRequest()
    with CentreConnection(TrustStore(ca_file), exchange_s=PUBLIC_PROBE_S) as connection:
        with suppress(CentreError, RequestException):
            request.prepare("GET", enrolment.public_url)
            connection.send(request)
        return enrolment.model_copy(update={"public_authority": connection.verified_ca_pem})


def _load_previous(state: Path) -> Enrolment | None:
    try:
        return Enrolment.load(state)
    except OutboxBrokenError:
        return None


def _was_compared(first_response: EnrolmentResponse, previous: Enrolment | None, state: Path) -> bool:
    """Whether people have compared these keys: in a run of this that was interrupted, or at the enrolment in use."""
    theirs = (first_response.enrolment_id, first_response.sealing_key, first_response.receipt_key)
    if previous is not None and theirs == (previous.enrolment_id, previous.sealing_key, previous.receipt_key):
        return True
    try:
        shown = EnrolmentResponse.model_validate_json(
            read_file(state / PENDING_ENROLMENT_FILE, MAX_STATE_FILE_BYTES, owners={0, os.geteuid()})
        )
    except (OSError, ValidationError):
        return False
    return theirs == (shown.enrolment_id, shown.sealing_key, shown.receipt_key)


def _load_or_create_key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        keys.save_private_key(keys.new_signing_key(), path)
    return keys.load_signing_key(path, owners={0, os.geteuid()})


def _check_nothing_pending_elsewhere(
    previous: Enrolment | None, first_response: EnrolmentResponse, url: str, state: Path
) -> None:
    """What is sealed to one centre no other can open: it would be receipted there, deleted here, and never read."""
    if previous is None or previous.is_same_centre(first_response.sealing_key, first_response.receipt_key, url):
        return
    if outbox_directory(state).is_dir():
        with Outbox.open(outbox_directory(state), None) as outbox:
            if waiting := outbox.count():
                raise EnrolmentError(
                    f"{waiting} complaints wait for the centre at {previous.centre_url}, which alone can read them; "
                    "deliver them first: kiosk forward --once, or kiosk outbox export and import"
                )


def _register_series(enrolment: Enrolment, state: Path, *, new: bool) -> None:
    """Enter the series beside the outbox. One that was given to a key before and is not there has been lost."""
    directory = outbox_directory(state)
    make_shared_directory(directory)
    with acting_as_owner(directory), closing(SeriesMirror(directory)) as mirror:
        series = f"{enrolment.kiosk_id}{enrolment.series}"
        if not new and not mirror.is_registered(series):
            raise EnrolmentError(
                f"The numbers of series {enrolment.series} are lost here and may be on paper: "
                "run kiosk enrol --new-key, which gives another series"
            )
        mirror.register(series)


def _request_enrolment(
    url: str, kiosk_id: str, centre_name: str, key: Ed25519PrivateKey, connection: CentreConnection
) -> EnrolmentResponse:
    try:
        signing_key = to_base64(keys.public_key_bytes(key))
        asking = EnrolmentRequest(kiosk_id=kiosk_id, signing_key=signing_key, hall=centre_name)
    except ValidationError:
        raise EnrolmentError("The kiosk id must be three capital letters and two digits, such as KKN07") from None
    request = PreparedRequest()
    try:
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", f"{url.rstrip('/')}/api/v1/enrolments", headers=headers, data=asking.model_dump_json())
        response = connection.send(request)
        if response.status == 404:
            raise EnrolmentError(f"At {url} there is no central service")
        return parse_message(EnrolmentResponse, response)
    except RequestException as error:
        raise InvalidAddressError(f"{url} is no address of a centre, such as https://centre.example") from error
    except CentreError as error:
        raise EnrolmentError(f"{error} at {url}") from error


def _compare_code(key: Ed25519PrivateKey, response: EnrolmentResponse) -> str:
    try:
        sealing, receipt = from_base64(response.sealing_key), from_base64(response.receipt_key)
        Ed25519PublicKey.from_public_bytes(receipt), X25519PublicKey.from_public_bytes(sealing)
    except ValueError as error:
        raise EnrolmentError("The centre's keys are not usable") from error
    return keys.compare_code(keys.public_key_bytes(key), sealing, receipt, response.enrolment_id)


def _wait_for_decision(
    centre: CentreClient, first_response: EnrolmentResponse, poll_s: float, wait_s: float, stop: Event
) -> EnrolmentResponse:
    """Ask until somebody has decided. A line that is cut meanwhile is waited for."""
    deadline = time.monotonic() + wait_s
    response = first_response
    while response.status is EnrolmentStatus.PENDING:
        if time.monotonic() > deadline:
            raise EnrolmentError("Nobody at the centre has approved this kiosk in time; run this again")
        if stop.wait(poll_s):
            raise EnrolmentError("The enrolment was interrupted; run this again")
        try:
            response = centre.fetch_enrolment(first_response.enrolment_id)
        except (UnreachableError, RetryLaterError):
            continue
        except CentreError as error:
            raise EnrolmentError(str(error)) from error
    return response


def _build_enrolment(
    url: str,
    kiosk_id: str,
    key: Ed25519PrivateKey,
    first_response: EnrolmentResponse,
    approved: EnrolmentResponse,
    *,
    authority: str,
    previous: Enrolment | None,
) -> Enrolment:
    if approved.status is not EnrolmentStatus.APPROVED:
        raise EnrolmentError(f"The centre has {approved.status.value} this kiosk; kiosk enrol --new-key asks again")
    # People compared a code of the keys in the first answer: no others may slip in with the approval.
    if (approved.enrolment_id, approved.sealing_key, approved.receipt_key) != (
        first_response.enrolment_id,
        first_response.sealing_key,
        first_response.receipt_key,
    ):
        raise EnrolmentError("The centre approved with other keys than the ones compared; is someone in between?")
    try:
        CaseNumber(kiosk_id, approved.series, 1)
    except CaseNumberError as error:
        raise EnrolmentError(f"The centre's approval is not usable: {error}") from error
    if approved.kiosk_id != kiosk_id or not approved.public_url:
        raise EnrolmentError("The centre's approval names another kiosk or no public address")
    if not re.fullmatch(SECURE_URL_PATTERN, approved.public_url):
        # It goes on every receipt: a phone would send the tracking code readable by everyone on the way.
        raise EnrolmentError(
            f"The centre's public address {approved.public_url!r} is not https; is CENTRAL_URL set there?"
        )
    earlier: tuple[str, ...] = ()
    if previous is not None and previous.is_same_centre(approved.sealing_key, approved.receipt_key, url):
        earlier = (previous.receipt_key, *previous.former_receipt_keys)
    return Enrolment(
        enrolment_id=approved.enrolment_id,
        kiosk_id=kiosk_id,
        series=approved.series,
        centre_url=url.rstrip("/"),
        public_url=approved.public_url,
        centre_name_th=approved.centre_name_th,
        centre_name_en=approved.centre_name_en,
        sealing_key=approved.sealing_key,
        receipt_key=approved.receipt_key,
        signing_key=keys.fingerprint(keys.public_key_bytes(key)),
        authority=authority,
        former_receipt_keys=tuple(one for one in dict.fromkeys(earlier) if one != approved.receipt_key),
        series_begun=True,
    )
