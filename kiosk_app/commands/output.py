"""Output of the commands: messages, JSON and files. Control characters in foreign text are escaped.

Printer names, card fields and server messages are foreign text. A control character in one could move the cursor,
colour the screen or forge a line of the journal.
"""

import json
import logging
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from enum import Enum
from pathlib import Path
from typing import Any, TextIO, TypeVar

from kiosk_app.commands.arguments import CommandError
from kiosk_app.health.device_checks import StatusMeaning
from machine.safe_files import replace_file_atomically

Status = TypeVar("Status", bound=Enum)

_ALLOWED_CONTROLS = frozenset("\n\t\r")  # lines, columns and progress of this program
_DANGEROUS_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Explicit directions reorder the text around them; Thai and English need none.
_BIDI_CONTROLS = frozenset(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def escape_control_characters(text: str, allowed: frozenset[str] = frozenset()) -> str:
    """The text with each control character escaped: ESC as '\\x1b', a line's end as '\\n'. `allowed` are kept."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign in allowed or not _is_dangerous(sign) else sign.encode("unicode_escape").decode() for sign in text
    )


def _is_dangerous(sign: str) -> bool:
    return unicodedata.category(sign) in _DANGEROUS_CATEGORIES or sign in _BIDI_CONTROLS


class OneLineFormatter(logging.Formatter):
    """Formats a record as one line. A traceback is indented, so that none of its lines looks like a record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return escape_control_characters(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return "\n".join("  " + escape_control_characters(line) for line in super().formatException(ei).splitlines())


class _EscapingStream:
    """A text stream that escapes control characters except those of layout. `buffer` passes bytes unchanged."""

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
    """Escape everything that is printed in the block, by print, argparse or a library."""
    with redirect_stdout(_EscapingStream(out)), redirect_stderr(_EscapingStream(err)):
        yield


def describe_status(meanings: Mapping[Status, StatusMeaning], status: Status) -> str:
    """The meaning of a device's status and what to do: 'The receipt paper is running low (paper_near_end). Have …'."""
    meaning = meanings[status]
    if meaning.finding is None:
        return f"The device is {status.value}."
    return f"{meaning.summary.en} ({status.value}). {meaning.finding.advice.en}."


def print_message(sentence: str) -> None:
    """Print a sentence for people to stderr."""
    print(escape_control_characters(sentence), file=sys.stderr, flush=True)


def print_json(content: dict[str, Any]) -> None:
    """Print the one JSON object of a command to stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=2), flush=True)


def refuse_terminal(alternative: str) -> None:
    """Raise CommandError when stdout, which is about to receive the bytes of a file, is a terminal."""
    if sys.stdout.isatty():
        raise CommandError(f"standard output is a terminal: redirect it to {alternative}", 2)


def write_output(out: Path, content: bytes) -> None:
    """Write a result file, whole or not at all, readable by everyone. Raises CommandError."""
    try:
        replace_file_atomically(out, content, 0o644, durable=False)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}", 2) from None
