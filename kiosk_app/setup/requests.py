"""What the interface may request from the set-up service: a closed list, one JSON line each, every value bounded."""

from typing import Annotated, Literal

import msgspec

Short = Annotated[str, msgspec.Meta(max_length=200, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
Pin = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,12}\Z")]
MAX_REQUEST_BYTES = 64 * 1024


class Request(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of the requests."""


class OpenSetup(Request, frozen=True):
    """Open a finished set-up for the technician."""

    pin: Pin


class SaveProgress(Request, frozen=True):
    """Keep page and answers for the next start."""

    page: Short
    answers: Annotated[dict[Short, Short], msgspec.Meta(max_length=80)]
    skipped: Annotated[tuple[Short, ...], msgspec.Meta(max_length=80)] = ()


class UseStick(Request, frozen=True):
    """Take the answers for this machine from the stick that was plugged in."""


class ApplyNetwork(Request, frozen=True):
    """Connect. The values of `kind` are those of the page `network.kind`."""

    kind: Literal["keep", "dhcp", "fixed", "wifi", "mobile"]
    address: Short = ""
    gateway: Short = ""
    dns: Short = ""
    login: Literal["none", "peap", ""] = ""
    identity: Short = ""
    password: Short = ""
    ssid: Short = ""
    wifi_password: Short = ""
    apn: Short = ""


class ListWifi(Request, frozen=True):
    """The Wi-Fi networks that this machine receives."""


class SetClock(Request, frozen=True):
    """`server` and `time` (of Thailand) belong to their kind."""

    kind: Literal["usual", "server", "hand"]
    server: Short = ""
    time: Short = ""


class TrustAuthority(Request, frozen=True):
    """Accept the certificate authority with this PEM certificate for the centre; '' for the system's authorities."""

    pem: Annotated[str, msgspec.Meta(max_length=16_384)]


class SaveSettings(Request, frozen=True):
    """Options of kiosk.toml by `section.key`; only those that the set-up asks for are accepted."""

    options: Annotated[dict[Short, Short | bool | int | float], msgspec.Meta(max_length=40)]


class Calibrate(Request, frozen=True):
    """The touch panel's matrix as libinput has it: six numbers, in parts of the panel."""

    matrix: Annotated[
        tuple[float, float, float, float, float, float],
        msgspec.Meta(description="a b c d e f: x' = a x + b y + c, y' = d x + e y + f"),
    ]


class SetPin(Request, frozen=True):
    """The technician's new PIN."""

    pin: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6,12}\Z")]


class ReadRecoveryKey(Request, frozen=True):
    """The recovery key of the disk."""


class Enrol(Request, frozen=True):
    """Begin the enrolment at the centre of kiosk.toml, or continue with one that runs."""


class EnrolStatus(Request, frozen=True):
    """News of the enrolment, at most two seconds later."""


class Finish(Request, frozen=True):
    """End the set-up. From now on the service does nothing until a technician opens it."""


AnyRequest = (
    OpenSetup
    | SaveProgress
    | UseStick
    | ApplyNetwork
    | ListWifi
    | SetClock
    | TrustAuthority
    | SaveSettings
    | Calibrate
    | SetPin
    | ReadRecoveryKey
    | Enrol
    | EnrolStatus
    | Finish
)


class Reply(msgspec.Struct, frozen=True):
    """As `journey.setup.setup_state.TaskOutcome`."""

    passed: bool | None
    sentence: str
    detail: str = ""
    options: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
