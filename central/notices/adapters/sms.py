"""SMS by the HTTP gateway of an office: a JSON body by the centre's template, and an idempotency key.

Gateways differ in the names of their fields only. The template is JSON whose strings have placeholders; the message's
id is read from the field that the centre names, such as 'message_id' or 'data.id'."""

import json
import re
from collections.abc import Mapping

import requests
from pydantic_core import from_json

from central.database_values import clean_text
from central.notices.adapters.http_call import failure_of, post
from central.notices.adapters.result import Gateway, OutgoingNotice, SendResult
from central.notices.codes import NoticeFailure

DEFAULT_TEMPLATE = '{"to": "{to}", "text": "{text}", "sender": "{sender}", "reference": "{key}"}'
DEFAULT_ID_FIELD = "message_id"
REQUIRED_PLACEHOLDERS = ("to", "text")
_PLACEHOLDER = re.compile(r"\{(to|text|sender|key)\}")
_MAX_ID_CHARS = 100


def send_sms(gateway: Gateway, notice: OutgoingNotice) -> SendResult:
    """Send one SMS."""
    values = {"to": notice.address, "text": notice.text, "sender": gateway.sender, "key": str(notice.key)}
    content = filled(json.loads(gateway.body_template or DEFAULT_TEMPLATE), values)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Bearer {gateway.secret}",
        "Idempotency-Key": str(notice.key),
    }
    try:
        response = post(gateway.url, json.dumps(content).encode(), headers)
    except requests.RequestException:
        return SendResult(NoticeFailure.UNREACHABLE)
    if response.status == 404:  # a wrong address of the gateway, not a wrong recipient
        return SendResult(NoticeFailure.UNEXPECTED)
    if not response.is_success:
        return failure_of(response)
    # A success without an id is not believed: some gateways answer 200 and say in the body that they have refused.
    message_id = id_in(response.body, gateway.id_field or DEFAULT_ID_FIELD)
    return SendResult(gateway_id=message_id) if message_id else SendResult(NoticeFailure.UNEXPECTED)


def filled(template: object, values: Mapping[str, str]) -> object:
    """The template with its placeholders replaced, each once: a value is never read as a template."""
    if isinstance(template, str):
        return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        return {name: filled(each, values) for name, each in template.items()}
    return template


def placeholders_in(template: str) -> set[str]:
    """The placeholders of a template. Raises ValueError for one that is not a JSON object."""
    content = json.loads(template)
    if not isinstance(content, dict):
        raise ValueError("The template is not a JSON object")
    return set(_PLACEHOLDER.findall(template))


def id_in(body: bytes, field: str) -> str:
    """The message id in a JSON response, as it can be stored in every database; '' when it has none."""
    try:
        value = from_json(body)  # refuses halves of characters, and lists in lists without end
    except ValueError:
        return ""
    for name in field.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    return clean_text(str(value), _MAX_ID_CHARS) if isinstance(value, str | int) and not isinstance(value, bool) else ""
