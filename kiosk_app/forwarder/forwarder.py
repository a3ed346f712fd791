"""The process that empties the outbox, one row after the other, and says each minute how the kiosk is. It looks ten
times a second whether somebody has filed: that costs 0.1 % of a core and needs no channel that could be missing.

Failures are kept apart by whose they are. The line's (or of the whole kiosk: revoked, over a limit): everything
waits. A row's own: that row waits, the others go on; one that the centre refuses is marked in the outbox and tried
seldom, for ever. A row leaves the outbox only through the centre's signed receipt, which Outbox.check_receipt verifies.

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
from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_connection import CentreConnection
from kiosk_app.forwarder.centre_errors import CentreError, NotAdmittedError, RefusedError, RetryLaterError
from kiosk_app.forwarder.delivery import ChunkSizes, deliver_row
from kiosk_app.forwarder.heartbeat_schedule import HeartbeatSchedule
from kiosk_app.forwarder.revocation_monitor import RevocationMonitor
from kiosk_app.forwarder.tls import TrustStore
from kiosk_app.outbox import (
    Enrolment,
    Outbox,
    OutboxError,
    OutboxFullError,
    PendingRow,
    ReceiptProof,
    RowNotFoundError,
    clock,
)
from kiosk_app.outbox.reports import KioskReport, LinkReport
from protocol.messages import MAX_FINDINGS, Heartbeat
from protocol.signing import CentreKeysError

log = logging.getLogger(__name__)

TICK_S = 1.0
POLL_S = 0.1  # whether somebody has filed: 0.06 ms each time
PLATFORM_VERSIONS = {
    "python": platform.python_version(),
    "sqlite": sqlite3.sqlite_version,
    "openssl": ssl.OPENSSL_VERSION.split()[1],
    "linux": platform.release(),
}
MAX_REPORTED_RECEIPTS = 64  # receipts reported to the interface: more than arrive between two of its looks
CENTRE_BACKOFF_FIRST_S, CENTRE_BACKOFF_MAX_S = 2.0, 300.0
ROW_BACKOFF_FIRST_S, ROW_BACKOFF_MAX_S = 2.0, 900.0
MAX_UNDELETED = 32  # receipted rows that are not deleted yet
DELETE_INTERVAL_S = 0.25  # sooner only when there are so many; on a slow line that is after each row
MAX_CONSECUTIVE_FAILURES = 3  # rows in a row that the centre stumbles over before it is let alone
REFUSED_BACKOFF_FIRST_S, REFUSED_BACKOFF_MAX_S = 3600.0, 6 * 3600.0


@dataclass(frozen=True)
class DeliveryResult:
    """What one pass did. `error`: why it had to end early, '' when it went through every row that was due."""

    delivered: int
    pending: int
    refused: int
    error: str = ""


class Forwarder:
    """`state`: the directory of the two reports. `dedicated_disk`: see Outbox.ensure_ballast. `ping_watchdog` is called
    in each turn of the loop and before each exchange. `rng` and `monotonic` (seconds) are given by tests."""

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
        dedicated_disk: bool = False,
        ping_watchdog: Callable[[], None] = lambda: None,
        rng: Random | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._enrolment = enrolment
        self._connection = CentreConnection(
            TrustStore(ca_file, enrolment.authority), kbit_s=kbit_s, ping_watchdog=ping_watchdog
        )
        self._ping_watchdog = ping_watchdog
        self._centre = CentreClient(url, signing_key, self._connection)
        self._state = state
        self._version = version
        self._dedicated_disk = dedicated_disk
        self._rng = rng or Random()  # noqa: S311  # spreads load, keeps no secret
        self._monotonic = monotonic
        self._centre_backoff = Backoff(CENTRE_BACKOFF_FIRST_S, CENTRE_BACKOFF_MAX_S, self._rng)
        self._row_backoffs: dict[str, Backoff] = {}
        self._undeleted: list[tuple[PendingRow, ReceiptProof]] = []  # the centre holds them; to be deleted
        self._deleted_at = -DELETE_INTERVAL_S
        self._retry_not_before = 0.0  # the centre asked for quiet until then
        self._consecutive_failures = 0  # rows answered with a fault of the centre since one was taken
        self._ballast_error = ""  # why, as the log has it
        self._heartbeats = HeartbeatSchedule(self._rng, monotonic)
        self._receipt_ids: deque[str] = deque(maxlen=MAX_REPORTED_RECEIPTS)
        self._revocation = RevocationMonitor(self._centre, state, enrolment)
        self._link: LinkReport | None = None  # what the interface was told last
        self._last_pending: list[PendingRow] = []  # what waited when a heartbeat last read the store

    def run(self, stop: Event) -> None:
        """Until `stop` is set; a request under way is finished first. Trouble of any kind is logged and outlived."""
        log.info("Forwarder of %s started", self._enrolment.kiosk_id)
        while not stop.is_set():
            self._ping_watchdog()
            self._ensure_ballast()
            try:
                self._tick(stop)
                self._wait_for_change(stop)
            except (OutboxError, OSError) as error:
                log.error("The outbox cannot be used: %s", error)
                self._ping_watchdog()
                stop.wait(10 * TICK_S)
        log.info("Forwarder of %s stopped", self._enrolment.kiosk_id)

    def _ensure_ballast(self) -> None:
        """Delivery continues without ballast: delivering is what frees space."""
        why = ""
        try:
            self._outbox.ensure_ballast(dedicated_disk=self._dedicated_disk)
        except OutboxError as error:
            why = str(error)
        if why and why != self._ballast_error:
            log.error("There is no ballast: %s", why)
        self._ballast_error = why

    def _collect_findings(self, kiosk: KioskReport, readable: bool) -> tuple[str, ...]:
        """What the interface found, and what this process finds of the store itself: on a full disk the interface's
        report cannot be written. `readable`: whether the waiting rows could be read."""
        found = Fault.STORE_BROKEN.value
        try:
            self._outbox.check()
        except OutboxFullError:
            found = Fault.STORE_FULL.value
        except (OutboxError, OSError):
            pass
        else:
            if readable:
                return kiosk.findings
        return (found, *(code for code in kiosk.findings if code != found))[:MAX_FINDINGS]

    def _free_disk_bytes(self) -> int | None:
        """Bytes free for more complaints; None when the system does not say."""
        try:
            return self._outbox.free_disk_bytes()
        except OSError:
            return None

    def _wait_for_change(self, stop: Event) -> None:
        """Until somebody has filed, or for a tick."""
        for _ in range(round(TICK_S / POLL_S)):
            if stop.wait(POLL_S) or self._has_new_rows():
                return

    def _has_new_rows(self) -> bool:
        """Whether somebody has filed, or asked to retry, since a pass began: worth an attempt now."""
        if self._outbox.has_changed():
            self._centre_backoff.not_before = 0.0
            return True
        return False

    def deliver_once(self, stop: Event | None = None) -> DeliveryResult:
        """Try every waiting row now, whatever the back-off says. Raises OutboxError."""
        return self._deliver_rows(self._outbox.pending(), stop or Event())

    def _tick(self, stop: Event) -> None:
        self._send_heartbeat_when_due()
        self._has_new_rows()
        if self._monotonic() >= max(self._centre_backoff.not_before, self._retry_not_before):
            waiting = self._outbox.pending()
            self._row_backoffs = {
                row.submission_id: self._row_backoffs[row.submission_id]
                for row in waiting
                if row.submission_id in self._row_backoffs
            }
            if due := [row for row in waiting if self._is_due(row)]:
                self._deliver_rows(due, stop)

    def _is_due(self, row: PendingRow) -> bool:
        backoff = self._row_backoffs.get(row.submission_id)
        if backoff is not None and backoff.first_s == REFUSED_BACKOFF_FIRST_S and not row.refused:
            del self._row_backoffs[row.submission_id]  # a technician asked to retry
            return True
        return backoff is None or self._monotonic() >= backoff.not_before

    def _deliver_rows(self, rows: list[PendingRow], stop: Event) -> DeliveryResult:
        delivered, error_text = 0, ""
        try:
            for row in rows:
                if stop.is_set():
                    break
                if not self._undeleted:
                    self._send_heartbeat_when_due()
                self._deliver_one(row)
                delivered += self._delete_when_due()
        except CentreError as error:
            error_text = str(error)
        finally:
            delivered += self._delete()
        if delivered:
            self._outbox.compact()
        remaining = self._outbox.pending()
        return DeliveryResult(delivered, len(remaining), sum(1 for row in remaining if row.refused), error_text)

    def _deliver_one(self, row: PendingRow) -> None:
        """Deliver one row; receipted, it is to be deleted. Raises CentreError when it is of no use to try the
        next one."""
        accepted_before = self._centre.accepted_chunks
        try:
            stored = self._outbox.read(row.submission_id)
            backoff = self._row_backoffs.get(row.submission_id)
            chunk_sizes = ChunkSizes.for_attempt(backoff.failures if backoff else 0, self._connection.bytes_per_s)
            receipt = deliver_row(stored, self._outbox, self._centre, chunk_sizes, self._send_urgent_heartbeat)
            proof = self._outbox.check_receipt(stored, receipt)
        except RowNotFoundError:  # delivered meanwhile
            pass
        except OutboxError as error:  # a receipt that is not the centre's among them
            self._back_off_row(row, ROW_BACKOFF_FIRST_S, ROW_BACKOFF_MAX_S, error)
        except RefusedError as error:
            self._outbox.mark_refused(row.submission_id, str(error))
            self._back_off_row(row, REFUSED_BACKOFF_FIRST_S, REFUSED_BACKOFF_MAX_S, error)
            self._write_link_report(True)
        except CentreError as error:
            if self._centre.accepted_chunks > accepted_before:
                self._centre_backoff.record_progress()
                if row.submission_id in self._row_backoffs:
                    self._row_backoffs[row.submission_id].record_progress()
            self._back_off_row(row, ROW_BACKOFF_FIRST_S, ROW_BACKOFF_MAX_S, error, _retry_after_s(error))
            self._consecutive_failures += 1
            if (
                not isinstance(error, RetryLaterError)
                or error.affects_all_requests
                or self._consecutive_failures > MAX_CONSECUTIVE_FAILURES
            ):
                self._back_off_all(error)
                raise
        else:
            log.info("%s delivered", row.case_number)
            self._row_backoffs.pop(row.submission_id, None)
            self._centre_backoff.reset()
            self._consecutive_failures = 0
            self._write_link_report(True)
            self._undeleted.append((row, proof))

    def _delete_when_due(self) -> int:
        due = self._monotonic() - self._deleted_at >= DELETE_INTERVAL_S
        return self._delete() if due or len(self._undeleted) >= MAX_UNDELETED else 0

    def _delete(self) -> int:
        """Delete what the centre holds. How many rows left the outbox."""
        acknowledged, self._undeleted = self._undeleted, []
        if not acknowledged:
            return 0
        self._deleted_at = self._monotonic()
        try:
            deleted = self._outbox.delete([proof for _, proof in acknowledged])
        except OutboxError as error:
            for row, _ in acknowledged:
                self._back_off_row(row, ROW_BACKOFF_FIRST_S, ROW_BACKOFF_MAX_S, error)
            return 0
        self._receipt_ids.extend(row.submission_id for row, _ in acknowledged)
        self._write_link_report(True)
        return deleted

    def _back_off_row(
        self, row: PendingRow, first_s: float, max_s: float, error: Exception, retry_after_s: float | None = None
    ) -> None:
        backoff = self._row_backoffs.get(row.submission_id)
        if backoff is None or backoff.first_s != first_s:
            backoff = self._row_backoffs[row.submission_id] = Backoff(first_s, max_s, self._rng)
        wait = backoff.record_failure(self._monotonic(), retry_after_s)
        log.warning("%s stays, next attempt in %.0f s: %s", row.case_number, wait, error)

    def _back_off_all(self, error: CentreError) -> None:
        """Everything waits."""
        self._retry_not_before = self._monotonic() + (_retry_after_s(error) or 0.0)
        self._centre_backoff.record_failure(self._monotonic())
        self._consecutive_failures = 0
        if isinstance(error, NotAdmittedError):
            self._revocation.check_revoked()
        self._write_link_report(False, str(error))

    def _send_heartbeat_when_due(self) -> None:
        kiosk = self._read_kiosk_report()
        if self._heartbeats.is_due(kiosk):
            self._send_heartbeat(kiosk)

    def _send_urgent_heartbeat(self) -> None:
        """Between the requests of one row: only what somebody waits for in front of the screen."""
        kiosk = self._read_kiosk_report()
        if self._heartbeats.is_call_due(kiosk):
            self._send_heartbeat(kiosk)

    def _read_kiosk_report(self) -> KioskReport:
        return KioskReport.read(self._state) or KioskReport()  # an interface that is silent reports no device

    def _send_heartbeat(self, kiosk: KioskReport) -> None:
        self._heartbeats.record_sent(kiosk)
        try:
            self._last_pending, readable = self._outbox.pending(), True
        except (OutboxError, OSError) as error:  # the centre hears so; until then its last figures stand
            log.error("The outbox cannot be read: %s", error)
            readable = False
        pending = self._last_pending
        heartbeat = Heartbeat(
            kiosk_id=self._enrolment.kiosk_id,
            version=self._version,
            moment=clock.now(),
            outbox_count=len(pending),
            oldest_unsent=pending[0].saved if pending else None,
            refused=sum(1 for row in pending if row.refused),
            disk_free=self._free_disk_bytes(),
            versions=PLATFORM_VERSIONS,
            centre_keys=self._enrolment.centre_keys,
            devices=kiosk.devices,
            findings=self._collect_findings(kiosk, readable),
            staff_called=kiosk.staff_called,
            staff_call=kiosk.staff_call,
        )
        try:
            response = self._centre.send_heartbeat(heartbeat)
            self._adopt_new_keys(response.keys)
        except RefusedError as error:
            log.warning("Heartbeat: %s", error)
            self._write_link_report(True, even_if_unchanged=True)
        except CentreError as error:
            self._heartbeats.postpone(_retry_after_s(error) or 0.0)
            if isinstance(error, NotAdmittedError):
                self._revocation.check_revoked()
            self._write_link_report(False, str(error), even_if_unchanged=True)
        else:
            self._heartbeats.record_accepted(response.call_response)
            self._revocation.record_admitted()
            if self._centre_backoff.failures:  # the line is back: what waited for it need not wait longer
                self._centre_backoff.reset()
                for backoff in self._row_backoffs.values():
                    if backoff.first_s == ROW_BACKOFF_FIRST_S:
                        backoff.not_before = 0.0
            self._write_link_report(True, even_if_unchanged=True)

    def _adopt_new_keys(self, today: tuple[str, ...]) -> None:
        """When the centre has taken new keys: take them too, for what is sealed from now on."""
        if not today or today == self._enrolment.centre_keys:
            return
        try:
            new_keys = self._centre.fetch_keys(self._enrolment.enrolment_id)
            self._enrolment = self._enrolment.adopt_keys(new_keys, self._state)
        except (CentreKeysError, OSError) as error:
            log.error("The centre's new keys cannot be taken: %s", error)
        else:
            self._outbox.update_enrolment(self._enrolment)
            log.info("The centre's new keys are taken: %s", " ".join(self._enrolment.centre_keys))

    def _write_link_report(self, answers: bool, trouble: str = "", *, even_if_unchanged: bool = False) -> None:
        """Tell the interface how the line is: when something changed, and `even_if_unchanged` with each heartbeat."""
        call, answer = self._heartbeats.acknowledged_call
        link = LinkReport(
            centre_answers=answers,
            trouble=trouble,
            refused=sum(1 for backoff in self._row_backoffs.values() if backoff.first_s == REFUSED_BACKOFF_FIRST_S),
            revoked=self._revocation.revoked,
            staff_call=call,
            call_answer=answer,
            received=tuple(self._receipt_ids),
        )
        before, self._link = self._link, link
        if before is None or (before.centre_answers, before.trouble) != (answers, trouble):
            log.info("The centre answers") if answers else log.warning("%s", trouble)
        if (
            even_if_unchanged
            or before is None
            or link.model_copy(update={"monotonic_ms": before.monotonic_ms}) != before
        ):
            try:
                link.write(self._state)
            except OSError as error:
                log.error("The report on the line cannot be written: %s", error.strerror)


def _retry_after_s(error: CentreError) -> float | None:
    return error.retry_after_s if isinstance(error, RetryLaterError) else None
