"""Answers the events of a conversation in a worker: one after the other, each once.

A lease on the conversation keeps a second worker away while files are fetched and checked, which takes longer than a
transaction may. What an event changes, the answer to it, and that it is answered are one transaction."""

import json
import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from central.background.tasks import TaskPolicy, background_task, describe_error, enqueue
from central.line_account.chat_content import ChatContent
from central.line_account.dialogue import FAILED, TOO_FAST, respond
from central.line_account.file_fetching import fetch_file
from central.line_account.incoming import IncomingKind, read_event
from central.line_account.line_api import LineApi
from central.line_account.linking import unlink_all
from central.line_account.messages import line_messages
from central.line_account.models import LineChat, LineEvent, LineReply
from central.line_account.sending import queue_reply, send_replies
from central.line_account.turn import Turn
from central.notices.route_secrets import decrypt_secret

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5  # of one event
_CLAIM_S = 180  # fetching and checking one file take less; renewed with each event
_PAUSE_S = 30  # after an error
MAX_EVENTS, _WINDOW = 60, timedelta(minutes=5)  # of one user: a long story with photos has thirty
BUDGET_S = 60.0  # for one conversation at a time: 60 photos take minutes, and others wait for the worker


@background_task(TaskPolicy(max_attempts=2), priority=60)
def answer_chat(chat_id: int) -> str:
    """Answer what waits in one conversation. Queued with each event; `answer_waiting_chats` catches up each minute."""
    return f"{answer_events(chat_id)} events"


def answer_waiting_chats(now: datetime) -> None:
    """The recurring job: what a killed worker has left, and answers that LINE did not accept."""
    unanswered = LineEvent.objects.filter(chat=OuterRef("pk"), answered_at=None)
    unsent = LineReply.objects.filter(chat=OuterRef("pk"), due_at__lte=now)
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    for chat_id in LineChat.objects.filter(Exists(unanswered) | Exists(unsent), is_free).values_list("pk", flat=True):
        answer_events(chat_id)


def answer_events(chat_id: int) -> int:
    """Answer the events of a conversation unless another worker does; returns how many. What is left after `BUDGET_S`
    is queued again, behind the conversations that wait."""
    count, ends_at = 0, time.monotonic() + BUDGET_S
    # An event that arrives just before the release finds the conversation claimed: so it is looked for again after it.
    while _claim(chat_id):
        answered, is_paused = _answer_all(chat_id, ends_at)
        count += answered
        if is_paused:
            break
        LineChat.objects.filter(pk=chat_id).update(claimed_until=None)
        if not LineEvent.objects.filter(chat_id=chat_id, answered_at=None).exists():
            break
        if time.monotonic() >= ends_at:
            enqueue(answer_chat, chat_id)
            break
    return count


def _claim(chat_id: int) -> bool:
    now = timezone.now()
    free = LineChat.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=chat_id)
    return free.update(claimed_until=now + timedelta(seconds=_CLAIM_S)) == 1


def _answer_all(chat_id: int, ends_at: float) -> tuple[int, bool]:
    """How many were answered until this time of the monotonic clock, and whether the rest waits for a moment."""
    count = 0
    while True:
        chat = LineChat.objects.select_related("route__centre").get(pk=chat_id)
        api = LineApi.of(chat.route)
        send_replies(chat, api)
        event = LineEvent.objects.filter(chat_id=chat_id, answered_at=None).first()
        if event is None:
            _delete_if_over(chat)
            return count, False
        if count and time.monotonic() >= ends_at:
            return count, False
        LineChat.objects.filter(pk=chat_id).update(claimed_until=timezone.now() + timedelta(seconds=_CLAIM_S))
        try:
            _answer(event, chat, api)
        except Exception as error:  # the others of this user wait behind it, those of everybody else do not
            log.error("Answering a LINE event failed: %s", describe_error(error))
            _note_failure(event, chat)
            return count, True
        count += 1


def _delete_if_over(chat: LineChat) -> None:
    """Delete a conversation that the user has ended, once the last answer is sent."""
    if chat.expires_at <= timezone.now() and not chat.replies.exists():
        unanswered = LineEvent.objects.filter(chat=OuterRef("pk"), answered_at=None)
        LineChat.objects.filter(~Exists(unanswered), pk=chat.pk).delete()


def _answer(event: LineEvent, chat: LineChat, api: LineApi) -> None:
    incoming = read_event(json.loads(decrypt_secret(event.content) or "{}"))
    now = timezone.now()
    if incoming is not None and incoming.kind is not IncomingKind.UNFOLLOW and not chat.language:
        chat.language = api.fetch_language(chat.user_id)
    content = ChatContent.of(chat, now)
    is_too_fast, is_first = _is_too_fast(event, chat)
    file, refusal = None, None
    if incoming is not None and not is_too_fast:
        file, refusal = fetch_file(Turn(chat, content, incoming, now), api)
    with transaction.atomic():
        locked = LineChat.objects.select_for_update(of=("self",)).select_related("route__centre").get(pk=chat.pk)
        if LineEvent.objects.filter(pk=event.pk).exclude(answered_at=None).exists():
            return  # this worker was slower than its claim, and another one has answered
        locked.language = chat.language
        event.content, event.answered_at = b"", now
        event.save(update_fields=["content", "answered_at"])
        if incoming is None:
            return
        if incoming.kind is IncomingKind.UNFOLLOW:
            unlink_all(locked)
            locked.files.all().delete()
            locked.replies.all().delete()
            ChatContent().store(locked, now, is_over=True)
            return
        if locked.expires_at <= now:
            locked.files.all().delete()
        turn = Turn(locked, content, incoming, now, file, refusal)
        if not is_too_fast:
            respond(turn)
        elif is_first:
            turn.say(TOO_FAST)
        turn.content.store(locked, now, is_over=turn.is_over)
        if turn.texts:
            messages = line_messages(turn.texts, turn.choices, turn.language)
            queue_reply(locked, incoming.reply_token, event.received_at, messages)


def _is_too_fast(event: LineEvent, chat: LineChat) -> tuple[bool, bool]:
    """Whether this event is one too many, and whether it is the first of these."""
    earlier = LineEvent.objects.filter(chat=chat, received_at__gt=event.received_at - _WINDOW, pk__lt=event.pk).count()
    return earlier >= MAX_EVENTS, earlier == MAX_EVENTS


def _note_failure(event: LineEvent, chat: LineChat) -> None:
    """Try again after a pause; after the last attempt the user reads that the message was not taken."""
    now = timezone.now()
    with transaction.atomic():
        stored = LineEvent.objects.select_for_update().get(pk=event.pk)
        stored.attempts += 1
        if stored.attempts >= MAX_ATTEMPTS:
            stored.content, stored.answered_at = b"", now
            messages = line_messages([FAILED.in_language(chat.language or "th")], (), chat.language)
            queue_reply(chat, "", now, messages)
        stored.save(update_fields=["attempts", "content", "answered_at"])
        LineChat.objects.filter(pk=chat.pk).update(claimed_until=now + timedelta(seconds=_PAUSE_S))
