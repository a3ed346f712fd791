from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "central.duplicates"

    def ready(self) -> None:
        from central.duplicates.receivers import connect  # noqa: PLC0415 (models are ready now)

        connect()
