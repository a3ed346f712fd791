"""Permits for the USB ports of kiosks: issued by who runs the kiosk, recorded, and valid at that kiosk."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from central import cli
from central.centres.models import Centre, Officer
from central.fleet import permits
from central.fleet.models import Enrolment, IssuedPermit
from central.fleet.permits import PermitRefusedError
from protocol.encoding import from_base64
from protocol.unlock_permit import UnlockPermit, check_permit, parse_permit, verify_permit
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient

REASON = "A new printer"


def _issue(officer: Officer, *kiosks: str, **changed: object) -> UnlockPermit:
    values = {"reason": REASON, "minutes": 30, "days": 1, "now": timezone.now()} | changed
    return permits.issue(officer, kiosks, **values)  # type: ignore[arg-type]


def test_the_kiosk_accepts_the_permit_and_it_is_recorded(kiosk: KioskClient, officer: Officer) -> None:
    permit = parse_permit(_issue(officer, "KKN07").to_bytes())
    statement = verify_permit(permit, from_base64(kiosk.enrolment_response.receipt_key))
    check_permit(statement, kiosk_id="KKN07", last_serial=0, now=timezone.now())
    issued = IssuedPermit.objects.get()
    assert (issued.serial, issued.kiosks, issued.issued_by, issued.reason) == (
        statement.serial,
        ["KKN07"],
        officer,
        REASON,
    )


def test_serial_numbers_rise_also_after_a_restored_backup(kiosk: KioskClient, officer: Officer) -> None:
    now = timezone.now()
    for _ in range(3):
        _issue(officer, "KKN07", now=now)
    serials = list(IssuedPermit.objects.values_list("serial", flat=True))
    assert serials == sorted(set(serials), reverse=True)
    IssuedPermit.objects.all().delete()
    _issue(officer, "KKN07", now=now + timedelta(hours=1))
    assert IssuedPermit.objects.get().serial > serials[0]


def test_permits_of_one_moment_get_different_numbers(
    kiosk: KioskClient, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process takes the number between its choice and its use."""
    now = timezone.now()
    _issue(officer, "KKN07", now=now)
    taken = IssuedPermit.objects.get().serial
    chosen = iter((taken, taken, taken + 1))
    monkeypatch.setattr(permits, "_next_serial", lambda _now: next(chosen))
    _issue(officer, "KKN07", now=now)
    assert IssuedPermit.objects.count() == 2
    monkeypatch.setattr(permits, "_next_serial", lambda _now: taken)
    with pytest.raises(PermitRefusedError, match="try again"):
        _issue(officer, "KKN07", now=now)
    assert IssuedPermit.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"minutes": 0}, "1 to 120 minutes"),
        ({"minutes": 9999}, "1 to 120 minutes"),
        ({"days": 0}, "1 to 7 days"),
        ({"days": 8}, "1 to 7 days"),
        ({"days": 10**9}, "1 to 7 days"),
    ],
)
def test_a_permit_has_a_reason_and_bounds(
    kiosk: KioskClient, officer: Officer, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(PermitRefusedError, match=reason):
        _issue(officer, "KKN07", **changed)
    assert not IssuedPermit.objects.exists()


def test_only_who_runs_the_kiosk_issues_a_permit(kiosk: KioskClient, khonkaen: Centre, phayao: Centre) -> None:
    for officer in (create_officer(phayao, "other"), create_officer(khonkaen, "clerk", fleet=False)):
        with pytest.raises(PermitRefusedError, match="runs no kiosk KKN07"):
            _issue(officer, "KKN07")


def test_an_unknown_or_revoked_kiosk_gets_none(kiosk: KioskClient, officer: Officer) -> None:
    for kiosks, reason in (((), "at least one"), (("KKN07", "XXX01"), "XXX01")):
        with pytest.raises(PermitRefusedError, match=reason):
            _issue(officer, *kiosks)
    Enrolment.objects.update(status="revoked")
    with pytest.raises(PermitRefusedError):
        _issue(officer, "KKN07")


def test_the_command_writes_the_file_of_the_stick(
    kiosk: KioskClient, officer: Officer, phayao: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "damrongdham-unlock.permit"
    arguments = ["unlock-permit", "KKN07", "--as", officer.username, "--reason", REASON, "--out", str(file)]
    assert cli.main(arguments) == 0
    verify_permit(parse_permit(file.read_bytes()), from_base64(kiosk.enrolment_response.receipt_key))
    assert cli.main(arguments) == 2
    assert "exists already" in capsys.readouterr().err
    assert cli.main(["unlock-permit", "--as", officer.username, "--list"]) == 0
    assert f"{officer}\tKKN07" in capsys.readouterr().out
    stranger = create_officer(phayao, "stranger")
    assert cli.main(["unlock-permit", "--as", stranger.username, "--list"]) == 0
    assert "KKN07" not in capsys.readouterr().out, "permits of another centre's kiosks"
