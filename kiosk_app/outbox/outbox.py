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
from kiosk_app.outbox.errors import DiskFull, NoSuchRow, NotReceipted, OutboxBroken, OutboxError, OutboxFull
from kiosk_app.outbox.offline_export import write_row
from kiosk_app.outbox.rows import UNREADABLE, Pending, Receipted, SavedRow, StoredRow, Unconfirmed, yes_no
from kiosk_app.outbox.series import SeriesMirror
from kiosk_app.outbox.state_directory import NO_ROOM, acting_as_owner, make_shared_directory, try_writing
from kiosk_app.outbox.store import Damaged, translated, writing
from protocol import envelope, tracking_code
from protocol.case_number import MAX_RUNNING, CaseNumber
from protocol.messages import MomentOutside, Receipt, SealedPart
from protocol.signing import ReceiptError, verify_receipt
from protocol.submission import Submission

_QUICKLY_REWRITTEN = 20_000_000  # bytes
RESERVE_BYTES = 200_000_000  # a visit of twenty pages takes about 20 MB twice, in the WAL and in the store
KEEP_UNCONFIRMED = timedelta(days=7)

_TAKE_NUMBER = "INSERT INTO series VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last"
_INSERT_SUBMISSION = """
    INSERT INTO submissions
    (submission_id, case_number, kiosk_id, moment, saved, sealing_key, sealed_sha256, parts, size, sealed) VALUES
    (:submission_id, :case_number, :kiosk_id, :moment, :saved, :sealing_key, :sealed_sha256, :parts, :size, :sealed)
"""
_REMEMBER = """
    INSERT OR REPLACE INTO unconfirmed SELECT submission_id, case_number, saved FROM submissions
    WHERE submission_id = ? AND receipt_confirmed IS NOT 1
"""
_UNCONFIRMED = """
    SELECT case_number, saved FROM submissions WHERE receipt_confirmed IS NOT 1 AND saved BETWEEN :since AND :latest
    UNION ALL SELECT case_number, saved FROM unconfirmed WHERE saved BETWEEN :since AND :latest ORDER BY saved
"""
_LATEST = 253_402_300_799.0  # the end of the year 9999; text, which no moment is, sorts above every number
# A row that is there, but that its index does not find (+ leaves the index out).
_HIDDEN = "SELECT 1 FROM submissions WHERE +submission_id = ?"

T = TypeVar("T")
Params = ParamSpec("Params")
Compose = Callable[[UUID, str, str], Submission]


def _self_healing(method: Callable[Concatenate["Outbox", Params], T]) -> Callable[Concatenate["Outbox", Params], T]:
    """When the store turns out to be damaged, set it aside and do it again: a kiosk runs for months, and one bad page
    met by the forwarder must not hold up every other row until somebody restarts it. When the disk is full, give up the
    ballast and do it again."""

    @wraps(method)
    def healed(self: "Outbox", /, *args: Params.args, **kwargs: Params.kwargs) -> T:
        return self._healing(lambda: method(self, *args, **kwargs))

    return healed


class _Inside:
    """Held while the outbox's files are touched: one thread at a time, and root with their owner's rights."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._within: list[ExitStack] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            with ExitStack() as entered:
                entered.enter_context(acting_as_owner(self._directory))
                self._within.append(entered.pop_all())
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self._within.pop().close()
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
        self._lock = _Inside(directory)
        with translated(directory):
            make_shared_directory(directory)
        with self._lock:
            try:
                self._mirror, self._path, self._db = self._open_first()
            except DiskFull:
                if not self._give_up_ballast():
                    raise
                self._mirror, self._path, self._db = self._open_first()

    @classmethod
    def open(cls, directory: Path, enrolment: Enrolment | None, *, reserve_bytes: int = RESERVE_BYTES) -> Self:
        """The outbox in that directory, made when missing; a damaged store is set aside (see `damaged`).

        Without an enrolment everything but saving works. Raises OutboxBroken, OutboxTooNew, OutboxFull."""
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

        Raises OutboxFull or OutboxBroken with the reason."""
        self._healing(self._check)

    def _check(self) -> None:
        with self._using() as db:
            enrolment = self._enrolled()
            free = self.free()
            if free < self._reserve and free + store.free_inside(db) < self._reserve:
                raise OutboxFull("The disk has reached the reserve that is kept free")
            try:
                try_writing(self._directory)
            except OSError as error:
                if error.errno in NO_ROOM:  # not DiskFull: the ballast is for visits under way
                    raise OutboxFull(f"Nothing more can be written to the disk: {error.strerror}") from error
                raise
            self._next(db, _series(enrolment))

    def can_accept(self) -> bool:
        """`check` as a yes or no."""
        try:
            self.check()
        except OutboxError:
            return False
        return True

    def save(self, compose: Compose, pages: Sequence[bytes], moment: MomentOutside) -> SavedRow:
        """Mint id, code and number; seal; commit. Durable when this returns, nothing kept when it raises.

        `compose` gets (submission id, canonical tracking code, case number) and gives what to seal; it has one Page
        for each of `pages`, which are the plain pictures. It may be asked twice when a damaged store is found on the
        way. The reserve is there for this: only a disk that is full, or no number left, stops a visit under way.
        Raises OutboxFull, OutboxBroken, and whatever `compose` raises."""
        enrolment = self._enrolled()
        submission_id, code = UUID(bytes=uuid7().bytes), tracking_code.mint()
        sealed_pages = [_seal(page, enrolment, submission_id, envelope.page(index)) for index, page in enumerate(pages)]
        parts = tuple(
            SealedPart(index=index, sha256=_sha256(sealed), size=len(sealed))
            for index, sealed in enumerate(sealed_pages)
        )

        def once() -> SavedRow:
            # Alone, so that the forwarder does not set a damaged store aside under this transaction: what is committed
            # to a store that was salvaged a moment before would never be delivered.
            with self._using() as db, store.alone(self._directory), self._still_in_use(), writing(db):
                series = _series(enrolment)
                running = self._next(db, series)
                self._mirror.note(series, running)
                number = str(CaseNumber(enrolment.kiosk_id, enrolment.series, running))
                submission = compose(submission_id, code, number)
                _fits(submission, submission_id, code, number, len(pages))
                sealed = _seal(submission.model_dump_json().encode(), enrolment, submission_id, envelope.SUBMISSION)
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
                db.execute(_TAKE_NUMBER, (series, running))
                db.execute(_INSERT_SUBMISSION, row.columns())
                for index, page in enumerate(sealed_pages):
                    db.execute("INSERT INTO pages VALUES (?, ?, ?)", (row.submission_id, index, page))
            return SavedRow(row.submission_id, code, number)

        return self._healing(once)

    @_self_healing
    def confirm_receipt(self, submission_id: str, confirmed: bool) -> None:
        """Record whether the citizen has code and number. The row may have been delivered already."""
        with self._using() as db, writing(db):
            db.execute(
                "UPDATE submissions SET receipt_confirmed = ? WHERE submission_id = ?", (int(confirmed), submission_id)
            )
            if confirmed:
                db.execute("DELETE FROM unconfirmed WHERE submission_id = ?", (submission_id,))

    @_self_healing
    def unconfirmed(self) -> list[Unconfirmed]:
        """The cases of the last seven days whose citizen did not confirm, oldest first; also delivered ones."""
        with self._using() as db:
            since = (datetime.now(UTC) - KEEP_UNCONFIRMED).timestamp()
            rows = db.query(_UNCONFIRMED, {"since": since, "latest": _LATEST})
            return [Unconfirmed(row["case_number"], datetime.fromtimestamp(row["saved"], UTC)) for row in rows]

    # -- what waits ----------------------------------------------------------------------------------------------

    @_self_healing
    def count(self) -> int:
        with self._using() as db:
            return int(db["submissions"].count)

    def oldest(self) -> datetime | None:
        """When the first of the waiting rows was saved; None when nothing waits."""
        waiting = self.pending(limit=1)
        return waiting[0].saved if waiting else None

    @_self_healing
    def pending(self, limit: int | None = None) -> list[Pending]:
        """What waits, in the order it was saved."""
        with self._using() as db, _understood():
            rows = db["submissions"].rows_where(
                select="submission_id, case_number, saved, size, receipt_confirmed, refused",
                order_by="rowid",
                limit=limit,
            )
            return [
                Pending(
                    submission_id=row["submission_id"],
                    case_number=row["case_number"],
                    saved=datetime.fromtimestamp(row["saved"], UTC),
                    size=row["size"],
                    receipt_confirmed=yes_no(row["receipt_confirmed"]),
                    refused=row["refused"],
                )
                for row in rows
            ]

    @_self_healing
    def read(self, submission_id: str) -> StoredRow:
        """Raises NoSuchRow."""
        with self._using() as db, _understood():
            cursor = db.execute("SELECT * FROM submissions WHERE submission_id = ?", [submission_id])
            for row in cursor:
                return StoredRow.of_columns(dict(zip((column[0] for column in cursor.description), row, strict=True)))
            _not_hidden(db, submission_id)
        raise NoSuchRow("No such submission waits in the outbox")

    @_self_healing
    def read_part(self, submission_id: str, index: int) -> bytes:
        """The sealed bytes of one page. Raises NoSuchRow."""
        with self._using() as db:
            found = db.execute(
                "SELECT sealed FROM pages WHERE submission_id = ? AND number = ?", (submission_id, index)
            ).fetchone()
            if found is None:
                _not_hidden(db, submission_id)
                raise NoSuchRow("No such page waits in the outbox")
        return bytes(found[0])

    def changed(self) -> bool:
        """Whether another process has committed since this was last asked; True the first time.

        The forwarder asks ten times a second instead of being woken. `PRAGMA data_version` reads one word of shared
        memory, needs no file, socket or permission of its own, and cannot lose a wake-up."""
        with self._using() as db:
            (version,) = db.execute("PRAGMA data_version").fetchone()
            before, self._version = self._version, version
            return bool(before != version)

    # -- leaving -------------------------------------------------------------------------------------------------

    def receipted(self, row: StoredRow, receipt: Receipt) -> Receipted:
        """What `delete` asks for: that the centre's signed receipt says it holds this row, which `read` gave. Raises
        NotReceipted unless the signature is the centre's and id, number, kiosk, hash and pages are exactly the row's:
        all of them are written once, so that the stored row is still the one that was sent."""
        try:
            stated = verify_receipt(receipt, self._enrolled().receipt_public(receipt.key))
        except ReceiptError as error:
            raise NotReceipted(str(error)) from error
        ours = (UUID(row.submission_id), row.case_number, row.kiosk_id, row.sealed_sha256)
        theirs = (stated.submission_id, stated.case_number, stated.kiosk_id, stated.sealed_sha256)
        if ours != theirs or tuple(part.sha256 for part in row.parts) != stated.parts:
            raise NotReceipted("The receipt is for something else than this submission")
        return Receipted(row.submission_id)

    @_self_healing
    def delete(self, receipted: Sequence[Receipted]) -> int:
        """Delete these in one transaction. How many were still here."""
        ids = [(one.submission_id,) for one in receipted]
        with self._using() as db, store.hasty(db), writing(db):
            db.conn.executemany(_REMEMBER, ids)
            db.conn.executemany("DELETE FROM pages WHERE submission_id = ?", ids)
            return db.conn.executemany("DELETE FROM submissions WHERE submission_id = ?", ids).rowcount

    @_self_healing
    def tidy(self) -> None:
        """Forget old unconfirmed numbers and cut the store back to what waits: nothing delivered stays in its files."""
        with self._using() as db:
            db.execute("DELETE FROM unconfirmed WHERE saved < ?", (time.time() - KEEP_UNCONFIRMED.total_seconds(),))
            if store.used_inside(db) <= _QUICKLY_REWRITTEN and store.free_inside(db):
                with suppress(sqlite3.OperationalError):  # in use by the other process: another time
                    db.vacuum()
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @_self_healing
    def mark_refused(self, submission_id: str, reason: str) -> None:
        """The centre will not take this row as it is; it stays, and is tried again seldom. `reason` is for the
        technician."""
        with self._using() as db, writing(db):
            db.execute("UPDATE submissions SET refused = ? WHERE submission_id = ?", (reason[:200], submission_id))

    @_self_healing
    def retry(self) -> int:
        """Let the forwarder try the refused rows again at once. How many there were."""
        with self._using() as db, writing(db):
            return int(db.execute("UPDATE submissions SET refused = '' WHERE refused != ''").rowcount)

    def export(self, directory: Path) -> int:
        """Write every waiting row into `directory`, made when missing (see `kiosk_app.outbox.offline_export`). How many.

        Raises OSError when that directory cannot be written, OutboxBroken."""
        directory.mkdir(parents=True, exist_ok=True)
        written = 0
        for waiting in self.pending():
            with suppress(NoSuchRow):  # delivered meanwhile
                row = self.read(waiting.submission_id)
                write_row(directory, row, (self.read_part(row.submission_id, part.index) for part in row.parts))
                written += 1
        return written

    # -- the store beneath ---------------------------------------------------------------------------------------

    def damaged(self) -> list[str]:
        """Names of the stores that were set aside, for the technician."""
        with self._lock, translated(self._directory):
            return [path.name for path in store.kept(self._directory, store.DAMAGED)]

    def lost(self) -> list[str]:
        """Marks of stores that were removed by somebody else, with whatever waited in them: 'lost-outbox.db'."""
        with self._lock, translated(self._directory):
            return [path.name for path in store.kept(self._directory, store.LOST)]

    def adopt(self, enrolment: Enrolment) -> None:
        """Go on under the same enrolment with the centre's new keys."""
        with self._lock:
            self._enrolment = enrolment

    def _enrolled(self) -> Enrolment:
        if self._enrolment is None:
            raise OutboxBroken("This kiosk is not enrolled at a centre")
        return self._enrolment

    def _next(self, db: Database, series: str) -> int:
        """The next running number. Raises OutboxFull when there is none."""
        found = db.execute("SELECT last FROM series WHERE series = ?", (series,)).fetchone()
        if found is None and self._enrolled().series_begun and not self._mirror.knows(series):
            # Numbers given before may be on paper: only a new series is sure to repeat none.
            raise OutboxBroken("The numbers given so far are lost: run kiosk enrol --new-key")
        with _understood():
            last = max(int(found[0]) if found else 0, self._mirror.last(series))
        if last >= MAX_RUNNING:
            raise OutboxFull("The series of case numbers is used up: enrol this kiosk again")
        return last + 1

    @contextmanager
    def _still_in_use(self) -> Iterator[None]:
        """Raises Damaged when another process has set the store aside since `_using` looked. The caller is `alone`."""
        if not self._path.exists():
            raise Damaged("The outbox's store was set aside")
        yield

    @contextmanager
    def _using(self) -> Iterator[Database]:
        """The store in use, followed when another process has set the former one aside or somebody has removed it."""
        with self._lock, translated(self._directory):
            if not self._path.exists():
                self._follow()
            yield self._db

    def _open_first(self) -> tuple[SeriesMirror, Path, Database]:
        with translated(self._directory):
            mirror = SeriesMirror(self._directory)
        try:
            return mirror, *self._open(mirror)
        except BaseException:
            mirror.close()
            raise

    def _open(self, mirror: SeriesMirror) -> tuple[Path, Database]:
        with translated(self._directory), store.alone(self._directory):
            path = store.in_use(self._directory)
            if path is not None:
                try:
                    store.not_emptied(path)
                    return path, store.open_store(path)
                except Damaged:
                    store.set_aside(self._directory, path)
            path = store.make(self._directory, mirror.reserved())
            return path, store.open_store(path)

    def _healing(self, act: Callable[[], T]) -> T:
        """Do it; when the store turns out to be damaged, set that aside and do it with a fresh one."""
        with self._lock:
            try:
                return act()
            except Damaged:
                self._heal()
                return act()
            except DiskFull:
                if not self._give_up_ballast():
                    raise
                return act()

    def _heal(self) -> None:
        if self._path.exists():
            self._db.close()
            with translated(self._directory), store.alone(self._directory):
                if store.in_use(self._directory) == self._path:
                    store.set_aside(self._directory, self._path)
        self._follow()

    def _follow(self) -> None:
        """To the store that is in use now, made when there is none. One that was removed under this open connection is
        still read through it."""
        with translated(self._directory), store.alone(self._directory):
            path = store.in_use(self._directory)
            if path is None:
                alive = None
                if not (self._directory / (store.DAMAGED + self._path.name)).exists():
                    store.set_lost(self._directory, self._path)
                    alive = self._db.conn
                path = store.make(self._directory, self._mirror.reserved(), alive)
            self._db.close()
            self._path, self._db, self._version = path, store.open_store(path), -1

    def free(self) -> int:
        """Bytes free on the disk for users other than root."""
        disk = os.statvfs(self._directory)
        return disk.f_bavail * disk.f_frsize

    def keep_ballast(self, size: int = BALLAST_BYTES, *, own_disk: bool = False) -> None:
        """Hold that many bytes of the disk for the day when others have filled it (see `Ballast`), while the reserve
        stays free beside them. `own_disk`: nobody but this kiosk uses the disk. Raises OutboxError."""
        with self._lock, translated(self._directory):
            if missing := self._ballast.missing(size, self._reserve, own_disk=own_disk):
                with store.alone(self._directory):
                    self._ballast.take(missing)

    def _give_up_ballast(self) -> bool:
        """Whether there was any."""
        with translated(self._directory):
            return self._ballast.give_up()


@contextmanager
def _understood() -> Iterator[None]:
    """A value that cannot be what was written is damage: SQLite itself notices a flipped bit in its own bookkeeping
    only, and one such row must not hold up all others."""
    try:
        yield
    except UNREADABLE as error:
        raise Damaged("The outbox's store is damaged") from error


def _not_hidden(db: Database, submission_id: str) -> None:
    """Raises Damaged when that submission waits here all the same."""
    if db.execute(_HIDDEN, [submission_id]).fetchone() is not None:
        raise Damaged("The outbox's store is damaged")


def _sha256(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


def _series(enrolment: Enrolment) -> str:
    return f"{enrolment.kiosk_id}{enrolment.series}"


def _seal(plaintext: bytes, enrolment: Enrolment, submission_id: UUID, part: str) -> bytes:
    return envelope.seal(
        plaintext, enrolment.sealing_public, kiosk_id=enrolment.kiosk_id, submission_id=submission_id, part=part
    )


def _fits(submission: Submission, submission_id: UUID, code: str, number: str, pages: int) -> None:
    if (submission.submission_id, submission.tracking_code, submission.case_number) != (submission_id, code, number):
        raise ValueError("The composed submission does not carry the id, code and number it was given")
    if len(submission.pages) != pages:
        raise ValueError("The composed submission does not describe the pages it comes with")
