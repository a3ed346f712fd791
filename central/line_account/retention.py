"""Deletes conversations that are over, and ids of events that LINE does not repeat any more."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from central.line_account.chat_content import CHAT_KEPT
from central.line_account.models import LineChat, LineEvent
from central.line_account.webhook import EVENT_IDS_KEPT


def delete_old_conversations(now: datetime) -> None:
    """The recurring job. A conversation ends a day after its last message, with its draft and its photos. An event that
    was answered a day ago does not say any more whose it was, also while its conversation continues."""
    LineEvent.objects.filter(answered_at__lte=now - CHAT_KEPT).exclude(chat=None).update(chat=None)
    unanswered = LineEvent.objects.filter(chat=OuterRef("pk"), answered_at=None)
    LineChat.objects.filter(~Exists(unanswered), expires_at__lte=now).delete()
    LineEvent.objects.filter(received_at__lt=now - EVENT_IDS_KEPT).delete()
