"""What a LINE user has sent, read from an event of the webhook. Pure.

LINE adds kinds of events and messages at any time (developers.line.biz, "Webhook event objects"): what this version
does not know is `UNSUPPORTED` or ignored, never an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

MAX_FILE_NAME_CHARS = 120
_MESSAGE_ID = re.compile(r"[0-9]{1,32}", re.ASCII)  # becomes part of an address
_MAX_PLACE_CHARS = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # PostgreSQL stores no NUL; nobody types the others


class IncomingKind(Enum):
    """The kind of an event, as far as a conversation has an answer to it."""

    TEXT = "text"
    CHOICE = "choice"  # a button of a quick reply
    FILE = "file"  # a photo, or a file that may be a PDF
    PLACE = "place"
    UNSUPPORTED = "unsupported"  # sticker, audio, video, anything new
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"  # the user has blocked the account
    UNSEND = "unsend"


@dataclass(frozen=True)
class SharedPlace:
    """A location message: degrees, and the address as LINE writes it."""

    latitude: float
    longitude: float
    address: str

    @property
    def coordinates(self) -> str:
        """Latitude and longitude to five decimals, one metre."""
        return f"{self.latitude:.5f}, {self.longitude:.5f}"

    @property
    def description(self) -> str:
        """Coordinates with the address."""
        return f"{self.coordinates} {self.address}".strip()


@dataclass(frozen=True)
class Incoming:
    """One event. `text` is the text of a message, or the data of a button."""

    kind: IncomingKind
    text: str = ""
    message_id: str = ""
    file_name: str = ""
    place: SharedPlace | None = None
    reply_token: str = ""
    is_answered_later: bool = False  # one photo of several that were sent together, and not the last


def read_event(event: Mapping[str, Any]) -> Incoming | None:
    """The event; None for one that needs no answer."""
    token = event.get("replyToken")
    reply_token = token if isinstance(token, str) and len(token) <= 64 else ""
    match event.get("type"):
        case "message":
            message = event.get("message")
            return _read_message(message, reply_token) if isinstance(message, Mapping) else None
        case "postback":
            data = _mapping(event, "postback").get("data")
            return Incoming(IncomingKind.CHOICE, text=data, reply_token=reply_token) if isinstance(data, str) else None
        case "follow":
            return Incoming(IncomingKind.FOLLOW, reply_token=reply_token)
        case "unfollow":
            return Incoming(IncomingKind.UNFOLLOW)
        case "unsend":
            return Incoming(IncomingKind.UNSEND, message_id=_message_id(_mapping(event, "unsend").get("messageId")))
    return None


def _read_message(message: Mapping[str, Any], reply_token: str) -> Incoming:
    kind, message_id = message.get("type"), _message_id(message.get("id"))
    if kind == "text" and isinstance(message.get("text"), str):
        text = _CONTROL.sub("", message["text"])
        return Incoming(IncomingKind.TEXT, text=text, message_id=message_id, reply_token=reply_token)
    # A picture of another provider would be an address that a stranger has chosen.
    is_stored_by_line = _mapping(message, "contentProvider").get("type", "line") == "line"
    if kind in ("image", "file") and message_id and is_stored_by_line:
        name = message.get("fileName")
        return Incoming(
            IncomingKind.FILE,
            message_id=message_id,
            file_name=name[:MAX_FILE_NAME_CHARS] if isinstance(name, str) else "photo.jpg",
            reply_token=reply_token,
            is_answered_later=_is_followed(_mapping(message, "imageSet")),
        )
    if kind == "location" and (place := _read_place(message)) is not None:
        return Incoming(IncomingKind.PLACE, place=place, message_id=message_id, reply_token=reply_token)
    return Incoming(IncomingKind.UNSUPPORTED, message_id=message_id, reply_token=reply_token)


def _read_place(message: Mapping[str, Any]) -> SharedPlace | None:
    latitude, longitude, address = message.get("latitude"), message.get("longitude"), message.get("address")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also false for NaN
        return None
    words = " ".join(_CONTROL.sub("", address).split())[:_MAX_PLACE_CHARS] if isinstance(address, str) else ""
    return SharedPlace(float(latitude), float(longitude), words)


def _is_followed(image_set: Mapping[str, Any]) -> bool:
    index, total = image_set.get("index"), image_set.get("total")
    return isinstance(index, int) and isinstance(total, int) and index < total


def _message_id(value: object) -> str:
    return value if isinstance(value, str) and _MESSAGE_ID.fullmatch(value) else ""


def _mapping(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name)
    return value if isinstance(value, Mapping) else {}
