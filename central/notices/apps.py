from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "central.notices"

    def ready(self) -> None:
        from central.notices import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
