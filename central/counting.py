"""Counts of several queries in one statement: a page with twenty numbers waits for the database once."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count_all(queries: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The number of rows of each query by its name. A query has no order; a name is a constant of the program, and
    nothing that somebody has typed."""
    statements: list[str] = []
    values: list[Any] = []
    for name, rows in queries.items():
        try:
            statement, parameters = rows.values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"SELECT '{name}' AS name, COUNT(*) FROM ({statement}) AS {name}_rows")  # noqa: S608
        values.extend(parameters)
    counts = dict.fromkeys(queries, 0)
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), values)
            counts |= dict(cursor.fetchall())
    return counts
