"""The state of the kiosks: those that need a person are shown first, and each silence raises one alarm."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from central.alarms.mailing import mail_new_alarms
from central.alarms.models import Alarm
from central.centres.models import Centre, Officer
from central.fleet import attention, enrolments
from central.fleet.models import Enrolment, KioskState
from central.fleet.monitor import check_silence
from drivers.ports.receipt_printer import PrinterStatus
from protocol.choices import ClockQuality
from protocol.messages import Consumables, Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.kiosk_client import ClientResponse, KioskClient
from tests.unit.central.page_text import page_text


def kiosk_of(centre: Centre, officer: Officer, kiosk_id: str) -> KioskClient:
    side = KioskClient(kiosk_id)
    side.enrol()
    side.approved_by(officer, centre)
    return side


def send_heartbeat(kiosk: KioskClient, **fields: Any) -> ClientResponse:
    basis = Heartbeat(
        kiosk_id=kiosk.kiosk_id, version="1.0", moment=kiosk_moment(), outbox_count=0, devices={"printer": "ready"}
    )
    body = basis.model_copy(update=fields).model_dump_json().encode()
    response = kiosk.send_signed_request("POST", "/api/v1/heartbeats", body)
    assert response.status_code == 204
    return response


def backdate_heartbeat(kiosk: KioskClient, minutes: int) -> None:
    """Move the last heartbeat this many minutes into the past."""
    KioskState.objects.filter(enrolment=kiosk.enrolment()).update(
        last_heartbeat_at=timezone.now() - timedelta(minutes=minutes)
    )


def run_jobs(now: datetime) -> None:
    """The jobs of the fleet that `central.jobs` runs each minute."""
    check_silence(now)
    mail_new_alarms(now)


def shown(desk_client: Client) -> list[tuple[str, list[str]]]:
    """The kiosks on the fleet page with their attention reasons, from top to bottom."""
    page = page_text(desk_client.get("/desk/fleet"))
    rows = re.findall(r'<tr data-kiosk="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    return [(kiosk, re.findall(r'data-need="([^"]+)"', row)) for kiosk, row in rows]


def test_the_centre_knows_every_printer_status() -> None:
    """The centre shares no code with the drivers."""
    assert {status.value for status in PrinterStatus if status.can_print} == attention.PRINTING_STATUSES


def test_kiosks_that_need_a_person_are_listed_first(desk_client: Client, officer: Officer, khonkaen: Centre) -> None:
    names = ["KKN01", "KKN02", "KKN03", "KKN04", "KKN05", "KKN06", "KKN07", "KKN08"]
    well, clock, paper, out, stuck, mute, called, new = (kiosk_of(khonkaen, officer, name) for name in names)
    send_heartbeat(well)
    send_heartbeat(clock, moment=kiosk_moment(quality=ClockQuality.UNTRUSTED))
    send_heartbeat(paper, devices={"printer": "paper_near_end"}, findings=("P-07",))
    send_heartbeat(out, devices={"printer": "paper_out"}, findings=("P-01",))
    send_heartbeat(stuck, outbox_count=3, oldest_unsent=timezone.now() - timedelta(days=2))
    send_heartbeat(mute)
    backdate_heartbeat(mute, 20)
    send_heartbeat(called, staff_called=True)
    assert shown(desk_client) == [
        ("KKN07A", ["called"]),
        ("KKN06A", ["silent"]),
        ("KKN05A", ["stuck"]),
        ("KKN04A", ["printer", "faults"]),
        ("KKN03A", ["faults", "paper"]),
        ("KKN02A", ["clock"]),
        ("KKN01A", []),
        ("KKN08A", []),
    ]
    assert new.enrolment().enrolment_status.value == "approved"
    page = page_text(desk_client.get("/desk/fleet"))
    assert 'data-count="6"' in page
    assert "กระดาษหมด" in page
    assert '<span class="badge">2</span>' in page_text(desk_client.get("/desk/")), "a call and a silence, on every page"


def test_refused_rows_and_free_disk_space_are_shown(desk_client: Client, kiosk: KioskClient) -> None:
    send_heartbeat(kiosk, refused=2, outbox_count=2, disk_free=12_300_000_000, versions={"python": "3.13.5"})
    assert shown(desk_client) == [("KKN07A", ["stuck"])]
    page = page_text(desk_client.get("/desk/fleet"))
    assert "ไม่รับ 2" in page and "12.3 GB" in page and 'title="python 3.13.5"' in page


def test_paper_cutter_and_disk_are_shown_and_a_short_roll_needs_somebody(
    desk_client: Client, kiosk: KioskClient
) -> None:
    send_heartbeat(kiosk)
    assert KioskState.objects.get().consumables == Consumables().model_dump()
    worn = Consumables(paper_left_mm=9_400, paper_days=3, cutter_percent=45, disk_percent=12, is_disk_failing=True)
    send_heartbeat(kiosk, consumables=worn)
    assert shown(desk_client) == [("KKN07A", ["paper"])]
    page = page_text(desk_client.get("/desk/fleet"))
    for sentence in ("กระดาษเหลือ 9 ม. ประมาณ 3 วัน", "มีดใช้ไป 45 %", "ดิสก์สึก 12 %", "ดิสก์แจ้งว่าใกล้เสีย"):
        assert sentence in page
    send_heartbeat(kiosk, consumables=worn.model_copy(update={"paper_days": 4}))
    assert shown(desk_client) == [("KKN07A", [])]
    KioskState.objects.update(consumables=None)  # an older kiosk
    assert shown(desk_client) == [("KKN07A", [])]


def test_a_kiosk_enrolled_again_is_shown_once(desk_client: Client, officer: Officer, khonkaen: Centre) -> None:
    for _ in range(2):
        kiosk_of(khonkaen, officer, "KKN01")
    Enrolment.objects.update(decided_at=timezone.now() - timedelta(days=9))
    assert shown(desk_client) == [("KKN01B", ["silent"])]


def test_many_kiosks_are_shown_in_pages(desk_client: Client, officer: Officer, khonkaen: Centre) -> None:
    basis = kiosk_of(khonkaen, officer, "KKN01").enrolment()
    for number in range(120):
        basis.pk, basis.kiosk_id, basis.fingerprint = None, f"KK{number // 100}{number % 100:02}", f"{number:032}"
        basis.id = Enrolment._meta.pk.get_default()
        basis.save(force_insert=True)
    assert [len(re.findall("<tr data-kiosk", page_text(desk_client.get(f"/desk/fleet?page={n}")))) for n in (1, 2)] == [
        100,
        21,
    ]


def test_a_silence_raises_one_alarm_that_is_settled_when_it_ends(
    kiosk: KioskClient, settings: Any, desk_client: Client
) -> None:
    settings.ALERT_TO = ["duty@example.go.th"]
    send_heartbeat(kiosk)
    run_jobs(timezone.now())
    assert not Alarm.objects.exists()
    backdate_heartbeat(kiosk, settings.SILENT_MINUTES + 1)
    for _ in range(2):
        run_jobs(timezone.now())
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.kiosk_id) == ("silent", "KKN07")
    assert [letter.to for letter in mail.outbox] == [["duty@example.go.th"]]
    assert "KKN07" in mail.outbox[0].body
    assert desk_client.get("/desk/alarms").status_code == 200

    desk_client.post(f"/desk/alarms/{alarm.pk}/settle")
    run_jobs(timezone.now())
    assert Alarm.objects.count() == 1, "an officer settled it; the same silence raises no second alarm"
    Alarm.objects.update(settled_at=None)
    send_heartbeat(kiosk)
    run_jobs(timezone.now())
    assert Alarm.objects.get().settled_at is not None


def test_the_allowed_silence_is_a_setting(kiosk: KioskClient, settings: Any) -> None:
    settings.SILENT_MINUTES = 60
    send_heartbeat(kiosk)
    backdate_heartbeat(kiosk, 50)
    run_jobs(timezone.now())
    assert not Alarm.objects.exists()


def test_a_revoked_kiosk_raises_no_silence_alarm(kiosk: KioskClient, officer: Officer) -> None:
    Enrolment.objects.update(decided_at=timezone.now() - timedelta(days=9))
    enrolments.revoke(kiosk.enrolment_response.enrolment_id, officer)
    run_jobs(timezone.now())
    assert not Alarm.objects.exists()


def test_every_alarm_is_notified_and_a_failed_notification_is_repeated(kiosk: KioskClient, settings: Any) -> None:
    settings.ALERT_TO = ["duty@example.go.th"]
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    with pytest.raises(ConnectionRefusedError):
        run_jobs(timezone.now())
    settings.EMAIL_BACKEND = backend
    run_jobs(timezone.now())
    run_jobs(timezone.now())
    (letter,) = mail.outbox
    assert "quarantined" in letter.body


def test_a_centre_without_mail_tries_no_server(kiosk: KioskClient, settings: Any) -> None:
    settings.ALERT_TO, settings.MAIL_IS_OFF = ["duty@example.go.th"], True
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    run_jobs(timezone.now())
    assert Alarm.objects.filter(mailed_at=None).exists(), "the desk shows it"


def test_a_mail_repeated_after_a_kill_has_the_same_message_id(
    kiosk: KioskClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the mail and its record, a worker mails again; mailboxes show a Message-ID once."""
    settings.ALERT_TO = ["duty@example.go.th"]
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    with monkeypatch.context() as killed:
        killed.setattr(Alarm.objects, "filter", KilledAfterSending(Alarm.objects.filter))
        with pytest.raises(KeyboardInterrupt):
            mail_new_alarms(timezone.now())
    mail_new_alarms(timezone.now())
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    mail_new_alarms(timezone.now())
    identifiers = [str(letter.message()["Message-ID"]) for letter in mail.outbox]
    assert len(identifiers) == 3
    assert identifiers[0] == identifiers[1] != identifiers[2]


class KilledAfterSending:
    """The second query of the job, which records that the mail was sent, is not reached."""

    def __init__(self, query: Any) -> None:
        self._query, self._calls = query, 0

    def __call__(self, **conditions: Any) -> Any:
        self._calls += 1
        if self._calls == 2:
            raise KeyboardInterrupt
        return self._query(**conditions)
