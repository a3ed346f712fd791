from django.db import migrations, models


class Migration(migrations.Migration):
    """Renames columns after the glossary, and takes the list of statuses out of the column."""

    dependencies = [
        ("fleet", "0004_staff_calls"),
    ]

    operations = [
        migrations.AlterModelOptions(name="enrolment", options={}),
        migrations.RenameField(model_name="enrolment", old_name="asked_at", new_name="requested_at"),
        migrations.AlterModelOptions(name="enrolment", options={"ordering": ["-requested_at"]}),
        migrations.RenameField(model_name="enrolment", old_name="hall", new_name="stated_centre_name"),
        migrations.AlterField(
            model_name="enrolment",
            name="status",
            field=models.CharField(db_index=True, default="pending", max_length=10),
        ),
        migrations.RenameField(model_name="kioskstate", old_name="heard_at", new_name="last_heartbeat_at"),
        migrations.RenameField(model_name="kioskstate", old_name="refused", new_name="rejected_count"),
        migrations.RenameField(model_name="kioskstate", old_name="disk_free", new_name="disk_free_bytes"),
        migrations.RenameField(model_name="staffcall", old_name="name", new_name="call_id"),
    ]
