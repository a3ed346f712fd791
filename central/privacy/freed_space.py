"""Overwrites what deleted rows have left in the files of the database.

A database keeps the bytes of a deleted row until something else needs the space. SQLite writes zeros there
(`PRAGMA secure_delete`, central/settings.py); its log and the segments of the word index are left. PostgreSQL writes
each table anew without them. What a write-ahead log, a replica or a backup has is the operator's
(docs/centre/privacy.md)."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection

from central.privacy.case_tables import case_models
from thai.dates import BANGKOK_TIME

_TRIES, _PAUSE_S = 20, 3.0
_EVENING_HOUR, _MORNING_HOUR = 20, 6  # in Thailand: nobody works at the desk between them


def may_overwrite(now: datetime) -> bool:
    """Whether it disturbs nobody now. PostgreSQL locks a table while it writes it anew, for minutes when there are
    many cases: that waits for the night. SQLite empties its log in a moment."""
    hour = now.astimezone(BANGKOK_TIME).hour
    return connection.vendor != "postgresql" or hour >= _EVENING_HOUR or hour < _MORNING_HOUR


def overwrite_freed_space() -> None:
    """Rewrite what may have bytes of erased rows. Outside a transaction. Raises OperationalError when others keep the
    database busy all the time; nothing is lost then, and it can be repeated."""
    if connection.vendor == "postgresql":
        _rewrite_tables()
    else:
        _empty_log()


def _rewrite_tables() -> None:
    with connection.cursor() as cursor:
        # Nobody waits long behind the exclusive lock of a table: it is taken at once or tried again.
        cursor.execute("SET lock_timeout = '2s'")
        try:
            for model in case_models():
                table = connection.ops.quote_name(model._meta.db_table)
                _try_again(partial(cursor.execute, f"VACUUM (FULL, ANALYZE) {table}"))
        finally:
            cursor.execute("RESET lock_timeout")


def _try_again(rewrite: Callable[[], object]) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            rewrite()
        except OperationalError:
            if attempt == _TRIES:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def _empty_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_words'")
        if cursor.fetchone():
            cursor.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")

        def empty() -> None:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise OperationalError("The log of the database is in use")

        _try_again(empty)
