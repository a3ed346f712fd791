import fcntl
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import pytest

from kiosk_app.outbox import (
    InvalidReceiptError,
    Outbox,
    OutboxBrokenError,
    OutboxFullError,
    OutboxTooNewError,
    RowNotFoundError,
    offline_transfer,
    salvage,
    store,
)
from kiosk_app.outbox.clock import now
from kiosk_app.outbox.offline_transfer import export_rows, import_receipts
from protocol import case_number, keys, signing, tracking_code
from protocol.case_number import MAX_RUNNING_NUMBER
from protocol.messages import Delivery
from tests.outbox_samples import (
    CENTRE_KEYS,
    STORY,
    CentreSecretKeys,
    delete_receipted,
    enrolment,
    save_submission,
    submission_composer,
)

PAGES = (b"\xff\xd8first page" * 500, b"\xff\xd8second page" * 700)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(directory: Path) -> Iterator[Outbox]:
    with Outbox.open(directory, enrolment()) as opened:
        yield opened


def everything_on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def test_only_the_centre_can_open_a_saved_submission(outbox: Outbox, directory: Path) -> None:
    moment = now()
    saved = outbox.save(submission_composer(2), PAGES, moment)
    row = outbox.read(saved.submission_id)
    submission = CENTRE_KEYS.open_submission(row)
    assert (str(submission.submission_id), submission.tracking_code, submission.case_number) == (
        saved.submission_id,
        saved.code,
        saved.number,
    )
    assert tracking_code.parse(saved.code) == saved.code
    assert str(case_number.parse(saved.number)) == saved.number
    assert UUID(saved.submission_id).version == 7
    assert submission.text == STORY
    assert row.moment == moment
    for index, page in enumerate(PAGES):
        assert CENTRE_KEYS.open_page(row, index, outbox.read_part(saved.submission_id, index)) == page
    disk = everything_on_disk(directory)
    for secret in (STORY[:20].encode(), "บุญมา".encode(), PAGES[0][:20], saved.code.encode()):
        assert secret not in disk
    assert saved.code not in repr(saved)


def test_numbers_continue_after_reopening(directory: Path) -> None:
    for expected in ("000001", "000002", "000003"):
        with Outbox.open(directory, enrolment()) as outbox:
            assert outbox.save(submission_composer(), (), now()).number.split("-")[1] == expected


def test_a_new_enrolment_begins_a_new_series(directory: Path) -> None:
    with Outbox.open(directory, enrolment(series="A")) as outbox:
        save_submission(outbox)
    with Outbox.open(directory, enrolment(series="B")) as outbox:
        assert outbox.save(submission_composer(), (), now()).number.startswith("KKN07B-000001-")
    with Outbox.open(directory, enrolment(series="A")) as outbox:
        assert outbox.save(submission_composer(), (), now()).number.startswith("KKN07A-000002-")


def test_a_failed_composition_stores_nothing(outbox: Outbox) -> None:
    def slip(submission_id: UUID, code: str, number: str) -> NoReturn:
        raise ValueError("the draft is not complete")

    with pytest.raises(ValueError, match="not complete"):
        outbox.save(slip, PAGES, now())
    with pytest.raises(ValueError, match="does not describe the pages"):
        outbox.save(submission_composer(1), PAGES, now())
    with pytest.raises(ValueError, match="does not carry"):
        outbox.save(lambda i, c, n: submission_composer()(i, tracking_code.generate(), n), (), now())
    assert outbox.count() == 0
    assert outbox.unconfirmed() == []
    assert save_submission(outbox)


def test_pending_rows_are_listed_in_order_of_saving(outbox: Outbox) -> None:
    assert (outbox.count(), outbox.oldest(), outbox.pending()) == (0, None, [])
    first, second = save_submission(outbox), save_submission(outbox, PAGES)
    waiting = outbox.pending()
    assert [row.submission_id for row in waiting] == [first, second]
    assert outbox.count() == 2
    assert outbox.oldest() == waiting[0].saved
    assert abs(waiting[0].saved - datetime.now(UTC)) < timedelta(minutes=1)
    assert waiting[1].size > sum(map(len, PAGES)) > waiting[0].size


def test_only_the_centres_receipt_for_exactly_this_row_deletes(outbox: Outbox) -> None:
    first, second = save_submission(outbox, PAGES), save_submission(outbox, PAGES)
    row, other = outbox.read(first), outbox.read(second)
    stranger = CentreSecretKeys(CENTRE_KEYS.sealing, keys.new_signing_key())
    wrong = [
        stranger.sign_receipt(row),
        CENTRE_KEYS.sign_receipt(other),
        CENTRE_KEYS.sign_receipt(row, submission_id=UUID(second)),
        CENTRE_KEYS.sign_receipt(row, case_number=other.case_number),
        CENTRE_KEYS.sign_receipt(row, kiosk_id="KKN08"),
        CENTRE_KEYS.sign_receipt(row, sealed_sha256=other.sealed_sha256),
        CENTRE_KEYS.sign_receipt(row, parts=()),
        CENTRE_KEYS.sign_receipt(row, parts=tuple(reversed([part.sha256 for part in row.parts]))),
    ]
    for receipt in wrong:
        with pytest.raises(InvalidReceiptError):
            outbox.check_receipt(row, receipt)
    assert outbox.count() == 2
    receipted = outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row))
    assert outbox.count() == 2
    assert outbox.delete([receipted]) == 1
    assert [waiting.submission_id for waiting in outbox.pending()] == [second]
    for gone in (lambda: outbox.read(first), lambda: outbox.read_part(first, 0)):
        with pytest.raises(RowNotFoundError):
            gone()
    assert outbox.delete([receipted]) == 0


def test_receipted_rows_are_deleted_in_one_transaction(outbox: Outbox, directory: Path) -> None:
    rows = [outbox.read(save_submission(outbox, PAGES)) for _ in range(4)]
    receipted = [outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row)) for row in rows]
    refusal = f"CREATE TRIGGER stuck BEFORE DELETE ON submissions WHEN old.submission_id = '{rows[2].submission_id}'"
    with closing(sqlite3.connect(directory / "outbox.db")) as disk:
        disk.execute(f"{refusal} BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    with pytest.raises(OutboxBrokenError, match="stuck"):
        outbox.delete(receipted)
    assert [row.submission_id for row in outbox.pending()] == [row.submission_id for row in rows]
    assert outbox.read_part(rows[0].submission_id, 1)
    assert outbox.delete(receipted[:2] + receipted[3:]) == 3
    assert [row.submission_id for row in outbox.pending()] == [rows[2].submission_id]


def test_delivered_bytes_are_erased_from_the_disk(directory: Path) -> None:
    outbox = Outbox.open(directory, enrolment())
    submission, other = save_submission(outbox, PAGES), save_submission(outbox)
    row, page = outbox.read(submission), outbox.read_part(submission, 0)
    assert page[100:200] in everything_on_disk(directory)
    delete_receipted(outbox, submission)
    outbox.compact()
    disk = everything_on_disk(directory)
    assert page[100:200] not in disk
    assert row.sealed[100:200] not in disk
    assert outbox.read(other).sealed[100:200] in disk
    outbox.close()


def test_unconfirmed_case_numbers_are_stored_for_seven_days_after_delivery(outbox: Outbox) -> None:
    unanswered, confirmed, denied = (save_submission(outbox) for _ in range(3))
    numbers = {row.submission_id: row.case_number for row in outbox.pending()}
    outbox.confirm_receipt(confirmed, True)
    outbox.confirm_receipt(denied, False)
    assert [case.case_number for case in outbox.unconfirmed()] == [numbers[unanswered], numbers[denied]]
    states = {row.submission_id: row.receipt_confirmed for row in outbox.pending()}
    assert states == {unanswered: None, confirmed: True, denied: False}
    delete_receipted(outbox, unanswered)
    assert [case.case_number for case in outbox.unconfirmed()] == [numbers[unanswered], numbers[denied]]
    outbox.confirm_receipt(unanswered, True)  # after delivery
    assert [case.case_number for case in outbox.unconfirmed()] == [numbers[denied]]

    long_ago = now().model_copy(update={"wall": datetime.now(UTC) - timedelta(days=8)})
    outbox.save(submission_composer(), (), long_ago)
    assert [case.case_number for case in outbox.unconfirmed()] == [numbers[denied]]


def test_the_reserve_stops_new_visits_and_nothing_else(directory: Path) -> None:
    with Outbox.open(directory, enrolment()) as outbox:
        first = save_submission(outbox)
    with Outbox.open(directory, enrolment(), reserve_bytes=2**60) as full:
        with pytest.raises(OutboxFullError, match="reserve"):
            full.check()
        under_way = save_submission(full)
        delete_receipted(full, first)
        assert [row.submission_id for row in full.pending()] == [under_way]


def test_an_exhausted_series_stops_new_visits(outbox: Outbox, directory: Path) -> None:
    with sqlite3.connect(directory / "outbox.db") as other:
        other.execute("INSERT INTO series VALUES ('KKN07A', ?)", (MAX_RUNNING_NUMBER - 1,))
    assert outbox.save(submission_composer(), (), now()).number.startswith(f"KKN07A-{MAX_RUNNING_NUMBER}-")
    assert not outbox.can_accept()
    with pytest.raises(OutboxFullError, match="enrol"):
        save_submission(outbox)


def test_without_an_enrolment_everything_but_saving_works(directory: Path) -> None:
    with Outbox.open(directory, enrolment()) as outbox:
        save_submission(outbox)
    with Outbox.open(directory, None) as outbox:
        assert (outbox.count(), outbox.can_accept()) == (1, False)
        with pytest.raises(OutboxBrokenError, match="not enrolled"):
            save_submission(outbox)


def test_files_are_shared_by_the_group_whatever_the_umask(directory: Path) -> None:
    before = os.umask(0o077)
    try:
        with Outbox.open(directory, enrolment()) as outbox:
            save_submission(outbox)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o2770
    assert set(modes) == {"outbox.db", "outbox.db-wal", "outbox.db-shm", "series.json", "lock"}
    assert set(modes.values()) == {0o660}


def test_the_database_settings_make_commits_durable(outbox: Outbox) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 2}  # FULL, FAST
    assert {name: outbox._store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted


def test_another_process_sees_changes(outbox: Outbox, directory: Path) -> None:
    with Outbox.open(directory, None) as reader:
        assert reader.has_changed()
        assert not reader.has_changed()
        submission = save_submission(outbox)
        assert reader.has_changed()
        assert not reader.has_changed()
        assert reader.read(submission).submission_id == submission


def test_saving_threads_and_a_deleting_reader_do_not_disturb_each_other(outbox: Outbox, directory: Path) -> None:
    saving = [threading.Thread(target=lambda: [save_submission(outbox, PAGES) for _ in range(10)]) for _ in range(3)]
    for thread in saving:
        thread.start()
    seen: list[str] = []
    with Outbox.open(directory, enrolment()) as reader:
        while any(thread.is_alive() for thread in saving) or reader.count():
            for waiting in reader.pending():
                row = reader.read(waiting.submission_id)
                reader.delete([reader.check_receipt(row, CENTRE_KEYS.sign_receipt(row))])
                seen.append(row.case_number)
    assert [case_number.parse(number).running for number in seen] == list(range(1, 31))


def test_a_refused_row_stays_until_it_is_tried_again(outbox: Outbox) -> None:
    submission = save_submission(outbox)
    outbox.mark_refused(submission, "422 The submission names a part that is not here")
    assert outbox.pending()[0].refused.startswith("422")
    assert outbox.retry_refused() == 1
    assert outbox.pending()[0].refused == ""
    assert outbox.retry_refused() == 0


def test_an_empty_store_frees_its_disk_space(outbox: Outbox, directory: Path) -> None:
    for _ in range(15):
        save_submission(outbox, (os.urandom(2_000_000),))
    with Outbox.open(directory, None):  # the other process has the store open too
        delete_receipted(outbox, *(waiting.submission_id for waiting in outbox.pending()))
        outbox.compact()
    assert sum(path.stat().st_size for path in directory.iterdir()) < 200_000


def test_the_centre_can_import_an_export(outbox: Outbox, tmp_path: Path) -> None:
    submission = save_submission(outbox, PAGES)
    save_submission(outbox)
    target = tmp_path / "stick" / "kiosk"
    assert export_rows(target, outbox) == 2
    row = outbox.read(submission)
    delivery = Delivery.model_validate_json((target / f"{row.case_number}.json").read_bytes())
    assert delivery == row.delivery(delivery.sent)
    for part in delivery.parts:
        sealed = (target / f"{row.case_number}.page-{part.index}").read_bytes()
        assert CENTRE_KEYS.open_page(row, part.index, sealed) == PAGES[part.index]
    assert len(list(target.iterdir())) == 2 + len(PAGES)
    assert outbox.count() == 2


def test_a_tampered_store_does_not_choose_the_export_path(outbox: Outbox, tmp_path: Path) -> None:
    submission_id = save_submission(outbox, PAGES)
    outbox._store.db.execute("UPDATE submissions SET case_number = '../escaped'")
    export_rows(tmp_path / "stick", outbox)
    assert not list(tmp_path.glob("escaped*"))
    assert {file.stem for file in (tmp_path / "stick").iterdir()} == {submission_id}


def test_imported_receipts_delete_the_rows_they_acknowledge(outbox: Outbox, tmp_path: Path) -> None:
    held, other, forged = (outbox.read(save_submission(outbox, PAGES)) for _ in range(3))
    stick = tmp_path / "stick"
    export_rows(stick, outbox)
    stranger = CentreSecretKeys(CENTRE_KEYS.sealing, keys.new_signing_key())
    for row, receipt in ((held, CENTRE_KEYS.sign_receipt(held)), (forged, stranger.sign_receipt(forged))):
        (stick / f"{row.case_number}.receipt").write_text(receipt.model_dump_json())
    (stick / "rubbish.receipt").write_bytes(b"\xff")
    (stick / "endless.receipt").symlink_to("/dev/zero")
    (stick / "a directory.receipt").mkdir()
    taken = import_receipts(stick, outbox)
    assert (taken.receipts, taken.deleted) == (5, 1)
    rejected = {f"{forged.case_number}.receipt", "rubbish.receipt", "endless.receipt", "a directory.receipt"}
    assert {name for name, _ in taken.invalid} == rejected
    assert [row.submission_id for row in outbox.pending()] == [other.submission_id, forged.submission_id]
    assert import_receipts(stick, outbox).deleted == 0


_SMALL_DISK_SCRIPT = """
import os, sys
from pathlib import Path
from kiosk_app.outbox import Outbox, OutboxFullError
from tests.outbox_samples import delete_receipted, enrolment, save_submission
place = Path(sys.argv[1])
outbox = Outbox.open(place / "outbox", enrolment(), reserve_bytes=4_000_000)
outbox.ensure_ballast(4_000_000)
rows = [save_submission(outbox, (os.urandom(200_000),)) for _ in range(10)]
try:  # the log of another program
    with (place / "log").open("wb", buffering=0) as log:
        while True:
            log.write(bytes(4096))
except OSError:
    pass
assert not outbox.can_accept()
rows.append(save_submission(outbox, (os.urandom(1_000_000),)))  # the visit under way
assert delete_receipted(outbox, *rows) == 11
outbox.compact()
outbox.ensure_ballast(4_000_000)
assert not (place / "outbox" / "ballast").exists()  # other programs fill the disk: the reserve comes first
(place / "log").unlink()
outbox.ensure_ballast(4_000_000)
assert (place / "outbox" / "ballast").stat().st_blocks * 512 >= 4_000_000
"""


def test_only_a_valid_receipt_file_on_a_stick_is_accepted(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person who carries the stick chooses every file name on it, and root reads the stick."""
    save_submission(outbox)
    (row,) = (outbox.read(one.submission_id) for one in outbox.pending())
    stick = tmp_path / "stick"
    stick.mkdir()
    secret = tmp_path / "secret"
    secret.write_text(CENTRE_KEYS.sign_receipt(row).model_dump_json())
    (stick / "a.receipt").symlink_to(secret)
    os.mkfifo(stick / "b.receipt")
    (stick / "c.receipt").symlink_to("/dev/zero")
    (stick / "d.receipt").mkdir()
    with (stick / "e.receipt").open("wb") as large:
        large.truncate(1 << 40)  # a sparse file, larger than any disk of a kiosk
    (stick / "f.receipt").write_text("[" * 60_000)
    unsigned = CENTRE_KEYS.sign_receipt(row).model_copy(update={"signature": "AAAA"})
    (stick / "g.receipt").write_text(unsigned.model_dump_json())
    taken = import_receipts(stick, outbox)
    assert (taken.receipts, taken.deleted, len(taken.invalid)) == (7, 0, 7)
    assert outbox.count() == 1
    monkeypatch.setattr(offline_transfer, "MAX_RECEIPTS", 3)
    with pytest.raises(OSError, match="more than 3 receipts"):
        import_receipts(stick, outbox)


def test_a_lock_held_for_ever_blocks_others_only_until_the_time_out(
    outbox: Outbox, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory is shared: a compromised interface could otherwise block root's commands and delivery for ever."""
    monkeypatch.setattr(store, "LOCK_TIMEOUT_S", 0.2)
    save_submission(outbox)
    with (directory / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OutboxBrokenError, match="held by another program"):
            Outbox.open(directory, enrolment())
        assert outbox.count() == 1
    Outbox.open(directory, enrolment()).close()


_ENDLESS_QUERY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT"


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER t BEFORE DELETE ON submissions "
        f"BEGIN SELECT (SELECT count(*) FROM ({_ENDLESS_QUERY} x FROM n)); END",
        "CREATE TRIGGER t AFTER INSERT ON submissions BEGIN DELETE FROM submissions; END",
        f"ALTER TABLE unconfirmed RENAME TO u; CREATE VIEW unconfirmed AS {_ENDLESS_QUERY} x, x, x FROM n WHERE x > 1",
    ],
    ids=["endless", "deleting", "view"],
)
def test_a_store_with_planted_statements_is_set_aside(
    directory: Path, planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted statement makes a deletion endless or removes new rows. The pending rows are salvaged."""
    monkeypatch.setattr(salvage, "SALVAGE_QUERY_TIMEOUT_S", 1.0)
    with Outbox.open(directory, enrolment()) as outbox:
        submission_id = save_submission(outbox, PAGES)
        path = outbox._store.path
    with closing(sqlite3.connect(path, isolation_level=None)) as hostile:
        hostile.executescript(planted)
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        assert [row.submission_id for row in outbox.pending()] == [submission_id]
        assert delete_receipted(outbox, submission_id) == 1
        assert save_submission(outbox, PAGES)


def test_an_oversized_value_is_not_loaded_into_memory(outbox: Outbox) -> None:
    save_submission(outbox, PAGES)
    (row,) = outbox.pending()
    with closing(sqlite3.connect(outbox._store.path)) as planted, planted:
        planted.execute("UPDATE pages SET sealed = zeroblob(300000000) WHERE number = 0")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(OutboxBrokenError):
        outbox.read_part(row.submission_id, 0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


def test_on_a_disk_filled_by_other_programs_the_ballast_allows_a_save_and_deletions(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=16m small "$0" && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(tmp_path)]
    command += [sys.executable, "-c", _SMALL_DISK_SCRIPT, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_a_newer_store_is_left_untouched(outbox: Outbox, directory: Path) -> None:
    submission = save_submission(outbox)
    outbox._store.db.execute("PRAGMA user_version = 99")
    with pytest.raises(OutboxTooNewError):
        Outbox.open(directory, enrolment())
    assert outbox.read(submission)
    assert outbox.list_damaged_stores() == []


def test_an_unusable_directory_gives_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("not a directory")
    with pytest.raises(OutboxBrokenError, match="cannot be used"):
        Outbox.open(tmp_path / "outbox", enrolment())


def test_the_receipt_must_be_signed_by_the_key_of_this_enrolment(outbox: Outbox) -> None:
    row = outbox.read(save_submission(outbox))
    receipt = CENTRE_KEYS.sign_receipt(row)
    with pytest.raises(InvalidReceiptError, match="not signed by the centre"):
        outbox.check_receipt(row, receipt.model_copy(update={"signature": receipt.signature[::-1]}))
    assert signing.verify_receipt(receipt, enrolment().receipt_public_key(receipt.key)).case_number == row.case_number
