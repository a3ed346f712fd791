from django.db import migrations


class Migration(migrations.Migration):
    """Renames columns after the glossary."""

    dependencies = [
        ("people", "0001_signing_in"),
    ]

    operations = [
        migrations.RenameField(model_name="failurecount", old_name="until", new_name="window_ends_at"),
        migrations.RenameField(model_name="officerevent", old_name="times", new_name="occurrences"),
    ]
