from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "central.documents"

    def ready(self) -> None:
        from central.documents import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
