from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from central.search.triggers import install_triggers, remove_triggers


class SearchConfig(AppConfig):
    name = "central.search"

    def ready(self) -> None:
        pre_migrate.connect(_remove_from_sqlite, sender=self)
        post_migrate.connect(_install, sender=self)
        from central.search import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()


def _remove_from_sqlite(using: str, **_: Any) -> None:
    """SQLite cannot rebuild a table that a trigger of another table names. Nothing else writes to it meanwhile."""
    if connections[using].vendor == "sqlite":
        remove_triggers(connections[using])


def _install(using: str, **_: Any) -> None:
    install_triggers(connections[using])
