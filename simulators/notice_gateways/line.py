"""The push endpoint of LINE's Messaging API, with its retry key: 409 for a key that was accepted before."""

import json
import re
from uuid import UUID

from simulators.notice_gateways.server import ReceivedRequest, Reply

PATH = "/v2/bot/message/push"
_USER_ID = re.compile("U[0-9a-f]{32}")


class LineService:
    """`messages` has user and text by retry key."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token
        self.messages: dict[str, tuple[str, str]] = {}

    def __call__(self, request: ReceivedRequest) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._access_token}":
            return _error(401, "Authentication failed. Confirm that the access token is valid.")
        key, content = request.headers.get("x-line-retry-key", ""), json.loads(request.body)
        if not _is_uuid(key):
            return _error(400, "The retry key is invalid")
        if not _USER_ID.fullmatch(content["to"]):
            return _error(400, "The property, 'to', in the request body is invalid")
        if key in self.messages:
            return _error(409, "The retry key is already accepted", {"X-Line-Accepted-Request-Id": f"req-{key[:8]}"})
        (message,) = content["messages"]
        self.messages[key] = content["to"], message["text"]
        sent = {"sentMessages": [{"id": str(460_000 + len(self.messages)), "quoteToken": "q"}]}
        return Reply(200, json.dumps(sent).encode(), {"X-Line-Request-Id": f"req-{key[:8]}"})


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps({"message": message}).encode(), headers or {})


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
