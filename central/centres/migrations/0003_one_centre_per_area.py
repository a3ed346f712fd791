"""One centre per area, activity of a centre, and the record of its changes."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def free_repeated_areas(apps: Any, schema_editor: Any) -> None:
    """Take the area from all but the first centre of an area. Earlier versions did not check it. These centres keep
    their cases and officers; an administrator gives them an area, or deactivates them."""
    centres = apps.get_model("centres", "Centre").objects
    seen = set()
    for centre in centres.exclude(area_code="").order_by("pk"):
        if centre.area_code in seen:
            centres.filter(pk=centre.pk).update(area_code="")
        seen.add(centre.area_code)


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="centre",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunPython(free_repeated_areas, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="centre",
            constraint=models.UniqueConstraint(
                condition=models.Q(("area_code", ""), _negated=True), fields=("area_code",), name="one_centre_per_area"
            ),
        ),
        migrations.CreateModel(
            name="CentreChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("fields", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="centres.centre"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
    ]
