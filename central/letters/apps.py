from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "central.letters"

    def ready(self) -> None:
        from central.letters import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
