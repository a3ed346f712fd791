import hashlib
import secrets
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The new columns of rows that exist already. Their events enter the chain later (`history.chain_older_events`)."""
    case_model, event_model = apps.get_model("cases", "Case"), apps.get_model("cases", "CaseEvent")
    text_model = apps.get_model("cases", "CaseEventText")
    event_model.objects.filter(kind="status").update(status=models.F("value"), is_public=True)
    for event in event_model.objects.exclude(note="").iterator(chunk_size=1000):
        salt = secrets.token_hex(16)
        text_model.objects.create(event_id=event.pk, salt=salt, note=event.note)
        digest = hashlib.sha256("\0".join((salt, "", event.note)).encode()).hexdigest()
        event_model.objects.filter(pk=event.pk).update(text_digest=digest)
    latest = event_model.objects.filter(case=models.OuterRef("pk")).order_by("-at").values("at")[:1]
    closed = event_model.objects.filter(case=models.OuterRef("pk"), value="closed").order_by("-at").values("at")[:1]
    case_model.objects.exclude(status="received").update(attention="")
    case_model.objects.update(last_activity_at=models.Subquery(latest))
    case_model.objects.filter(status="closed").update(closed_at=models.Subquery(closed))
    # A date that an officer typed before there was a calendar.
    case_model.objects.exclude(due=None).update(period_basis="manual")


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_case_system")]

    operations = [
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="caseevent", name="note")]
        ),
    ]
