"""Log lines that input cannot forge: text from outside starts no new line and controls no terminal."""

import logging
from types import TracebackType


def escape_unprintable(text: str) -> str:
    """The text with unprintable characters as escapes: line ends, terminal codes, marks of text direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class SingleLineFormatter(logging.Formatter):
    """One record is one line. A traceback follows with every line indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (name of logging)
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
