"""The files by which forwarder and root pass on the centre's commands.

    delivery/remote-commands.json   by the forwarder: the signed commands as the centre sent them
    command-results.json            by root: how each command ended
    support-bundle.support          by root: the sealed bundle of the last command for one

Root trusts only the centre's signature, and checks it itself (kiosk_app.remote_commands)."""

from pathlib import Path
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from kiosk_app.outbox.json_state import MAX_STATE_FILE_BYTES, SHARED_MODE, read_json_state, write_json_state
from kiosk_app.outbox.state_directory import delivery_directory
from machine.safe_files import read_file, replace_file_atomically
from protocol.messages import CommandResult, RemoteCommands
from protocol.support_bundle import MAX_BUNDLE_BYTES

_COMMANDS_FILE = "remote-commands.json"
_RESULTS_FILE = "command-results.json"
_BUNDLE_FILE = "support-bundle.support"
MAX_RESULTS = 32  # kept; four times the commands that can be open at once


class CommandResults(BaseModel):
    """The results, the newest last. `last_issued_at`: a command that was issued earlier under this enrolment is not
    carried out any more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    enrolment_id: UUID | None = None  # of the last command; None in a file of an earlier version
    last_issued_at: AwareDatetime | None = None
    results: tuple[tuple[UUID, CommandResult], ...] = ()
    running: UUID | None = None  # the command that is being carried out
    bundle_of: UUID | None = None  # the command that the stored support bundle belongs to

    def result_of(self, command_id: UUID) -> CommandResult | None:
        """How this command ended; None while it has no result."""
        return dict(self.results).get(command_id)

    @classmethod
    def read(cls, state_dir: Path) -> "CommandResults":
        """The stored results; none when the file is missing or damaged."""
        try:
            return cls.model_validate(read_json_state(state_dir / _RESULTS_FILE) or {})
        except ValidationError:
            return cls()

    def write(self, state_dir: Path) -> None:
        """Store durably: a command is never carried out twice. Raises OSError."""
        newest = self.model_copy(update={"results": self.results[-MAX_RESULTS:]})
        write_json_state(state_dir / _RESULTS_FILE, newest.model_dump(mode="json"), durable=True)


def write_commands(state_dir: Path, commands: RemoteCommands) -> None:
    """Pass the centre's commands to root. A file of the same content is written again too: that starts root's unit
    again if it has missed the last change. Raises OSError."""
    write_json_state(delivery_directory(state_dir) / _COMMANDS_FILE, commands.model_dump(mode="json"))


def read_commands(state_dir: Path) -> RemoteCommands:
    """The commands that the forwarder has passed on, not verified; none when the file is missing or damaged."""
    try:
        content = read_file(delivery_directory(state_dir) / _COMMANDS_FILE, MAX_STATE_FILE_BYTES)
        return RemoteCommands.model_validate_json(content)
    except (OSError, ValidationError):
        return RemoteCommands()


def write_bundle(state_dir: Path, content: bytes) -> None:
    """Store the sealed support bundle in place of the last one. Raises OSError."""
    replace_file_atomically(state_dir / _BUNDLE_FILE, content, SHARED_MODE)


def read_bundle(state_dir: Path) -> bytes | None:
    """The stored support bundle, sealed; None when there is none."""
    try:
        return read_file(state_dir / _BUNDLE_FILE, MAX_BUNDLE_BYTES)
    except OSError:
        return None
