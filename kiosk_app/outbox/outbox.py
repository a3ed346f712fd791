"""The durable sealed queue between the citizen's confirmation and the centre's receipt.

One transaction takes the case number and inserts the sealed submission with its sealed pages: after `save` returns,
code and number are final, also after a failure of power or network. Plaintext exists in memory only; only the centre
can open what is stored. A row is deleted only through a receipt signed by the centre.

Interface, forwarder and command line have the same outbox open in separate processes (SQLite, WAL). sqlite-utils is
used for schema, migrations, lists and repair. The statements of a save are plain SQL, because `Table.insert` looks the
table up each time (0.26 ms, as much as the commit itself).
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar
from uuid import UUID

from sqlite_utils import Database
from uuid6 import uuid7

from kiosk_app.outbox.ballast import BALLAST_BYTES
from kiosk_app.outbox.database import (
    StoreDamagedError,
    count_free_bytes,
    count_used_bytes,
    relaxed_sync,
    write_transaction,
)
from kiosk_app.outbox.enrolment import Enrolment
from kiosk_app.outbox.errors import (
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
from kiosk_app.outbox.state_directory import DISK_FULL_ERRNOS, check_writable
from kiosk_app.outbox.store import DAMAGED_PREFIX, LOST_PREFIX
from kiosk_app.outbox.store_handle import StoreHandle
from protocol import envelope, tracking_code
from protocol.case_number import MAX_RUNNING_NUMBER, CaseNumber
from protocol.messages import ClockReading, Receipt, SealedPart
from protocol.signing import ReceiptError, verify_receipt
from protocol.submission import Submission

_MAX_VACUUM_BYTES = 20_000_000
MIN_FREE_BYTES = 200_000_000  # a visit of twenty pages takes about 20 MB twice, in the WAL and in the store
UNCONFIRMED_RETENTION = timedelta(days=7)

_UPSERT_NUMBER = "INSERT INTO series (series, last) VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last"
_INSERT_SUBMISSION = """
    INSERT INTO submissions
    (submission_id, case_number, kiosk_id, moment, saved, sealing_key, sealed_sha256, parts, size, sealed) VALUES
    (:submission_id, :case_number, :kiosk_id, :moment, :saved, :sealing_key, :sealed_sha256, :parts, :size, :sealed)
"""
_INSERT_UNCONFIRMED = """
    INSERT OR REPLACE INTO unconfirmed (submission_id, case_number, saved)
    SELECT submission_id, case_number, saved FROM submissions
    WHERE submission_id = ? AND receipt_confirmed IS NOT 1
"""
_SELECT_UNCONFIRMED = """
    SELECT case_number, saved FROM submissions WHERE receipt_confirmed IS NOT 1 AND saved BETWEEN :since AND :latest
    UNION ALL SELECT case_number, saved FROM unconfirmed WHERE saved BETWEEN :since AND :latest ORDER BY saved
"""
_MAX_EPOCH_S = 253_402_300_799.0  # end of the year 9999; text, which is no time, sorts above every number
# Finds a row that a damaged index does not find (+ skips the index).
_SELECT_WITHOUT_INDEX = "SELECT 1 FROM submissions WHERE +submission_id = ?"

T = TypeVar("T")
Params = ParamSpec("Params")
ComposeSubmission = Callable[[UUID, str, str], Submission]


def _with_recovery(method: Callable[Concatenate["Outbox", Params], T]) -> Callable[Concatenate["Outbox", Params], T]:
    """Decorator: run the method by `StoreHandle.run`, which repeats it after a damaged store or a full disk."""

    @wraps(method)
    def recovering(self: "Outbox", /, *args: Params.args, **kwargs: Params.kwargs) -> T:
        return self._store.run(lambda: method(self, *args, **kwargs))

    return recovering


class Outbox:
    """Open it with `Outbox.open`. Safe to use from several threads; one save at a time."""

    def __init__(self, directory: Path, enrolment: Enrolment | None, reserve_bytes: int) -> None:
        self._enrolment = enrolment
        self._reserve_bytes = reserve_bytes
        self._store = StoreHandle(directory)

    @classmethod
    def open(cls, directory: Path, enrolment: Enrolment | None, *, reserve_bytes: int = MIN_FREE_BYTES) -> Self:
        """The outbox in `directory`, created when missing; a damaged store is set aside (see `list_damaged_stores`).

        Without an enrolment everything except saving works. Raises OutboxBrokenError, OutboxTooNewError,
        OutboxFullError."""
        return cls(directory, enrolment, reserve_bytes)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -- saving --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Check that a new visit may begin: it can be saved, and the disk reserve for a running visit stays free.

        Raises OutboxFullError or OutboxBrokenError with the reason."""
        self._store.run(self._check)

    def _check(self) -> None:
        with self._store.current_db() as db:
            enrolment = self._require_enrolment()
            free = self.free_disk_bytes()
            if free < self._reserve_bytes and free + count_free_bytes(db) < self._reserve_bytes:
                raise OutboxFullError("The disk has reached the reserve that is kept free")
            try:
                check_writable(self._store.directory)
            except OSError as error:
                if error.errno in DISK_FULL_ERRNOS:  # not DiskFullError: the ballast is for running visits
                    raise OutboxFullError(f"Nothing more can be written to the disk: {error.strerror}") from error
                raise
            self._next_number(db, _series_name(enrolment))

    def can_accept(self) -> bool:
        """Whether `check` passes."""
        try:
            self.check()
        except OutboxError:
            return False
        return True

    def save(self, compose: ComposeSubmission, pages: Sequence[bytes], moment: ClockReading) -> SavedRow:
        """Generate id, code and number; seal; commit. Durable when this returns; nothing is stored when it raises.

        `compose` receives (submission id, canonical tracking code, case number) and returns the submission, with one
        Page for each of `pages`, which are the plain pictures. It may be called twice when the store is damaged. The
        disk reserve exists for this method: only a full disk or an exhausted series stops a running visit. Raises
        OutboxFullError, OutboxBrokenError, and what `compose` raises."""
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
            with self._store.save_transaction() as db:
                series = _series_name(enrolment)
                running = self._next_number(db, series)
                self._store.mirror.record(series, running)
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

        return self._store.run(once)

    @_with_recovery
    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        """Record whether the citizen has code and number. The row may have been delivered already."""
        with self._store.current_db() as db, write_transaction(db):
            db.execute(
                "UPDATE submissions SET receipt_confirmed = ? WHERE submission_id = ?", (int(confirmed), submission_id)
            )
            if confirmed:
                db.execute("DELETE FROM unconfirmed WHERE submission_id = ?", (submission_id,))

    @_with_recovery
    def unconfirmed(self) -> list[UnconfirmedCase]:
        """The cases of the last seven days whose citizen did not confirm the receipt, oldest first, delivered or
        not."""
        with self._store.current_db() as db:
            since = (datetime.now(UTC) - UNCONFIRMED_RETENTION).timestamp()
            rows = db.query(_SELECT_UNCONFIRMED, {"since": since, "latest": _MAX_EPOCH_S})
            return [UnconfirmedCase(row["case_number"], datetime.fromtimestamp(row["saved"], UTC)) for row in rows]

    # -- waiting rows --------------------------------------------------------------------------------------------

    @_with_recovery
    def count(self) -> int:
        with self._store.current_db() as db:
            return int(db["submissions"].count)

    def oldest(self) -> datetime | None:
        """When the oldest waiting row was saved; None when nothing waits."""
        rows = self.pending(limit=1)
        return rows[0].saved if rows else None

    @_with_recovery
    def pending(self, limit: int | None = None) -> list[PendingRow]:
        """The pending rows in the order of saving."""
        with self._store.current_db() as db, _treat_decode_errors_as_damage():
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
        """The waiting row with this id, without its pages. Raises RowNotFoundError."""
        with self._store.current_db() as db, _treat_decode_errors_as_damage():
            cursor = db.execute("SELECT * FROM submissions WHERE submission_id = ?", [submission_id])
            for row in cursor:
                return StoredRow.from_columns(dict(zip((column[0] for column in cursor.description), row, strict=True)))
            _check_index(db, submission_id)
        raise RowNotFoundError("No such submission waits in the outbox")

    @_with_recovery
    def read_part(self, submission_id: str, index: int) -> bytes:
        """The sealed bytes of one page. Raises RowNotFoundError."""
        with self._store.current_db() as db:
            row = db.execute(
                "SELECT sealed FROM pages WHERE submission_id = ? AND number = ?", (submission_id, index)
            ).fetchone()
            if row is None:
                _check_index(db, submission_id)
                raise RowNotFoundError("No such page waits in the outbox")
        return bytes(row[0])

    def has_changed(self) -> bool:
        """Whether another process has committed since the last call; True at the first call."""
        return self._store.has_changed()

    # -- delivered and refused rows ------------------------------------------------------------------------------

    def check_receipt(self, row: StoredRow, receipt: Receipt) -> ReceiptProof:
        """Verify that the centre's signed receipt is for `row` (of `read`); returns the proof that `delete` requires.

        Raises InvalidReceiptError unless the signature is the centre's, and id, number, kiosk, hash and pages equal the
        row's. These columns never change, so the stored row equals the one that was sent."""
        try:
            statement = verify_receipt(receipt, self._require_enrolment().receipt_public_key(receipt.key))
        except ReceiptError as error:
            raise InvalidReceiptError(str(error)) from error
        expected = (UUID(row.submission_id), row.case_number, row.kiosk_id, row.sealed_sha256)
        stated = (statement.submission_id, statement.case_number, statement.kiosk_id, statement.sealed_sha256)
        if stated != expected or statement.parts != tuple(part.sha256 for part in row.parts):
            raise InvalidReceiptError("The receipt is for another submission")
        return ReceiptProof(row.submission_id)

    @_with_recovery
    def delete(self, proofs: Sequence[ReceiptProof]) -> int:
        """Delete the rows in one transaction; returns how many still existed."""
        ids = [(proof.submission_id,) for proof in proofs]
        with self._store.current_db() as db, relaxed_sync(db), write_transaction(db):
            db.conn.executemany(_INSERT_UNCONFIRMED, ids)
            db.conn.executemany("DELETE FROM pages WHERE submission_id = ?", ids)
            return db.conn.executemany("DELETE FROM submissions WHERE submission_id = ?", ids).rowcount

    @_with_recovery
    def compact(self) -> None:
        """Delete old unconfirmed numbers and shrink the store files, so that they keep no delivered data."""
        with self._store.current_db() as db:
            db.execute(
                "DELETE FROM unconfirmed WHERE saved < ?", (time.time() - UNCONFIRMED_RETENTION.total_seconds(),)
            )
            if count_used_bytes(db) <= _MAX_VACUUM_BYTES and count_free_bytes(db):
                with suppress(sqlite3.OperationalError):  # in use by the other process: another time
                    db.vacuum()
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @_with_recovery
    def mark_refused(self, submission_id: str, reason: str) -> None:
        """Record that the centre refuses this row; it stays and is retried rarely. `reason` is for the technician."""
        with self._store.current_db() as db, write_transaction(db):
            db.execute("UPDATE submissions SET refused = ? WHERE submission_id = ?", (reason[:200], submission_id))

    @_with_recovery
    def retry_refused(self) -> int:
        """Let the forwarder retry the refused rows at once; returns how many there were."""
        with self._store.current_db() as db, write_transaction(db):
            return int(db.execute("UPDATE submissions SET refused = '' WHERE refused != ''").rowcount)

    # -- the store -----------------------------------------------------------------------------------------------

    def list_damaged_stores(self) -> list[str]:
        """Names of the stores that were set aside, for the technician."""
        return self._store.list_stores(DAMAGED_PREFIX)

    def list_lost_stores(self) -> list[str]:
        """Marker files of stores that were removed together with their rows: 'lost-outbox.db'."""
        return self._store.list_stores(LOST_PREFIX)

    def update_enrolment(self, enrolment: Enrolment) -> None:
        """Continue under the same enrolment with the centre's new keys."""
        with self._store.lock:
            self._enrolment = enrolment

    def _require_enrolment(self) -> Enrolment:
        if self._enrolment is None:
            raise OutboxBrokenError("This kiosk is not enrolled at a centre")
        return self._enrolment

    def _next_number(self, db: Database, series: str) -> int:
        """The next running number of the series. Raises OutboxFullError when it is exhausted, OutboxBrokenError when
        the issued numbers are unknown."""
        row = db.execute("SELECT last FROM series WHERE series = ?", (series,)).fetchone()
        if row is None and self._require_enrolment().series_begun and not self._store.mirror.is_registered(series):
            # Earlier numbers may be on printed receipts: only a new series is certain to repeat none.
            raise OutboxBrokenError("The case numbers issued so far are lost: run kiosk enrol --new-key")
        with _treat_decode_errors_as_damage():
            last_number = max(int(row[0]) if row else 0, self._store.mirror.last_number(series))
        if last_number >= MAX_RUNNING_NUMBER:
            raise OutboxFullError("The series of case numbers is used up: enrol this kiosk again")
        return last_number + 1

    def free_disk_bytes(self) -> int:
        """Bytes free on the disk for users other than root."""
        return self._store.free_disk_bytes()

    def ensure_ballast(self, size: int = BALLAST_BYTES, *, dedicated_disk: bool = False) -> None:
        """Reserve that many bytes of the disk for the case that other programs fill it (see `Ballast`), as long as the
        disk reserve stays free beside them. `dedicated_disk`: only this kiosk uses the disk. Raises OutboxError."""
        self._store.ensure_ballast(size, self._reserve_bytes, dedicated_disk=dedicated_disk)


@contextmanager
def _treat_decode_errors_as_damage() -> Iterator[None]:
    """Raise StoreDamagedError for a value that this program never writes: SQLite detects flipped bits only in its own
    data structures, and one damaged row must not block all others."""
    try:
        yield
    except DECODE_ERRORS as error:
        raise StoreDamagedError("The outbox's store is damaged") from error


def _check_index(db: Database, submission_id: str) -> None:
    """Raises StoreDamagedError when the submission exists though its index does not find it."""
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
