"""No small request makes the centre load or store a large amount of data, whoever sends it."""

import gzip
import hashlib
import json
import secrets
import tracemalloc
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from central.cases.models import Case
from central.commands import CommandError, offline_import
from central.intake.case_creation import CaseCreationError
from central.intake.delivery import retry_quarantined
from central.intake.models import AcceptedDelivery, Part, PartChunk
from protocol.messages import Heartbeat, SealedPart
from simulators.kiosk import JPEG, kiosk_moment
from tests.unit.central.kiosk_client import ClientResponse, KioskClient

MIB = 1024 * 1024


def measure_peak_mib(work: Callable[[], ClientResponse]) -> tuple[ClientResponse, float]:
    """The response, and the peak of Python objects in MiB while it was created."""
    tracemalloc.start()
    try:
        response = work()
        return response, tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def send_raw(kiosk: KioskClient, delivery: dict[str, Any]) -> ClientResponse:
    return kiosk.send_signed_request(
        "POST", "/api/v1/submissions", json.dumps(delivery).encode(), Idempotency_Key=delivery["submission_id"]
    )


def test_one_part_named_300_times_is_not_loaded_300_times(kiosk: KioskClient, settings: Any) -> None:
    letter = kiosk.letter_submission(1)
    sealed = kiosk.seal(letter, "page-0", secrets.token_bytes(settings.MAX_PART_BYTES - 1000))
    assert kiosk.upload(sealed).status_code == 204
    delivery = kiosk.delivery(letter, [sealed]).model_dump(mode="json")
    delivery["parts"] *= 300
    response, held = measure_peak_mib(lambda: send_raw(kiosk, delivery))
    assert response.status_code == 422
    assert held < 4
    assert not AcceptedDelivery.objects.exists()


def test_one_page_of_a_long_letter_is_in_memory_at_a_time(kiosk: KioskClient, settings: Any) -> None:
    page = JPEG + secrets.token_bytes(2 * MIB)
    letter = kiosk.letter_submission(12)
    sealed = [kiosk.seal(letter, f"page-{index}", page) for index in range(12)]
    for part in sealed:
        assert kiosk.upload(part).status_code == 204
    response, held = measure_peak_mib(lambda: kiosk.deliver(kiosk.delivery(letter, sealed)))
    assert response.status_code == 200
    assert Case.objects.get().pages.count() == 12
    assert held < 14, "one page of 2 MiB read, joined, opened and written, and the one before; twelve would be 48"


@pytest.mark.parametrize("stated", [True, False], ids=["as stated", "as stored"])
def test_an_oversized_letter_is_refused_before_it_is_loaded(kiosk: KioskClient, settings: Any, stated: bool) -> None:
    settings.MAX_LETTER_BYTES = 1500
    letter = kiosk.letter_submission(2)
    sealed = kiosk.sealed_pages(letter)
    for part in sealed:
        kiosk.upload(part)
    delivery = kiosk.delivery(letter, sealed)
    if not stated:
        delivery = delivery.model_copy(
            update={"parts": tuple(part.model_copy(update={"size": 1}) for part in delivery.parts)}
        )
    assert kiosk.deliver(delivery).status_code == 413
    assert not AcceptedDelivery.objects.exists()


def test_a_part_in_very_many_chunks_is_assembled(kiosk: KioskClient) -> None:
    letter = kiosk.letter_submission(1)
    (sealed,) = kiosk.sealed_pages(letter)
    for offset in range(0, len(sealed), 16):
        assert kiosk.upload(sealed, offset=offset, end_offset=offset + 16).status_code == 204
    assert PartChunk.objects.count() > 50
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, [sealed])))


def test_the_number_of_unclaimed_parts_is_limited(kiosk: KioskClient, settings: Any) -> None:
    settings.MAX_UNCLAIMED_PARTS = 3
    responses = [kiosk.upload(bytes([number]) * 200, end_offset=10).status_code for number in range(4)]
    assert responses == [204, 204, 204, 429]
    assert Part.objects.count() == 3


def test_pages_count_towards_the_quarantine_limit(kiosk: KioskClient, settings: Any) -> None:
    letter = kiosk.letter_submission(1)
    (sealed,) = kiosk.sealed_pages(letter)
    kiosk.upload(sealed)
    delivery = kiosk.delivery(letter, [sealed], sealing_key="0" * 32)
    settings.MAX_QUARANTINE_BYTES = len(delivery.sealed) + len(sealed) - 1
    assert kiosk.deliver(delivery).status_code == 422
    settings.MAX_QUARANTINE_BYTES += 1
    assert kiosk.deliver(delivery).status_code == 200
    settings.MAX_QUARANTINE_BYTES, settings.MAX_QUARANTINED_DELIVERIES = MIB, 1
    assert kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32)).status_code == 422


def test_an_oversized_delivery_of_an_earlier_version_stays_in_quarantine(kiosk: KioskClient) -> None:
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    accepted = AcceptedDelivery.objects.get()
    accepted.delivery = bytes(accepted.delivery).replace(b'"boot-1"', b'"' + b"b" * 100 + b'"')
    accepted.save()
    with pytest.raises(CaseCreationError, match="cannot read the delivery"):
        retry_quarantined(accepted)


@pytest.mark.parametrize(
    "fields",
    [
        {"devices": {f"device-{number}": "ready" for number in range(65)}},
        {"devices": {"printer": "r" * 201}},
        {"devices": {"p" * 65: "ready"}},
        {"findings": ("FAULT",) * 101},
        {"findings": ("F" * 65,)},
        {"versions": {str(number): "1" for number in range(33)}},
        {"version": "1" * 201},
        {"kiosk_id": "K" * 65},
        {"moment": kiosk_moment(boot_id="b" * 65)},
    ],
)
def test_heartbeat_fields_are_limited(kiosk: KioskClient, fields: dict[str, Any]) -> None:
    heartbeat = Heartbeat(kiosk_id="KKN07", version="1", moment=kiosk_moment(), outbox_count=0).model_copy(
        update=fields
    )
    assert (
        kiosk.send_signed_request("POST", "/api/v1/heartbeats", heartbeat.model_dump_json().encode()).status_code == 422
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"kiosk_id": "K" * 65},
        {"case_number": "K" * 65},
        {"sealing_key": "0" * 65},
        {"moment": kiosk_moment(boot_id="b" * 65)},
        {"parts": tuple(SealedPart(index=0, sha256=hashlib.sha256(bytes([n])).hexdigest(), size=1) for n in (1, 2))},
    ],
)
def test_delivery_fields_are_limited(kiosk: KioskClient, changes: dict[str, Any]) -> None:
    delivery = kiosk.delivery(kiosk.submission(), **changes)
    assert kiosk.deliver(delivery).status_code == 422


def test_too_many_values_are_refused_before_they_are_parsed(kiosk: KioskClient, settings: Any) -> None:
    delivery = kiosk.delivery(kiosk.submission()).model_dump(mode="json") | {"sealed": ""}
    body = json.dumps(delivery).encode()[:-1] + b',"more":[' + b"[]," * 1_000_000 + b"[]]}"
    response, held = measure_peak_mib(
        lambda: kiosk.send_signed_request(
            "POST", "/api/v1/submissions", body, Idempotency_Key=delivery["submission_id"]
        )
    )
    assert response.status_code == 400
    assert held < 20, "the body of 3 MB, and copies of it for digest and signature"


def test_a_compressed_body_is_not_decompressed(kiosk: KioskClient) -> None:
    body = gzip.compress(b" " * 50 * MIB)
    response, held = measure_peak_mib(
        lambda: kiosk.send_signed_request("POST", "/api/v1/heartbeats", body[:60_000], Content_Encoding="gzip")
    )
    assert response.status_code == 400
    assert held < 2


def test_the_rows_of_one_import_are_limited(tmp_path: Path, settings: Any, kiosk: KioskClient) -> None:
    settings.MAX_IMPORT_ROWS = 2
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(kiosk.delivery(kiosk.submission()).model_dump_json())
    with pytest.raises(CommandError, match="more than 2 rows"):
        offline_import.run(Namespace(directory=tmp_path))
    assert not Case.objects.exists()
