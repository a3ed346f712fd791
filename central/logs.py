"""Lines of the log that nobody else can write: what came from outside begins no line and moves no terminal's cursor."""

import logging
from types import TracebackType


def escape_unprintable(text: str) -> str:
    """The text with everything that is not printed as an escape: line ends, terminal codes, marks that turn the
    direction of writing."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class SingleLineFormatter(logging.Formatter):
    """One record is one line; a traceback follows with every line set in."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        return escape_unprintable(super().formatMessage(record))

    def formatException(  # noqa: N802
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return _indent(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indent(super().formatStack(stack_info))


def _indent(text: str) -> str:
    return "\n".join(f"    {escape_unprintable(line)}" for line in text.split("\n"))
