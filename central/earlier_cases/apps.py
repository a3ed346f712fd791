from django.apps import AppConfig


class EarlierCasesConfig(AppConfig):
    name = "central.earlier_cases"

    def ready(self) -> None:
        from central.earlier_cases import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
