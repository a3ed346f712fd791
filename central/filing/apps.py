from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "central.filing"

    def ready(self) -> None:
        from central.filing import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
