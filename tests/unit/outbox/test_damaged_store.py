"""Stores that were damaged, lost or rolled back: nothing that can be saved is lost, no number repeats."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlite_utils import Database

from kiosk_app.outbox import Outbox, OutboxBrokenError, RowNotFoundError, salvage, store
from kiosk_app.outbox.clock import now
from kiosk_app.outbox.series import RESERVED_AHEAD, SeriesMirror
from protocol import case_number
from tests.outbox_samples import CENTRE_KEYS, enrolment, save_submission, submission_composer

PAGES = (b"\xff\xd8page" * 20_000,)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def create_store(directory: Path, rows: int = 6) -> list[str]:
    with Outbox.open(directory, enrolment()) as outbox:
        return [save_submission(outbox, PAGES) for _ in range(rows)]


def overwrite_page(directory: Path, where: bytes) -> None:
    """Overwrite the first page after the schema's in the store that contains these bytes."""
    path = directory / "outbox.db"
    content = path.read_bytes()
    start = content.index(where, 2 * 8192) // 8192 * 8192
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 8192)


def next_case_number(outbox: Outbox) -> int:
    return case_number.parse(outbox.save(submission_composer(), (), now()).number).running


def test_a_store_that_is_not_a_database_is_set_aside(directory: Path) -> None:
    create_store(directory)
    before = (directory / "outbox.db").read_bytes()
    damaged = b"\x00" * 4096 + before[4096:]
    (directory / "outbox.db").write_bytes(damaged)
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        assert (directory / "damaged-outbox.db").read_bytes() == damaged
        assert outbox.can_accept()
        assert next_case_number(outbox) == 1 + RESERVED_AHEAD + 1  # the first save reserved numbers up to here
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.count() == 1
        assert next_case_number(outbox) == 1 + RESERVED_AHEAD + 2


def test_readable_rows_are_salvaged_from_a_damaged_store(directory: Path) -> None:
    ids = create_store(directory)
    with Outbox.open(directory, enrolment()) as outbox:
        sealed = outbox.read_part(ids[2], 0)
    overwrite_page(directory, sealed[50_000:50_100])
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        assert [waiting.submission_id for waiting in outbox.pending()] == ids[:2] + ids[3:]
        for waiting in outbox.pending():  # complete: sealed hash and pages
            row = outbox.read(waiting.submission_id)
            CENTRE_KEYS.open_submission(row)
            assert CENTRE_KEYS.open_page(row, 0, outbox.read_part(row.submission_id, 0)) == PAGES[0]
        assert next_case_number(outbox) > len(ids)


def test_damage_found_while_saving_does_not_lose_the_visit(directory: Path) -> None:
    with Outbox.open(directory, enrolment()) as outbox, Outbox.open(directory, enrolment()) as forwarder:
        first = save_submission(outbox)
        outbox._store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        path = directory / "outbox.db"
        with path.open("r+b") as file:  # while both connections are open
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        outbox._store.db.execute("PRAGMA shrink_memory")
        saved = outbox.save(submission_composer(), (), now())
        assert CENTRE_KEYS.open_submission(outbox.read(saved.submission_id)).case_number == saved.number
        assert case_number.parse(saved.number).running > 1
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        # The forwarder switches to the new store, and closing the old one has no effect on it.
        assert forwarder.has_changed()
        assert [row.case_number for row in forwarder.pending()] == [saved.number]
        assert first not in {row.submission_id for row in outbox.pending()}
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.count() == 1


def test_a_damaged_row_in_the_forwarder_blocks_no_other_row(directory: Path) -> None:
    ids = create_store(directory)
    with Outbox.open(directory, enrolment()) as interface, Outbox.open(directory, enrolment()) as forwarder:
        assert len(forwarder.pending()) == len(ids)
        overwrite_page(directory, ids[2].encode())
        forwarder._store.db.execute("PRAGMA shrink_memory")
        receipted = []
        for waiting in forwarder.pending():
            with suppress(RowNotFoundError):
                row = forwarder.read(waiting.submission_id)
                assert forwarder.read_part(row.submission_id, 0)
                receipted.append(forwarder.check_receipt(row, CENTRE_KEYS.sign_receipt(row)))
        assert forwarder.delete(receipted) == len(receipted)  # also rows read before the store was set aside
        assert forwarder.count() == 0
        assert interface.list_damaged_stores() == ["damaged-outbox.db"]
        assert next_case_number(interface) > len(ids)
        assert forwarder.count() == 1


@pytest.mark.parametrize(
    ("corruption", "left"),
    [
        ("UPDATE submissions SET moment = '{' WHERE rowid = 2", 2),
        ("UPDATE submissions SET parts = '[{}]' WHERE rowid = 2", 2),
        ("UPDATE submissions SET sealed_sha256 = 'q' WHERE rowid = 2", 2),
        ("UPDATE submissions SET case_number = CAST(x'ff' AS TEXT) WHERE rowid = 2", 2),
        ("UPDATE submissions SET case_number = x'41' WHERE rowid = 2", 2),
        ("UPDATE submissions SET submission_id = 'x' WHERE rowid = 2", 2),
        ("UPDATE pages SET submission_id = 'x' WHERE rowid = 2", 2),
        ("UPDATE pages SET number = 7 WHERE rowid = 2", 3),  # values that follow from other columns are repaired
        ("UPDATE submissions SET saved = 'x' WHERE rowid = 2", 3),
        ("UPDATE submissions SET saved = 9e99 WHERE rowid = 2", 3),
        ("UPDATE series SET last = 'x'", 3),
        ("UPDATE unconfirmed SET saved = 'x'", 3),
    ],
)
def test_one_corrupt_value_blocks_no_other_row(directory: Path, corruption: str, left: int) -> None:
    """SQLite has no checksum over its content: only the reader of a row notices a flipped bit."""
    ids = create_store(directory, 3)
    with Outbox.open(directory, enrolment()) as outbox:
        gone = outbox.read(save_submission(outbox))
        outbox.delete([outbox.check_receipt(gone, CENTRE_KEYS.sign_receipt(gone))])
        outbox._store.db.execute(corruption)
    with Outbox.open(directory, enrolment()) as outbox:
        outbox.check()
        assert len(outbox.unconfirmed()) >= left
        receipted = []
        for waiting in (*outbox.pending(), *outbox.pending()):
            with suppress(RowNotFoundError):  # an incomplete row stays in the store that is set aside
                row = outbox.read(waiting.submission_id)
                assert CENTRE_KEYS.open_page(row, 0, outbox.read_part(row.submission_id, 0)) == PAGES[0]
                assert row.delivery(now()).case_number == CENTRE_KEYS.open_submission(row).case_number
                receipted.append(outbox.check_receipt(row, CENTRE_KEYS.sign_receipt(row)))
        assert {one.submission_id for one in receipted} == set(ids if left == 3 else (ids[0], ids[2]))
        assert outbox.list_damaged_stores() == ([] if "unconfirmed" in corruption else ["damaged-outbox.db"])
        assert next_case_number(outbox) > 4


def test_a_visit_is_never_saved_into_a_store_that_was_just_set_aside(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Outbox.open(directory, enrolment()) as interface, Outbox.open(directory, enrolment()) as forwarder:
        exclusive_lock, first = store.exclusive_lock, [True]

        @contextmanager
        def overtaken(place: Path) -> Iterator[None]:
            """The forwarder sets the store aside after the interface has checked which store is in use."""
            if first.pop() if first else False:
                forwarder._store.replace_damaged()
            with exclusive_lock(place):
                yield

        monkeypatch.setattr(store, "exclusive_lock", overtaken)
        saved = interface.save(submission_composer(), (), now())
        assert [row.case_number for row in forwarder.pending()] == [saved.number]
        assert forwarder.list_damaged_stores() == ["damaged-outbox.db"]


def test_a_store_rolled_back_by_the_disk_repeats_no_number(directory: Path, tmp_path: Path) -> None:
    create_store(directory, 2)
    shutil.copy(directory / "outbox.db", tmp_path / "earlier.db")
    create_store(directory, 3)
    shutil.copy(tmp_path / "earlier.db", directory / "outbox.db")
    with Outbox.open(directory, enrolment()) as outbox:
        assert next_case_number(outbox) == 6


def test_a_store_emptied_by_a_file_system_repair_is_reported(directory: Path) -> None:
    create_store(directory, 3)
    (directory / "outbox.db").write_bytes(b"")
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        assert next_case_number(outbox) == 1 + RESERVED_AHEAD + 1


def test_a_lost_store_repeats_no_number_and_is_reported(directory: Path) -> None:
    create_store(directory, 3)
    (directory / "outbox.db").unlink()
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_lost_stores() == ["lost-outbox.db"]
        assert next_case_number(outbox) == 1 + RESERVED_AHEAD + 1  # writes without a flush may be missing
    assert (directory / "outbox-2.db").exists()  # closing a connection to the old store removes no WAL
    (directory / "lost-outbox.db").unlink()  # the technician has confirmed it
    with Outbox.open(directory, enrolment()) as outbox:
        assert (outbox.list_lost_stores(), outbox.count()) == ([], 1)


def test_a_store_removed_from_a_running_kiosk_is_rescued_and_reported(directory: Path) -> None:
    with Outbox.open(directory, enrolment()) as interface, Outbox.open(directory, enrolment()) as forwarder:
        saved = [save_submission(interface, PAGES) for _ in range(3)]
        for name in ("outbox.db", "outbox.db-wal", "outbox.db-shm"):
            (directory / name).unlink()
        after = interface.save(submission_composer(), (), now())
        assert interface.list_lost_stores() == ["lost-outbox.db"]
        assert [row.submission_id for row in forwarder.pending()] == [*saved, after.submission_id]
        assert CENTRE_KEYS.open_page(forwarder.read(saved[0]), 0, forwarder.read_part(saved[0], 0)) == PAGES[0]
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.count() == 4


def test_a_series_without_any_stored_number_does_not_restart(directory: Path) -> None:
    begun = enrolment().model_copy(update={"series_begun": True})
    directory.mkdir()
    mirror = SeriesMirror(directory)
    mirror.register("KKN07A")
    mirror.close()
    with Outbox.open(directory, begun) as outbox:
        assert outbox.list_lost_stores() == []
        assert next_case_number(outbox) == 1
    shutil.rmtree(directory)
    with Outbox.open(directory, begun) as outbox:
        for refused in (outbox.check, lambda: save_submission(outbox)):
            with pytest.raises(OutboxBrokenError, match="--new-key"):
                refused()


def test_an_interrupted_salvage_is_repeated(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = create_store(directory)
    overwrite_page(directory, ids[2].encode())
    copy = salvage._copy_rows

    def dies(db: Database, table: str, rows: list[dict[str, object]]) -> None:
        if table == "pages":
            raise KeyboardInterrupt
        copy(db, table, rows)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(salvage, "_copy_rows", dies)
        Outbox.open(directory, enrolment())
    with Outbox.open(directory, enrolment()) as outbox:
        assert outbox.list_damaged_stores() == ["damaged-outbox.db"]
        assert outbox.count() >= len(ids) - 2
        assert next_case_number(outbox) > len(ids)
    assert not list(directory.glob("making*"))


def test_a_lost_mirror_repeats_no_number(directory: Path) -> None:
    create_store(directory, 3)
    (directory / "series.json").unlink()
    with Outbox.open(directory, enrolment()) as outbox:
        assert next_case_number(outbox) == 4
