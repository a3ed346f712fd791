"""Log lines that input cannot forge and that hold no personal data.

Text from outside starts no new line and controls no terminal. Of an exception the kind and the place are logged, not
the message: those of databases, mail servers and parsers contain values. A URL is replaced by the name of its route.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import format_tb
from types import TracebackType

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
_OWN_PACKAGES = ("central.", "protocol.", "machine.", "thai.")  # their messages hold no personal data


def escape_unprintable(text: str) -> str:
    """The text with unprintable characters as escapes: line ends, terminal codes, marks of text direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def traceback_lines(error: BaseException) -> list[str]:
    """The places an exception passed and its kind, then those of its causes. Only this project's own exceptions are
    quoted."""
    lines: list[str] = []
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += [part for entry in format_tb(current.__traceback__) for part in entry.rstrip("\n").split("\n")]
        kind = f"{type(current).__module__}.{type(current).__qualname__}".removeprefix("builtins.")
        is_own = kind.startswith(_OWN_PACKAGES)
        lines.append(f"{kind}: {current}" if is_own else kind)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


class RouteFilter(logging.Filter):
    """Adds the request id to a record, and replaces a path among its arguments: a path may hold the token of a personal
    link."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        if record.name.startswith(("django", "waitress")) and isinstance(record.args, tuple):
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            route = getattr(match, "view_name", "") or "(path)"
            record.args = tuple(
                route if isinstance(argument, str) and argument.startswith("/") else argument
                for argument in record.args
            )
        return True


class SingleLineFormatter(logging.Formatter):
    """One record is one line. A traceback follows with every line indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (name of logging)
        request_id = getattr(record, "request_id", "")
        return escape_unprintable(super().formatMessage(record)) + (f" [{request_id}]" if request_id else "")

    def formatException(  # noqa: N802
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return _indent("\n".join(traceback_lines(ei[1]))) if ei[1] is not None else ""

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indent(super().formatStack(stack_info))


class JsonFormatter(logging.Formatter):
    """One record is one JSON object in one line, for a log collector."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := getattr(record, "request_id", ""):
            entry["request_id"] = request_id
        entry |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            entry["traceback"] = traceback_lines(record.exc_info[1])
        if record.stack_info:
            entry["stack"] = record.stack_info.split("\n")
        return json.dumps(entry, ensure_ascii=True, default=str)


def _indent(text: str) -> str:
    return "\n".join(f"    {escape_unprintable(line)}" for line in text.split("\n"))
