from django.db import migrations


class Migration(migrations.Migration):
    """Renames tables and columns after the glossary. `Alarm` moves to central.alarms, which keeps its table."""

    dependencies = [
        ("intake", "0004_fewer_indexes"),
    ]

    operations = [
        migrations.RenameModel(old_name="Accepted", new_name="AcceptedDelivery"),
        migrations.RenameField(model_name="accepteddelivery", old_name="carried", new_name="carried_by_hand"),
        migrations.RenameField(model_name="accepteddelivery", old_name="reason", new_name="quarantine_reason"),
        migrations.RenameField(model_name="part", old_name="held", new_name="received_bytes"),
        migrations.RenameField(model_name="part", old_name="size", new_name="size_bytes"),
        migrations.RenameField(model_name="alarm", old_name="told_at", new_name="mailed_at"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Alarm")]),
    ]
