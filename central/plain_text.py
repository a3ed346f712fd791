"""Typed text of several lines, without the characters that no page shows and that XML forbids."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # every one but tab and line ends


def without_controls(text: str) -> str:
    """The text without control characters. Tabs and line ends stay. A vertical tab, the line end that is pasted from a
    word processor, becomes a line end: one of them makes a feed invalid."""
    return _CONTROLS.sub("", text.replace("\v", "\n"))
