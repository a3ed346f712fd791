from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "central.messages"
    label = "messages"
