"""Counts cases by SQL on the tables of the cases themselves. Shares no code with `central.insight`."""

from collections import Counter
from datetime import date
from typing import Any

from django.db import connection

_LAST_LEAD = (
    "(SELECT CASE WHEN r.state = 'returned' THEN NULL ELSE r.agency_id END FROM cases_referral r"
    " WHERE r.case_id = c.id AND r.kind = 'lead' ORDER BY r.sent_at DESC, r.id DESC LIMIT 1)"
)


def _term(scheme: str, condition: str, chosen: str) -> str:
    """SQL for the term of a case: the chosen one, else the first of its topic with the condition."""
    of_topic = (
        f"(SELECT k.code FROM classification_term k WHERE k.scheme = '{scheme}' AND {condition}"
        " AND CAST(k.topics AS TEXT) LIKE '%%\"' || c.topic || '\"%%' ORDER BY k.position, k.id LIMIT 1)"
    )
    if not chosen:
        return f"COALESCE({of_topic}, '')"
    if connection.vendor == "postgresql":
        return f"COALESCE(c.terms ->> '{chosen}', {of_topic}, '')"
    return f"COALESCE(json_extract(c.terms, '$.{chosen}'), {of_topic}, '')"


_COLUMNS = {
    "all": "''",
    "topic": "c.topic",
    "channel": "c.channel",
    "subtopic": _term("subtopic", "lower(c.subtopic) IN (lower(k.name_th), lower(k.name_en))", ""),
    "strategy": _term("strategy", "k.is_active", "strategy"),
    "outcome": "CASE WHEN c.closed_at IS NULL THEN '' ELSE c.outcome_code END",
    "province": "substr(c.area, 1, 2)",
    "district": "substr(c.area, 1, 4)",
    "agency": f"COALESCE(CAST({_LAST_LEAD} AS TEXT), '')",
    "sex": "CASE WHEN p.sex IN ('1', 'male') THEN 'male' WHEN p.sex IN ('2', 'female') THEN 'female' ELSE '' END",
}
DIMENSIONS = tuple(_COLUMNS)
Recount = dict[str, dict[str, dict[str, int]]]  # dimension → value → measure → count


def _thai_day(column: str) -> str:
    """SQL for the day in Thailand of a column, as text."""
    if connection.vendor == "postgresql":
        return f"to_char({column} AT TIME ZONE 'Asia/Bangkok', 'YYYY-MM-DD')"
    return f"date({column}, '+7 hours')"


def recount(path: str, first: date, last: date) -> Recount:
    """The measures of the cases of the centre with this path and of those below it, without zeros."""
    received = (
        f"CASE WHEN c.filing_time_quality = 'uncertain' THEN {_thai_day('c.received_at')}"
        f" ELSE {_thai_day('c.filed_at')} END"
    )
    event = (
        "(SELECT e.{what} FROM cases_caseevent e WHERE e.case_id = c.id AND e.kind = '{kind}'"
        " ORDER BY e.seq DESC LIMIT 1)"
    )
    due = "to_char(c.due, 'YYYY-MM-DD')" if connection.vendor == "postgresql" else "c.due || ''"
    rated = event.format(what="payload", kind="rate")
    columns = [
        *_COLUMNS.values(),
        received,
        _thai_day("c.closed_at"),
        due,
        "c.outcome_code",
        _thai_day(event.format(what="at", kind="reopen")),
        _thai_day(event.format(what="at", kind="rate")),
        _stars(rated, "IS NULL"),
        _stars(rated, f"= {_LAST_LEAD}"),
    ]
    rows = _rows(
        f"SELECT {', '.join(columns)} FROM cases_case c JOIN centres_centre t ON t.id = c.centre_id"
        f" LEFT JOIN cases_complainant p ON p.case_id = c.id WHERE substr(t.path, 1, {len(path)}) = %s",
        path,
    )
    sums: Recount = {}
    for row in rows:
        for index, dimension in enumerate(DIMENSIONS):
            counts = sums.setdefault(dimension, {}).setdefault(row[index], Counter())
            _count(counts, row[len(DIMENSIONS) :], first.isoformat(), last.isoformat(), is_agency=dimension == "agency")
    return {
        dimension: {value: dict(counts) for value, counts in values.items() if any(counts.values())}
        for dimension, values in sums.items()
    }


def _count(counts: Any, row: Any, first: str, last: str, *, is_agency: bool) -> None:
    received, closed, due, outcome, reopened, rated, stars, agency_stars = row
    if first <= received <= last:
        counts["received"] += 1
        counts["ended"] += closed is not None
        counts["in_indicator"] += closed is None or outcome not in ("duplicate", "withdrawn")
        counts["settled"] += closed is not None and outcome in ("resolved", "explained")
    if closed is not None and first <= closed <= last:
        counts["closed"] += 1
        counts["dated"] += due is not None
        counts["in_time"] += due is not None and closed <= due
    if reopened is not None and first <= reopened <= last:
        counts["reopened"] += 1
    shown_stars = agency_stars if is_agency else stars
    if rated is not None and shown_stars is not None and first <= rated <= last:
        counts["rated"] += 1
        counts["stars"] += shown_stars
    for measure in [name for name, count in counts.items() if not count]:
        del counts[measure]


def _stars(payload: str, whose: str) -> str:
    """SQL for the stars in a rating whose agency fulfils the condition."""
    if connection.vendor == "postgresql":
        rows = f"jsonb_array_elements({payload} -> 'ratings') AS r"
        agency, stars = "(r ->> 'agency')::int", "(r ->> 'stars')::int"
    else:
        rows = f"json_each({payload}, '$.ratings') AS r"
        agency, stars = "json_extract(r.value, '$.agency')", "json_extract(r.value, '$.stars')"
    return f"(SELECT {stars} FROM {rows} WHERE {agency} {whose})"


def _rows(sql: str, *values: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
