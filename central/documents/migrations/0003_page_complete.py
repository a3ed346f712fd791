from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_claimed_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentpage",
            name="is_complete",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
