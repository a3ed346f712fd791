from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "central.centres"
