"""A worker of the previous version goes on working after `central migrate` of this one (CONTRIBUTING.md, migrations).

During an update both versions use one database, and a kiosk's delivery must not fail then. An older worker inserts rows
without the new columns, and reads and writes the columns and tables that it knows.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.fields import NOT_PROVIDED

# The newest migrations of the version that may still run. Move it forward with each release.
BASELINE = {
    "alarms": "0001_initial",
    "cases": "0005_newer_content",
    "centres": "0001_initial",
    "fleet": "0005_plain_names",
    "intake": "0005_plain_names",
    "people": "0002_plain_names",
}
# What an older worker does not survive, and why that is accepted. Without a reason: add `db_default`, make the column
# nullable, or leave the old column in place for one version.
ACCEPTED = {
    "cases.personaldataread: new constraint a_read_has_a_reader": "a worker of any version names the officer of a read",
    "cases.caseevent.note: removed": "only from the model: the column stays, with a default, until the next version",
    "centres.centre: new constraint one_centre_per_area": "no request creates a centre, only an administrator does",
    "centres.membership: new constraint one_membership_per_role": "weaker than the one it replaces: one per centre",
}


def incompatibilities(old: ProjectState, new: ProjectState) -> Iterator[str]:
    """One sentence for each change that breaks a program which knows the old state."""
    for key, old_model in sorted(old.models.items()):
        new_model = new.models.get(key)
        if new_model is None or _table(new_model) != _table(old_model):
            yield f"{key[0]}.{key[1]}: its table is gone"
            continue
        yield from _column_changes(old_model, new_model)
        yield from _new_constraints(old_model, new_model)


def _table(model: ModelState) -> str:
    return str(model.options.get("db_table") or f"{model.app_label}_{model.name_lower}")


def _columns(model: ModelState) -> dict[str, "models.Field[Any, Any]"]:
    columns = {}
    for name, field in model.fields.items():
        if not isinstance(field, models.ManyToManyField):
            columns[field.db_column or (f"{name}_id" if isinstance(field, models.ForeignKey) else name)] = field
    return columns


def _column_changes(old_model: ModelState, new_model: ModelState) -> Iterator[str]:
    where = f"{new_model.app_label}.{new_model.name_lower}"
    old_columns, new_columns = _columns(old_model), _columns(new_model)
    for name in sorted(old_columns.keys() - new_columns.keys()):
        yield f"{where}.{name}: removed"
    for name, field in sorted(new_columns.items()):
        has_default = field.null or field.db_default is not NOT_PROVIDED or field.primary_key
        old_field = old_columns.get(name)
        if old_field is None:
            if not has_default:
                yield f"{where}.{name}: new, neither nullable nor with db_default"
        else:
            if old_field.null and not has_default:
                yield f"{where}.{name}: not nullable any more"
            if type(old_field) is not type(field):
                yield f"{where}.{name}: of another type"
            if (field.max_length or 0) < (old_field.max_length or 0):
                yield f"{where}.{name}: shorter"
            if field.unique and not old_field.unique:
                yield f"{where}.{name}: unique now"


def _new_constraints(old_model: ModelState, new_model: ModelState) -> Iterator[str]:
    old_columns = set(_columns(old_model))
    known = {constraint.name for constraint in old_model.options.get("constraints", [])}
    for constraint in new_model.options.get("constraints", []):
        if constraint.name in known:
            continue
        fields = set(getattr(constraint, "fields", ()))
        # A unique constraint with a new column that an older worker leaves null refuses none of its rows.
        if not any(new_model.fields[name].null and not {name, f"{name}_id"} & old_columns for name in fields):
            yield f"{new_model.app_label}.{new_model.name_lower}: new constraint {constraint.name}"


@pytest.fixture(autouse=True)
def installation() -> None:
    """Only migration files are read."""


def newest_state() -> ProjectState:
    loader = MigrationLoader(None)
    return loader.project_state(nodes=[node for node in loader.graph.leaf_nodes() if node[0] in BASELINE])


def test_an_older_worker_survives_every_migration_since_the_baseline() -> None:
    loader = MigrationLoader(None)
    old = loader.project_state(nodes=list(BASELINE.items()))
    old.models = {key: model for key, model in old.models.items() if key[0] in BASELINE}
    problems = list(incompatibilities(old, newest_state()))
    assert [problem for problem in problems if problem not in ACCEPTED] == []
    assert [accepted for accepted in ACCEPTED if accepted not in problems] == [], "nothing is accepted without need"
    assert all(len(reason) > 20 for reason in ACCEPTED.values())


def model_state(*fields: tuple[str, "models.Field[Any, Any]"], **options: Any) -> ProjectState:
    state = ProjectState()
    key: models.Field[Any, Any] = models.BigAutoField(primary_key=True)
    state.add_model(ModelState("cases", "Sample", [("id", key), *fields], options=options))
    return state


TEXT: "models.Field[Any, Any]" = models.CharField(max_length=20)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (model_state(("a", TEXT)), model_state(), "cases.sample.a: removed"),
        (model_state(("a", TEXT)), model_state(("b", TEXT)), "cases.sample.a: removed"),
        (model_state(), model_state(("a", TEXT)), "cases.sample.a: new, neither nullable nor with db_default"),
        (
            model_state(),
            model_state(("a", models.CharField(max_length=20, default=""))),
            "cases.sample.a: new, neither nullable nor with db_default",
        ),
        (model_state(), model_state(("a", models.CharField(max_length=20, default="", db_default=""))), None),
        (model_state(), model_state(("a", models.IntegerField(null=True))), None),
        (
            model_state(("a", models.IntegerField(null=True))),
            model_state(("a", models.IntegerField())),
            "cases.sample.a: not nullable any more",
        ),
        (
            model_state(("a", models.IntegerField())),
            model_state(("a", models.TextField())),
            "cases.sample.a: of another type",
        ),
        (model_state(("a", TEXT)), model_state(("a", models.CharField(max_length=5))), "cases.sample.a: shorter"),
        (
            model_state(("a", TEXT)),
            model_state(("a", models.CharField(max_length=20, unique=True))),
            "cases.sample.a: unique now",
        ),
        (
            model_state(("a", TEXT)),
            model_state(("a", TEXT), constraints=[models.UniqueConstraint(fields=["a"], name="one_a")]),
            "cases.sample: new constraint one_a",
        ),
        (
            model_state(("a", TEXT)),
            model_state(
                ("a", TEXT),
                ("b", models.IntegerField(null=True)),
                constraints=[models.UniqueConstraint(fields=["a", "b"], name="one_a")],
            ),
            None,
        ),
        (model_state(), model_state(db_table="another"), "cases.sample: its table is gone"),
        (model_state(), ProjectState(), "cases.sample: its table is gone"),
    ],
)
def test_each_breaking_change_is_noticed(old: ProjectState, new: ProjectState, problem: str | None) -> None:
    problems = list(incompatibilities(old, new))
    assert problem in problems if problem else problems == []
