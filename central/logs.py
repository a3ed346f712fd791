"""Lines of the log that nobody else can write: what came from outside begins no line and moves no terminal's cursor."""

import logging
from types import TracebackType


def printable(text: str) -> str:
    """The text with everything that is not printed as an escape: line ends, terminal codes, marks that turn the
    direction of writing."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class Line(logging.Formatter):
    """One record is one line; a traceback follows with every line set in."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        return printable(super().formatMessage(record))

    def formatException(  # noqa: N802
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return _set_in(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _set_in(super().formatStack(stack_info))


def _set_in(text: str) -> str:
    return "\n".join(f"    {printable(line)}" for line in text.split("\n"))
