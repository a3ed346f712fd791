"""Paper, cutter and disk: what the heartbeat reports of them, and when staff are told."""

import json
import os
from pathlib import Path

import pytest

from drivers.receipt_printer.state_store import STATE_FILE, PersistedState, PrinterStateStore
from kiosk_app.health import consumables
from kiosk_app.health.consumables import estimate_consumables, forecast_days
from kiosk_app.health.consumables_checks import check_cutter, check_disk
from kiosk_app.health.finding import HealthContext
from kiosk_app.outbox.state_directory import interface_directory
from kiosk_app.settings import Settings
from kiosk_app.settings.sections import PathSettings, PrinterSettings
from provision import disk_wear

NOW, DAY_S = 1_800_000_000.0, 24 * 3600.0
ROLL = PersistedState(printed_mm=20_000.0, total_mm=90_000.0, jobs=450, roll_since=NOW - 10 * DAY_S)


@pytest.fixture(autouse=True)
def disk_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(consumables, "DISK_FILE", tmp_path / "disk.json")
    return tmp_path / "disk.json"


def _settings(directory: Path, **printer: object) -> Settings:
    values = {"connection": "usb:/dev/usb/lp0", "roll_m": 80.0, "cutter_life": 1000} | printer
    return Settings(printer=PrinterSettings(**values), paths=PathSettings(state=directory))  # type: ignore[arg-type]


def _store(directory: Path, state: PersistedState = ROLL) -> None:
    (interface_directory(directory) / STATE_FILE).write_text(json.dumps(vars(state)), encoding="utf-8")


def test_the_roll_is_forecast_from_its_own_use(tmp_path: Path) -> None:
    _store(tmp_path)
    known = estimate_consumables(_settings(tmp_path), NOW)
    assert (known.paper_left_mm, known.paper_days) == (60_000, 30), "2 m a day, 60 m left"
    assert (known.printed_m, known.cutter_percent) == (90, 45)


@pytest.mark.parametrize(
    ("state", "days"),
    [
        (ROLL, 30),
        (PersistedState(), None),  # nothing printed yet
        (PersistedState(printed_mm=500.0, roll_since=NOW - DAY_S / 2), None),  # half a day is too short
        (PersistedState(printed_mm=500.0, roll_since=NOW + DAY_S), None),  # the clock was set back
        (PersistedState(printed_mm=500.0, roll_since=1.0), None),  # ... or forward
        (PersistedState(printed_mm=1.0, roll_since=NOW - 2 * DAY_S), 999),
    ],
)
def test_a_forecast_needs_a_day_of_use_and_a_clock(state: PersistedState, days: int | None) -> None:
    assert forecast_days(60_000.0, state, NOW) == days


def test_what_is_not_known_is_not_reported(tmp_path: Path) -> None:
    known = estimate_consumables(_settings(tmp_path, roll_m=0.0, cut=False), NOW)
    assert known.paper_left_mm is known.paper_days is known.cutter_percent is known.disk_percent is None
    assert not known.is_disk_failing


def test_the_driver_counts_all_paper_and_begins_again_with_a_roll(tmp_path: Path) -> None:
    file = tmp_path / "printer.json"
    PrinterStateStore(file).record_job_started(200.0)
    store = PrinterStateStore(file, roll_mm=80_000.0)
    store.record_job_started(300.0)
    assert (store.state.total_mm, store.state.jobs, store.state.printed_mm) == (500.0, 2, 300.0)
    assert store.state.roll_since > 0
    store.record_new_roll()
    state = PrinterStateStore(file).state
    assert (state.total_mm, state.printed_mm, state.roll_since) == (500.0, 0.0, 0.0)


def test_the_file_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    file = tmp_path / "printer.json"
    file.write_text('{"printed_mm": 12.5, "ran_out": false, "job_open_since": ""}', encoding="utf-8")
    assert PrinterStateStore(file).state == PersistedState(printed_mm=12.5)


def test_staff_are_told_of_a_worn_cutter(tmp_path: Path) -> None:
    for jobs, codes in ((899, []), (900, ["P-10"])):
        _store(tmp_path, PersistedState(jobs=jobs))
        assert [finding.code for finding in check_cutter(HealthContext(_settings(tmp_path)))] == codes


@pytest.mark.parametrize(
    ("content", "severity"),
    [
        ('{"worn_percent": 79, "is_failing": false}', None),
        ('{"worn_percent": 80, "is_failing": false}', "note"),
        ('{"worn_percent": null, "is_failing": true}', "hinders"),
        ("{", None),
        ('{"worn_percent": "x"}', None),
    ],
)
def test_staff_are_told_of_a_worn_disk(disk_file: Path, content: str, severity: str | None) -> None:
    disk_file.write_text(content, encoding="utf-8")
    severities = [finding.severity.value for finding in check_disk(HealthContext(Settings()))]
    assert severities == ([severity] if severity else [])


# --- what the disk says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "percent", "is_failing"),
    [
        ({"smart_status": {"passed": True}, "nvme_smart_health_information_log": {"percentage_used": 3}}, 3, False),
        ({"smart_status": {"passed": False}, "nvme_smart_health_information_log": {"percentage_used": 120}}, 120, True),
        ({"endurance_used": {"current_percent": 7}}, 7, False),
        ({"ata_smart_attributes": {"table": [{"id": 9, "value": 50}, {"id": 177, "value": 88}]}}, 12, False),
        ({"ata_smart_attributes": {"table": [{"id": 5, "value": 100}]}}, None, False),  # a disk without flash
        ({"ata_smart_attributes": {"table": "x"}, "smart_status": 1}, None, False),
        ({}, None, False),
    ],
)
def test_the_report_of_smartctl_is_read(report: dict[str, object], percent: int | None, is_failing: bool) -> None:
    assert disk_wear.read_smart(report) == {"worn_percent": percent, "is_failing": is_failing}


def test_a_memory_card_says_it_in_tenths(tmp_path: Path) -> None:
    assert disk_wear.read_card(tmp_path) is None
    (tmp_path / "life_time").write_text("0x02 0x03\n")
    (tmp_path / "pre_eol_info").write_text("0x01\n")
    assert disk_wear.read_card(tmp_path) == {"worn_percent": 30, "is_failing": False}
    (tmp_path / "pre_eol_info").write_text("0x03\n")
    assert disk_wear.read_card(tmp_path) == {"worn_percent": 30, "is_failing": True}


def test_the_disk_below_a_partition_and_below_encryption_is_asked(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    disk = tmp_path / "devices/nvme0n1"
    (disk / "nvme0n1p2").mkdir(parents=True)
    (disk / "size").write_text("1\n")
    (disk / "nvme0n1p2/partition").write_text("2\n")
    mapped = tmp_path / "devices/dm-0/slaves"
    mapped.mkdir(parents=True)
    (mapped / "nvme0n1p2").symlink_to(disk / "nvme0n1p2")
    entry = tmp_path / "dev/block" / f"{os.major(number)}:{os.minor(number)}"
    entry.parent.mkdir(parents=True)
    for target in (disk / "nvme0n1p2", mapped.parent):
        entry.unlink(missing_ok=True)
        entry.symlink_to(target)
        assert disk_wear.find_disk(tmp_path, tmp_path) == "nvme0n1"
    entry.unlink()
    assert disk_wear.find_disk(tmp_path, tmp_path) == ""
