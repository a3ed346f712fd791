from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_area_boundary")]

    operations = [
        migrations.AlterModelTable("monthlyreport", "insight_monthlyreport"),  # it keeps its table
        migrations.RenameModel("MonthlyReport", "PeriodicReport"),
        migrations.AddField("periodicreport", "months", models.PositiveSmallIntegerField(default=1, db_default=1)),
        migrations.AddConstraint(
            "periodicreport",
            models.UniqueConstraint(fields=("centre", "month", "months"), name="one_report_per_period"),
        ),
        migrations.RemoveConstraint("periodicreport", "one_report_per_month"),
    ]
