"""The header that tells a kiosk by which channels its centre can send notices.

`Notice-Channels: sms line` is in every response to a heartbeat, with no value when the centre has no channel. A kiosk
offers only what it names and knows; without the header (an older centre) it offers nothing."""

import re
from collections.abc import Iterable

HEADER = "Notice-Channels"
SMS = "sms"
_MAX_CHANNELS = 8
_CHANNEL = re.compile(r"[a-z_]{1,16}")


def format_header(channels: Iterable[str]) -> str:
    """The header's value."""
    return " ".join(channels)


def parse_header(header: str) -> tuple[str, ...]:
    """The channels in a header; words that are none are left out."""
    words = header[:200].split()
    return tuple(word for word in words if _CHANNEL.fullmatch(word))[:_MAX_CHANNELS]
