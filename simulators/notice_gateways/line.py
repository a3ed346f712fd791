"""LINE's Messaging API: push with its retry key, reply with its token, the content of messages, profiles; and the
signature of its webhook. `line_user` is the person with the phone."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from simulators.notice_gateways.server import ReceivedRequest, Reply

PREFIX = "/v2/bot/"
PATH = "/v2/bot/message/push"
_USER_ID = re.compile("U[0-9a-f]{32}")
_CONTENT_PATH = re.compile("/v2/bot/message/([0-9]+)/content")
_PROFILE_PATH = re.compile("/v2/bot/profile/(U[0-9a-f]{32})")
TOKEN_S = 60.0
_MAX_MESSAGES, _MAX_TEXT_UNITS, _MAX_BUTTONS, _MAX_LABEL_CHARS, _MAX_DATA_CHARS = 5, 5000, 13, 20, 300


@dataclass
class LineProfile:
    """A user as LINE knows it; `chat` has the message objects that the user has received, in order."""

    language: str = "th"
    display_name: str = "สมศรี"
    chat: list[dict[str, Any]] = field(default_factory=list)


class LineService:
    """One official account. `messages` has user and text of what was pushed, by retry key. Replies are in the chat of
    their user only."""

    def __init__(self, access_token: str, channel_secret: str = "") -> None:
        self._access_token = access_token
        self._channel_secret = channel_secret
        self.messages: dict[str, tuple[str, str]] = {}
        self.users: dict[str, LineProfile] = {}
        self.contents: dict[str, bytes] = {}
        self.now: Callable[[], float] = time.monotonic
        self._tokens: dict[str, tuple[str, float]] = {}

    def __call__(self, request: ReceivedRequest) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._access_token}":
            return _error(401, "Authentication failed. Confirm that the access token is valid.")
        if request.method == "GET":
            return self._get(request.path)
        content = json.loads(request.body)
        problem = _problem_of(content.get("messages"))
        if problem:
            return _error(400, problem)
        if request.path == "/v2/bot/message/reply":
            return self._reply(content)
        return self._push(request, content) if request.path == PATH else Reply(404)

    def user(self, user_id: str) -> LineProfile:
        """The user with this id; a new one has nothing in the chat."""
        return self.users.setdefault(user_id, LineProfile())

    def issue_token(self, user_id: str) -> str:
        """A reply token for an event of this user."""
        token = hashlib.sha256(f"{user_id}{len(self._tokens)}".encode()).hexdigest()[:32]
        self._tokens[token] = user_id, self.now()
        return token

    def signature(self, body: bytes) -> str:
        """The value of x-line-signature for a body of the webhook."""
        digest = hmac.new(self._channel_secret.encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def _push(self, request: ReceivedRequest, content: Mapping[str, Any]) -> Reply:
        key = request.headers.get("x-line-retry-key", "")
        if not _is_uuid(key):
            return _error(400, "The retry key is invalid")
        if not _USER_ID.fullmatch(content["to"]):
            return _error(400, "The property, 'to', in the request body is invalid")
        if key in self.messages:
            return _error(409, "The retry key is already accepted", {"X-Line-Accepted-Request-Id": f"req-{key[:8]}"})
        self.messages[key] = content["to"], "\n".join(message["text"] for message in content["messages"])
        return self._deliver(content["to"], content["messages"])

    def _reply(self, content: Mapping[str, Any]) -> Reply:
        user_id, issued = self._tokens.pop(content.get("replyToken", ""), ("", 0.0))
        if not user_id or self.now() - issued > TOKEN_S:
            return _error(400, "Invalid reply token")
        return self._deliver(user_id, content["messages"])

    def _deliver(self, user_id: str, messages: list[dict[str, Any]]) -> Reply:
        chat = self.user(user_id).chat
        chat.extend(messages)
        sent = [{"id": str(460_000 + len(chat) + index), "quoteToken": "q"} for index in range(len(messages))]
        return Reply(200, json.dumps({"sentMessages": sent}).encode(), {"X-Line-Request-Id": f"req-{len(chat)}"})

    def _get(self, path: str) -> Reply:
        if match := _CONTENT_PATH.fullmatch(path):
            content = self.contents.get(match[1])
            return Reply(200, content) if content is not None else _error(404, "Not found")
        if (match := _PROFILE_PATH.fullmatch(path)) and match[1] in self.users:
            user = self.users[match[1]]
            profile = {"userId": match[1], "displayName": user.display_name, "language": user.language}
            return Reply(200, json.dumps(profile).encode())
        return _error(404, "Not found")


def _problem_of(messages: object) -> str:
    """What LINE refuses about the messages of a request; '' when they are right."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= _MAX_MESSAGES:
        return "Size must be between 1 and 5"
    for message in messages:
        text = message.get("text", "")
        if message.get("type") != "text" or not 0 < len(text.encode("utf-16-le")) // 2 <= _MAX_TEXT_UNITS:
            return "Length must be between 0 and 5000"
        items = message.get("quickReply", {}).get("items", [])
        if len(items) > _MAX_BUTTONS:
            return "Size must be between 1 and 13"
        for item in items:
            action = item["action"]
            if not 0 < len(action["label"]) <= _MAX_LABEL_CHARS or len(action.get("data", "")) > _MAX_DATA_CHARS:
                return "Length must be between 0 and 20"
            if action["type"] == "postback" and not action.get("data"):
                return "May not be empty"
    return ""


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps({"message": message}).encode(), headers or {})


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
