"""Which tables have rows of cases: found by their foreign keys, so that no new table is forgotten."""

from django.apps import apps
from django.db import models

from central.cases.models import Case


def case_models() -> list[type[models.Model]]:
    """`Case` and every model of the service with a chain of foreign keys to it, by name."""
    reached: set[type[models.Model]] = {Case}
    candidates = [model for model in apps.get_models() if model.__module__.startswith("central.")]
    while new := {model for model in candidates if model not in reached and _targets(model) & reached}:
        reached |= new
    return sorted(reached, key=lambda model: model._meta.label)


def _targets(model: type[models.Model]) -> set[type[models.Model]]:
    return {field.related_model for field in model._meta.concrete_fields if isinstance(field.related_model, type)}
