"""Push messages of the LINE Messaging API, with its retry key (developers.line.biz, "Retry failed API requests").

One POST, so plain HTTP: LINE's own library for Python brings a generated client of a hundred models and a second HTTP
stack for it."""

import json

import requests

from central.database_values import clean_text
from central.notices.adapters.http_call import failure_of, post
from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.adapters.sms import id_in
from central.notices.codes import NoticeFailure

PUSH_URL = "https://api.line.me/v2/bot/message/push"
_ALREADY_ACCEPTED = 409


def send_line(gateway: Gateway, notice: OutgoingNotice) -> SendResult:
    """Push one text message to a LINE user."""
    content = {"to": notice.address, "messages": [{"type": "text", "text": notice.text}]}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {gateway.secret}",
        "X-Line-Retry-Key": str(notice.key),
    }
    try:
        response = post(gateway.url or PUSH_URL, json.dumps(content).encode(), headers)
    except requests.RequestException:
        return SendResult(NoticeFailure.UNREACHABLE)
    if response.status == _ALREADY_ACCEPTED:  # an earlier attempt had arrived
        return SendResult(gateway_id=clean_text(response.headers.get("X-Line-Accepted-Request-Id", "accepted"), 100))
    if not response.is_success:
        return failure_of(response)
    message_id = id_in(response.body, "sentMessages.id")
    return SendResult(gateway_id=message_id) if message_id else SendResult(NoticeFailure.UNEXPECTED)
