from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "central.insight"

    def ready(self) -> None:
        from central.insight import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
