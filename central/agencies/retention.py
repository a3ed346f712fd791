"""Deletes uploaded files of agencies that nobody has imported: they contain names and telephone numbers."""

from datetime import datetime, timedelta

from central.agencies.limits import IMPORT_DRAFT_HOURS
from central.agencies.models import ImportDraft


def delete_old_drafts(now: datetime) -> None:
    """Delete the drafts that are older than a day."""
    ImportDraft.objects.filter(uploaded_at__lt=now - timedelta(hours=IMPORT_DRAFT_HOURS)).delete()
