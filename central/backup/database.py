"""A consistent copy of the database while the service writes to it, and an empty database filled from one."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from central.backup.archive import ArchiveError

_DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")


def copy_name() -> str:
    """Name of the copy in an archive: it says which database wrote it."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


def copy_database(target: Path) -> None:
    """Write a consistent copy to `target`. Others go on writing meanwhile. Raises ArchiveError."""
    target.touch(mode=0o600)
    if connection.vendor != "sqlite":
        _run_postgresql_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)  # in one read transaction, which the write-ahead log keeps apart
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise ArchiveError("the database is damaged: PRAGMA quick_check fails on its copy")


def restore_database(copy: Path) -> None:
    """Fill the empty database from a copy. Raises ArchiveError."""
    if copy.name != copy_name():
        raise ArchiveError(
            f"the backup is of another kind of database ({copy.suffix[1:]}); set DATABASE_URL as it was there"
        )
    if connection.vendor != "sqlite":
        _run_postgresql_program(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
            f"--dbname={connection.get_connection_params()['dbname']}", str(copy),
        )  # fmt: skip
        return
    place = Path(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    copy.replace(place)


def is_empty() -> bool:
    """Whether the database has no table. Creates no file for SQLite."""
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        return True
    return not connection.introspection.table_names()


def applied_migrations() -> list[str]:
    """The migrations that the database has, as 'app.name'."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations)


def unknown_migrations(names: list[str]) -> list[str]:
    """Those that this version of the program does not have: a newer one applied them."""
    migrations = MigrationLoader(None).disk_migrations or {}
    known = {f"{app}.{name}" for app, name in migrations}
    known |= {f"{app}.{name}" for migration in migrations.values() for app, name in migration.replaces}
    return sorted(set(names) - known)


def _run_postgresql_program(program: str, *arguments: str) -> None:
    in_path = shutil.which(program)
    installed = sorted(_DEBIAN_PROGRAMS.glob(f"*/bin/{program}"), reverse=True)
    path = in_path or (str(installed[0]) if installed else "")
    if not path:
        raise ArchiveError(f"{program} is not installed (Debian package: postgresql-client)")
    parameters = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    environment = {name: str(parameters[key]) for name, key in names.items() if parameters.get(key)}
    try:  # the password is in the environment, because everybody can read the arguments of a process
        result = subprocess.run(
            [path, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise ArchiveError(f"{path} cannot be started: {error.strerror}") from error
    if result.returncode:
        reason = result.stderr.strip().splitlines()[:1] or ["no reason given"]
        raise ArchiveError(f"{program} failed: {reason[0]}")
