from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    name = "central.alarms"
