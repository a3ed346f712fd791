"""Commands that a centre gives to one kiosk, and the header that announces them.

`Remote-Commands: <id> <id>` is in the response to a heartbeat while commands of this kiosk have no result. The kiosk
fetches their signed statements, carries them out, and reports a result for each. A kiosk that does not know the header
ignores it; the command then ends at its time limit.
"""

import re
from collections.abc import Iterable
from enum import Enum
from uuid import UUID

from protocol.bilingual_text import BilingualText

HEADER = "Remote-Commands"
MAX_COMMANDS = 8  # without a result, for one kiosk
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CommandKind(Enum):
    """What a centre can command. A kiosk answers a kind that it does not know with UNSUPPORTED."""

    SUPPORT_BUNDLE = "support_bundle"  # collect a support bundle and send it
    RESTART_INTERFACE = "restart_interface"  # after a running visit
    REBOOT = "reboot"  # after a running visit
    VERBOSE_LOG = "verbose_log"  # log every exchange and device event, until NORMAL_LOG or the next boot
    NORMAL_LOG = "normal_log"
    OPEN_USB_PORTS = "open_usb_ports"  # for half an hour, while the technician's screen is open
    CLOSE_USB_PORTS = "close_usb_ports"


class CommandOutcome(Enum):
    """How a command ended."""

    DONE = "done"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"  # this version of the kiosk does not know the command


# Why a command failed. A result has the English sentence; the centre shows it in the language of the page.
NO_TECHNICIAN = BilingualText(
    "ยังไม่มีช่างใส่ PIN ที่ตู้นี้ ช่องเปิดเฉพาะเมื่อช่างอยู่ที่ตู้",
    "No technician has entered the PIN at this kiosk: it opens only while one is there",
)
VISIT_RUNS = BilingualText("มีผู้ใช้ตู้อยู่นานครึ่งชั่วโมง", "A visit was running for half an hour")
INTERRUPTED = BilingualText("ถูกขัดจังหวะ", "It was interrupted")
EXPIRED = BilingualText("ตู้ไม่ตอบภายในหนึ่งวัน", "The kiosk did not answer within a day")
FAILURES = {sentence.en: sentence for sentence in (NO_TECHNICIAN, VISIT_RUNS, INTERRUPTED, EXPIRED)}


def format_header(command_ids: Iterable[UUID]) -> str:
    """The header's value."""
    return " ".join(map(str, command_ids))


def parse_header(header: str) -> tuple[UUID, ...]:
    """The commands named in a header; words that are no id are left out."""
    words = header[: MAX_COMMANDS * 40].split()
    return tuple(UUID(word) for word in words if _ID.fullmatch(word))[:MAX_COMMANDS]
