"""Writes the link report: how the last exchange with the centre ended, for the interface."""

import logging
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from kiosk_app.forwarder.backoff import RowBackoffReason, RowBackoffs
from kiosk_app.forwarder.heartbeat_schedule import HeartbeatSchedule
from kiosk_app.forwarder.revocation_monitor import RevocationMonitor
from kiosk_app.outbox.reports import LinkReport

log = logging.getLogger(__name__)

MAX_REPORTED_RECEIPTS = 64  # more receipts than arrive between two reads by the interface


class LinkReporter:
    """Collects the parts of the report and writes it when it has changed."""

    def __init__(
        self, state_dir: Path, schedule: HeartbeatSchedule, row_backoffs: RowBackoffs, revocation: RevocationMonitor
    ) -> None:
        self._state = state_dir
        self._schedule = schedule
        self._row_backoffs = row_backoffs
        self._revocation = revocation
        self.notice_channels: tuple[str, ...] = ()  # by which the centre can send notices
        self._receipt_ids: deque[str] = deque(maxlen=MAX_REPORTED_RECEIPTS)
        self._previous: LinkReport | None = None

    def add_receipts(self, submission_ids: Iterable[str]) -> None:
        """Add submissions whose receipt was verified."""
        self._receipt_ids.extend(submission_ids)

    def write(self, centre_answers: bool, trouble: str = "", *, even_if_unchanged: bool = False) -> None:
        """Write the report if it has changed. `even_if_unchanged`: with each heartbeat, because a report expires."""
        call, response = self._schedule.acknowledged_call
        report = LinkReport(
            centre_answers=centre_answers,
            trouble=trouble,
            refused=self._row_backoffs.count(RowBackoffReason.REFUSED),
            revoked=self._revocation.revoked,
            staff_call=call,
            call_answer=response,
            received=tuple(self._receipt_ids),
            notice_channels=self.notice_channels,
        )
        previous, self._previous = self._previous, report
        if previous is None or (previous.centre_answers, previous.trouble) != (centre_answers, trouble):
            log.info("The centre answers") if centre_answers else log.warning("%s", trouble)
        if even_if_unchanged or previous is None or not _is_same_content(report, previous):
            try:
                report.write(self._state)
            except OSError as error:
                log.error("The link report cannot be written: %s", error.strerror)


def _is_same_content(report: LinkReport, other: LinkReport) -> bool:
    return report.model_copy(update={"monotonic_ms": other.monotonic_ms}) == other
