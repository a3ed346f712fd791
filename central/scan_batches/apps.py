from django.apps import AppConfig


class ScanBatchesConfig(AppConfig):
    name = "central.scan_batches"
