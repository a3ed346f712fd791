"""Schema of the store and its migrations."""

from sqlite_utils import Database, Migrations

from kiosk_app.outbox.errors import OutboxTooNewError

_NOT_NULL_COLUMNS = frozenset(
    ["case_number", "kiosk_id", "moment", "saved", "sealing_key", "sealed_sha256", "parts", "size", "refused", "sealed"]
)


def v1(db: Database) -> None:
    db.table("submissions").create(
        {
            "submission_id": str,
            "case_number": str,
            "kiosk_id": str,
            "moment": str,  # ClockReading as JSON
            "saved": float,  # its wall time, seconds since the epoch
            "sealing_key": str,
            "sealed_sha256": str,
            "parts": str,  # list of SealedPart as JSON
            "size": int,  # bytes sealed, pages included
            "receipt_confirmed": int,  # 1, 0, or NULL: not known
            "refused": str,  # why the centre refuses it, '' if it does not
            "sealed": bytes,  # last, so that lists are read without touching its pages
        },
        pk="submission_id",
        not_null=_NOT_NULL_COLUMNS,
        defaults={"refused": ""},
    )
    db.table("submissions").create_index(["case_number"], unique=True)
    db.table("pages").create(
        {"submission_id": str, "number": int, "sealed": bytes}, pk=("submission_id", "number"), not_null={"sealed"}
    )
    db.table("series").create({"series": str, "last": int}, pk="series", not_null={"last"})
    # Delivered rows whose citizen may have left without code and number: staff see the case numbers.
    db.table("unconfirmed").create(
        {"submission_id": str, "case_number": str, "saved": float},
        pk="submission_id",
        not_null={"case_number", "saved"},
    )


MIGRATIONS = (v1,)
"""The migrations, oldest first. A store records the names of the migrations that it has: never change or rename a
released one; add a new one after it.

A release that is rolled back meets the store of its successor. So a migration only adds: a table, an index, or a column
that is nullable or has a default, and the older release works on. Whatever else is needed waits for a release that no
kiosk leaves any more, and is named in BREAKING_MIGRATIONS."""

BREAKING_MIGRATIONS: frozenset[str] = frozenset()
"""The names of those after which an older release must not touch the store. Their number is in its `user_version`."""


def pending_migrations(db: Database) -> Migrations | None:
    """The migrations that the store lacks, None when it lacks none.

    Raises OutboxTooNewError when the store has a breaking one that is unknown here: nothing in it is touched."""
    if db.execute("PRAGMA user_version").fetchone()[0] > len(BREAKING_MIGRATIONS):
        raise OutboxTooNewError("The outbox's store was written by a newer version of this program")
    migrations = Migrations("outbox")
    for migration in MIGRATIONS:
        migrations()(migration)
    return migrations if migrations.pending(db) else None


def record_generation(db: Database) -> None:
    """Record which releases can use the store. In the transaction of the migrations."""
    db.execute(f"PRAGMA user_version = {len(BREAKING_MIGRATIONS)}")
