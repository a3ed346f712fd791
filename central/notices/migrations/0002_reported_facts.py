import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_case_system"), ("notices", "0001_initial")]

    operations = [
        migrations.RenameModel("ToldFacts", "ReportedFacts"),
        migrations.AlterField(
            "reportedfacts",
            "case",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="reported_facts",
                serialize=False,
                to="cases.case",
            ),
        ),
    ]
