"""The reports by which interface and forwarder inform each other: two small JSON files in the state directory.

They carry no personal data. A report of another boot, or one that is too old, is treated as missing, never as "no
problems".
"""

from abc import abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk_app.outbox.clock import monotonic_ms
from kiosk_app.outbox.json_state import read_json_state, write_json_state
from kiosk_app.outbox.state_directory import delivery_directory, interface_directory
from machine.boot import boot_id
from protocol.messages import MAX_DEVICES, MAX_FINDINGS, Consumables, MediumText, ShortText, StaffCallId


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    file: ClassVar[str]
    valid_ms: ClassVar[int]

    boot_id: str = Field(default_factory=boot_id)
    monotonic_ms: int = Field(default_factory=monotonic_ms)

    @staticmethod
    @abstractmethod
    def directory(state_dir: Path) -> Path:
        """The directory of its writer, in the state directory."""

    def write(self, state_dir: Path) -> None:
        """Write the report, not synced because it is valid for this boot only. Raises OSError."""
        write_json_state(self.directory(state_dir) / self.file, self.model_dump())

    @classmethod
    def read(cls, state_dir: Path) -> Self | None:
        """The report; None when it is missing, damaged, of another boot or too old."""
        try:
            report = cls.model_validate(read_json_state(cls.directory(state_dir) / cls.file))
        except ValidationError:
            return None
        age = monotonic_ms() - report.monotonic_ms
        return report if report.boot_id == boot_id() and 0 <= age <= cls.valid_ms else None


class KioskReport(_Report):
    """From interface to forwarder, for the heartbeat. Write it at every change and at least each minute."""

    file = "status.json"
    valid_ms = 3 * 60 * 1000

    # With the bounds of the heartbeat, so that every report can be sent.
    devices: dict[ShortText, MediumText] = Field(default={}, max_length=MAX_DEVICES)  # device name -> status value
    findings: tuple[ShortText, ...] = Field(default=(), max_length=MAX_FINDINGS)  # codes of open health findings
    staff_called: bool = False
    staff_call: StaffCallId = ""  # names the call, so that a response belongs to one call only
    consumables: Consumables = Consumables()
    is_technician_present: bool = False  # the technician's screen is open: somebody has entered the PIN

    @staticmethod
    def directory(state_dir: Path) -> Path:
        return interface_directory(state_dir)


class LinkReport(_Report):
    """From forwarder to interface: the result of the last exchange. Written at every change and each minute."""

    file = "link.json"
    valid_ms = 5 * 60 * 1000

    centre_answers: bool
    trouble: str = ""  # why the centre does not answer, one sentence for the technician
    refused: int = 0  # rows that the centre refuses
    revoked: bool = False  # the centre has revoked this kiosk's enrolment
    staff_call: str = ""  # name of the call that the centre has acknowledged, ''
    call_answer: str = ""  # the desk's response to it: a value of protocol.staff_call.StaffCallResponse
    received: tuple[str, ...] = ()  # ids of the submissions with the latest receipts
    notice_channels: tuple[str, ...] = ()  # by which the centre can send notices

    @staticmethod
    def directory(state_dir: Path) -> Path:
        return delivery_directory(state_dir)
