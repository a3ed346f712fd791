from django.apps import AppConfig


class WallScreensConfig(AppConfig):
    name = "central.wall_screens"
