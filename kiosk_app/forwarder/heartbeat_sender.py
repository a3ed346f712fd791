"""Sends heartbeats with the kiosk's state. The response names the centre's keys and the desk's response to a staff
call."""

import logging
import platform
import sqlite3
import ssl
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from journey.faults import Fault
from kiosk_app.forwarder.centre_client import CentreClient, HeartbeatResponse
from kiosk_app.forwarder.centre_errors import CentreError, NotAdmittedError, RefusedError, retry_after_s
from kiosk_app.forwarder.command_relay import CommandRelay
from kiosk_app.forwarder.heartbeat_schedule import HeartbeatSchedule
from kiosk_app.forwarder.link_reporter import LinkReporter
from kiosk_app.forwarder.revocation_monitor import RevocationMonitor
from kiosk_app.outbox import Enrolment, Outbox, OutboxError, OutboxFullError, PendingRow, clock
from kiosk_app.outbox.release_files import read_release_report, read_request_mark, write_request
from kiosk_app.outbox.reports import KioskReport
from protocol.messages import MAX_FINDINGS, Heartbeat
from protocol.signing import CentreKeysError

log = logging.getLogger(__name__)

PLATFORM_VERSIONS = {
    "python": platform.python_version(),
    "sqlite": sqlite3.sqlite_version,
    "openssl": ssl.OPENSSL_VERSION.split()[1],
    "linux": platform.release(),
}


class HeartbeatSender:
    """`outbox` is None when its store cannot be opened: the heartbeat then reports that. `on_accepted` is called after
    each heartbeat that the centre accepts. `findings`: staff codes that every heartbeat reports."""

    def __init__(
        self,
        outbox: Outbox | None,
        enrolment: Enrolment,
        centre: CentreClient,
        *,
        state_dir: Path,
        version: str,
        schedule: HeartbeatSchedule,
        revocation: RevocationMonitor,
        link_reporter: LinkReporter,
        on_accepted: Callable[[], None],
        findings: tuple[str, ...] = (),
    ) -> None:
        self._outbox = outbox
        self._enrolment = enrolment
        self._centre = centre
        self._state = state_dir
        self._version = version
        self._schedule = schedule
        self._revocation = revocation
        self._link_reporter = link_reporter
        self._on_accepted = on_accepted
        self._findings = findings
        self._commands = CommandRelay(centre, enrolment.enrolment_id, state_dir)
        self._last_pending: list[PendingRow] = []  # as of the last heartbeat that could read the store

    def send_when_due(self) -> None:
        """Send a heartbeat if one is due."""
        kiosk = self._read_kiosk_report()
        if self._schedule.is_due(kiosk):
            self.send(kiosk)

    def send_urgent(self) -> None:
        """Send a heartbeat if a citizen waits for it (staff call). For use between the requests of one row."""
        kiosk = self._read_kiosk_report()
        if self._schedule.is_call_due(kiosk):
            self.send(kiosk)

    def send(self, kiosk: KioskReport) -> None:
        """Send a heartbeat now and handle the centre's response. Raises no CentreError."""
        self._schedule.record_sent(kiosk)
        heartbeat = self._build(kiosk)
        try:
            response = self._centre.send_heartbeat(heartbeat)
            self._adopt_new_keys(response)
        except RefusedError as error:
            log.warning("Heartbeat: %s", error)
            self._link_reporter.write(True, even_if_unchanged=True)
        except CentreError as error:
            self._schedule.postpone(retry_after_s(error) or 0.0)
            if isinstance(error, NotAdmittedError):
                self._revocation.check_revoked()
            self._link_reporter.write(False, str(error), even_if_unchanged=True)
        else:
            self._schedule.record_accepted(response.call_response)
            self._link_reporter.notice_channels = response.notice_channels
            self._revocation.record_admitted()
            self._on_accepted()
            self._link_reporter.write(True, even_if_unchanged=True)
            self._relay_commands(response.command_ids)
            self._relay_release_request(response.release_mark)

    def _relay_commands(self, command_ids: tuple[UUID, ...]) -> None:
        """A failure waits for the next heartbeat: complaints must not wait for a command."""
        try:
            self._commands.relay(command_ids)
        except CentreError as error:
            log.warning("A command of the centre waits: %s", error)

    def _relay_release_request(self, mark: str) -> None:
        """Store the request that the centre announces. A failure waits for the next heartbeat."""
        if mark == read_request_mark(self._state):
            return
        try:
            request = self._centre.fetch_release_request(self._enrolment.enrolment_id) if mark else None
            write_request(self._state, request)
        except (CentreError, OSError) as error:
            log.warning("A requested release waits: %s", error)

    def _read_kiosk_report(self) -> KioskReport:
        return KioskReport.read(self._state) or KioskReport()  # without a report no device is known

    def _build(self, kiosk: KioskReport) -> Heartbeat:
        is_readable = self._read_pending()
        pending = self._last_pending
        return Heartbeat(
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
            findings=self._collect_findings(kiosk, is_readable),
            consumables=kiosk.consumables,
            release=read_release_report(self._state, self._enrolment),
            staff_called=kiosk.staff_called,
            staff_call=kiosk.staff_call,
        )

    def _read_pending(self) -> bool:
        """Whether the waiting rows can be read. If not, the figures of the last heartbeat are sent again."""
        if self._outbox is None:
            return False
        try:
            self._last_pending = self._outbox.pending()
        except (OutboxError, OSError) as error:
            log.error("The outbox cannot be read: %s", error)
            return False
        return True

    def _collect_findings(self, kiosk: KioskReport, is_readable: bool) -> tuple[str, ...]:
        """First this process's own findings, then the interface's: on a full disk the interface cannot write its
        report, and with a mistake in kiosk.toml it does not start."""
        fault = self._store_fault(is_readable)
        store = () if fault is None else (fault.value,)
        return tuple(dict.fromkeys((*store, *self._findings, *kiosk.findings)))[:MAX_FINDINGS]

    def _store_fault(self, is_readable: bool) -> Fault | None:
        if self._outbox is None:
            return Fault.STORE_BROKEN
        try:
            self._outbox.check()
        except OutboxFullError:
            return Fault.STORE_FULL
        except (OutboxError, OSError):
            return Fault.STORE_BROKEN
        return None if is_readable else Fault.STORE_BROKEN

    def _free_disk_bytes(self) -> int | None:
        """Bytes free for more complaints; None when unknown."""
        try:
            return None if self._outbox is None else self._outbox.free_disk_bytes()
        except OSError:
            return None

    def _adopt_new_keys(self, response: HeartbeatResponse) -> None:
        """When the centre has new keys, use them for all later submissions."""
        if not response.keys or response.keys == self._enrolment.centre_keys:
            return
        try:
            new_keys = self._centre.fetch_keys(self._enrolment.enrolment_id)
            self._enrolment = self._enrolment.adopt_keys(new_keys, self._state)
        except (CentreKeysError, OSError) as error:
            log.error("The centre's new keys cannot be used: %s", error)
        else:
            if self._outbox is not None:
                self._outbox.update_enrolment(self._enrolment)
            log.info("The centre's new keys are in use: %s", " ".join(self._enrolment.centre_keys))
