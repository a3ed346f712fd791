"""Counts the truth about the generated cases again by SQL of PostgreSQL. Shares no code with `central.insight`.

A share is given as its part and its whole: how a page rounds it is judged by who compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection

_DIMENSIONS = {
    "topic": "t.topic",
    "subtopic": "t.subtopic",
    "strategy": "t.strategy",
    "channel": "t.channel",
    "province": "left(t.area, 2)",
    "district": "left(t.area, 4)",
    "tambon": "t.area",
    "agency": "coalesce(t.agency_id::text, '')",
    "sex": "t.sex",
    "age": "t.age_band",
    "region": """CASE
        WHEN t.area = '' THEN ''
        WHEN left(t.area, 2) IN ('20', '21', '22', '23', '24', '25', '27') THEN 'east'
        WHEN left(t.area, 2) IN ('63', '70', '71', '76', '77') THEN 'west'
        WHEN left(t.area, 1) IN ('3', '4') THEN 'northeast'
        WHEN left(t.area, 1) = '5' THEN 'north'
        WHEN left(t.area, 1) IN ('8', '9') THEN 'south'
        ELSE 'central' END""",
}
_STAGES = {
    "days_take": "t.days_to_take",
    "days_order": "t.days_to_order",
    "days_agency": "t.days_at_agency",
    "days": "t.closed_on - t.received_on",
}
_AGES = {"to15": (0, 15), "to30": (16, 30), "to60": (31, 60), "to90": (61, 90), "over90": (91, 99_999)}
_IN = "t.{}_on BETWEEN %(first)s AND %(last)s"
_RECEIVED, _CLOSED, _RATED = _IN.format("received"), _IN.format("closed"), _IN.format("rated")
_MEASURES = f"""
    count(*) FILTER (WHERE {_RECEIVED}),
    count(*) FILTER (WHERE {_RECEIVED} AND t.closed_on IS NOT NULL),
    count(*) FILTER (WHERE {_RECEIVED} AND t.outcome NOT IN ('duplicate', 'withdrawn')),
    count(*) FILTER (WHERE {_RECEIVED} AND t.outcome IN ('resolved', 'explained')),
    count(*) FILTER (WHERE {_CLOSED}),
    count(*) FILTER (WHERE {_CLOSED} AND t.due IS NOT NULL),
    count(*) FILTER (WHERE {_CLOSED} AND t.closed_on <= t.due),
    count(*) FILTER (WHERE {_IN.format("reopened")}),
    count({{stars}}) FILTER (WHERE {_RATED}),
    coalesce(sum({{stars}}) FILTER (WHERE {_RATED}), 0),
    count(*) FILTER (WHERE t.received_on <= %(day)s AND (t.closed_on IS NULL OR t.closed_on > %(day)s)),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY least(t.closed_on - t.received_on, 366)) FILTER (WHERE {_CLOSED})
"""
_NAMES = ("received", "ended", "in_indicator", "settled", "closed", "dated", "in_time", "reopened", "rated", "stars",
          "open", "median_days")  # fmt: skip
Counted = dict[str, Any]


@dataclass(frozen=True)
class Oracle:
    """Counts the cases of the centre with this path and of those below it, in a period, as they stand today. `where`
    narrows them by SQL."""

    path: str
    first: date
    last: date
    today: date
    where: str = "true"

    def rows(self, sql: str, **more: object) -> list[tuple[Any, ...]]:
        """The rows of a query that has {cases} as its FROM and WHERE."""
        cases = "FROM truth t JOIN centres_centre c ON c.id = t.centre_id WHERE c.path LIKE %(path)s AND "
        values: Any = {
            "path": f"{self.path}%", "first": self.first, "last": self.last, "day": min(self.last, self.today), **more
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("{cases}", cases + self.where), values)
            return list(cursor.fetchall())

    def by(self, dimension: str) -> dict[str, Counted]:
        """The measures by value of a dimension, '' as dimension for all cases at once."""
        stars = "t.agency_stars" if dimension == "agency" else "t.stars"
        value = _DIMENSIONS[dimension] if dimension else "''"
        sql = f"SELECT {value}, {_MEASURES.format(stars=stars)} {{cases}} GROUP BY 1"
        return {row[0]: dict(zip(_NAMES, row[1:], strict=True)) for row in self.rows(sql)}

    def closed_by_outcome(self) -> dict[str, int]:
        """Closed cases by outcome."""
        return dict(self.rows(f"SELECT t.outcome, count(*) {{cases}} AND {_CLOSED} GROUP BY 1"))

    def stages(self) -> dict[str, tuple[int, int | None, int | None]]:
        """Cases, median and 90th percentile of the days of each stage."""
        made = {}
        for code, days in _STAGES.items():
            ranks = [f"percentile_disc({p}) WITHIN GROUP (ORDER BY least({days}, 366))" for p in (0.5, 0.9)]
            sql = f"SELECT count({days}), {', '.join(ranks)} {{cases}} AND {_CLOSED} AND {days} IS NOT NULL"
            made[code] = self.rows(sql)[0]
        return made

    def backlog(self) -> dict[str, int]:
        """Open cases at the end of the period by age."""
        day = min(self.last, self.today)
        sql = """SELECT count(*) {cases} AND (t.closed_on IS NULL OR t.closed_on > %(day)s)
            AND t.received_on BETWEEN %(oldest)s AND %(newest)s"""
        return {
            code: self.rows(sql, oldest=day - timedelta(days=highest), newest=day - timedelta(days=lowest))[0][0]
            for code, (lowest, highest) in _AGES.items()
        }

    def by_month(self) -> dict[str, tuple[int, int]]:
        """Received and closed cases of each month, as '2026-11'."""
        made: dict[str, list[int]] = {}
        for at, column in enumerate(("received_on", "closed_on")):
            sql = f"""SELECT to_char(t.{column}, 'YYYY-MM'), count(*) {{cases}}
                AND t.{column} BETWEEN %(first)s AND %(last)s GROUP BY 1"""
            for month, count in self.rows(sql):
                made.setdefault(month, [0, 0])[at] = count
        return {month: (received, closed) for month, (received, closed) in made.items()}

    def overdue(self) -> int:
        """Open cases whose last day has passed."""
        sql = "SELECT count(*) {cases} AND t.closed_on IS NULL AND t.due < %(today)s"
        return int(self.rows(sql, today=self.today)[0][0])

    def indexes(self, group: str) -> dict[str, Fraction]:
        """The index of each agency ('agency'), or of each centre directly below ('centre'): how many cases were closed
        in time, over how many the average for the same topics gives, both with ten more."""
        key = {"agency": "t.agency_id", "centre": f"split_part(substr(c.path, {len(self.path) + 1}), '/', 1)"}[group]
        sql = f"""
            WITH closed AS (
                SELECT {key} AS key, t.topic AS topic, count(*) AS dated,
                    count(*) FILTER (WHERE t.closed_on <= t.due) AS done
                {{cases}} AND {_CLOSED} AND t.due IS NOT NULL AND {key}::text <> '' GROUP BY 1, 2
            ), average AS (SELECT topic, sum(done) AS done, sum(dated) AS dated FROM closed GROUP BY 1)
            SELECT closed.key::text, sum(closed.done)::bigint, sum(closed.dated * average.done / average.dated)
            FROM closed JOIN average USING (topic) GROUP BY 1"""
        return {key: Fraction(100 * (done + 10)) / (Fraction(expected) + 10) for key, done, expected in self.rows(sql)}

    def agencies(self) -> dict[str, Sequence[Any]]:
        """By agency: closed and rated cases of the period, sum of stars, open cases of now, median days at the
        agency."""
        sql = f"""
            SELECT t.agency_id::text, count(*) FILTER (WHERE {_CLOSED}), count(t.agency_stars) FILTER (WHERE {_RATED}),
                coalesce(sum(t.agency_stars) FILTER (WHERE {_RATED}), 0), count(*) FILTER (WHERE t.closed_on IS NULL),
                percentile_disc(0.5) WITHIN GROUP (ORDER BY t.days_at_agency) FILTER (WHERE {_CLOSED})
            {{cases}} AND t.agency_id IS NOT NULL GROUP BY 1"""
        return {row[0]: row[1:] for row in self.rows(sql) if row[1]}


def share(counted: Mapping[str, Any], part: str, whole: str) -> Fraction | None:
    """Percent, None of nothing."""
    return Fraction(100 * counted[part], counted[whole]) if counted[whole] else None
