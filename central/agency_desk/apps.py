from django.apps import AppConfig


class AgencyDeskConfig(AppConfig):
    name = "central.agency_desk"

    def ready(self) -> None:
        from central.agency_desk import receivers  # noqa: PLC0415 (its models need the loaded registry of apps)

        receivers.connect()
