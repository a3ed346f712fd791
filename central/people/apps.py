import importlib

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "central.people"

    def ready(self) -> None:
        importlib.import_module("central.people.sessions")  # records each session that begins
