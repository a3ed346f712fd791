from django.apps import AppConfig


class EarlierCasesConfig(AppConfig):
    name = "central.earlier_cases"
