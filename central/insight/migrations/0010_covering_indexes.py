from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_import_draft_content"),
        ("cases", "0024_open_cases_index"),
        ("centres", "0004_agency_memberships"),
        ("insight", "0009_obstacles"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="casefact",
            name="fact_received",
        ),
        migrations.RemoveIndex(
            model_name="casefact",
            name="fact_closed",
        ),
        migrations.RemoveIndex(
            model_name="casefact",
            name="fact_open",
        ),
        migrations.AddIndex(
            model_name="casefact",
            index=models.Index(fields=["centre", "received_on"], include=("area", "topic"), name="fact_received_by"),
        ),
        migrations.AddIndex(
            model_name="casefact",
            index=models.Index(fields=["centre", "closed_on"], include=("area", "received_on"), name="fact_closed_by"),
        ),
        migrations.AddIndex(
            model_name="casefact",
            index=models.Index(
                condition=models.Q(("closed_on", None)),
                fields=["centre", "received_on"],
                include=("area",),
                name="fact_open_by",
            ),
        ),
    ]
