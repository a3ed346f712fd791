from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "central.cases"
