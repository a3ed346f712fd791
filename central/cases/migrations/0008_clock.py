from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_fill_case_system"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="escalation_mailed",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="next_escalation",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("next_report_due__isnull", False)),
                fields=["centre", "next_report_due"],
                name="case_report_due",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("escalation_level__gt", 0)),
                fields=["centre", "escalation_level"],
                name="case_silent",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("next_escalation__isnull", False)),
                fields=["next_escalation"],
                name="case_next_escalation",
            ),
        ),
    ]
