"""The process that delivers the outbox row by row and sends a heartbeat each minute.

It checks ten times a second whether a visit has been saved: that costs 0.1 % of a core and needs no communication
channel that could fail.

Failures are handled by what they affect. If the connection or the whole kiosk is affected (revoked, over a limit),
everything waits. If one row is affected, only that row waits; a row that the centre refuses is marked in the outbox and
retried rarely, without end. A row leaves the outbox only through the centre's signed receipt, which
`Outbox.check_receipt` verifies.

Rows with a receipt are deleted a few at a time: one transaction for each took a tenth of the time of a visit without
pages. A crash in between is harmless: the row is delivered again, and the centre answers with the same receipt.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk_app.forwarder.backoff import Backoff, RowBackoffReason, RowBackoffs
from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_connection import CentreConnection
from kiosk_app.forwarder.centre_errors import (
    CentreError,
    NotAdmittedError,
    RefusedError,
    RetryLaterError,
    retry_after_s,
)
from kiosk_app.forwarder.delivery import ChunkSizes, deliver_row
from kiosk_app.forwarder.heartbeat_schedule import HeartbeatSchedule
from kiosk_app.forwarder.heartbeat_sender import HeartbeatSender
from kiosk_app.forwarder.link_reporter import LinkReporter
from kiosk_app.forwarder.revocation_monitor import RevocationMonitor
from kiosk_app.forwarder.tls import TrustStore
from kiosk_app.outbox import (
    Enrolment,
    Outbox,
    OutboxBrokenError,
    OutboxError,
    PendingRow,
    ReceiptProof,
    RowNotFoundError,
)
from kiosk_app.outbox.reports import KioskReport

log = logging.getLogger(__name__)

TICK_S = 1.0
POLL_S = 0.1  # interval of the check for new rows; one check takes 0.06 ms
CENTRE_BACKOFF_FIRST_S, CENTRE_BACKOFF_MAX_S = 2.0, 300.0
MAX_UNDELETED = 32  # rows with a receipt that are not deleted yet
DELETE_INTERVAL_S = 0.25  # deleted earlier at MAX_UNDELETED; on a slow connection after each row
MAX_CONSECUTIVE_FAILURES = 3  # rows in sequence that fail at the centre before everything waits


@dataclass(frozen=True)
class DeliveryResult:
    """The result of one pass. `error`: why it ended early, '' if it tried every row that was due."""

    delivered: int
    pending: int
    refused: int
    error: str = ""


class Forwarder:
    """Delivers the outbox of one enrolment.

    `outbox`: None when its store cannot be opened; then only `report_broken_store` works. `state_dir`: directory of the
    two reports. `dedicated_disk`: see Outbox.ensure_ballast. `findings`: staff codes that every heartbeat reports.
    `ping_watchdog` is called in each turn of the loop and before each exchange. `rng` and `monotonic` (seconds) are
    replaced by tests."""

    def __init__(
        self,
        outbox: Outbox | None,
        enrolment: Enrolment,
        signing_key: Ed25519PrivateKey,
        url: str,
        *,
        state_dir: Path,
        version: str,
        ca_file: str = "",
        kbit_s: int = 0,
        dedicated_disk: bool = False,
        findings: tuple[str, ...] = (),
        ping_watchdog: Callable[[], None] = lambda: None,
        rng: Random | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        rng = rng or Random()  # noqa: S311  # spreads load, protects no secret
        self._optional_outbox = outbox
        self._kiosk_id = enrolment.kiosk_id
        self._connection = CentreConnection(
            TrustStore(ca_file, enrolment.authority), kbit_s=kbit_s, ping_watchdog=ping_watchdog
        )
        self._ping_watchdog = ping_watchdog
        self._centre = CentreClient(url, signing_key, self._connection)
        self._dedicated_disk = dedicated_disk
        self._monotonic = monotonic
        self._centre_backoff = Backoff(CENTRE_BACKOFF_FIRST_S, CENTRE_BACKOFF_MAX_S, rng)
        self._row_backoffs = RowBackoffs(rng, monotonic)
        self._undeleted: list[tuple[PendingRow, ReceiptProof]] = []  # rows with a verified receipt
        self._deleted_at = -DELETE_INTERVAL_S
        self._retry_not_before = 0.0  # the centre's Retry-After
        self._consecutive_failures = 0  # rows that failed at the centre since the last success
        self._logged_ballast_error = ""
        schedule = HeartbeatSchedule(rng, monotonic)
        self._revocation = RevocationMonitor(self._centre, state_dir, enrolment)
        self._link_reporter = LinkReporter(state_dir, schedule, self._row_backoffs, self._revocation)
        self._heartbeats = HeartbeatSender(
            outbox,
            enrolment,
            self._centre,
            state_dir=state_dir,
            version=version,
            schedule=schedule,
            revocation=self._revocation,
            link_reporter=self._link_reporter,
            on_accepted=self._end_waits_for_line,
            findings=findings,
        )

    @property
    def _outbox(self) -> Outbox:
        if self._optional_outbox is None:
            raise OutboxBrokenError("The outbox's store cannot be opened")
        return self._optional_outbox

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; a request under way is finished first. Failures of any kind are logged."""
        log.info("Forwarder of %s started", self._kiosk_id)
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
        log.info("Forwarder of %s stopped", self._kiosk_id)

    def deliver_once(self, stop: Event | None = None) -> DeliveryResult:
        """Try every waiting row now, without regard to the back-off. Raises OutboxError."""
        return self._deliver_rows(self._outbox.pending(), stop or Event())

    def report_broken_store(self) -> None:
        """Send one heartbeat, so that the centre learns that the store cannot be opened. Raises nothing."""
        self._heartbeats.send(KioskReport())

    def _ensure_ballast(self) -> None:
        """Allocate missing ballast; a failure is logged once. Delivery continues without ballast, because it frees
        space."""
        reason = ""
        try:
            self._outbox.ensure_ballast(dedicated_disk=self._dedicated_disk)
        except OutboxError as error:
            reason = str(error)
        if reason and reason != self._logged_ballast_error:
            log.error("There is no ballast: %s", reason)
        self._logged_ballast_error = reason

    def _wait_for_change(self, stop: Event) -> None:
        """Wait until a visit is saved, at most one tick."""
        for _ in range(round(TICK_S / POLL_S)):
            if stop.wait(POLL_S) or self._has_new_rows():
                return

    def _has_new_rows(self) -> bool:
        """Whether another process has changed the outbox (a visit, a retry) since the last call. If so, ends the
        back-off, so that the change is delivered at once."""
        if self._outbox.has_changed():
            self._centre_backoff.not_before = 0.0
            return True
        return False

    def _tick(self, stop: Event) -> None:
        self._heartbeats.send_when_due()
        self._has_new_rows()
        if self._monotonic() >= max(self._centre_backoff.not_before, self._retry_not_before):
            pending = self._outbox.pending()
            self._row_backoffs.retain({row.submission_id for row in pending})
            if due := [row for row in pending if self._row_backoffs.is_due(row)]:
                self._deliver_rows(due, stop)

    def _deliver_rows(self, rows: list[PendingRow], stop: Event) -> DeliveryResult:
        delivered, error_text = 0, ""
        try:
            for row in rows:
                if stop.is_set():
                    break
                if not self._undeleted:
                    self._heartbeats.send_when_due()
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
        """Try one row. Raises CentreError when the failure affects all rows."""
        accepted_before = self._centre.accepted_chunks
        try:
            proof = self._send_row(row)
        except RowNotFoundError:  # delivered meanwhile, for example by an imported receipt
            return
        except OutboxError as error:  # an invalid receipt among others
            self._back_off_row(row, RowBackoffReason.FAILED, error)
        except RefusedError as error:
            self._outbox.mark_refused(row.submission_id, str(error))
            self._back_off_row(row, RowBackoffReason.REFUSED, error)
            self._link_reporter.write(True)
        except CentreError as error:
            if self._centre.accepted_chunks > accepted_before:
                self._centre_backoff.record_progress()
                self._row_backoffs.record_progress(row.submission_id)
            self._back_off_row(row, RowBackoffReason.FAILED, error, retry_after_s(error))
            self._consecutive_failures += 1
            if self._affects_all_rows(error):
                self._back_off_all(error)
                raise
        else:
            log.info("%s delivered", row.case_number)
            self._row_backoffs.remove(row.submission_id)
            self._centre_backoff.reset()
            self._consecutive_failures = 0
            self._link_reporter.write(True)
            self._undeleted.append((row, proof))

    def _send_row(self, row: PendingRow) -> ReceiptProof:
        """Send the row and verify its receipt. Raises CentreError, OutboxError."""
        stored = self._outbox.read(row.submission_id)
        chunk_sizes = ChunkSizes.for_attempt(
            self._row_backoffs.failures(row.submission_id), self._connection.bytes_per_s
        )
        receipt = deliver_row(stored, self._outbox, self._centre, chunk_sizes, self._heartbeats.send_urgent)
        return self._outbox.check_receipt(stored, receipt)

    def _affects_all_rows(self, error: CentreError) -> bool:
        if isinstance(error, RetryLaterError) and not error.affects_all_requests:
            return self._consecutive_failures > MAX_CONSECUTIVE_FAILURES
        return True

    def _delete_when_due(self) -> int:
        is_due = self._monotonic() - self._deleted_at >= DELETE_INTERVAL_S
        return self._delete() if is_due or len(self._undeleted) >= MAX_UNDELETED else 0

    def _delete(self) -> int:
        """Delete the rows that the centre holds; returns how many were deleted."""
        acknowledged, self._undeleted = self._undeleted, []
        if not acknowledged:
            return 0
        self._deleted_at = self._monotonic()
        try:
            deleted = self._outbox.delete([proof for _, proof in acknowledged])
        except OutboxError as error:
            for row, _ in acknowledged:
                self._back_off_row(row, RowBackoffReason.FAILED, error)
            return 0
        self._link_reporter.add_receipts(row.submission_id for row, _ in acknowledged)
        self._link_reporter.write(True)
        return deleted

    def _back_off_row(
        self, row: PendingRow, reason: RowBackoffReason, error: Exception, min_wait_s: float | None = None
    ) -> None:
        wait_s = self._row_backoffs.record_failure(row.submission_id, reason, min_wait_s)
        log.warning("%s stays, next attempt in %.0f s: %s", row.case_number, wait_s, error)

    def _back_off_all(self, error: CentreError) -> None:
        self._retry_not_before = self._monotonic() + (retry_after_s(error) or 0.0)
        self._centre_backoff.record_failure(self._monotonic())
        self._consecutive_failures = 0
        if isinstance(error, NotAdmittedError):
            self._revocation.check_revoked()
        self._link_reporter.write(False, str(error))

    def _end_waits_for_line(self) -> None:
        """The centre answers again: rows that waited because of the connection are due now."""
        if self._centre_backoff.failures:
            self._centre_backoff.reset()
            self._row_backoffs.end_waits(RowBackoffReason.FAILED)
