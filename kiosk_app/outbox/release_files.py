"""The files by which forwarder and root exchange what the centre requests of the releases, and what became of it.

    delivery/requested-release.json              by the forwarder: the centre's signed request
    /opt/damrongdham-kiosk/{venv,good}           by root: links to the release in use and the confirmed one
    /opt/damrongdham-kiosk/failed-release.json   by root: the last that failed (provision/release_trial.py)
    /opt/damrongdham-kiosk/requested.json        by root: the newest accepted request (provision/release_update.py)

Root verifies the request itself (`kiosk requested-release`)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.json_state import MAX_STATE_FILE_BYTES, read_json_state, write_json_state
from kiosk_app.outbox.state_directory import delivery_directory
from machine.safe_files import read_file
from protocol.encoding import from_base64
from protocol.messages import ReleaseReport, ReleaseRequest, ReleaseRequestStatement
from protocol.release_request import OLDER_REQUEST, mark_of
from protocol.signing import ReleaseRequestError, verify_release_request

RELEASES = Path("/opt/damrongdham-kiosk")
_REQUEST_FILE = "requested-release.json"
_MAX_DETAIL_CHARS = 200


def write_request(state_dir: Path, request: ReleaseRequest | None) -> None:
    """Store the centre's request; None: there is none any more. Raises OSError."""
    file = delivery_directory(state_dir) / _REQUEST_FILE
    if request is None:
        file.unlink(missing_ok=True)
    else:
        write_json_state(file, request.model_dump(mode="json"), durable=True)


def read_request(state_dir: Path) -> ReleaseRequest | None:
    """The stored request, not verified; None when there is none, or it is damaged."""
    try:
        content = read_file(delivery_directory(state_dir) / _REQUEST_FILE, MAX_STATE_FILE_BYTES)
        return ReleaseRequest.model_validate_json(content)
    except (OSError, ValidationError):
        return None


def read_request_mark(state_dir: Path) -> str:
    """The mark of the stored request; '' without one."""
    request = read_request(state_dir)
    with suppress(ValueError):
        return mark_of(from_base64(request.statement)) if request else ""
    return ""


def verified_request(state_dir: Path, enrolment: Enrolment) -> ReleaseRequestStatement | None:
    """The stored request, signed by the present receipt key of this kiosk's centre; None when there is none. Raises
    ReleaseRequestError."""
    request = read_request(state_dir)
    if request is None:
        return None
    return verify_release_request(request, from_base64(enrolment.receipt_key), enrolment.enrolment_id)


def read_release_report(state_dir: Path, enrolment: Enrolment, releases: Path = RELEASES) -> ReleaseReport:
    """What the heartbeat says of the releases; empty where this kiosk was not installed from a package."""
    failed = read_json_state(releases / "failed-release.json") or {}
    accepted = read_json_state(releases / "requested.json") or {}
    running, good = (_linked_name(releases / link) for link in ("venv", "good"))
    requested = ""
    with suppress(ReleaseRequestError):
        request = verified_request(state_dir, enrolment)
        requested = request.version if request else ""
        if request and _is_older(request, accepted):
            failed = {"release": requested, "reason": OLDER_REQUEST}
    return ReleaseReport(
        running=running[:_MAX_DETAIL_CHARS],
        requested=requested,
        failed=str(failed.get("release", ""))[:_MAX_DETAIL_CHARS],
        reason=str(failed.get("reason", ""))[:64],
        detail=str(failed.get("detail", ""))[:_MAX_DETAIL_CHARS],
        is_on_trial=bool(good) and running != good,
    )


def _is_older(request: ReleaseRequestStatement, accepted: Mapping[str, object]) -> bool:
    """Whether root ignores the request, because it has accepted a newer one of this enrolment: the centre's data was
    restored from a back-up, or somebody sends a recorded request."""
    if accepted.get("enrolment_id") != str(request.enrolment_id):
        return False
    with suppress(ValueError, TypeError):
        return request.requested_at < datetime.fromisoformat(str(accepted.get("requested_at")))
    return False


def _linked_name(link: Path) -> str:
    try:
        return link.readlink().name
    except OSError:
        return ""
