from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fleet", "0001_initial"), ("intake", "0001_initial")]

    operations = [
        migrations.AlterField(model_name="accepted", name="submission_id", field=models.UUIDField()),
        migrations.AddConstraint(
            model_name="accepted",
            constraint=models.UniqueConstraint(
                fields=("submission_id", "enrolment"), name="one_acceptance_per_submission"
            ),
        ),
    ]
