"""Sends the answers of a conversation, in their order.

An answer uses the reply token of its event, which is free of charge, works once and for a minute. After that, or when
LINE does not know the token, it is pushed with a retry key, which LINE accepts once."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from central.line_account.line_api import LineApi
from central.line_account.models import LineChat, LineReply
from central.notices import routes
from central.notices.adapters.result import SendResult
from central.notices.codes import NoticeFailure
from central.notices.route_secrets import decrypt_secret, encrypt_secret
from central.notices.timing import pause_of_notice

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 10  # of one answer: about three hours
_TOKEN_WORKS = timedelta(seconds=50)  # LINE promises a minute


def queue_reply(chat: LineChat, reply_token: str, received_at: datetime, messages: Sequence[Mapping[str, Any]]) -> None:
    """Store an answer, in the transaction of what it says."""
    LineReply.objects.create(
        chat=chat,
        reply_token=reply_token,
        token_until=received_at + _TOKEN_WORKS,
        messages=encrypt_secret(json.dumps(messages)),
    )


def send_replies(chat: LineChat, api: LineApi) -> None:
    """Send what is due; the first that is not accepted ends the round, so that none overtakes another. The caller holds
    the claim of the conversation."""
    for reply in LineReply.objects.filter(chat_id=chat.pk):
        if reply.due_at > timezone.now():
            return
        # Counted before it is sent: after a crash nobody knows whether it was.
        LineReply.objects.filter(pk=reply.pk).update(attempts=F("attempts") + 1)
        result = _send(reply, chat, api)
        if result.failure is None or result.is_permanent:
            reply.delete()
        elif not _keep_for_later(reply, chat, result):
            return


def _send(reply: LineReply, chat: LineChat, api: LineApi) -> SendResult:
    messages = json.loads(decrypt_secret(reply.messages))
    if reply.reply_token and timezone.now() < reply.token_until:
        result = api.reply(reply.reply_token, messages)
        if result.failure is not NoticeFailure.REFUSED:
            return result
        if reply.attempts:  # the token was used: an earlier attempt has arrived
            return SendResult()
    return api.push(chat.user_id, messages, reply.key)


def _keep_for_later(reply: LineReply, chat: LineChat, result: SendResult) -> bool:
    """Wait before the next attempt. True when this was the last one, and the next answer may be sent."""
    now, attempts = timezone.now(), reply.attempts + 1
    if result.failure is NoticeFailure.UNAUTHORISED:  # the page of channels says that the token is not accepted
        routes.note_failure(chat.route_id, result, 1, now)
    if attempts >= MAX_ATTEMPTS:
        log.warning("An answer on LINE was given up after %d attempts", attempts)
        reply.delete()
        return True
    LineReply.objects.filter(pk=reply.pk).update(due_at=now + pause_of_notice(attempts))
    return False
