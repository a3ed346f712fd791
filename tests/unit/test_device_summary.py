"""The device summary has one row per device: model, state, last success and next action, in both languages."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.ports.card_reader import CardAddress, CitizenCard, PersonName
from drivers.ports.receipt_printer import PrintVerdict
from journey.complaint.draft import Draft, LetterPage
from journey.state import Journey, Visit
from kiosk_app.health import machine_checks
from kiosk_app.health.device_checks import DEVICE_KINDS, DeviceKind
from kiosk_app.health.device_summary import summarise_devices
from kiosk_app.health.finding import HealthContext
from kiosk_app.health.monitor import CheckResult, format_result, run_checks
from kiosk_app.outbox.device_successes import FILE, read_last_successes, record_success
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.runner.centre_link import working_devices
from kiosk_app.settings import Settings, parse
from thai.id_number import CitizenId

WHEN = datetime(2026, 11, 21, 8, 12, tzinfo=UTC)
STATUSES = {"card_reader": "empty", "printer": "paper_out", "scanner": "ready"}


def settings_with(printer: str = "usb:/dev/usb/lp0", *, reader: bool = True) -> Settings:
    return parse({"printer": {"connection": printer}, "card_reader": {"enabled": reader}})


def equipment_text(settings: Settings, language: str) -> list[str]:
    models = {"card_reader": "Gemalto GemPC Twin 00 00", "printer": "EPSON TM-T82III", "scanner": "airscan:e0:Canon"}
    rows = summarise_devices(settings, STATUSES, models, {"card_reader": WHEN})
    return [row.format_line(language) for row in rows]


def test_a_row_has_model_state_and_next_action() -> None:
    reader, printer, scanner = equipment_text(settings_with(), "en")
    assert reader == (
        "Card reader: Gemalto GemPC Twin 00 00 · Ready, no card in it · last worked 21 Nov 2026 15:12 → Nothing to do"
    )
    assert printer == (
        "Printer: EPSON TM-T82III · P-02 The receipt printer is out of paper · has not worked yet"
        " → Insert a new roll with the thermal side facing out"
    )
    assert scanner.startswith("Scanner: airscan:e0:Canon · Ready · ")


def test_a_row_is_translated_to_thai() -> None:
    reader, printer, _ = equipment_text(settings_with(), "th")
    assert "พร้อม ไม่มีบัตรอยู่ · ใช้ได้ล่าสุด 21 พ.ย. 2569 15.12 น. → ไม่ต้องทำอะไร" in reader
    assert "P-02 กระดาษใบติดตามหมด" in printer


def test_a_disabled_device_is_shown_as_not_set_up() -> None:
    reader, printer, _ = equipment_text(settings_with("none", reader=False), "en")
    assert reader == "Card reader: Not set up → If there is one, set card_reader.enabled = true"
    assert printer == "Printer: Not set up → If there is one, set printer.connection"
    shown = [
        line for result in run_checks(HealthContext(settings_with("none"))) for line in format_result(result, "en")
    ]
    assert ("Printer", "Not set up") in shown


def test_a_device_without_a_report_is_never_ready() -> None:
    silent = summarise_devices(settings_with(), {}, {}, {})
    assert [row.state.en[:4] for row in silent] == ["C-06", "P-08", "S-08"]


@pytest.mark.parametrize("kind", DEVICE_KINDS, ids=lambda kind: kind.key)
def test_every_state_has_a_row_and_a_next_action(kind: DeviceKind) -> None:
    for status in kind.status:
        (row,) = (r for r in summarise_devices(settings_with(), {kind.key: status.value}, {}, {}) if r.key == kind.key)
        assert row.state.th
        assert row.action.en
        assert (kind.meanings[status].finding is None) is (row.action.en == "Nothing to do")
        json.dumps(row.to_dict())


def test_last_successes_are_stored_per_device_and_survive_damage(tmp_path: Path) -> None:
    assert read_last_successes(tmp_path) == {}
    record_success(tmp_path, ["card_reader"], WHEN)
    record_success(tmp_path, ["printer"], WHEN.replace(hour=9, second=59))
    assert read_last_successes(tmp_path) == {"card_reader": WHEN, "printer": WHEN.replace(hour=9)}
    for rubbish in (b"", b"[]", b'{"printer": 7}', b'{"printer": "soon"}', b"\xff"):
        (interface_directory(tmp_path) / FILE).write_bytes(rubbish)
        assert read_last_successes(tmp_path) == {}
    record_success(tmp_path, ["scanner"], WHEN)
    assert read_last_successes(tmp_path) == {"scanner": WHEN}
    record_success(tmp_path / "not there", ["scanner"], WHEN)


def test_successes_during_a_visit_are_recorded() -> None:
    assert working_devices(Journey()) == set()
    somebody = CitizenCard(CitizenId("9000000000152"), PersonName(), address=CardAddress())
    visit = Visit(7, draft=Draft(card=somebody))
    assert working_devices(Journey(visit=visit)) == {(7, "card_reader")}
    scanned = replace(visit, draft=Draft(pages=(LetterPage("1-1", 1, 1),)), print_verdict=PrintVerdict.PRINTED)
    assert working_devices(Journey(visit=scanned)) == {(7, "scanner"), (7, "printer")}
    assert working_devices(Journey(visit=replace(scanned, print_verdict=PrintVerdict.NOT_PRINTED))) == {(7, "scanner")}


def test_a_missing_word_list_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk = HealthContext(settings_with())
    assert list(machine_checks.check_word_breaks(kiosk)) == []
    monkeypatch.setattr(machine_checks, "has_dictionary", lambda: False)
    (finding,) = machine_checks.check_word_breaks(kiosk)
    assert (finding.code, finding.advice.en) == ("T-05", "apt install libthai0")


def test_a_check_without_device_is_shown_as_ready() -> None:
    (clock,) = (result for result in run_checks(HealthContext(settings_with())) if result.name.en == "Thai on paper")
    assert isinstance(clock, CheckResult)
    assert format_result(clock, "en") == [("Thai on paper", "Ready")]
