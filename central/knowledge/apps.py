from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "central.knowledge"
