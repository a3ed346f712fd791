import csv
import gzip
import io
import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def pack_files(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """JSON was made for each request."""
    for file in apps.get_model("insight", "OpenDataFile").objects.iterator():
        rows = csv.DictReader(io.StringIO(bytes(file.csv).decode()))
        records = [{name: value or None for name, value in row.items()} for row in rows]
        file.json = gzip.compress(json.dumps(records, ensure_ascii=False, indent=0).encode(), mtime=0)
        file.save(update_fields=["json"])


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0007_open_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="opendatafile",
            name="json",
            field=models.BinaryField(db_default=b"", default=b""),
        ),
        migrations.AddField(
            model_name="opendatafile",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="opendatastate",
            name="changed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="opendatastate",
            name="changed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(pack_files, migrations.RunPython.noop),
    ]
