"""Queries of one request."""

from collections import Counter

from django.test.utils import CaptureQueriesContext


def repeated_queries(captured: CaptureQueriesContext) -> list[str]:
    """The statements that were sent more than once with the same values."""
    counts = Counter(query["sql"] for query in captured.captured_queries)
    return [sql for sql, count in counts.items() if count > 1]
