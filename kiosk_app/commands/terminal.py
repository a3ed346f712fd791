"""What others say, on its way to a terminal or the journal: a printer's name, a card's field, a server's sentence.

Control characters in it would move the cursor, colour the screen, or begin a line of the journal that nobody wrote.
"""

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

_ALLOWED_CONTROLS = frozenset("\n\t\r")  # what this program's own lines, columns and progress are made of
_DANGEROUS_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Explicit directions turn what stands around them; Thai and English need none.
_BIDI_CONTROLS = frozenset(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def escape_control_characters(text: str, keep: frozenset[str] = frozenset()) -> str:
    """The text with each control character written out: ESC as '\\x1b', a line's end as '\\n'. `keep`: but these."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign in keep or not _is_dangerous(sign) else sign.encode("unicode_escape").decode() for sign in text
    )


def _is_dangerous(sign: str) -> bool:
    return unicodedata.category(sign) in _DANGEROUS_CATEGORIES or sign in _BIDI_CONTROLS


class OneLineFormatter(logging.Formatter):
    """A record is one line of the journal; a traceback behind it is indented, so that none of its lines looks like a
    record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return escape_control_characters(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return "\n".join("  " + escape_control_characters(line) for line in super().formatException(ei).splitlines())


class _EscapingStream:
    """A text stream that writes no control characters but those of layout. Bytes for a file pass through `buffer`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(escape_control_characters(text, _ALLOWED_CONTROLS))

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def escape_output(out: TextIO, err: TextIO) -> Iterator[None]:
    """For the length of a command: whatever it prints, by print, argparse or a library."""
    with redirect_stdout(_EscapingStream(out)), redirect_stderr(_EscapingStream(err)):
        yield
