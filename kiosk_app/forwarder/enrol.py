"""A kiosk becomes one of a centre's: keys, a code that people compare, and the answer that an officer approved."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from pydantic import ValidationError
from requests import PreparedRequest, RequestException

from kiosk_app.forwarder.centre import Centre
from kiosk_app.forwarder.exchange import Line, parsed
from kiosk_app.forwarder.trouble import CentreTroubleError, LaterError, UnreachableError
from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.files import signing_key_file
from kiosk_app.settings import PRIVATE_ADDRESS
from protocol import keys
from protocol.case_number import CaseNumber, CaseNumberError
from protocol.encoding import from_base64, to_base64
from protocol.messages import EnrolmentAnswer, EnrolmentRequest, EnrolmentStatus

POLL_S = 3.0
WAIT_S = 30 * 60.0  # for an officer to come to the desk


class EnrolmentError(Exception):
    """The enrolment did not come about; one sentence for the technician."""


def enrol(
    url: str,
    kiosk_id: str,
    hall: str,
    state: Path,
    show: Callable[[str], None],
    *,
    ca_file: str = "",
    poll_s: float = POLL_S,
    wait_s: float = WAIT_S,
    stop: Event | None = None,
) -> Enrolment:
    """Ask the centre at `url`, `show` the code to compare ('XXXX-XXXX'), wait for approval, write enrolment.json.

    The key is made and saved before anything is asked, and used again when this is run again. Raises EnrolmentError."""
    if not re.fullmatch(PRIVATE_ADDRESS, url):
        raise EnrolmentError(f"{url!r} is no address of a centre, such as https://centre.example")
    try:
        key = _key(state)
        with Line(ca_file) as line:
            asked = _ask(url, kiosk_id, hall, key, line)
            show(_compare_code(key, asked))
            approved = _approved(Centre(url, key, line), asked, poll_s, wait_s, stop or Event())
        enrolment = _enrolment(url, kiosk_id, key, asked, approved)
        enrolment.save(state)
    except keys.KeyFileError as error:
        raise EnrolmentError(str(error)) from error
    except OSError as error:
        raise EnrolmentError(f"{state} cannot be written: {error.strerror}") from error
    return enrolment


def _key(state: Path) -> Ed25519PrivateKey:
    path = signing_key_file(state)
    if not path.exists():
        keys.save_private(keys.new_signing_key(), path)
    return keys.load_signing_key(path)


def _ask(url: str, kiosk_id: str, hall: str, key: Ed25519PrivateKey, line: Line) -> EnrolmentAnswer:
    try:
        asking = EnrolmentRequest(kiosk_id=kiosk_id, signing_key=to_base64(keys.public_bytes(key)), hall=hall)
    except ValidationError:
        raise EnrolmentError("The kiosk id must be three capital letters and two digits, such as KKN07") from None
    request = PreparedRequest()
    try:
        headers = {"Content-Type": "application/json"}
        request.prepare("POST", f"{url.rstrip('/')}/api/v1/enrolments", headers=headers, data=asking.model_dump_json())
        answer = line.send(request)
        if answer.status == 404:
            raise EnrolmentError(f"At {url} there is no central service")
        return parsed(EnrolmentAnswer, answer)
    except RequestException as error:
        raise EnrolmentError(f"{url} is no address of a centre, such as https://centre.example") from error
    except CentreTroubleError as error:
        raise EnrolmentError(f"{error} at {url}") from error


def _compare_code(key: Ed25519PrivateKey, answer: EnrolmentAnswer) -> str:
    try:
        sealing, receipt = from_base64(answer.sealing_key), from_base64(answer.receipt_key)
        Ed25519PublicKey.from_public_bytes(receipt), X25519PublicKey.from_public_bytes(sealing)
    except ValueError as error:
        raise EnrolmentError("The centre's keys are not usable") from error
    return keys.compare_code(keys.public_bytes(key), sealing, receipt, answer.enrolment_id)


def _approved(centre: Centre, asked: EnrolmentAnswer, poll_s: float, wait_s: float, stop: Event) -> EnrolmentAnswer:
    """Ask until somebody has decided. A line that is cut meanwhile is waited for."""
    deadline = time.monotonic() + wait_s
    answer = asked
    while answer.status is EnrolmentStatus.PENDING:
        if time.monotonic() > deadline:
            raise EnrolmentError("Nobody at the centre has approved this kiosk in time; run this again")
        if stop.wait(poll_s):
            raise EnrolmentError("The enrolment was interrupted; run this again")
        try:
            answer = centre.enrolment(asked.enrolment_id)
        except (UnreachableError, LaterError):
            continue
        except CentreTroubleError as error:
            raise EnrolmentError(str(error)) from error
    return answer


def _enrolment(
    url: str, kiosk_id: str, key: Ed25519PrivateKey, asked: EnrolmentAnswer, approved: EnrolmentAnswer
) -> Enrolment:
    if approved.status is not EnrolmentStatus.APPROVED:
        raise EnrolmentError(f"The centre has {approved.status.value} this kiosk")
    # People compared a code of the keys in the first answer: no others may slip in with the approval.
    if (approved.enrolment_id, approved.sealing_key, approved.receipt_key) != (
        asked.enrolment_id,
        asked.sealing_key,
        asked.receipt_key,
    ):
        raise EnrolmentError("The centre approved with other keys than the ones compared; is someone in between?")
    try:
        CaseNumber(kiosk_id, approved.series, 1)
    except CaseNumberError as error:
        raise EnrolmentError(f"The centre's approval is not usable: {error}") from error
    if approved.kiosk_id != kiosk_id or not approved.public_url:
        raise EnrolmentError("The centre's approval names another kiosk or no public address")
    if not re.fullmatch(PRIVATE_ADDRESS, approved.public_url):
        # It goes on every receipt: a phone would send the tracking code readable by everyone on the way.
        raise EnrolmentError(
            f"The centre's public address {approved.public_url!r} is not https; is CENTRAL_URL set there?"
        )
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
        signing_key=keys.fingerprint(keys.public_bytes(key)),
    )
