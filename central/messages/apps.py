from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "central.messages"
    label = "messages"

    def ready(self) -> None:
        from central.messages import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
