from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from central.cases.triggers import install_triggers


class CasesConfig(AppConfig):
    name = "central.cases"

    def ready(self) -> None:
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(using: str, **_: Any) -> None:
    install_triggers(connections[using])
