from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "central.listening"

    def ready(self) -> None:
        from central.listening import receivers  # noqa: PLC0415 (models exist only now)

        receivers.connect()
