"""Triggers of the database that mark a case for indexing when one of its texts, or the name of its complainant, is
added, changed or deleted, whoever writes it (decision 0171).

They are installed after every migration, like those of the history."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

MARKS, INDEXED = "search_casemark", "search_indexedcase"


@dataclass(frozen=True)
class _Source:
    """A table with text. `columns`: an update marks only when one of them changes. `case`: the key of the case as SQL,
    from the row {row}."""

    table: str
    columns: Sequence[str]
    case: str


_SOURCES = (
    _Source(
        "cases_case",
        ("text", "topic_note", "about_note", "location_note", "for_whom_note", "subtopic", "outcome", "agency_name",
         "area"),
        "{row}.id",
    ),
    _Source("cases_complainant", ("first_name", "middle_name", "last_name"), "{row}.case_id"),
    _Source("cases_letterpage", ("text",), "{row}.case_id"),
    _Source(
        "cases_caseeventtext",
        ("public_text", "note"),
        "(SELECT event.case_id FROM cases_caseevent AS event WHERE event.id = {row}.event_id)",
    ),
    _Source(
        "documents_documentpage",
        ("text",),
        "(SELECT document.case_id FROM documents_document AS document WHERE document.id = {row}.document_id)",
    ),
)  # fmt: skip
_OPERATIONS = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, in place of earlier ones. Nothing before the tables of the search exist."""
    remove_triggers(connection)
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if not {MARKS, INDEXED} <= existing:
            return
        for source in _SOURCES:
            if source.table in existing:
                statements = _on_postgresql(source) if connection.vendor == "postgresql" else _on_sqlite(source)
                for statement in statements:
                    cursor.execute(statement)
        if connection.vendor == "sqlite":
            erase = "DELETE FROM search_words WHERE rowid = OLD.case_id"
            cursor.execute(f"CREATE TRIGGER {INDEXED}_erases AFTER DELETE ON {INDEXED} BEGIN {erase}; END")


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for source in _SOURCES:
            if source.table not in existing:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {source.table}_marks ON {source.table}")
            else:
                for operation, _row in _OPERATIONS:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {source.table}_marks_{operation.lower()}")
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {INDEXED}_erases")


def _on_sqlite(source: _Source) -> list[str]:
    changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in source.columns)
    return [
        f"CREATE TRIGGER {source.table}_marks_{operation.lower()} AFTER {operation} ON {source.table} "
        f"{f'WHEN {changed} ' if operation == 'UPDATE' else ''}BEGIN {_mark(source, row)}; END"
        for operation, row in _OPERATIONS
    ]


def _on_postgresql(source: _Source) -> list[str]:
    """The condition is in the function and not in the trigger: PostgreSQL refuses to change the type of a column that
    a trigger names."""
    changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in source.columns)
    function = f"{source.table}_marks"
    return [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN {_mark(source, 'NEW')}; "
        f"ELSIF TG_OP = 'DELETE' THEN {_mark(source, 'OLD')}; "
        f"ELSIF {changed} THEN {_mark(source, 'NEW')}; END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER {function} AFTER INSERT OR UPDATE OR DELETE ON {source.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]


def _mark(source: _Source, row: str) -> str:
    case = source.case.format(row=row)
    return f"INSERT INTO {MARKS} (case_id) SELECT {case} WHERE {case} IS NOT NULL"
