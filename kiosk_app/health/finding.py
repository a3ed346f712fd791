"""What a check finds: one fact, what it means for citizens, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from journey.staff_codes import describe_staff_code
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText


class Severity(Enum):
    """How bad it is, worst first."""

    STOPS = "stops"  # no new visit can begin
    HINDERS = "hinders"  # visits go on, without something
    NOTE = "note"  # for staff only


@dataclass(frozen=True)
class Finding:
    """`code` is one of journey.staff_codes: the fault table's where a citizen sees the same thing. Raises KeyError for
    one that is not listed there."""

    code: str
    severity: Severity
    summary: BilingualText
    advice: BilingualText

    def __post_init__(self) -> None:
        describe_staff_code(self.code)


@dataclass(frozen=True)
class HealthContext:
    """What checks look at. `devices` are status values by device name ('card_reader', 'printer', 'scanner'), as the
    interface reported them or as they were just asked; `may_contact_centre`: this process may talk to the centre
    itself; `report_error`: why the interface's last report could not be written, '' when it was."""

    settings: Settings
    devices: Mapping[str, str] = field(default_factory=dict)
    may_contact_centre: bool = False
    report_error: str = ""


@dataclass(frozen=True)
class HealthCheck:
    """A thing looked at; nothing found means that it is as it should be, or, if not `is_set_up`, that this kiosk does
    not have it. `run` may raise: that is a finding too."""

    name: BilingualText
    run: Callable[[HealthContext], Iterable[Finding]]
    is_set_up: Callable[[Settings], bool] = lambda _: True
