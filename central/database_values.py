"""Values from outside as every database keeps them and gives them back: a kiosk can say anything."""

from datetime import UTC, datetime

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
MOST_COUNTED, MOST_BYTES = 2**31 - 1, 2**63 - 1  # what the columns of integers hold


def moment(said: datetime) -> datetime:
    """This moment, or the nearest that every time zone can show: PostgreSQL keeps moments that Python then cannot
    read."""
    return min(max(said, _EARLIEST), _LATEST)


def text(said: str, most: int | None = None) -> str:
    """Its printable characters (PostgreSQL keeps no NUL), at most so many."""
    return "".join(c for c in said if c.isprintable())[:most]


def pairs(said: dict[str, str]) -> dict[str, str]:
    """Names and values as `text`."""
    return {text(name): text(value) for name, value in said.items()}
