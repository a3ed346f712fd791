import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scan_batches", "0001_scan_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="batchread",
            name="kind",
            field=models.CharField(
                choices=[("opened", "Opened"), ("deleted", "Deleted")],
                db_default="opened",
                default="opened",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="scanbatch",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="batchread",
            name="officer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="batchread",
            index=models.Index(fields=["-at"], name="batch_reads_by_time"),
        ),
    ]
