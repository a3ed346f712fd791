"""What a conversation knows: the step that it is at, the case that the user is filing, and the case that is open."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, ValidationError

from central.line_account.models import LineChat
from central.notices.route_secrets import decrypt_secret, encrypt_secret
from protocol.choices import NameDisclosure
from protocol.topics import Topic

CHAT_KEPT = timedelta(days=1)  # after the last message: a draft may be finished the next morning
CASE_OPEN = timedelta(minutes=30)  # after a code was sent: a telephone is put down, or lent


class Step(StrEnum):
    """What the next message is read as."""

    MENU = "menu"
    NOTICE = "notice"
    TOPIC = "topic"
    PLACE = "place"
    STORY = "story"
    NAMING = "naming"
    NAME = "name"
    PHONE = "phone"
    CONSENT = "consent"
    CHECK = "check"
    CODE = "code"
    CASE = "case"
    DETAILS = "details"
    LINKING = "linking"
    ERASING = "erasing"


class Part(BaseModel):
    """One text message of a complaint or an answer. The id is LINE's, for a message that is taken back."""

    message_id: str
    text: str = Field(repr=False)


class Writing(BaseModel):
    """What is collected over several messages."""

    parts: list[Part] = []

    @property
    def text(self) -> str:
        """The parts as one text."""
        return "\n".join(part.text for part in self.parts)


class Answer(Writing):
    """Details for an open case, until they are sent. `token` makes that they are sent once."""

    token: UUID = Field(default_factory=uuid4)


class Draft(Writing):
    """A complaint as far as the user has entered it; None: not asked yet. `key` makes that it is filed once."""

    key: UUID = Field(default_factory=uuid4, repr=False)
    notice_accepted_at: datetime | None = None
    topic: Topic | None = None
    area: str | None = None
    place_note: str = Field(default="", repr=False)
    is_story_done: bool = False
    naming: NameDisclosure | None = None
    name: str | None = Field(default=None, repr=False)
    phone: str | None = Field(default=None, repr=False)
    wants_notices: bool | None = None


class ChatContent(BaseModel):
    """The content of a conversation.

    `offered` has the data of the buttons by their label: LINE on a computer shows no buttons, so a label can be typed.
    `filed_key` is that of the last case, whose code can be shown again. `case_hash` is the tracking hash of the case
    that the user has opened with its code."""

    step: Step = Step.MENU
    offered: dict[str, str] = {}
    draft: Draft | None = None
    filed_key: UUID | None = Field(default=None, repr=False)
    case_hash: str = Field(default="", repr=False)
    case_until: datetime | None = None
    answer: Answer | None = None

    @classmethod
    def of(cls, chat: LineChat, now: datetime) -> Self:
        """The content of a conversation; an empty one when it has expired, or was written by another version."""
        stored = decrypt_secret(chat.content)
        if not stored or chat.expires_at <= now:
            return cls()
        try:
            return cls.model_validate_json(stored)
        except ValidationError:
            return cls()

    def store(self, chat: LineChat, now: datetime, *, is_over: bool) -> None:
        """Save it with its conversation, which lasts a day from now on, or ends now."""
        chat.content, chat.expires_at = encrypt_secret(self.model_dump_json()), now if is_over else now + CHAT_KEPT
        chat.save(update_fields=["content", "expires_at", "language"])

    def data_of_label(self, text: str) -> str | None:
        """The data of the button with this label; None for any other text."""
        return self.offered.get(comparable(text))

    def offer(self, labels: Mapping[str, str]) -> None:
        """Remember the buttons that are shown: data by label."""
        self.offered = {comparable(label): data for label, data in labels.items()}


def comparable(text: str) -> str:
    """A label as it is compared with what somebody has typed."""
    return " ".join(text.split()).casefold()
