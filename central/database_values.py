"""Makes values from outside storable in every database. A kiosk can send any value."""

from datetime import UTC, date, datetime

_MIN_DATETIME, _MAX_DATETIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
MAX_INT32, MAX_INT64 = 2**31 - 1, 2**63 - 1  # largest values of the integer columns


def clamp_datetime(raw: datetime) -> datetime:
    """The time, limited to the years 1970 to 9000: PostgreSQL stores times that Python cannot read back."""
    return min(max(raw, _MIN_DATETIME), _MAX_DATETIME)


def clean_text(raw: str, max_length: int | None = None) -> str:
    """The printable characters of `raw`, at most `max_length`. PostgreSQL stores no NUL character."""
    return "".join(c for c in raw if c.isprintable())[:max_length]


def clean_mapping(raw: dict[str, str]) -> dict[str, str]:
    """The mapping with `clean_text` applied to names and values."""
    return {clean_text(name): clean_text(value) for name, value in raw.items()}


def parse_date(raw: str) -> date | None:
    """The date of an ISO text, None for '' and for anything else."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
