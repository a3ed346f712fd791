"""The process that empties the outbox, one row after the other, and says each minute how the kiosk is. It looks ten
times a second whether somebody has filed: that costs 0.1 % of a core and needs no channel that could be missing.

Failures are kept apart by whose they are. The line's (or of the whole kiosk: revoked, over a limit): everything
waits. A row's own: that row waits, the others go on; one that the centre refuses is marked in the outbox and tried
seldom, for ever. A row leaves the outbox only through the centre's signed receipt, which Outbox.receipted verifies.

Receipted rows are deleted a few at a time: a transaction for each took a tenth of what a visit without pages takes.
A crash in between is harmless: the row is delivered again, and the centre answers with the same receipt.
"""

import logging
import platform
import sqlite3
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from journey.faults import Fault
from kiosk_app.forwarder.backoff import Backoff
from kiosk_app.forwarder.centre_client import Centre
from kiosk_app.forwarder.centre_connection import Line
from kiosk_app.forwarder.centre_errors import CentreTroubleError, LaterError, NotAdmittedError, RefusedError
from kiosk_app.forwarder.delivery import Pieces, deliver
from kiosk_app.forwarder.heartbeat_schedule import HeartbeatSchedule
from kiosk_app.forwarder.revocation_monitor import Standing
from kiosk_app.forwarder.tls import TrustStore
from kiosk_app.outbox import Enrolment, NoSuchRow, Outbox, OutboxError, OutboxFull, Pending, Receipted, clock
from kiosk_app.outbox.reports import KioskReport, LinkReport
from protocol.messages import MOST_FINDINGS, Heartbeat
from protocol.signing import CentreKeysError

log = logging.getLogger(__name__)

TICK_S = 1.0
LOOK_S = 0.1  # whether somebody has filed: 0.06 ms each time
VERSIONS = {
    "python": platform.python_version(),
    "sqlite": sqlite3.sqlite_version,
    "openssl": ssl.OPENSSL_VERSION.split()[1],
    "linux": platform.release(),
}
MOST_RECEIVED = 64  # receipts reported to the interface: more than arrive between two of its looks
LINE_FIRST_S, LINE_LONGEST_S = 2.0, 300.0
ROW_FIRST_S, ROW_LONGEST_S = 2.0, 900.0
MOST_BEHIND = 32  # receipted rows that are not deleted yet
DELETE_EVERY_S = 0.25  # sooner only when there are so many; on a slow line that is after each row
MOST_FAULTS = 3  # rows in a row that the centre stumbles over before it is let alone
REFUSED_FIRST_S, REFUSED_LONGEST_S = 3600.0, 6 * 3600.0


@dataclass(frozen=True)
class DeliveryReport:
    """What one pass did. `trouble`: why it had to end early, '' when it went through every row that was due."""

    delivered: int
    waiting: int
    refused: int
    trouble: str = ""


class Forwarder:
    """`state`: the directory of the two reports. `own_disk`: see Outbox.keep_ballast. `alive` is called in
    each turn of the loop and before each exchange. `chance` and `clock` (monotonic seconds) are given by tests."""

    def __init__(
        self,
        outbox: Outbox,
        enrolment: Enrolment,
        signing_key: Ed25519PrivateKey,
        url: str,
        *,
        state: Path,
        version: str,
        ca_file: str = "",
        kbit_s: int = 0,
        own_disk: bool = False,
        alive: Callable[[], None] = lambda: None,
        chance: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._enrolment = enrolment
        self._line = Line(TrustStore(ca_file, enrolment.authority), kbit_s=kbit_s, alive=alive)
        self._alive = alive
        self._centre = Centre(url, signing_key, self._line)
        self._state = state
        self._version = version
        self._own_disk = own_disk
        self._chance = chance or Random()  # noqa: S311  # spreads load, keeps no secret
        self._clock = clock
        self._pause = Backoff(LINE_FIRST_S, LINE_LONGEST_S, self._chance)
        self._rows: dict[str, Backoff] = {}
        self._receipted: list[tuple[Pending, Receipted]] = []  # the centre holds them; to be deleted
        self._deleted_at = -DELETE_EVERY_S
        self._asked_until = 0.0  # the centre asked for quiet until then
        self._faults_in_a_row = 0  # rows answered with a fault of the centre since one was taken
        self._no_ballast = ""  # why, as the log has it
        self._heartbeats = HeartbeatSchedule(self._chance, clock)
        self._received: deque[str] = deque(maxlen=MOST_RECEIVED)
        self._standing = Standing(self._centre, state, enrolment)
        self._link: LinkReport | None = None  # what the interface was told last
        self._counted: list[Pending] = []  # what waited when a heartbeat last read the store

    def run(self, stop: Event) -> None:
        """Until `stop` is set; a request under way is finished first. Trouble of any kind is logged and outlived."""
        log.info("Forwarder of %s started", self._enrolment.kiosk_id)
        while not stop.is_set():
            self._alive()
            self._keep_ballast()
            try:
                self._tick(stop)
                self._wait_for_news(stop)
            except (OutboxError, OSError) as error:
                log.error("The outbox cannot be used: %s", error)
                self._alive()
                stop.wait(10 * TICK_S)
        log.info("Forwarder of %s stopped", self._enrolment.kiosk_id)

    def _keep_ballast(self) -> None:
        """Delivery continues without ballast: delivering is what frees space."""
        why = ""
        try:
            self._outbox.keep_ballast(own_disk=self._own_disk)
        except OutboxError as error:
            why = str(error)
        if why and why != self._no_ballast:
            log.error("There is no ballast: %s", why)
        self._no_ballast = why

    def _found(self, kiosk: KioskReport, readable: bool) -> tuple[str, ...]:
        """What the interface found, and what this process finds of the store itself: on a full disk the interface's
        report cannot be written. `readable`: whether the waiting rows could be read."""
        found = Fault.STORE_BROKEN.value
        try:
            self._outbox.check()
        except OutboxFull:
            found = Fault.STORE_FULL.value
        except (OutboxError, OSError):
            pass
        else:
            if readable:
                return kiosk.findings
        return (found, *(code for code in kiosk.findings if code != found))[:MOST_FINDINGS]

    def _free(self) -> int | None:
        """Bytes free for more complaints; None when the system does not say."""
        try:
            return self._outbox.free()
        except OSError:
            return None

    def _wait_for_news(self, stop: Event) -> None:
        """Until somebody has filed, or for a tick."""
        for _ in range(round(TICK_S / LOOK_S)):
            if stop.wait(LOOK_S) or self._news():
                return

    def _news(self) -> bool:
        """Whether somebody has filed, or asked to retry, since a pass began: worth an attempt now."""
        if self._outbox.changed():
            self._pause.not_before = 0.0
            return True
        return False

    def once(self, stop: Event | None = None) -> DeliveryReport:
        """Try every waiting row now, whatever the back-off says. Raises OutboxError."""
        return self._pass(self._outbox.pending(), stop or Event())

    def _tick(self, stop: Event) -> None:
        self._beat_when_due()
        self._news()
        if self._clock() >= max(self._pause.not_before, self._asked_until):
            waiting = self._outbox.pending()
            self._rows = {
                row.submission_id: self._rows[row.submission_id] for row in waiting if row.submission_id in self._rows
            }
            if due := [row for row in waiting if self._due(row)]:
                self._pass(due, stop)

    def _due(self, row: Pending) -> bool:
        backoff = self._rows.get(row.submission_id)
        if backoff is not None and backoff.first_s == REFUSED_FIRST_S and not row.refused:
            del self._rows[row.submission_id]  # a technician asked to retry
            return True
        return backoff is None or self._clock() >= backoff.not_before

    def _pass(self, rows: list[Pending], stop: Event) -> DeliveryReport:
        delivered, trouble = 0, ""
        try:
            for row in rows:
                if stop.is_set():
                    break
                if not self._receipted:
                    self._beat_when_due()
                self._try(row)
                delivered += self._delete_when_due()
        except CentreTroubleError as error:
            trouble = str(error)
        finally:
            delivered += self._delete()
        if delivered:
            self._outbox.tidy()
        left = self._outbox.pending()
        return DeliveryReport(delivered, len(left), sum(1 for row in left if row.refused), trouble)

    def _try(self, row: Pending) -> None:
        """Deliver one row; receipted, it is to be deleted. Raises CentreTroubleError when it is of no use to try the
        next one."""
        taken = self._centre.taken
        try:
            stored = self._outbox.read(row.submission_id)
            tried = self._rows.get(row.submission_id)
            pieces = Pieces.of(tried.failures if tried else 0, self._line.bytes_s)
            receipt = deliver(stored, self._outbox, self._centre, pieces, self._beat_for_call)
            receipted = self._outbox.receipted(stored, receipt)
        except NoSuchRow:  # delivered meanwhile
            pass
        except OutboxError as error:  # a receipt that is not the centre's among them
            self._wait(row, ROW_FIRST_S, ROW_LONGEST_S, error)
        except RefusedError as error:
            self._outbox.mark_refused(row.submission_id, str(error))
            self._wait(row, REFUSED_FIRST_S, REFUSED_LONGEST_S, error)
            self._tell(True)
        except CentreTroubleError as error:
            if self._centre.taken > taken:
                self._pause.moved()
                if row.submission_id in self._rows:
                    self._rows[row.submission_id].moved()
            self._wait(row, ROW_FIRST_S, ROW_LONGEST_S, error, _asked(error))
            self._faults_in_a_row += 1
            if not isinstance(error, LaterError) or error.everything or self._faults_in_a_row > MOST_FAULTS:
                self._hold(error)
                raise
        else:
            log.info("%s delivered", row.case_number)
            self._rows.pop(row.submission_id, None)
            self._pause.succeeded()
            self._faults_in_a_row = 0
            self._tell(True)
            self._receipted.append((row, receipted))

    def _delete_when_due(self) -> int:
        due = self._clock() - self._deleted_at >= DELETE_EVERY_S
        return self._delete() if due or len(self._receipted) >= MOST_BEHIND else 0

    def _delete(self) -> int:
        """Delete what the centre holds. How many rows left the outbox."""
        done, self._receipted = self._receipted, []
        if not done:
            return 0
        self._deleted_at = self._clock()
        try:
            deleted = self._outbox.delete([receipted for _, receipted in done])
        except OutboxError as error:
            for row, _ in done:
                self._wait(row, ROW_FIRST_S, ROW_LONGEST_S, error)
            return 0
        self._received.extend(row.submission_id for row, _ in done)
        self._tell(True)
        return deleted

    def _wait(
        self, row: Pending, first_s: float, longest_s: float, error: Exception, asked_s: float | None = None
    ) -> None:
        backoff = self._rows.get(row.submission_id)
        if backoff is None or backoff.first_s != first_s:
            backoff = self._rows[row.submission_id] = Backoff(first_s, longest_s, self._chance)
        wait = backoff.failed(self._clock(), asked_s)
        log.warning("%s stays, next attempt in %.0f s: %s", row.case_number, wait, error)

    def _hold(self, error: CentreTroubleError) -> None:
        """Everything waits."""
        self._asked_until = self._clock() + (_asked(error) or 0.0)
        self._pause.failed(self._clock())
        self._faults_in_a_row = 0
        if isinstance(error, NotAdmittedError):
            self._standing.ask()
        self._tell(False, str(error))

    def _beat_when_due(self) -> None:
        kiosk = self._kiosk()
        if self._heartbeats.is_due(kiosk):
            self._beat(kiosk)

    def _beat_for_call(self) -> None:
        """Between the requests of one row: only what somebody waits for in front of the screen."""
        kiosk = self._kiosk()
        if self._heartbeats.is_call_due(kiosk):
            self._beat(kiosk)

    def _kiosk(self) -> KioskReport:
        return KioskReport.read(self._state) or KioskReport()  # an interface that is silent reports no device

    def _beat(self, kiosk: KioskReport) -> None:
        self._heartbeats.sending(kiosk)
        try:
            self._counted, readable = self._outbox.pending(), True
        except (OutboxError, OSError) as error:  # the centre hears so; until then its last figures stand
            log.error("The outbox cannot be read: %s", error)
            readable = False
        left = self._counted
        heartbeat = Heartbeat(
            kiosk_id=self._enrolment.kiosk_id,
            version=self._version,
            moment=clock.now(),
            outbox_count=len(left),
            oldest_unsent=left[0].saved if left else None,
            refused=sum(1 for row in left if row.refused),
            disk_free=self._free(),
            versions=VERSIONS,
            centre_keys=self._enrolment.centre_keys,
            devices=kiosk.devices,
            findings=self._found(kiosk, readable),
            staff_called=kiosk.staff_called,
            staff_call=kiosk.staff_call,
        )
        try:
            heard = self._centre.beat(heartbeat)
            self._take_keys(heard.keys)
        except RefusedError as error:
            log.warning("Heartbeat: %s", error)
            self._tell(True, again=True)
        except CentreTroubleError as error:
            self._heartbeats.wait(_asked(error) or 0.0)
            if isinstance(error, NotAdmittedError):
                self._standing.ask()
            self._tell(False, str(error), again=True)
        else:
            self._heartbeats.accepted(heard.call_answer)
            self._standing.admitted()
            if self._pause.failures:  # the line is back: what waited for it need not wait longer
                self._pause.succeeded()
                for backoff in self._rows.values():
                    if backoff.first_s == ROW_FIRST_S:
                        backoff.not_before = 0.0
            self._tell(True, again=True)

    def _take_keys(self, today: tuple[str, ...]) -> None:
        """When the centre has taken new keys: take them too, for what is sealed from now on."""
        if not today or today == self._enrolment.centre_keys:
            return
        try:
            told = self._centre.keys_of_today(self._enrolment.enrolment_id)
            self._enrolment = self._enrolment.taking(told, self._state)
        except (CentreKeysError, OSError) as error:
            log.error("The centre's new keys cannot be taken: %s", error)
        else:
            self._outbox.adopt(self._enrolment)
            log.info("The centre's new keys are taken: %s", " ".join(self._enrolment.centre_keys))

    def _tell(self, answers: bool, trouble: str = "", *, again: bool = False) -> None:
        """Tell the interface how the line is: when something changed, and `again` with each heartbeat."""
        call, answer = self._heartbeats.answered_call
        link = LinkReport(
            centre_answers=answers,
            trouble=trouble,
            refused=sum(1 for backoff in self._rows.values() if backoff.first_s == REFUSED_FIRST_S),
            revoked=self._standing.revoked,
            staff_call=call,
            call_answer=answer,
            received=tuple(self._received),
        )
        before, self._link = self._link, link
        if before is None or (before.centre_answers, before.trouble) != (answers, trouble):
            log.info("The centre answers") if answers else log.warning("%s", trouble)
        if again or before is None or link.model_copy(update={"monotonic_ms": before.monotonic_ms}) != before:
            try:
                link.write(self._state)
            except OSError as error:
                log.error("The report on the line cannot be written: %s", error.strerror)


def _asked(error: CentreTroubleError) -> float | None:
    return error.wait_s if isinstance(error, LaterError) else None
