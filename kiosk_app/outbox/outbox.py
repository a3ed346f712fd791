"""The durable sealed queue between the citizen's confirmation and the centre's receipt.

One transaction takes the case number and inserts the sealed submission with its sealed pages: after `save` returns,
code and number are final, whatever happens to power, disk or network. Plaintext exists in memory only; what is stored
only the centre can open. A row goes away through a receipt signed by the centre and in no other way.

Interface, forwarder and command line have the same outbox open in processes of their own (SQLite, WAL). sqlite-utils
carries schema, migrations, lists and repair; the statements of a save are plain SQL, because `Table.insert` looks the
table up again each time (0.26 ms, as much as the commit itself).
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar
from uuid import UUID

from sqlite_utils import Database
from uuid6 import uuid7

from kiosk_app.outbox import store
from kiosk_app.outbox.ballast import BALLAST_BYTES, Ballast
from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.errors import (
    DiskFullError,
    InvalidReceiptError,
    OutboxBrokenError,
    OutboxError,
    OutboxFullError,
    RowNotFoundError,
)
from kiosk_app.outbox.rows import (
    DECODE_ERRORS,
    PendingRow,
    ReceiptProof,
    SavedRow,
    StoredRow,
    UnconfirmedCase,
    to_optional_bool,
)
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import DISK_FULL_ERRNOS, acting_as_owner, check_writable, make_shared_directory
from kiosk_app.outbox.store import StoreDamagedError, translate_errors, write_transaction
from protocol import envelope, tracking_code
from protocol.case_number import MAX_RUNNING_NUMBER, CaseNumber
from protocol.messages import ClockReading, Receipt, SealedPart
from protocol.signing import ReceiptError, verify_receipt
from protocol.submission import Submission

_MAX_VACUUM_BYTES = 20_000_000  # bytes
MIN_FREE_BYTES = 200_000_000  # a visit of twenty pages takes about 20 MB twice, in the WAL and in the store
UNCONFIRMED_RETENTION = timedelta(days=7)

_UPSERT_NUMBER = "INSERT INTO series VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last"
_INSERT_SUBMISSION = """
    INSERT INTO submissions
    (submission_id, case_number, kiosk_id, moment, saved, sealing_key, sealed_sha256, parts, size, sealed) VALUES
    (:submission_id, :case_number, :kiosk_id, :moment, :saved, :sealing_key, :sealed_sha256, :parts, :size, :sealed)
"""
_INSERT_UNCONFIRMED = """
    INSERT OR REPLACE INTO unconfirmed SELECT submission_id, case_number, saved FROM submissions
    WHERE submission_id = ? AND receipt_confirmed IS NOT 1
"""
_SELECT_UNCONFIRMED = """
    SELECT case_number, saved FROM submissions WHERE receipt_confirmed IS NOT 1 AND saved BETWEEN :since AND :latest
    UNION ALL SELECT case_number, saved FROM unconfirmed WHERE saved BETWEEN :since AND :latest ORDER BY saved
"""
_MAX_EPOCH_S = 253_402_300_799.0  # the end of the year 9999; text, which no moment is, sorts above every number
# A row that is there, but that its index does not find (+ leaves the index out).
_SELECT_WITHOUT_INDEX = "SELECT 1 FROM submissions WHERE +submission_id = ?"

T = TypeVar("T")
Params = ParamSpec("Params")
ComposeSubmission = Callable[[UUID, str, str], Submission]


def _with_recovery(method: Callable[Concatenate["Outbox", Params], T]) -> Callable[Concatenate["Outbox", Params], T]:
    """When the store turns out to be damaged, set it aside and do it again: a kiosk runs for months, and one bad page
    met by the forwarder must not hold up every other row until somebody restarts it. When the disk is full, give up the
    ballast and do it again."""

    @wraps(method)
    def recovering(self: "Outbox", /, *args: Params.args, **kwargs: Params.kwargs) -> T:
        return self._run_with_recovery(lambda: method(self, *args, **kwargs))

    return recovering


class _DirectoryLock:
    """Held while the outbox's files are touched: one thread at a time, and root with their owner's rights."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._owner_contexts: list[ExitStack] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            with ExitStack() as entered:
                entered.enter_context(acting_as_owner(self._directory))
                self._owner_contexts.append(entered.pop_all())
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self._owner_contexts.pop().close()
        finally:
            self._lock.release()


class Outbox:
    """Open it with `Outbox.open`. Safe to use from several threads; one save at a time."""

    def __init__(self, directory: Path, enrolment: Enrolment | None, reserve_bytes: int) -> None:
        self._directory = directory
        self._enrolment = enrolment
        self._reserve = reserve_bytes
        self._ballast = Ballast(directory)
        self._version = -1
        self._lock = _DirectoryLock(directory)
        with translate_errors(directory):
            make_shared_directory(directory)
        with self._lock:
            try:
                self._mirror, self._path, self._db = self._open_first()
            except DiskFullError:
                if not self._release_ballast():
                    raise
                self._mirror, self._path, self._db = self._open_first()

    @classmethod
    def open(cls, directory: Path, enrolment: Enrolment | None, *, reserve_bytes: int = MIN_FREE_BYTES) -> Self:
        """The outbox in that directory, made when missing; a damaged store is set aside (see `list_damaged_stores`).

        Without an enrolment everything but saving works. Raises OutboxBrokenError, OutboxTooNewError,
        OutboxFullError."""
        return cls(directory, enrolment, reserve_bytes)

    def close(self) -> None:
        with self._lock:
            self._db.close()
            self._mirror.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -- saving --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Whether a new visit may begin: it could be saved, and the reserve for the one under way would stay.

        Raises OutboxFullError or OutboxBrokenError with the reason."""
        self._run_with_recovery(self._check)

    def _check(self) -> None:
        with self._current_db() as db:
            enrolment = self._require_enrolment()
            free = self.free_disk_bytes()
            if free < self._reserve and free + store.count_free_bytes(db) < self._reserve:
                raise OutboxFullError("The disk has reached the reserve that is kept free")
            try:
                check_writable(self._directory)
            except OSError as error:
                if error.errno in DISK_FULL_ERRNOS:  # not DiskFullError: the ballast is for visits under way
                    raise OutboxFullError(f"Nothing more can be written to the disk: {error.strerror}") from error
                raise
            self._next_number(db, _series_name(enrolment))

    def can_accept(self) -> bool:
        """`check` as a yes or no."""
        try:
            self.check()
        except OutboxError:
            return False
        return True

    def save(self, compose: ComposeSubmission, pages: Sequence[bytes], moment: ClockReading) -> SavedRow:
        """Generate id, code and number; seal; commit. Durable when this returns, nothing kept when it raises.

        `compose` gets (submission id, canonical tracking code, case number) and gives what to seal; it has one Page
        for each of `pages`, which are the plain pictures. It may be asked twice when a damaged store is found on the
        way. The reserve is there for this: only a disk that is full, or no number left, stops a visit under way.
        Raises OutboxFullError, OutboxBrokenError, and whatever `compose` raises."""
        enrolment = self._require_enrolment()
        submission_id, code = UUID(bytes=uuid7().bytes), tracking_code.generate()
        sealed_pages = [
            _seal(page, enrolment, submission_id, envelope.page_part(index)) for index, page in enumerate(pages)
        ]
        parts = tuple(
            SealedPart(index=index, sha256=_sha256(sealed), size=len(sealed))
            for index, sealed in enumerate(sealed_pages)
        )

        def once() -> SavedRow:
            # Alone, so that the forwarder does not set a damaged store aside under this transaction: what is committed
            # to a store that was salvaged a moment before would never be delivered.
            with (
                self._current_db() as db,
                store.exclusive_lock(self._directory),
                self._check_not_replaced(),
                write_transaction(db),
            ):
                series = _series_name(enrolment)
                running = self._next_number(db, series)
                self._mirror.record(series, running)
                number = str(CaseNumber(enrolment.kiosk_id, enrolment.series, running))
                submission = compose(submission_id, code, number)
                _check_composed(submission, submission_id, code, number, len(pages))
                sealed = _seal(
                    submission.model_dump_json().encode(), enrolment, submission_id, envelope.SUBMISSION_PART
                )
                row = StoredRow(
                    submission_id=str(submission_id),
                    case_number=number,
                    kiosk_id=enrolment.kiosk_id,
                    moment=moment,
                    sealing_key=enrolment.sealing_fingerprint,
                    sealed=sealed,
                    sealed_sha256=_sha256(sealed),
                    parts=parts,
                )
                db.execute(_UPSERT_NUMBER, (series, running))
                db.execute(_INSERT_SUBMISSION, row.to_columns())
                for index, page in enumerate(sealed_pages):
                    db.execute("INSERT INTO pages VALUES (?, ?, ?)", (row.submission_id, index, page))
            return SavedRow(row.submission_id, code, number)

        return self._run_with_recovery(once)

    @_with_recovery
    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        """Record whether the citizen has code and number. The row may have been delivered already."""
        with self._current_db() as db, write_transaction(db):
            db.execute(
                "UPDATE submissions SET receipt_confirmed = ? WHERE submission_id = ?", (int(confirmed), submission_id)
            )
            if confirmed:
                db.execute("DELETE FROM unconfirmed WHERE submission_id = ?", (submission_id,))

    @_with_recovery
    def unconfirmed(self) -> list[UnconfirmedCase]:
        """The cases of the last seven days whose citizen did not confirm, oldest first; also delivered ones."""
        with self._current_db() as db:
            since = (datetime.now(UTC) - UNCONFIRMED_RETENTION).timestamp()
            rows = db.query(_SELECT_UNCONFIRMED, {"since": since, "latest": _MAX_EPOCH_S})
            return [UnconfirmedCase(row["case_number"], datetime.fromtimestamp(row["saved"], UTC)) for row in rows]

    # -- what waits ----------------------------------------------------------------------------------------------

    @_with_recovery
    def count(self) -> int:
        with self._current_db() as db:
            return int(db["submissions"].count)

    def oldest(self) -> datetime | None:
        """When the first of the waiting rows was saved; None when nothing waits."""
        waiting = self.pending(limit=1)
        return waiting[0].saved if waiting else None

    @_with_recovery
    def pending(self, limit: int | None = None) -> list[PendingRow]:
        """What waits, in the order it was saved."""
        with self._current_db() as db, _treat_decode_errors_as_damage():
            rows = db["submissions"].rows_where(
                select="submission_id, case_number, saved, size, receipt_confirmed, refused",
                order_by="rowid",
                limit=limit,
            )
            return [
                PendingRow(
                    submission_id=row["submission_id"],
                    case_number=row["case_number"],
                    saved=datetime.fromtimestamp(row["saved"], UTC),
                    size=row["size"],
                    receipt_confirmed=to_optional_bool(row["receipt_confirmed"]),
                    refused=row["refused"],
                )
                for row in rows
            ]

    @_with_recovery
    def read(self, submission_id: str) -> StoredRow:
        """Raises RowNotFoundError."""
        with self._current_db() as db, _treat_decode_errors_as_damage():
            cursor = db.execute("SELECT * FROM submissions WHERE submission_id = ?", [submission_id])
            for row in cursor:
                return StoredRow.from_columns(dict(zip((column[0] for column in cursor.description), row, strict=True)))
            _check_index(db, submission_id)
        raise RowNotFoundError("No such submission waits in the outbox")

    @_with_recovery
    def read_part(self, submission_id: str, index: int) -> bytes:
        """The sealed bytes of one page. Raises RowNotFoundError."""
        with self._current_db() as db:
            found = db.execute(
                "SELECT sealed FROM pages WHERE submission_id = ? AND number = ?", (submission_id, index)
            ).fetchone()
            if found is None:
                _check_index(db, submission_id)
                raise RowNotFoundError("No such page waits in the outbox")
        return bytes(found[0])

    def has_changed(self) -> bool:
        """Whether another process has committed since this was last asked; True the first time.

        The forwarder asks ten times a second instead of being woken. `PRAGMA data_version` reads one word of shared
        memory, needs no file, socket or permission of its own, and cannot lose a wake-up."""
        with self._current_db() as db:
            (version,) = db.execute("PRAGMA data_version").fetchone()
            before, self._version = self._version, version
            return bool(before != version)

    # -- leaving -------------------------------------------------------------------------------------------------

    def check_receipt(self, row: StoredRow, receipt: Receipt) -> ReceiptProof:
        """What `delete` asks for: that the centre's signed receipt says it holds this row, which `read` gave. Raises
        InvalidReceiptError unless the signature is the centre's and id, number, kiosk, hash and pages are exactly the
        row's: all of them are written once, so that the stored row is still the one that was sent."""
        try:
            stated = verify_receipt(receipt, self._require_enrolment().receipt_public_key(receipt.key))
        except ReceiptError as error:
            raise InvalidReceiptError(str(error)) from error
        ours = (UUID(row.submission_id), row.case_number, row.kiosk_id, row.sealed_sha256)
        theirs = (stated.submission_id, stated.case_number, stated.kiosk_id, stated.sealed_sha256)
        if ours != theirs or tuple(part.sha256 for part in row.parts) != stated.parts:
            raise InvalidReceiptError("The receipt is for something else than this submission")
        return ReceiptProof(row.submission_id)

    @_with_recovery
    def delete(self, proofs: Sequence[ReceiptProof]) -> int:
        """Delete these in one transaction. How many were still here."""
        ids = [(proof.submission_id,) for proof in proofs]
        with self._current_db() as db, store.relaxed_sync(db), write_transaction(db):
            db.conn.executemany(_INSERT_UNCONFIRMED, ids)
            db.conn.executemany("DELETE FROM pages WHERE submission_id = ?", ids)
            return db.conn.executemany("DELETE FROM submissions WHERE submission_id = ?", ids).rowcount

    @_with_recovery
    def compact(self) -> None:
        """Forget old unconfirmed numbers and cut the store back to what waits: nothing delivered stays in its files."""
        with self._current_db() as db:
            db.execute(
                "DELETE FROM unconfirmed WHERE saved < ?", (time.time() - UNCONFIRMED_RETENTION.total_seconds(),)
            )
            if store.count_used_bytes(db) <= _MAX_VACUUM_BYTES and store.count_free_bytes(db):
                with suppress(sqlite3.OperationalError):  # in use by the other process: another time
                    db.vacuum()
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @_with_recovery
    def mark_refused(self, submission_id: str, reason: str) -> None:
        """The centre will not take this row as it is; it stays, and is tried again seldom. `reason` is for the
        technician."""
        with self._current_db() as db, write_transaction(db):
            db.execute("UPDATE submissions SET refused = ? WHERE submission_id = ?", (reason[:200], submission_id))

    @_with_recovery
    def retry_refused(self) -> int:
        """Let the forwarder try the refused rows again at once. How many there were."""
        with self._current_db() as db, write_transaction(db):
            return int(db.execute("UPDATE submissions SET refused = '' WHERE refused != ''").rowcount)

    # -- the store beneath ---------------------------------------------------------------------------------------

    def list_damaged_stores(self) -> list[str]:
        """Names of the stores that were set aside, for the technician."""
        with self._lock, translate_errors(self._directory):
            return [path.name for path in store.list_stores(self._directory, store.DAMAGED_PREFIX)]

    def list_lost_stores(self) -> list[str]:
        """Marks of stores that were removed by somebody else, with whatever waited in them: 'lost-outbox.db'."""
        with self._lock, translate_errors(self._directory):
            return [path.name for path in store.list_stores(self._directory, store.LOST_PREFIX)]

    def update_enrolment(self, enrolment: Enrolment) -> None:
        """Go on under the same enrolment with the centre's new keys."""
        with self._lock:
            self._enrolment = enrolment

    def _require_enrolment(self) -> Enrolment:
        if self._enrolment is None:
            raise OutboxBrokenError("This kiosk is not enrolled at a centre")
        return self._enrolment

    def _next_number(self, db: Database, series: str) -> int:
        """The next running number. Raises OutboxFullError when there is none."""
        found = db.execute("SELECT last FROM series WHERE series = ?", (series,)).fetchone()
        if found is None and self._require_enrolment().series_begun and not self._mirror.is_registered(series):
            # Numbers given before may be on paper: only a new series is sure to repeat none.
            raise OutboxBrokenError("The numbers given so far are lost: run kiosk enrol --new-key")
        with _treat_decode_errors_as_damage():
            last_number = max(int(found[0]) if found else 0, self._mirror.last_number(series))
        if last_number >= MAX_RUNNING_NUMBER:
            raise OutboxFullError("The series of case numbers is used up: enrol this kiosk again")
        return last_number + 1

    @contextmanager
    def _check_not_replaced(self) -> Iterator[None]:
        """Raises StoreDamagedError when another process has set the store aside since `_current_db` looked. The caller
        holds `exclusive_lock`."""
        if not self._path.exists():
            raise StoreDamagedError("The outbox's store was set aside")
        yield

    @contextmanager
    def _current_db(self) -> Iterator[Database]:
        """The store in use, followed when another process has set the former one aside or somebody has removed it."""
        with self._lock, translate_errors(self._directory):
            if not self._path.exists():
                self._switch_to_current_store()
            yield self._db

    def _open_first(self) -> tuple[SeriesMirror, Path, Database]:
        with translate_errors(self._directory):
            mirror = SeriesMirror(self._directory)
        try:
            return mirror, *self._open(mirror)
        except BaseException:
            mirror.close()
            raise

    def _open(self, mirror: SeriesMirror) -> tuple[Path, Database]:
        with translate_errors(self._directory), store.exclusive_lock(self._directory):
            path = store.find_current_store(self._directory)
            if path is not None:
                try:
                    store.check_not_empty(path)
                    return path, store.open_store(path)
                except StoreDamagedError:
                    store.quarantine_store(self._directory, path)
            path = store.create_store(self._directory, mirror.reserved_numbers())
            return path, store.open_store(path)

    def _run_with_recovery(self, act: Callable[[], T]) -> T:
        """Do it; when the store turns out to be damaged, set that aside and do it with a fresh one."""
        with self._lock:
            try:
                return act()
            except StoreDamagedError:
                self._replace_damaged_store()
                return act()
            except DiskFullError:
                if not self._release_ballast():
                    raise
                return act()

    def _replace_damaged_store(self) -> None:
        if self._path.exists():
            self._db.close()
            with translate_errors(self._directory), store.exclusive_lock(self._directory):
                if store.find_current_store(self._directory) == self._path:
                    store.quarantine_store(self._directory, self._path)
        self._switch_to_current_store()

    def _switch_to_current_store(self) -> None:
        """To the store that is in use now, made when there is none. One that was removed under this open connection is
        still read through it."""
        with translate_errors(self._directory), store.exclusive_lock(self._directory):
            path = store.find_current_store(self._directory)
            if path is None:
                alive = None
                if not (self._directory / (store.DAMAGED_PREFIX + self._path.name)).exists():
                    store.mark_store_lost(self._directory, self._path)
                    alive = self._db.conn
                path = store.create_store(self._directory, self._mirror.reserved_numbers(), alive)
            self._db.close()
            self._path, self._db, self._version = path, store.open_store(path), -1

    def free_disk_bytes(self) -> int:
        """Bytes free on the disk for users other than root."""
        disk = os.statvfs(self._directory)
        return disk.f_bavail * disk.f_frsize

    def ensure_ballast(self, size: int = BALLAST_BYTES, *, dedicated_disk: bool = False) -> None:
        """Hold that many bytes of the disk for the day when others have filled it (see `Ballast`), while the reserve
        stays free beside them. `dedicated_disk`: nobody but this kiosk uses the disk. Raises OutboxError."""
        with self._lock, translate_errors(self._directory):
            if allocation := self._ballast.size_to_allocate(size, self._reserve, dedicated_disk=dedicated_disk):
                with store.exclusive_lock(self._directory):
                    self._ballast.allocate(allocation)

    def _release_ballast(self) -> bool:
        """Whether there was any."""
        with translate_errors(self._directory):
            return self._ballast.deallocate()


@contextmanager
def _treat_decode_errors_as_damage() -> Iterator[None]:
    """A value that cannot be what was written is damage: SQLite itself notices a flipped bit in its own bookkeeping
    only, and one such row must not hold up all others."""
    try:
        yield
    except DECODE_ERRORS as error:
        raise StoreDamagedError("The outbox's store is damaged") from error


def _check_index(db: Database, submission_id: str) -> None:
    """Raises StoreDamagedError when that submission waits here all the same."""
    if db.execute(_SELECT_WITHOUT_INDEX, [submission_id]).fetchone() is not None:
        raise StoreDamagedError("The outbox's store is damaged")


def _sha256(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


def _series_name(enrolment: Enrolment) -> str:
    return f"{enrolment.kiosk_id}{enrolment.series}"


def _seal(plaintext: bytes, enrolment: Enrolment, submission_id: UUID, part: str) -> bytes:
    return envelope.seal(
        plaintext, enrolment.sealing_public_key, kiosk_id=enrolment.kiosk_id, submission_id=submission_id, part=part
    )


def _check_composed(submission: Submission, submission_id: UUID, code: str, number: str, pages: int) -> None:
    if (submission.submission_id, submission.tracking_code, submission.case_number) != (submission_id, code, number):
        raise ValueError("The composed submission does not carry the id, code and number it was given")
    if len(submission.pages) != pages:
        raise ValueError("The composed submission does not describe the pages it comes with")
