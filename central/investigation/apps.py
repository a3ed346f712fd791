from django.apps import AppConfig


class InvestigationConfig(AppConfig):
    name = "central.investigation"

    def ready(self) -> None:
        from central.investigation import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
