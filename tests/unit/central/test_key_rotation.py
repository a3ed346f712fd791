"""Key rotation: kiosks change to the new keys one by one, and nothing sealed to earlier keys is lost."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid6 import uuid7

from central import cli
from central.cases.models import Case
from central.intake.models import AcceptedDelivery
from central.keyring import keyring
from protocol import keys, signing
from protocol.encoding import from_base64
from protocol.messages import CentreKeys, CentreKeysStatement, Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.kiosk_client import KioskClient


def send_heartbeat(kiosk: KioskClient, **fields: Any) -> list[str]:
    """The fingerprints of the centre's current keys, from the response to a heartbeat."""
    heartbeat = Heartbeat(kiosk_id=kiosk.kiosk_id, version="1", moment=kiosk_moment(), outbox_count=0, **fields)
    response = kiosk.send_signed_request("POST", "/api/v1/heartbeats", heartbeat.model_dump_json().encode())
    assert response.status_code == 204
    return str(response["Centre-Keys"]).split()


def fetch_centre_keys(kiosk: KioskClient) -> CentreKeysStatement:
    """The centre's keys, verified with the receipt key the kiosk knows."""
    response = kiosk.send_signed_request("GET", f"/api/v1/enrolments/{kiosk.enrolment_response.enrolment_id}/keys")
    assert response.status_code == 200
    known = from_base64(kiosk.enrolment_response.receipt_key)
    return signing.verify_keys(
        CentreKeys.model_validate_json(response.content), known, kiosk.enrolment_response.enrolment_id
    )


def adopt_keys(kiosk: KioskClient) -> None:
    """Do what a kiosk does with new keys: verify their signature, use them, report them."""
    new = fetch_centre_keys(kiosk)
    kiosk.enrolment_response = kiosk.enrolment_response.model_copy(
        update={"sealing_key": new.sealing_key, "receipt_key": new.receipt_key}
    )
    sealing, receipt = (keys.fingerprint(from_base64(key)) for key in (new.sealing_key, new.receipt_key))
    send_heartbeat(kiosk, centre_keys=(sealing, receipt))


def test_nothing_sealed_to_the_old_key_is_lost(kiosk: KioskClient) -> None:
    before = send_heartbeat(kiosk)
    queued = kiosk.delivery(kiosk.submission())
    assert cli.main(["keys", "rotate", "sealing"]) == cli.main(["keys", "rotate", "receipt"]) == 0
    assert set(send_heartbeat(kiosk)).isdisjoint(before)
    kiosk.verify_receipt(kiosk.deliver(queued))
    adopt_keys(kiosk)
    assert send_heartbeat(kiosk) == [kiosk.enrolment().sealing_fingerprint, kiosk.enrolment().receipt_fingerprint]
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(kiosk.submission())))
    assert Case.objects.count() == 2
    assert not AcceptedDelivery.objects.filter(case=None).exists()


def test_a_receipt_lost_before_the_change_is_sent_again_under_the_new_key(kiosk: KioskClient) -> None:
    delivery = kiosk.delivery(kiosk.submission())
    first = kiosk.verify_receipt(kiosk.deliver(delivery))
    cli.main(["keys", "rotate", "receipt"])
    adopt_keys(kiosk)
    assert kiosk.verify_receipt(kiosk.deliver(delivery)) == first
    assert Case.objects.count() == 1


def test_a_kiosk_that_missed_two_key_changes_gets_the_newest_keys(kiosk: KioskClient) -> None:
    for _ in range(2):
        cli.main(["keys", "rotate", "receipt"])
    adopt_keys(kiosk)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(kiosk.submission())))
    assert fetch_centre_keys(kiosk).since == max(keyring().current_since(kind) for kind in ("sealing", "receipt"))


def test_a_clock_set_back_makes_no_new_key_older(kiosk: KioskClient) -> None:
    current = keyring().directory / "receipt" / "current"
    current.write_text(f"{keyring().current_fingerprint('receipt')} 2999-01-01T00:00:00+00:00")
    cli.main(["keys", "rotate", "sealing"])
    assert fetch_centre_keys(kiosk).since.year == 2999
    assert fetch_centre_keys(kiosk).since > datetime(2999, 1, 1, tzinfo=UTC)


def test_an_unknown_key_in_a_heartbeat_changes_nothing(kiosk: KioskClient) -> None:
    before = kiosk.enrolment().receipt_fingerprint
    send_heartbeat(kiosk, centre_keys=("0" * 32, "../../../etc/passwd"))
    assert kiosk.enrolment().receipt_fingerprint == before


def test_only_the_kiosk_itself_can_fetch_its_keys(kiosk: KioskClient) -> None:
    assert kiosk.send_signed_request("GET", f"/api/v1/enrolments/{UUID(str(uuid7()))}/keys").status_code == 404
    stranger = KioskClient("KKN09")
    stranger.enrol()
    refused = stranger.send_signed_request("GET", f"/api/v1/enrolments/{stranger.enrolment_response.enrolment_id}/keys")
    assert (refused.status_code, json.loads(refused.content)["status"]) == (403, 403)


def test_a_key_is_retired_only_when_no_kiosk_uses_it(kiosk: KioskClient, capsys: pytest.CaptureFixture[str]) -> None:
    old = keyring().current_fingerprint("sealing")
    queued = kiosk.delivery(kiosk.submission())
    assert cli.main(["keys", "retire", old]) == 2
    cli.main(["keys", "rotate", "sealing"])
    assert cli.main(["keys", "retire", old]) == 2, "the kiosk has not taken the new one"
    adopt_keys(kiosk)
    assert cli.main(["keys", "retire", old]) == 0
    assert cli.main(["keys", "retire", old]) == 2
    capsys.readouterr()
    cli.main(["keys", "list"])
    assert old not in capsys.readouterr().out

    kiosk.verify_receipt(kiosk.deliver(queued))
    assert AcceptedDelivery.objects.get().case is None, "delivered late, and still receipted"
    retired_key = keyring().directory / "retired" / f"sealing-{old}.pem"
    retired_key.rename(keyring().directory / "sealing" / f"{old}.pem")
    assert cli.main(["quarantine", "open", "all"]) == 0
    assert Case.objects.count() == 1


def test_a_key_of_an_earlier_version_has_no_date(kiosk: KioskClient) -> None:
    for kind in ("sealing", "receipt"):
        (keyring().directory / kind / "current").write_text(keyring().current_fingerprint(kind))
    assert fetch_centre_keys(kiosk).since.year == 1970
