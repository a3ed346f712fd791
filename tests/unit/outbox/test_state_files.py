"""The small files beside the store: enrolment, reports, receipt note, and the clock readings of a moment."""

import json
import stat
import time
from pathlib import Path

import pytest

from journey.state import SavedSubmission
from kiosk_app.outbox import Enrolment, clock, receipt_note
from kiosk_app.outbox.enrolment import EnrolmentUnreadableError
from kiosk_app.outbox.receipt_note import FILE, ReceiptNote
from kiosk_app.outbox.reports import KioskReport, LinkReport
from tests.outbox_samples import enrolment

NOTE = ReceiptNote(SavedSubmission("0190", "7KQ2M9XD4TBVS", "KKN07A-000001-00", 1_795_000_000.0), "th")


def test_a_moment_stores_its_boot_and_the_time_since() -> None:
    first = clock.now()
    time.sleep(0.02)
    second = clock.now()
    assert first.boot_id == second.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert 20 <= second.monotonic_ms - first.monotonic_ms < 5000
    assert first.wall.utcoffset() is not None


def test_an_enrolment_is_stored_and_readable_by_every_user(tmp_path: Path) -> None:
    assert Enrolment.load(tmp_path) is None
    enrolled = enrolment()
    enrolled.save(tmp_path)
    assert Enrolment.load(tmp_path) == enrolled
    assert stat.S_IMODE((tmp_path / "enrolment.json").stat().st_mode) == 0o644
    (tmp_path / "enrolment.json").write_text("{}")
    with pytest.raises(EnrolmentUnreadableError, match="enrol this kiosk again"):
        Enrolment.load(tmp_path)


def test_a_flipped_bit_never_gives_a_different_valid_enrolment(tmp_path: Path) -> None:
    """Any 32 bytes are a valid sealing key, but nobody could open what a changed key seals."""
    enrolled = enrolment()
    enrolled.save(tmp_path)
    file = tmp_path / "enrolment.json"
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        try:
            assert Enrolment.load(tmp_path) == enrolled
        except EnrolmentUnreadableError:
            continue
    file.write_text(enrolled.model_dump_json())  # the format of earlier versions
    assert Enrolment.load(tmp_path) == enrolled


def test_the_note_reopens_the_receipt_and_is_erased(tmp_path: Path) -> None:
    assert receipt_note.load_note(tmp_path) is None
    receipt_note.save_note(tmp_path, NOTE)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert receipt_note.load_note(tmp_path) == NOTE
    assert NOTE.saved.code not in repr(NOTE)
    with (tmp_path / FILE).open("rb") as still_open:
        receipt_note.erase(tmp_path)
        assert set(still_open.read()) == {0}
    assert list(tmp_path.iterdir()) == []
    receipt_note.erase(tmp_path)


def test_a_partly_written_note_is_erased_at_the_next_start(tmp_path: Path) -> None:
    half = tmp_path / f".{FILE}.4711"
    half.write_text(f'{{"code": "{NOTE.saved.code}"')
    assert receipt_note.load_note(tmp_path) is None
    assert not half.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"boot_id": "another"},
        {"monotonic_ms": 0},
        {"monotonic_ms": 2**60},
        {"monotonic_ms": "x"},
        {"code": None, "x": 1},
    ],
)
def test_a_note_of_another_boot_or_too_old_is_erased(tmp_path: Path, changed: dict[str, object]) -> None:
    receipt_note.save_note(tmp_path, NOTE)
    content = json.loads((tmp_path / FILE).read_text()) | changed
    (tmp_path / FILE).write_text(json.dumps(content))
    assert receipt_note.load_note(tmp_path) is None
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", ["", "[]", "null", '{"a": 1'])
def test_a_truncated_note_is_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert receipt_note.load_note(tmp_path) is None


def test_reports_of_another_boot_or_too_old_are_ignored(tmp_path: Path) -> None:
    assert KioskReport.read(tmp_path) is None
    report = KioskReport(devices={"printer": "ready"}, findings=("P-01",), staff_called=True)
    report.write(tmp_path)
    assert KioskReport.read(tmp_path) == report
    report.model_copy(update={"boot_id": "another"}).write(tmp_path)
    assert KioskReport.read(tmp_path) is None
    old = clock.monotonic_ms() - KioskReport.valid_ms - 1
    report.model_copy(update={"monotonic_ms": old}).write(tmp_path)
    assert KioskReport.read(tmp_path) is None
    (tmp_path / "interface" / "status.json").write_text("{")
    assert KioskReport.read(tmp_path) is None
    LinkReport(centre_answers=False, trouble="no route").write(tmp_path)
    link = LinkReport.read(tmp_path)
    assert link is not None and not link.centre_answers
