"""Attackers: a stranger with many addresses, and an enrolled kiosk that sends malicious data."""

import os
from argparse import Namespace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from central.alarms.models import Alarm
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.commands import CommandError, offline_import
from central.fleet import enrolments
from central.fleet.models import Enrolment
from central.intake.models import AcceptedDelivery
from protocol.choices import ClockQuality
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.served_installation import PASSWORD

_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
_LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGER_THAN_ALL_TIME = {"quality": ClockQuality.UNTRUSTED, "monotonic_ms": 10**30}


@pytest.mark.parametrize(
    "fields",
    [
        {"outbox_count": 10**30, "disk_free": 10**30, "refused": 10**30},
        {"versions": {"<script>": "\x00<script>"}, "devices": {"\x00": "\x00"}, "findings": ("\x00",)},
        {"oldest_unsent": _LAST_MOMENT},
        {"oldest_unsent": _FIRST_MOMENT},
        {"version": "<script>" * 20, "devices": {"<script>": "<script>"}, "findings": ("<script>",)},
    ],
)
def test_no_heartbeat_breaks_the_fleet_page(kiosk: KioskClient, desk_client: Client, fields: dict[str, Any]) -> None:
    heartbeat = Heartbeat(kiosk_id="KKN07", version="1", moment=kiosk_moment(), outbox_count=0).model_copy(
        update=fields
    )
    response = kiosk.send_signed_request("POST", "/api/v1/heartbeats", heartbeat.model_dump_json().encode())
    assert response.status_code == 204
    page = desk_client.get("/desk/fleet")
    assert page.status_code == 200
    assert b"<script>" not in page.content.replace(b"<script nonce", b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"sealed": "A"},
        {"sealed": ""},
        {"case_number": "../../../etc/passwd\x00" * 3},
        {"sealing_key": "../../../../etc/passwd"},
        {"moment": kiosk_moment(wall=_FIRST_MOMENT)},
        {"moment": kiosk_moment(wall=_LAST_MOMENT)},
        {
            "sent": kiosk_moment(**_LONGER_THAN_ALL_TIME),
            "moment": kiosk_moment(quality=ClockQuality.UNTRUSTED, monotonic_ms=0),
        },
    ],
)
def test_any_values_outside_the_seal_are_receipted(
    kiosk: KioskClient, desk_client: Client, changes: dict[str, Any]
) -> None:
    """A server error would make the kiosk send the same delivery for ever."""
    delivery = kiosk.delivery(kiosk.submission(), **changes)
    assert kiosk.verify_receipt(kiosk.deliver(delivery)).submission_id == delivery.submission_id
    assert Case.objects.count() + AcceptedDelivery.objects.filter(case=None).count() == 1
    for page in ("/desk/", "/desk/alarms"):
        assert desk_client.get(page).status_code == 200


def test_no_kiosk_can_occupy_the_submission_id_of_another(
    kiosk: KioskClient, khonkaen: Centre, officer: Officer
) -> None:
    attacker = KioskClient("KKN09")
    attacker.enrol()
    attacker.approved_by(officer, khonkaen)
    delivery = kiosk.delivery(kiosk.submission())
    assert attacker.deliver(delivery).status_code == 200, "correctly signed: quarantined"
    kiosk.verify_receipt(kiosk.deliver(delivery))
    assert Case.objects.get().case_number == delivery.case_number
    assert AcceptedDelivery.objects.filter(case=None, enrolment__kiosk_id="KKN09").count() == 1
    assert set(Alarm.objects.values_list("kind", "kiosk_id")) == {("quarantined", "KKN09")}


def test_a_kiosk_id_in_use_cannot_be_approved_at_another_centre(kiosk: KioskClient, phayao: Centre) -> None:
    second = KioskClient(kiosk.kiosk_id)
    second.enrol()
    with pytest.raises(enrolments.EnrolmentError, match="another centre"):
        second.approved_by(create_officer(phayao, "elsewhere"), phayao)


def test_strangers_cannot_block_enrolments_for_ever(settings: Any, db: None) -> None:
    settings.MAX_PENDING_ENROLMENTS = 3
    for number in range(3):
        assert KioskClient("AAA01").enrol(f"198.51.100.{number}").status_code == 201
    assert KioskClient("KKN07").enrol().status_code == 422
    Enrolment.objects.update(requested_at=datetime.now(UTC) - timedelta(hours=settings.PENDING_ENROLMENT_HOURS + 1))
    assert KioskClient("KKN07").enrol().status_code == 201
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("written", ["{}", "[{}]:4711"])
def test_many_addresses_of_one_network_count_as_one_caller(officer: Officer, written: str) -> None:
    def try_sign_in(address: str) -> int:
        wrong = {"username": officer.username, "password": "wrong"}
        return Client().post("/desk/login", wrong, REMOTE_ADDR=written.format(address)).status_code

    responses = [try_sign_in(f"2001:db8:1:1::{number:x}") for number in range(12)]
    assert responses == [401] * 10 + [429] * 2
    assert try_sign_in("2001:db8:1:2::1") == 401, "a neighbouring network is another caller"


def test_many_callers_do_not_reset_the_count_of_one(officer: Officer) -> None:
    wrong = {"username": officer.username, "password": "wrong"}
    for _ in range(10):
        Client().post("/desk/login", wrong, REMOTE_ADDR="192.0.2.1")
    for number in range(1000):
        cache.set(f"somebody-else-{number}", 1)
    assert Client().post("/desk/login", wrong, REMOTE_ADDR="192.0.2.1").status_code == 429


@pytest.mark.parametrize("fields", [_FIRST_MOMENT, _LAST_MOMENT.replace(tzinfo=timezone(timedelta(hours=-12)))])
def test_a_date_outside_the_calendar_still_makes_a_case(
    kiosk: KioskClient, desk_client: Client, fields: datetime
) -> None:
    submission = kiosk.submission(notice_accepted_at=fields)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    assert desk_client.get(f"/desk/cases/{submission.case_number}").status_code == 200


@pytest.mark.parametrize("name", ["\x00", "somsri\x00"])
def test_a_nul_in_a_name_is_an_ordinary_sign_in_failure(officer: Officer, name: str) -> None:
    response = Client().post("/desk/login", {"username": name, "password": f"not {PASSWORD}"})
    assert response.status_code == 401


def test_a_nul_in_a_desk_request_is_a_bad_request(kiosk: KioskClient, desk_client: Client) -> None:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    case = f"/desk/cases/{submission.case_number}"
    assert desk_client.get("/desk/cases", {"number": "KKN\x00"}).status_code == 400
    assert desk_client.get("/desk/cases/KKN%00").status_code == 400
    for page, fields in [
        (f"{case}/step", {"step": "take", "seen": "0", "note": "\x00"}),
        (f"{case}/step", {"step": "order", "seen": "0", "agency": "\x00"}),
        (f"{case}/person", {"reason": "\x00"}),
    ]:
        assert desk_client.post(page, fields).status_code == 400
    assert Case.objects.get().status == "received"


@pytest.mark.parametrize("changes", [{"kiosk_id": "KKN๐๗"}, {"hall": "\x00"}, {"signing_key": "A"}])
def test_an_invalid_kiosk_name_is_refused(db: None, changes: dict[str, str]) -> None:
    request = {"kiosk_id": "KKN07", "signing_key": "A" * 43, "hall": "", **changes}
    assert Client().post("/api/v1/enrolments", request, content_type="application/json").status_code == 422


@pytest.mark.parametrize("fields", [b'"\\ud800"', b'"\xff"', b"[" * 20_000])
def test_invalid_json_is_a_problem(kiosk: KioskClient, fields: bytes) -> None:
    heartbeat = (
        Heartbeat(kiosk_id="KKN07", version="1", moment=kiosk_moment(), outbox_count=0).model_dump_json().encode()
    )
    body = heartbeat.replace(b'"versions":{}', b'"versions":{"x":' + fields + b"}")
    assert kiosk.send_signed_request("POST", "/api/v1/heartbeats", body).status_code == 400


def test_invalid_files_on_a_stick_block_no_row(
    kiosk: KioskClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    (tmp_path / "z.json").write_text(delivery.model_dump_json())
    (tmp_path / "a.json").write_text(delivery.model_copy(update={"kiosk_id": "\0"}).model_dump_json())
    (tmp_path / "b.json").symlink_to("/dev/zero")  # of the largest accepted size
    (tmp_path / "c.json").mkdir()
    with pytest.raises(CommandError, match="3 of 4 rows"):
        offline_import.run(Namespace(directory=tmp_path))
    assert Case.objects.get().case_number == delivery.case_number
    assert "b.json cannot be read: it is a symbolic link" in capsys.readouterr().err


def test_links_and_pipes_on_a_stick_are_not_followed(
    kiosk: KioskClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person who carries the stick chooses every file name on it; the import may run as root."""
    victim = tmp_path / "sealing.key"
    victim.write_text("the centre's key")
    stick = tmp_path / "stick"
    stick.mkdir()
    delivery = kiosk.delivery(kiosk.submission())
    (stick / "a.json").write_text(delivery.model_dump_json())
    (stick / "a.receipt").symlink_to(victim)
    os.mkfifo(stick / "b.json")
    (stick / "c.json").symlink_to(victim)
    with pytest.raises(CommandError, match="2 of 3 rows"):
        offline_import.run(Namespace(directory=stick))
    assert victim.read_text() == "the centre's key"
    fields = capsys.readouterr().err
    assert "b.json cannot be read: it is a pipe" in fields
    assert "c.json cannot be read: it is a symbolic link" in fields
    assert "a: its receipt cannot be written: it is a symbolic link" in fields
    assert Case.objects.get().case_number == delivery.case_number
