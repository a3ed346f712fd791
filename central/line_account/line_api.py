"""The calls of LINE's Messaging API that a conversation needs: reply, push, content, profile.

Four requests, so plain HTTP (decision 0130). Nothing of a response but its status leaves this module in an error."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import requests
from django.conf import settings

from central.notices.adapters.http_call import (
    READ_TIMEOUT_S,
    GatewayResponse,
    exchange,
    failure_of,
    post,
)
from central.notices.adapters.result import SendResult
from central.notices.codes import NoticeFailure
from central.notices.models import NoticeRoute
from central.notices.route_secrets import decrypt_secret

_API, _CONTENT_API = "https://api.line.me", "https://api-data.line.me"  # content has a host of its own
_BOT = "/v2/bot"
_CONTENT_DEADLINE_S = 30.0  # 24 MB in 30 s is a slow line
_MAX_PROFILE_BYTES = 16 * 1024


class ContentError(Exception):
    """A file that cannot be fetched. `is_too_large`: the user can send a smaller one."""

    def __init__(self, *, is_too_large: bool = False) -> None:
        super().__init__("The content cannot be fetched")
        self.is_too_large = is_too_large


@dataclass(frozen=True)
class LineApi:
    """The API of one official account. `base` and `content_base` differ at LINE only."""

    base: str
    content_base: str
    access_token: str

    @classmethod
    def of(cls, route: NoticeRoute) -> "LineApi":
        """The API that a route leads to: LINE itself, unless it has the address of a simulated one."""
        start, _, _ = route.url.partition(_BOT)
        start = start.rstrip("/")
        return cls(start or _API, start or _CONTENT_API, decrypt_secret(route.secret))

    def reply(self, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> SendResult:
        """Answer an event: free of charge, once, within a minute. REFUSED: the token was used or is too old."""
        return self._send("/message/reply", {"replyToken": reply_token, "messages": messages}, {})

    def push(self, user_id: str, messages: Sequence[Mapping[str, Any]], key: UUID) -> SendResult:
        """Send messages to a user. The same key sends once."""
        return self._send("/message/push", {"to": user_id, "messages": messages}, {"X-Line-Retry-Key": str(key)})

    def fetch_language(self, user_id: str) -> str:
        """'en' for a user whose LINE is in English, otherwise 'th'. Nothing else of the profile is used."""
        try:
            content = self._get(f"{self.base}{_BOT}/profile/{user_id}", _MAX_PROFILE_BYTES, READ_TIMEOUT_S)
            language = json.loads(content).get("language", "")
        except (ContentError, ValueError, AttributeError):
            return "th"
        return "en" if isinstance(language, str) and language.lower().startswith("en") else "th"

    def fetch_content(self, message_id: str) -> bytes:
        """The file of a message, up to the size of an upload. Raises ContentError."""
        url = f"{self.content_base}{_BOT}/message/{message_id}/content"
        return self._get(url, settings.MAX_UPLOAD_BYTES, _CONTENT_DEADLINE_S)

    def _send(self, path: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> SendResult:
        try:
            response = post(
                f"{self.base}{_BOT}{path}",
                json.dumps(content).encode(),
                {"Content-Type": "application/json", "Authorization": f"Bearer {self.access_token}", **headers},
            )
        except requests.RequestException:
            return SendResult(NoticeFailure.UNREACHABLE)
        return _result_of(response)

    def _get(self, url: str, max_bytes: int, deadline_s: float) -> bytes:
        headers = {"Authorization": f"Bearer {self.access_token}"}
        try:
            response = exchange("GET", url, headers, deadline_s=deadline_s, max_bytes=max_bytes + 1)
        except requests.RequestException:
            raise ContentError from None
        if response.status != requests.codes.ok:
            raise ContentError
        if len(response.body) > max_bytes:
            raise ContentError(is_too_large=True)
        return response.body


def _result_of(response: GatewayResponse) -> SendResult:
    if response.status == requests.codes.conflict:  # an earlier attempt with this retry key had arrived
        return SendResult()
    if not response.is_success:
        return failure_of(response)
    try:
        is_sent = isinstance(json.loads(response.body).get("sentMessages"), list)
    except (ValueError, AttributeError):
        is_sent = False
    # A success without the messages is not believed, as with notices.
    return SendResult() if is_sent else SendResult(NoticeFailure.UNEXPECTED)
