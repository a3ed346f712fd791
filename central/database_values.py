"""Values from outside as every database keeps them and gives them back: a kiosk can say anything."""

from datetime import UTC, datetime

_MIN_DATETIME, _MAX_DATETIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
MAX_INT32, MAX_INT64 = 2**31 - 1, 2**63 - 1  # what the columns of integers hold


def clamp_datetime(raw: datetime) -> datetime:
    """This moment, or the nearest that every time zone can show: PostgreSQL keeps moments that Python then cannot
    read."""
    return min(max(raw, _MIN_DATETIME), _MAX_DATETIME)


def clean_text(raw: str, max_length: int | None = None) -> str:
    """Its printable characters (PostgreSQL keeps no NUL), at most so many."""
    return "".join(c for c in raw if c.isprintable())[:max_length]


def clean_mapping(raw: dict[str, str]) -> dict[str, str]:
    """Names and values as `clean_text`."""
    return {clean_text(name): clean_text(value) for name, value in raw.items()}
