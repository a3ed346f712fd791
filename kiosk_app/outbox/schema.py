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
released one; add a new one after it."""


def pending_migrations(db: Database) -> Migrations | None:
    """The migrations that the store lacks, None when it lacks none.

    Raises OutboxTooNewError when the store has one that is unknown here: there is no way back."""
    migrations = Migrations("outbox")
    for migration in MIGRATIONS:
        migrations()(migration)
    if {applied.name for applied in migrations.applied(db)} - {migration.__name__ for migration in MIGRATIONS}:
        raise OutboxTooNewError("The outbox's store was written by a newer version of this program")
    return migrations if migrations.pending(db) else None
