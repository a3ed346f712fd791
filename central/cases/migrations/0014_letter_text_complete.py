from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0013_person_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="letterpage",
            name="is_text_complete",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
