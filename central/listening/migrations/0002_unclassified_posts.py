from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_recording_encoding"),
        ("listening", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="socialpost",
            name="is_classified",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddIndex(
            model_name="socialpost",
            index=models.Index(
                condition=models.Q(("is_classified", False)), fields=["source"], name="unclassified_posts"
            ),
        ),
    ]
