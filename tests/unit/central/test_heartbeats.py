"""A replayed heartbeat changes nothing, also for a kiosk without a trustworthy clock."""

import json
from typing import Any

import pytest

from central.fleet import heartbeats
from central.fleet.models import KioskState, PastBoot
from central.keyring import keyring
from protocol.choices import ClockQuality
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.kiosk_client import KioskClient


def recorded(kiosk: KioskClient, boot: str, ms: int, **fields: Any) -> tuple[bytes, dict[str, str]]:
    """A signed heartbeat: body and headers."""
    at = kiosk_moment(boot_id=boot, monotonic_ms=ms, quality=ClockQuality.UNTRUSTED)
    heartbeat = Heartbeat(kiosk_id=kiosk.kiosk_id, version="1", moment=at, outbox_count=0).model_copy(update=fields)
    body = heartbeat.model_dump_json().encode()
    request = kiosk.sign_request("POST", "/api/v1/heartbeats", body)
    return body, request.headers


def send(kiosk: KioskClient, line: tuple[bytes, dict[str, str]]) -> None:
    assert kiosk.send("POST", "/api/v1/heartbeats", *line).status_code == 204


def test_a_replayed_heartbeat_changes_nothing(kiosk: KioskClient) -> None:
    calls = recorded(kiosk, "boot-1", 60_000, staff_called=True, outbox_count=9)
    later = recorded(kiosk, "boot-1", 120_000)
    send(kiosk, calls)
    assert KioskState.objects.get().staff_called
    send(kiosk, later)
    before = KioskState.objects.values().get()
    send(kiosk, calls)
    send(kiosk, later)
    assert KioskState.objects.values().get() == before, "not even the time of the last heartbeat"


def test_a_heartbeat_of_an_earlier_boot_is_ignored(kiosk: KioskClient) -> None:
    first = recorded(kiosk, "boot-1", 60_000, staff_called=True)
    held_back = recorded(kiosk, "boot-1", 900_000, staff_called=True)
    send(kiosk, first)
    send(kiosk, recorded(kiosk, "boot-2", 10_000))
    before = KioskState.objects.values().get()
    send(kiosk, first)
    send(kiosk, held_back)
    assert KioskState.objects.values().get() == before
    send(kiosk, recorded(kiosk, "boot-2", 70_000, outbox_count=3))
    assert KioskState.objects.get().outbox_count == 3


def test_a_replay_does_not_restore_earlier_keys(kiosk: KioskClient) -> None:
    ring = keyring()
    old = (ring.current_fingerprint("sealing"), ring.current_fingerprint("receipt"))
    earlier = recorded(kiosk, "boot-1", 60_000, centre_keys=old)
    send(kiosk, earlier)
    ring.rotate("receipt")
    new = (ring.current_fingerprint("sealing"), ring.current_fingerprint("receipt"))
    send(kiosk, recorded(kiosk, "boot-1", 120_000, centre_keys=new))
    send(kiosk, earlier)
    assert kiosk.enrolment().receipt_fingerprint == new[1]


def test_a_stored_state_of_an_earlier_version_accepts_the_next_heartbeat(kiosk: KioskClient) -> None:
    send(kiosk, recorded(kiosk, "boot-1", 60_000))
    KioskState.objects.update(boot_id="", monotonic_ms=0)
    send(kiosk, recorded(kiosk, "boot-1", 120_000, outbox_count=4))
    assert KioskState.objects.get().outbox_count == 4
    assert not PastBoot.objects.exists()


def test_the_number_of_stored_boots_is_limited(kiosk: KioskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "MAX_PAST_BOOTS", 3)
    for number in range(8):
        send(kiosk, recorded(kiosk, f"boot-{number}", 1000))
    assert list(PastBoot.objects.order_by("pk").values_list("boot_id", flat=True)) == ["boot-4", "boot-5", "boot-6"]


def test_an_unsigned_or_changed_heartbeat_is_refused(kiosk: KioskClient) -> None:
    body, headers = recorded(kiosk, "boot-1", 60_000)
    changed = json.dumps(json.loads(body) | {"staff_called": True}).encode()
    assert kiosk.send("POST", "/api/v1/heartbeats", changed, headers).status_code == 401
    assert not KioskState.objects.exists()
