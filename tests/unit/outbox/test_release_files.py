"""The request for a release: stored by the forwarder, verified by root, reported with the heartbeat."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from kiosk_app.commands import requested_release
from kiosk_app.outbox.release_files import (
    read_release_report,
    read_request_mark,
    verified_request,
    write_request,
)
from kiosk_app.outbox.state_directory import delivery_directory
from protocol.encoding import from_base64, to_base64
from protocol.messages import ReleaseReport, ReleaseRequestStatement
from protocol.release_request import OLDER_REQUEST, mark_of, parse_header
from protocol.signing import ReleaseRequestError, sign_release_request
from provision.release_update import Request
from tests.outbox_samples import enrolment

KEY = Ed25519PrivateKey.generate()
ENROLLED = enrolment().model_copy(update={"receipt_key": to_base64(KEY.public_key().public_bytes_raw())})
STATEMENT = ReleaseRequestStatement(
    enrolment_id=ENROLLED.enrolment_id,
    version="2.0",
    from_hour=1,
    until_hour=5,
    requested_at=datetime(2026, 11, 30, tzinfo=UTC),
)


def test_a_request_is_stored_verified_and_forgotten(tmp_path: Path) -> None:
    assert (read_request_mark(tmp_path), verified_request(tmp_path, ENROLLED)) == ("", None)
    request = sign_release_request(STATEMENT, KEY)
    write_request(tmp_path, request)
    assert read_request_mark(tmp_path) == mark_of(from_base64(request.statement))
    assert verified_request(tmp_path, ENROLLED) == STATEMENT
    write_request(tmp_path, None)
    assert (read_request_mark(tmp_path), verified_request(tmp_path, ENROLLED)) == ("", None)


def test_root_accepts_a_request_of_this_centre_for_this_kiosk_only(tmp_path: Path) -> None:
    write_request(tmp_path, sign_release_request(STATEMENT, Ed25519PrivateKey.generate()))
    with pytest.raises(ReleaseRequestError, match="not signed by the centre"):
        verified_request(tmp_path, ENROLLED)
    other = STATEMENT.model_copy(update={"enrolment_id": uuid7()})
    write_request(tmp_path, sign_release_request(other, KEY))
    with pytest.raises(ReleaseRequestError, match="another enrolment"):
        verified_request(tmp_path, ENROLLED)
    assert read_release_report(tmp_path, ENROLLED, tmp_path).requested == ""


def test_the_command_prints_what_the_update_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'paths.state = "{tmp_path}"\n', encoding="utf-8")
    delivery_directory(tmp_path).mkdir(exist_ok=True)
    ENROLLED.save(tmp_path)
    write_request(tmp_path, sign_release_request(STATEMENT, KEY))
    assert requested_release.main(["--settings", str(settings)]) == 0
    printed = json.loads(capsys.readouterr().out)
    stated = Request(**{name: printed[name] for name in Request.__dataclass_fields__})
    assert (stated.enrolment_id, stated.version) == (str(ENROLLED.enrolment_id), "2.0")


def test_the_heartbeat_reports_what_runs_and_what_failed(tmp_path: Path) -> None:
    assert read_release_report(tmp_path, ENROLLED, tmp_path / "none") == ReleaseReport()
    for link, name in (("venv", "2.0+deb12"), ("good", "1.0+deb12")):
        (tmp_path / link).symlink_to(tmp_path / "releases" / name)
    failed = {"release": "1.5+deb12", "reason": "hang", "detail": "killed", "at": "", "count": 1}
    (tmp_path / "failed-release.json").write_text(json.dumps(failed), encoding="utf-8")
    write_request(tmp_path, sign_release_request(STATEMENT, KEY))
    assert read_release_report(tmp_path, ENROLLED, tmp_path) == ReleaseReport(
        running="2.0+deb12", requested="2.0", failed="1.5+deb12", reason="hang", detail="killed", is_on_trial=True
    )


@pytest.mark.parametrize(
    ("accepted_at", "is_same_enrolment", "reason"),
    [("2026-12-01T00:00:00Z", True, OLDER_REQUEST), ("2026-12-01T00:00:00Z", False, ""), ("damaged", True, "")],
)
def test_the_heartbeat_reports_a_request_that_root_ignores(
    tmp_path: Path, accepted_at: str, reason: str, *, is_same_enrolment: bool
) -> None:
    write_request(tmp_path, sign_release_request(STATEMENT, KEY))
    enrolment_id = ENROLLED.enrolment_id if is_same_enrolment else uuid7()
    accepted = {"enrolment_id": str(enrolment_id), "requested_at": accepted_at}
    (tmp_path / "requested.json").write_text(json.dumps(accepted), encoding="utf-8")
    report = read_release_report(tmp_path, ENROLLED, tmp_path)
    assert (report.failed, report.reason) == ("2.0" if reason else "", reason)


@pytest.mark.parametrize("header", ["", "x", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcde\n"])
def test_a_header_that_is_no_mark_is_no_request(header: str) -> None:
    assert parse_header(header) == ""
