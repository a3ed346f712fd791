"""The store's schema is upgraded and never downgraded; the release before works in a store that only has more.

No second version exists yet: these tests invent the next one, so that the present store is the earlier version and the
program's own code upgrades it."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlite_utils import Database

from kiosk_app.outbox import Outbox, OutboxBrokenError, OutboxTooNewError, schema
from kiosk_app.outbox.clock import now
from protocol import case_number
from tests.outbox_samples import CENTRE_KEYS, delete_receipted, enrolment, save_submission, submission_composer

PAGES = (b"\xff\xd8page" * 20_000,)
UseNextVersion = Callable[[Callable[[Database], None]], None]


def upgrade_to_next_version(db: Database) -> None:
    """A typical next version: a column for each row, computed from another column, and an index."""
    db.table("submissions").add_column("kilobytes", int, not_null_default=0)
    db.execute("UPDATE submissions SET kilobytes = size / 1000")
    db.table("submissions").create_index(["kilobytes"])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def use_next_version(monkeypatch: pytest.MonkeyPatch) -> UseNextVersion:
    """Make the program the next version, with the given upgrade step."""
    return lambda step: monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))


@pytest.fixture
def pending_ids(directory: Path) -> list[str]:
    """Ids of two pending rows in a store of the present version; a third was delivered and its printed receipt is
    unconfirmed."""
    with Outbox.open(directory, enrolment()) as outbox:
        ids = [save_submission(outbox, PAGES) for _ in range(3)]
        delete_receipted(outbox, ids[0])
        return ids[1:]


def columns(directory: Path) -> list[str]:
    with sqlite3.connect(directory / "outbox.db") as disk:
        return [row[1] for row in disk.execute("PRAGMA table_info(submissions)")]


def assert_whole(directory: Path, pending_ids: list[str]) -> None:
    """Check that pending rows can be read, the delivered number is stored, and the next number follows it."""
    with Outbox.open(directory, enrolment()) as outbox:
        for submission_id in pending_ids:
            row = outbox.read(submission_id)
            assert CENTRE_KEYS.open_submission(row).case_number == row.case_number
            assert CENTRE_KEYS.open_page(row, 0, outbox.read_part(submission_id, 0)) == PAGES[0]
        assert [row.submission_id for row in outbox.pending()] == pending_ids
        assert len(outbox.unconfirmed()) == 3
        assert outbox.list_damaged_stores() == outbox.list_lost_stores() == []
        assert case_number.parse(outbox.save(submission_composer(), (), now()).number).running == 4


def test_an_earlier_store_is_upgraded_with_all_rows(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion
) -> None:
    use_next_version(upgrade_to_next_version)
    assert_whole(directory, pending_ids)
    assert columns(directory)[-1] == "kilobytes"
    with sqlite3.connect(directory / "outbox.db") as disk:
        assert {size for (size,) in disk.execute("SELECT kilobytes FROM submissions")} != {0}
    Outbox.open(directory, enrolment()).close()  # a second run would fail: the column cannot be added twice


def test_a_release_that_is_rolled_back_works_in_the_store_of_its_successor(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what it saves meanwhile is there when the newer release returns."""
    use_next_version(upgrade_to_next_version)
    with Outbox.open(directory, enrolment()) as newer:
        saved_by_newer = save_submission(newer, PAGES)
    monkeypatch.undo()
    with Outbox.open(directory, enrolment()) as older:
        saved_by_older = save_submission(older, PAGES)
        delete_receipted(older, pending_ids[0])
        assert [row.submission_id for row in older.pending()] == [pending_ids[1], saved_by_newer, saved_by_older]
    use_next_version(upgrade_to_next_version)
    with Outbox.open(directory, enrolment()) as newer:
        assert [row.submission_id for row in newer.pending()] == [pending_ids[1], saved_by_newer, saved_by_older]
        assert case_number.parse(newer.save(submission_composer(), (), now()).number).running == 6
        assert newer.list_damaged_stores() == newer.list_lost_stores() == []


def test_a_store_that_only_newer_releases_can_use_is_not_downgraded(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_next_version(upgrade_to_next_version)
    monkeypatch.setattr(schema, "BREAKING_MIGRATIONS", frozenset({"upgrade_to_next_version"}))
    Outbox.open(directory, enrolment()).close()
    before = (directory / "outbox.db").read_bytes()
    monkeypatch.undo()
    with pytest.raises(OutboxTooNewError):
        Outbox.open(directory, enrolment())
    assert (directory / "outbox.db").read_bytes() == before
    use_next_version(upgrade_to_next_version)
    monkeypatch.setattr(schema, "BREAKING_MIGRATIONS", frozenset({"upgrade_to_next_version"}))
    assert_whole(directory, pending_ids)


def test_a_failed_upgrade_step_leaves_the_store_unchanged(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = columns(directory)

    def fails(db: Database) -> None:
        upgrade_to_next_version(db)
        db.execute("UPDATE submissions SET no_such_column = 1")

    use_next_version(fails)
    with pytest.raises(OutboxBrokenError, match="no_such_column"):
        Outbox.open(directory, enrolment())
    monkeypatch.undo()
    assert columns(directory) == before
    assert_whole(directory, pending_ids)


def test_the_next_start_repeats_an_upgrade_step_that_was_killed(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(db: Database) -> None:
        upgrade_to_next_version(db)
        os._exit(9)

    use_next_version(dies)
    child = multiprocessing.get_context("fork").Process(target=Outbox.open, args=(directory, enrolment()))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert "kilobytes" not in columns(directory)
    monkeypatch.undo()
    use_next_version(upgrade_to_next_version)
    assert_whole(directory, pending_ids)


def test_an_upgrade_step_runs_once_when_interface_and_forwarder_start_together(
    directory: Path, pending_ids: list[str], use_next_version: UseNextVersion
) -> None:
    upgrades, barrier = [], Barrier(2)

    def counted(db: Database) -> None:
        upgrades.append(db)
        upgrade_to_next_version(db)

    def start() -> None:
        barrier.wait()
        Outbox.open(directory, enrolment()).close()

    use_next_version(counted)
    starting = [Thread(target=start) for _ in range(2)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert len(upgrades) == 1
    assert_whole(directory, pending_ids)
