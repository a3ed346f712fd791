"""What interface and forwarder tell each other: two small JSON files in the state directory, replaced whole.

They carry no personal data. A report of another boot or one that is too old counts as none: no answer is never "fine".
"""

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk_app.outbox.clock import monotonic_ms
from kiosk_app.outbox.state_directory import MAX_STATE_FILE_BYTES, delivery_directory, interface_directory
from machine.boot import boot_id
from machine.safe_files import read_file, replace_file_atomically
from protocol.messages import MAX_DEVICES, MAX_FINDINGS, MediumText, ShortText, StaffCallId

_MODE = 0o644


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    file: ClassVar[str]
    valid_ms: ClassVar[int]

    boot_id: str = Field(default_factory=boot_id)
    monotonic_ms: int = Field(default_factory=monotonic_ms)

    @staticmethod
    @abstractmethod
    def directory(state: Path) -> Path:
        """Its writer's own, in the state directory."""

    def write(self, state: Path) -> None:
        """Raises OSError. Not synced: a report does not outlive the boot."""
        replace_file_atomically(
            self.directory(state) / self.file, self.model_dump_json().encode(), _MODE, durable=False
        )

    @classmethod
    def read(cls, state: Path) -> Self | None:
        """None when there is none, or it is damaged, of another boot, or too old."""
        try:
            report = cls.model_validate_json(read_file(cls.directory(state) / cls.file, MAX_STATE_FILE_BYTES))
        except (OSError, ValidationError):
            return None
        age = monotonic_ms() - report.monotonic_ms
        return report if report.boot_id == boot_id() and 0 <= age <= cls.valid_ms else None


class KioskReport(_Report):
    """Interface to forwarder, which passes it on in the heartbeat: write it at every change and at least each
    minute."""

    file = "status.json"
    valid_ms = 3 * 60 * 1000

    # As the heartbeat bounds them: what fits here can be sent.
    devices: dict[ShortText, MediumText] = Field(default={}, max_length=MAX_DEVICES)  # device name -> status value
    findings: tuple[ShortText, ...] = Field(default=(), max_length=MAX_FINDINGS)  # codes of open health findings
    staff_called: bool = False
    staff_call: StaffCallId = ""  # names the call, so that an answer to an earlier one is not taken for this one's

    @staticmethod
    def directory(state: Path) -> Path:
        return interface_directory(state)


class LinkReport(_Report):
    """Forwarder to interface: how the last talk with the centre went. Written at every change and each minute."""

    file = "link.json"
    valid_ms = 5 * 60 * 1000

    centre_answers: bool
    trouble: str = ""  # why not, one sentence for the technician
    refused: int = 0  # rows the centre will not take
    revoked: bool = False  # the centre has taken this kiosk's enrolment back
    staff_call: str = ""  # name of the call that the centre has, '' while it has none
    call_answer: str = ""  # how the desk answers it: a value of protocol.staff_call.StaffCallResponse
    received: tuple[str, ...] = ()  # ids of the submissions whose signed receipts came last

    @staticmethod
    def directory(state: Path) -> Path:
        return delivery_directory(state)
