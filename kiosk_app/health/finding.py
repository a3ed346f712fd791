"""Health checks and their findings: the fact, its effect on visits, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from journey.staff_codes import describe_staff_code
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText
from protocol.staff_codes import STAFF_CODES


class Severity(Enum):
    """Effect of a finding on visits, the worst first."""

    STOPS = "stops"  # no new visit can begin
    HINDERS = "hinders"  # visits continue, but something does not work
    NOTE = "note"  # for staff only


@dataclass(frozen=True)
class Finding:
    """One result of a health check. `code` is a staff code; a citizen who sees the same problem sees the same code.

    Raises KeyError for a code that protocol.staff_codes does not list."""

    code: str
    severity: Severity
    summary: BilingualText
    advice: BilingualText

    def __post_init__(self) -> None:
        describe_staff_code(self.code)


def cure_of(code: str) -> BilingualText:
    """The cure of the handbook as advice. Raises KeyError."""
    return BilingualText(*(text.replace("`", "") for text in STAFF_CODES[code].cure))


@dataclass(frozen=True)
class HealthContext:
    """The input of the checks.

    `devices`: status values by device name ('card_reader', 'printer', 'scanner'), from the interface's report or a
    query. `may_contact_centre`: this process may send the centre a request. `report_error`: why the interface's last
    report could not be written, '' if it was written. `are_settings_current`: they were read just now; an interface has
    those of its start."""

    settings: Settings
    devices: Mapping[str, str] = field(default_factory=dict)
    may_contact_centre: bool = False
    report_error: str = ""
    are_settings_current: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """One check. Without findings, what is checked works or, if not `is_set_up`, is not part of this kiosk. An
    exception of `run` is reported as a finding."""

    name: BilingualText
    run: Callable[[HealthContext], Iterable[Finding]]
    is_set_up: Callable[[Settings], bool] = lambda _: True
