"""Relays the centre's commands to root, and root's results to the centre."""

import logging
from pathlib import Path
from uuid import UUID

from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_errors import RefusedError
from kiosk_app.outbox.remote_command_files import CommandResults, read_bundle, write_commands
from protocol.messages import CommandResult
from protocol.remote_command import CommandOutcome

log = logging.getLogger(__name__)


class CommandRelay:
    """Works on the commands that the response to a heartbeat names: they have no result at the centre yet."""

    def __init__(self, centre: CentreClient, enrolment_id: UUID, state_dir: Path) -> None:
        self._centre = centre
        self._enrolment_id = enrolment_id
        self._state = state_dir

    def relay(self, open_ids: tuple[UUID, ...]) -> None:
        """Report the results of these commands, and pass on those that have none. Raises CentreError."""
        results = CommandResults.read(self._state)
        without_result = []
        for command_id in open_ids:
            result = results.result_of(command_id)
            if result is None:
                without_result.append(command_id)
            else:
                self._report(command_id, result, has_bundle=results.bundle_of == command_id)
        if without_result:
            try:
                write_commands(self._state, self._centre.fetch_commands(self._enrolment_id))
            except OSError as error:
                log.error("The centre's commands cannot be passed on: %s", error)

    def _report(self, command_id: UUID, result: CommandResult, *, has_bundle: bool) -> None:
        """Send the bundle, if it is this command's, then the result."""
        bundle = read_bundle(self._state) if has_bundle else None
        try:
            if bundle is not None:
                self._centre.send_support_bundle(self._enrolment_id, command_id, bundle)
            elif has_bundle:
                result = CommandResult(outcome=CommandOutcome.FAILED, detail="The stored support bundle is missing")
            self._centre.send_command_result(self._enrolment_id, command_id, result)
        except RefusedError as error:  # the command has ended at the centre meanwhile
            log.warning("The result of a command was refused: %s", error)
