from django.db import migrations, models


class Migration(migrations.Migration):
    """Renames tables and columns after the glossary, and takes the list of statuses out of the column."""

    dependencies = [
        ("cases", "0003_name_requests"),
    ]

    operations = [
        migrations.RenameModel(old_name="Person", new_name="Complainant"),
        migrations.RenameModel(old_name="CaseChange", new_name="CaseEvent"),
        migrations.RenameModel(old_name="PersonalRead", new_name="PersonalDataRead"),
        migrations.RenameField(model_name="case", old_name="spot", new_name="location_note"),
        migrations.RenameField(model_name="case", old_name="naming", new_name="name_disclosure"),
        migrations.RenameField(model_name="case", old_name="filed_quality", new_name="filing_time_quality"),
        migrations.RenameField(model_name="case", old_name="agency", new_name="agency_name"),
        migrations.RenameField(model_name="case", old_name="officer", new_name="handler_name"),
        migrations.RenameField(model_name="complainant", old_name="citizen_id_locked", new_name="citizen_id_encrypted"),
        migrations.RenameField(model_name="personaldataread", old_name="what", new_name="data_kind"),
        # Constraints name their columns, so they are removed before the columns are renamed and added afterwards.
        migrations.RemoveConstraint(model_name="namerequest", name="one_open_name_request"),
        migrations.RemoveConstraint(model_name="namerequest", name="a_second_person_decides"),
        migrations.AlterModelOptions(name="namerequest", options={}),
        migrations.RenameField(model_name="namerequest", old_name="asked_by", new_name="requested_by"),
        migrations.RenameField(model_name="namerequest", old_name="asked_at", new_name="requested_at"),
        migrations.AlterModelOptions(name="namerequest", options={"ordering": ["-requested_at", "-id"]}),
        migrations.AddConstraint(
            model_name="namerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("case", "requested_by"),
                name="one_open_name_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="namerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="a_second_person_decides",
            ),
        ),
        migrations.AlterField(
            model_name="case", name="status", field=models.CharField(default="received", max_length=20)
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="case",
            field=models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="events", to="cases.case"),
        ),
        migrations.AlterField(
            model_name="complainant",
            name="case",
            field=models.OneToOneField(on_delete=models.deletion.CASCADE, related_name="complainant", to="cases.case"),
        ),
    ]
