"""One turn of a conversation: what has arrived, what is known, and what is answered."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from central.cases.attachments import CleanFile
from central.line_account.chat_content import ChatContent, Step
from central.line_account.incoming import Incoming, IncomingKind
from central.line_account.messages import Choice
from central.line_account.models import LineChat, LineFile
from protocol.bilingual_text import BilingualText

MAX_FILES = 5  # of one complaint or one answer, as on the web


@dataclass
class Turn:
    """The conversation while it answers one event. `file` is the cleaned file of the event, `file_refusal` the reason
    why there is none."""

    chat: LineChat
    content: ChatContent
    incoming: Incoming
    now: datetime
    file: CleanFile | None = None
    file_refusal: BilingualText | None = None
    texts: list[str] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()
    is_over: bool = False  # the conversation is deleted once this is answered

    @property
    def language(self) -> str:
        """'th' or 'en'."""
        return self.chat.language or "th"

    @property
    def choice(self) -> str:
        """The data of the button that was used, also when its label was typed; '' for any other message."""
        if self.incoming.kind is IncomingKind.CHOICE:
            return self.incoming.text
        if self.incoming.kind is IncomingKind.TEXT:
            return self.content.data_of_label(self.incoming.text) or ""
        return ""

    @property
    def text(self) -> str:
        """What was typed; '' for a button and for anything but text."""
        is_text = self.incoming.kind is IncomingKind.TEXT and not self.choice
        return self.incoming.text.strip() if is_text else ""

    def say(self, text: BilingualText, /, **values: object) -> None:
        """Add a text to the answer."""
        self.texts.append(text.in_language(self.language).format(**values).strip())

    def offer(self, *choices: Choice) -> None:
        """The buttons under the answer."""
        self.choices = choices

    def add_file(self) -> None:
        """Store the file of this event with the conversation."""
        if self.file is None:
            return
        LineFile.objects.get_or_create(
            chat=self.chat,
            message_id=self.incoming.message_id,
            defaults={
                "name": self.file.name,
                "media_type": self.file.media_type,
                "content": self.file.content,
                "is_for_case": self.content.step is Step.DETAILS,
            },
        )

    @property
    def files(self) -> QuerySet[LineFile]:
        """The files of what is being written: of the answer in the step of details, otherwise of the draft. A draft
        keeps its photos while a case is read."""
        return LineFile.objects.filter(chat=self.chat, is_for_case=self.content.step is Step.DETAILS)

    def stored_files(self) -> list[CleanFile]:
        """The files of what is being written, as they are filed or sent."""
        return [CleanFile(each.name, each.media_type, bytes(each.content)) for each in self.files]

    def drop_answer(self) -> None:
        """Erase what was collected for the open case."""
        self.content.answer = None
        LineFile.objects.filter(chat=self.chat, is_for_case=True).delete()
