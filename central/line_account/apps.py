from django.apps import AppConfig


class LineAccountConfig(AppConfig):
    name = "central.line_account"
