"""A person with LINE on the phone: writes, presses buttons, sends photos and places. LINE posts each as a signed event
to the webhook of the official account."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from simulators.notice_gateways.line import LineService

_ULID_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Post = Callable[[bytes, Mapping[str, str]], int]  # posts body and headers to the webhook; returns the HTTP status


class LineUser:
    """`post` posts to the webhook. `deliveries` has body and headers of each request, to repeat one. Methods return the
    status of the webhook's response."""

    def __init__(self, service: LineService, post: Post, user_id: str = "", language: str = "th") -> None:
        self.user_id = user_id or f"U{secrets.token_hex(16)}"
        self._service, self._post = service, post
        self.profile = service.user(self.user_id)
        self.profile.language = language
        self.deliveries: list[tuple[bytes, Mapping[str, str]]] = []
        self._message_number = 100_000 + secrets.randbelow(10**9)
        self._time_ms = 0

    @property
    def texts(self) -> list[str]:
        """All texts that the account has sent, in order."""
        return [message["text"] for message in self.profile.chat]

    @property
    def buttons(self) -> list[str]:
        """The labels under the last message."""
        return [action["label"] for action in self._actions]

    @property
    def _actions(self) -> list[dict[str, Any]]:
        last = self.profile.chat[-1] if self.profile.chat else {}
        return [item["action"] for item in last.get("quickReply", {}).get("items", [])]

    def follow(self) -> int:
        """Add the account as a friend."""
        return self.send_event({"type": "follow", "follow": {"isUnblocked": False}})

    def block(self) -> int:
        """Block the account."""
        return self.send_event({"type": "unfollow"}, with_token=False)

    def write(self, text: str) -> int:
        """Send a text."""
        return self.send_message({"type": "text", "text": text})

    def press(self, label: str) -> int:
        """Press a button under the last message. Raises StopIteration when there is none with this label."""
        action = next(action for action in self._actions if action["label"] == label)
        return self.send_event({"type": "postback", "postback": {"data": action["data"]}})

    def send_photo(self, content: bytes, index: int = 1, total: int = 1) -> int:
        """Send a photo, the `index`-th of `total` that are sent together."""
        image_set = {"imageSet": {"id": "1", "index": index, "total": total}} if total > 1 else {}
        return self.send_message({"type": "image", "contentProvider": {"type": "line"}, **image_set}, content)

    def send_file(self, name: str, content: bytes) -> int:
        """Send a file."""
        return self.send_message({"type": "file", "fileName": name, "fileSize": len(content)}, content)

    def send_place(self, latitude: float, longitude: float, address: str) -> int:
        """Send a place on the map."""
        place = {"type": "location", "title": "", "latitude": latitude, "longitude": longitude, "address": address}
        return self.send_message(place)

    def unsend(self, message_id: str) -> int:
        """Take a message back."""
        return self.send_event({"type": "unsend", "unsend": {"messageId": message_id}}, with_token=False)

    @property
    def last_message_id(self) -> str:
        """The id of the last message that this user has sent."""
        return str(self._message_number)

    def send_message(self, message: Mapping[str, Any], content: bytes | None = None) -> int:
        """Send a message of any kind. Its content can be fetched from the service."""
        self._message_number += 1
        if content is not None:
            self._service.contents[self.last_message_id] = content
        return self.send_event({"type": "message", "message": {"id": self.last_message_id, **message}})

    def send_event(self, event: Mapping[str, Any], *, with_token: bool = True) -> int:
        """Post one event of any kind."""
        self._time_ms = max(self._time_ms + 1, round(time.time() * 1000))
        content = {
            "mode": "active",
            "timestamp": self._time_ms,
            "source": {"type": "user", "userId": self.user_id},
            "webhookEventId": "".join(secrets.choice(_ULID_SYMBOLS) for _ in range(26)),
            "deliveryContext": {"isRedelivery": False},
            **event,
        }
        if with_token:
            content["replyToken"] = self._service.issue_token(self.user_id)
        body = json.dumps({"destination": f"U{'0' * 32}", "events": [content]}, ensure_ascii=False).encode()
        return self.post_signed(body)

    def post_signed(self, body: bytes) -> int:
        """Post any body, signed as LINE does."""
        headers = {"Content-Type": "application/json", "x-line-signature": self._service.signature(body)}
        self.deliveries.append((body, headers))
        return self._post(body, headers)

    def repeat_last(self) -> int:
        """Post the last request again, as LINE does after a response that was not 200."""
        return self._post(*self.deliveries[-1])
