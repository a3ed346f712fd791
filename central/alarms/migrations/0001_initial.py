import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes over `Alarm` from central.intake: only Django's state changes, the table `intake_alarm` stays."""

    initial = True

    dependencies = [
        ("centres", "0001_initial"),
        ("intake", "0005_plain_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Alarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("quarantined", "Quarantined"),
                                    ("conflict", "Conflict"),
                                    ("full", "Full"),
                                    ("silent", "Silent"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("kiosk_id", models.CharField(max_length=5)),
                        ("case_number", models.CharField(blank=True, max_length=64)),
                        ("detail", models.CharField(max_length=500)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("mailed_at", models.DateTimeField(null=True)),
                        (
                            "centre",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="centres.centre",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "intake_alarm",
                        "ordering": ["-at"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("settled_at", None)), fields=["centre"], name="open_alarms"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("settled_at", None)),
                                fields=("kind", "centre", "kiosk_id", "case_number"),
                                name="one_open_alarm_of_a_thing",
                            )
                        ],
                    },
                )
            ]
        )
    ]
