"""What must hold before a process serves or works."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from central.commands import CommandError
from central.keyring import KeyringError, keyring


def check_migrated() -> None:
    """Raises CommandError unless the keys can be read and every migration is applied. Tables newer than this version
    are accepted: it may be running on one of several machines during an update."""
    executor = MigrationExecutor(connection)
    try:
        ring = keyring()
        ring.load_sealing_key(ring.current_fingerprint("sealing"))
        ring.load_receipt_key(ring.current_fingerprint("receipt"))
    except KeyringError as error:
        raise CommandError(str(error)) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("the database is older than this version; run `central migrate`")
