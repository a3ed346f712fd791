"""Triggers of the database that refuse to change or delete a chained event, its texts, or the root of a day.

Only an event that is not in the chain yet (`hash` is '') may be changed. The texts of an event may be deleted, which
the law can demand, and never changed. The triggers are installed after every migration: SQLite loses them when a
migration rebuilds the table."""

from django.db.backends.base.base import BaseDatabaseWrapper

_REFUSED = "the history of a case cannot be changed"
_EVENT, _TEXT, _ROOT = "cases_caseevent", "cases_caseeventtext", "cases_historyroot"
# Table, operation, condition under which it is refused.
_RULES = (
    (_EVENT, "UPDATE", "OLD.hash <> ''"),
    (_EVENT, "DELETE", "OLD.hash <> ''"),
    (_TEXT, "UPDATE", "1 = 1"),
    (_ROOT, "UPDATE", "1 = 1"),
    (_ROOT, "DELETE", "1 = 1"),
)


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, in place of earlier ones."""
    remove_triggers(connection)
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
            )
        for table, operation, condition in _RULES:
            if table not in existing:  # a migration back
                continue
            if connection.vendor == "postgresql":
                action = f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse_history_change()"
            else:
                action = f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            cursor.execute(f"CREATE TRIGGER {_name(table, operation)} BEFORE {operation} ON {table} {action}")


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for table, operation, _ in _RULES:
            if table in existing:
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, operation)}{on_table}")


def _name(table: str, operation: str) -> str:
    return f"{table}_refuses_{operation.lower()}"
