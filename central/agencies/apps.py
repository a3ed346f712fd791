from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "central.agencies"
