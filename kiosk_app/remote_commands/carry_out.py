"""Carries out the new commands one by one and stores the result of each.

The time of a command is stored before it begins, and its result before a restart or reboot is requested: a command that
ends this program is not carried out again. It has no result while it waits for the end of a visit; the next run reports
it as interrupted if this one was killed."""

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk_app import unlocking
from kiosk_app.outbox import Enrolment
from kiosk_app.outbox.remote_command_files import CommandResults, write_bundle
from kiosk_app.outbox.reports import KioskReport
from kiosk_app.remote_commands.system_control import FORWARDER, INTERFACE, SystemControl, SystemControlError
from kiosk_app.remote_commands.verified_commands import find_new_commands
from kiosk_app.settings import Settings
from kiosk_app.support_bundle.make_bundle import MAX_SENT_BYTES, make_bundle
from kiosk_app.visit_lock import wait_for_no_visit
from protocol.messages import CommandResult, RemoteCommandStatement
from protocol.remote_command import INTERRUPTED, NO_TECHNICIAN, VISIT_RUNS, CommandKind, CommandOutcome
from protocol.support_bundle import SupportBundleError

log = logging.getLogger(__name__)

MAX_VISIT_WAIT_S = 30 * 60  # the longest that a restart waits for a citizen
USB_PORTS_OPEN_MINUTES = 30
_DONE = CommandResult(outcome=CommandOutcome.DONE)
_NO_TECHNICIAN = CommandResult(outcome=CommandOutcome.FAILED, detail=NO_TECHNICIAN.en)
_INTERRUPTED = CommandResult(outcome=CommandOutcome.FAILED, detail=INTERRUPTED.en)
_VISIT_RUNS = CommandResult(outcome=CommandOutcome.FAILED, detail=VISIT_RUNS.en)


class CommandRunner:
    """Carries out commands on this machine. `visit_wait_s` is the longest wait for a running visit, in seconds."""

    def __init__(
        self,
        settings: Settings,
        enrolment: Enrolment,
        control: SystemControl | None = None,
        visit_wait_s: float = MAX_VISIT_WAIT_S,
        lockdown_state: Path = unlocking.LOCKDOWN_STATE,
    ) -> None:
        self._settings = settings
        self._enrolment = enrolment
        self._control = control or SystemControl()
        self._visit_wait_s = visit_wait_s
        self._lockdown_state = lockdown_state
        self._actions: dict[str, Callable[[RemoteCommandStatement], CommandResult]] = {
            CommandKind.SUPPORT_BUNDLE.value: self._make_bundle,
            CommandKind.RESTART_INTERFACE.value: self._restart_interface,
            CommandKind.REBOOT.value: self._reboot,
            CommandKind.VERBOSE_LOG.value: lambda command: self._set_log(command, is_verbose=True),
            CommandKind.NORMAL_LOG.value: lambda command: self._set_log(command, is_verbose=False),
            CommandKind.OPEN_USB_PORTS.value: lambda _: self._open_usb_ports(),
            CommandKind.CLOSE_USB_PORTS.value: lambda _: self._close_usb_ports(),
        }

    @property
    def _state(self) -> Path:
        return self._settings.paths.state

    def run_new(self) -> int:
        """Carry out every new command, also those that arrive meanwhile; how many. Raises OSError when a result cannot
        be stored: nothing is carried out then."""
        count = 0
        self._end_interrupted()
        while commands := find_new_commands(self._state, self._enrolment):
            self._run(commands[0])
            count += 1
        return count

    def _run(self, command: RemoteCommandStatement) -> None:
        # Stored first: a command that crashes this program, or the machine, is not tried again.
        before = CommandResults.read(self._state)
        last = {"enrolment_id": command.enrolment_id, "last_issued_at": command.issued_at}
        before.model_copy(update={**last, "running": command.command_id}).write(self._state)
        action = self._actions.get(command.kind)
        log.info("Command of the centre: %s", command.kind if action else "unknown kind")
        try:
            result = action(command) if action else CommandResult(outcome=CommandOutcome.UNSUPPORTED)
        except (SystemControlError, SupportBundleError, OSError) as error:
            result = CommandResult(outcome=CommandOutcome.FAILED, detail=str(error)[:200])
        self._store(command, result)

    def _end_interrupted(self) -> None:
        """Give the command that the run before has left unfinished its result."""
        before = CommandResults.read(self._state)
        if before.running is not None:
            entry = (before.running, _INTERRUPTED)
            before.model_copy(update={"results": (*before.results, entry), "running": None}).write(self._state)

    def _store(self, command: RemoteCommandStatement, result: CommandResult, *, has_bundle: bool = False) -> None:
        before = CommandResults.read(self._state)
        others = tuple(entry for entry in before.results if entry[0] != command.command_id)
        bundle_of = command.command_id if has_bundle else before.bundle_of
        CommandResults(
            enrolment_id=command.enrolment_id,
            last_issued_at=command.issued_at,
            results=(*others, (command.command_id, result)),
            bundle_of=bundle_of,
        ).write(self._state)

    def _make_bundle(self, command: RemoteCommandStatement) -> CommandResult:
        bundle = make_bundle(self._settings, self._enrolment, max_bytes=MAX_SENT_BYTES)
        write_bundle(self._state, bundle)
        self._store(command, _DONE, has_bundle=True)
        return _DONE

    def _restart_interface(self, command: RemoteCommandStatement) -> CommandResult:
        return self._after_visit(command, lambda: self._control.restart(INTERFACE))

    def _reboot(self, command: RemoteCommandStatement) -> CommandResult:
        return self._after_visit(command, self._control.reboot)

    def _set_log(self, command: RemoteCommandStatement, *, is_verbose: bool) -> CommandResult:
        self._control.set_verbose_log(is_verbose=is_verbose)
        self._control.restart(FORWARDER)
        return self._after_visit(command, lambda: self._control.restart(INTERFACE))

    def _open_usb_ports(self) -> CommandResult:
        report = KioskReport.read(self._state)
        if report is None or not report.is_technician_present:
            return _NO_TECHNICIAN
        unlocking.set_minutes(USB_PORTS_OPEN_MINUTES, self._lockdown_state)
        self._control.restart(unlocking.UNLOCKED_UNIT)
        return _DONE

    def _close_usb_ports(self) -> CommandResult:
        self._control.stop(unlocking.UNLOCKED_UNIT)
        return _DONE

    def _after_visit(self, command: RemoteCommandStatement, action: Callable[[], None]) -> CommandResult:
        """Store the result, then act: a reboot leaves no time to store it."""
        if not wait_for_no_visit(self._settings.paths.runtime, self._visit_wait_s):
            return _VISIT_RUNS
        self._store(command, _DONE)
        action()
        return _DONE
