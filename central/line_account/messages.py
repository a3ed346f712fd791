"""Messages to a LINE user: texts with buttons, in the form of the Messaging API.

Its limits (developers.line.biz): five messages in a reply, 5,000 characters in a text, thirteen buttons of 20
characters. Buttons are shown with the last message, and disappear with the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from protocol.bilingual_text import BilingualText

MAX_MESSAGES, MAX_CHOICES = 5, 13
_MAX_TEXT_UNITS, _MAX_LABEL_CHARS, _MAX_DISPLAY_CHARS = 5000, 20, 300


class ChoiceKind(Enum):
    """What a button does."""

    ANSWER = "postback"  # sends its data
    PLACE = "location"  # opens the map of the phone
    CAMERA = "camera"
    PHOTOS = "cameraRoll"


@dataclass(frozen=True)
class Choice:
    """A button. Its data is '' when it opens something on the phone."""

    label: BilingualText
    data: str = ""
    kind: ChoiceKind = ChoiceKind.ANSWER


def labels_of(choices: Sequence[Choice], language: str) -> Mapping[str, str]:
    """The data of each answer by its label."""
    return {each.label.in_language(language): each.data for each in choices if each.kind is ChoiceKind.ANSWER}


def line_messages(texts: Sequence[str], choices: Sequence[Choice], language: str) -> list[dict[str, Any]]:
    """The texts as message objects, the last one with the buttons."""
    messages: list[dict[str, Any]] = [{"type": "text", "text": _shortened(text)} for text in texts[-MAX_MESSAGES:]]
    if messages and choices:
        messages[-1]["quickReply"] = {"items": [_item(each, language) for each in choices[:MAX_CHOICES]]}
    return messages


def _item(choice: Choice, language: str) -> dict[str, Any]:
    label = choice.label.in_language(language)
    action: dict[str, Any] = {"type": choice.kind.value, "label": label[:_MAX_LABEL_CHARS]}
    if choice.kind is ChoiceKind.ANSWER:
        action |= {"data": choice.data, "displayText": label[:_MAX_DISPLAY_CHARS]}
    return {"type": "action", "action": action}


def _shortened(text: str) -> str:
    """LINE counts UTF-16 code units."""
    if len(text.encode("utf-16-le")) // 2 <= _MAX_TEXT_UNITS:
        return text
    return text.encode("utf-16-le")[: 2 * (_MAX_TEXT_UNITS - 1)].decode("utf-16-le", "ignore") + "…"
