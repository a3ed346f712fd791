from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "central.surveys"

    def ready(self) -> None:
        from central.surveys import receivers  # noqa: PLC0415 (models exist only now)

        receivers.connect()
