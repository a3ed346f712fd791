"""Tables of conversations on LINE. All of it is deleted when the conversation ends or expires; what a citizen has filed
is a case."""

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from central.notices.models import NoticeRoute


class LineChat(models.Model):
    """One LINE user at one official account, from the first message until `expires_at`.

    `content` is what the user has entered so far (`line_account.chat_content`), encrypted: it is personal data, and its
    key leads to a tracking code. `claimed_until` is the lease of the worker that answers: the messages of one user are
    answered one after the other."""

    route = models.ForeignKey(NoticeRoute, models.CASCADE, related_name="chats")
    user_id = models.CharField(max_length=33)
    language = models.CharField(max_length=2, blank=True)  # '' until the profile was read
    content = models.BinaryField(default=b"")
    expires_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="line_chat_expiry")]
        constraints = [models.UniqueConstraint(fields=["route", "user_id"], name="one_chat_per_line_user")]

    def __str__(self) -> str:
        return f"chat {self.pk}"


class LineEvent(models.Model):
    """One event of the webhook. `content` is erased once it is answered, and `chat` a day later; the id stays for a
    month, so that an event that LINE sends again, or somebody else repeats, is answered once."""

    event_id = models.CharField(max_length=64, unique=True)  # LINE's webhookEventId
    chat = models.ForeignKey(LineChat, models.SET_NULL, null=True, related_name="events")
    at = models.DateTimeField()  # LINE's clock: the order in which the user wrote
    received_at = models.DateTimeField(db_default=Now())
    content = models.BinaryField(default=b"")  # encrypted: it may have a tracking code
    attempts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["chat", "at"], name="line_event_of_chat"),
            models.Index(fields=["received_at"], name="line_event_age"),
            models.Index(fields=["at"], condition=models.Q(answered_at=None), name="line_event_waiting"),
        ]

    def __str__(self) -> str:
        return f"LINE event {self.pk}"


class LineFile(models.Model):
    """A cleaned photo or PDF of a conversation, until it is filed with its case. In the database, so that it is deleted
    in the transaction that files or cancels it."""

    chat = models.ForeignKey(LineChat, models.CASCADE, related_name="files")
    message_id = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=32)
    is_for_case = models.BooleanField(default=False, db_default=False)  # of the open case, not of the draft
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["chat", "message_id"], name="one_file_per_line_message")]

    def __str__(self) -> str:
        return f"file {self.pk}"


class LineReply(models.Model):
    """The answer to one event, until LINE has accepted it. `key` is its retry key. `messages` is encrypted: it may have
    a tracking code."""

    chat = models.ForeignKey(LineChat, models.CASCADE, related_name="replies")
    key = models.UUIDField(default=uuid4, unique=True)
    reply_token = models.CharField(max_length=64, blank=True)
    token_until = models.DateTimeField()  # after it the answer is pushed
    messages = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"reply {self.pk}"
