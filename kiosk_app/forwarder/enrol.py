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

from kiosk_app.forwarder.centre_client import Centre
from kiosk_app.forwarder.centre_connection import Line, parsed
from kiosk_app.forwarder.centre_errors import CentreTroubleError, LaterError, UnreachableError
from kiosk_app.forwarder.tls import TrustStore
from kiosk_app.outbox import Enrolment, Outbox, OutboxBroken, OutboxError
from kiosk_app.outbox.enrolment import same_host
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import (
    LARGEST,
    acting_as_owner,
    make_shared_directory,
    outbox_directory,
    signing_key_file,
)
from kiosk_app.settings import PRIVATE_ADDRESS
from protocol import keys
from protocol.case_number import CaseNumber, CaseNumberError
from protocol.encoding import from_base64, to_base64
from protocol.files import UnsafeFileError, check_directory, read_file, replace_file, sync_directory
from protocol.messages import EnrolmentAnswer, EnrolmentRequest, EnrolmentStatus

POLL_S = 3.0
PUBLIC_S = 15.0  # to look who answers at the public address
WAIT_S = 30 * 60.0  # for an officer to come to the desk


NEXT = ".next"  # a key that no centre has approved yet
ASKED_FILE = "enrolment-asked.json"  # the centre's first answer, whose code is being compared


class EnrolmentError(Exception):
    """The enrolment did not come about; one sentence for the technician."""


class NoAddressError(EnrolmentError):
    """What was given is no address of a centre."""


def enrol(
    url: str,
    kiosk_id: str,
    hall: str,
    state: Path,
    show: Callable[[str], None],
    *,
    ca_file: str = "",
    new_key: bool = False,
    poll_s: float = POLL_S,
    wait_s: float = WAIT_S,
    stop: Event | None = None,
) -> Enrolment:
    """Ask the centre at `url`, `show` the code to compare ('XXXX-XXXX'), wait for approval, write enrolment.json.

    The key is made and saved before anything is asked, beside the one in use, and used again when this is run again;
    it takes the former one's place once the centre has approved it. `new_key`: do not ask with the one in use. What
    waits in the outbox is delivered under the new key. Raises EnrolmentError."""
    if not re.fullmatch(PRIVATE_ADDRESS, url):
        raise NoAddressError(f"{url!r} is no address of a centre, such as https://centre.example")
    try:
        check_directory(state)
        former = _former(state)
        path = signing_key_file(state)
        if new_key or not path.exists():
            path = path.with_name(path.name + NEXT)
        key = _key(path)
        with Line(TrustStore(ca_file)) as line:
            asked = _ask(url, kiosk_id, hall, key, line)
            _nothing_waits_for_another(former, asked, url, state)
            if asked.status is EnrolmentStatus.PENDING:
                replace_file(state / ASKED_FILE, asked.model_dump_json().encode(), 0o644)
                show(_compare_code(key, asked))
            elif asked.status is EnrolmentStatus.APPROVED and not _compared(asked, former, state):
                raise EnrolmentError(
                    "The centre says it approved this kiosk, with keys that nobody has compared; "
                    "run kiosk enrol --new-key"
                )
            approved = _approved(Centre(url, key, line), asked, poll_s, wait_s, stop or Event())
            if approved.status is not EnrolmentStatus.APPROVED and path.name.endswith(NEXT):
                path.unlink()  # decided for good: another attempt needs another key
            enrolment = _enrolment(url, kiosk_id, key, asked, approved, authority=line.authority, former=former)
        enrolment = _with_public_authority(enrolment, ca_file)
        pending = asked.status is EnrolmentStatus.PENDING
        _begin_series(enrolment, state, new=pending or path.name.endswith(NEXT))
        if path.name.endswith(NEXT):
            path.rename(signing_key_file(state))
            sync_directory(state)
        enrolment.save(state)
        (state / ASKED_FILE).unlink(missing_ok=True)
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
    if same_host(enrolment.public_url, enrolment.centre_url) or not enrolment.public_url.startswith("https:"):
        return enrolment
    request = PreparedRequest()
    with Line(TrustStore(ca_file), exchange_s=PUBLIC_S) as line:
        with suppress(CentreTroubleError, RequestException):
            request.prepare("GET", enrolment.public_url)
            line.send(request)
        return enrolment.model_copy(update={"public_authority": line.authority})


def _former(state: Path) -> Enrolment | None:
    try:
        return Enrolment.load(state)
    except OutboxBroken:
        return None


def _compared(asked: EnrolmentAnswer, former: Enrolment | None, state: Path) -> bool:
    """Whether people have compared these keys: in a run of this that was interrupted, or at the enrolment in use."""
    theirs = (asked.enrolment_id, asked.sealing_key, asked.receipt_key)
    if former is not None and theirs == (former.enrolment_id, former.sealing_key, former.receipt_key):
        return True
    try:
        shown = EnrolmentAnswer.model_validate_json(read_file(state / ASKED_FILE, LARGEST, owners={0, os.geteuid()}))
    except (OSError, ValidationError):
        return False
    return theirs == (shown.enrolment_id, shown.sealing_key, shown.receipt_key)


def _key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        keys.save_private(keys.new_signing_key(), path)
    return keys.load_signing_key(path, owners={0, os.geteuid()})


def _nothing_waits_for_another(former: Enrolment | None, asked: EnrolmentAnswer, url: str, state: Path) -> None:
    """What is sealed to one centre no other can open: it would be receipted there, deleted here, and never read."""
    if former is None or former.same_centre(asked.sealing_key, asked.receipt_key, url):
        return
    if outbox_directory(state).is_dir():
        with Outbox.open(outbox_directory(state), None) as outbox:
            if waiting := outbox.count():
                raise EnrolmentError(
                    f"{waiting} complaints wait for the centre at {former.centre_url}, which alone can read them; "
                    "deliver them first: kiosk forward --once, or kiosk outbox export and import"
                )


def _begin_series(enrolment: Enrolment, state: Path, *, new: bool) -> None:
    """Enter the series beside the outbox. One that was given to a key before and is not there has been lost."""
    directory = outbox_directory(state)
    make_shared_directory(directory)
    with acting_as_owner(directory), closing(SeriesMirror(directory)) as mirror:
        series = f"{enrolment.kiosk_id}{enrolment.series}"
        if not new and not mirror.knows(series):
            raise EnrolmentError(
                f"The numbers of series {enrolment.series} are lost here and may be on paper: "
                "run kiosk enrol --new-key, which gives another series"
            )
        mirror.begin(series)


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
        raise NoAddressError(f"{url} is no address of a centre, such as https://centre.example") from error
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
    url: str,
    kiosk_id: str,
    key: Ed25519PrivateKey,
    asked: EnrolmentAnswer,
    approved: EnrolmentAnswer,
    *,
    authority: str,
    former: Enrolment | None,
) -> Enrolment:
    if approved.status is not EnrolmentStatus.APPROVED:
        raise EnrolmentError(f"The centre has {approved.status.value} this kiosk; kiosk enrol --new-key asks again")
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
    earlier: tuple[str, ...] = ()
    if former is not None and former.same_centre(approved.sealing_key, approved.receipt_key, url):
        earlier = (former.receipt_key, *former.former_receipt_keys)
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
        authority=authority,
        former_receipt_keys=tuple(one for one in dict.fromkeys(earlier) if one != approved.receipt_key),
        series_begun=True,
    )
