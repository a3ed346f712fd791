"""The only writer of routes and hours: what an administrator may set, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from central.centres.models import Centre
from central.notices import routes
from central.notices.adapters.sms import REQUIRED_PLACEHOLDERS, placeholders_in
from central.notices.codes import NoticeChannel
from central.notices.models import NoticeRoute, NoticeRules
from central.notices.route_secrets import encrypt_secret
from protocol.bilingual_text import BilingualText

MAX_PRICE_SATANG = 100_000
MAX_GATHER_MINUTES = 240
_BAD_URL = BilingualText("ที่อยู่ของผู้ให้บริการต้องขึ้นต้นด้วย https://", "The gateway's address begins with https://")
_BAD_TEMPLATE = BilingualText(
    "แม่แบบต้องเป็น JSON ที่มี {to} และ {text}", "The template is a JSON object with {to} and {text}"
)
_NO_SECRET = BilingualText("โปรดใส่กุญแจของผู้ให้บริการ", "Enter the key of the gateway")
_BAD_LINE_ID = BilingualText(
    "รหัสบัญชี LINE ขึ้นต้นด้วย @ เช่น @123abcde", "The LINE ID of an account begins with @, such as @123abcde"
)
_LINE_ID = re.compile(r"@[0-9a-z][0-9a-z._-]{0,30}", re.ASCII)
_BAD_SENDER = BilingualText("ผู้ส่งต้องเป็นที่อยู่อีเมล", "The sender is a mail address")


class RouteError(Exception):
    """Settings that cannot work. `errors` has a sentence for each wrong field."""

    def __init__(self, errors: Mapping[str, BilingualText]) -> None:
        super().__init__("; ".join(sentence.en for sentence in errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class RouteValues:
    """The settings of a route as typed. An empty secret keeps the one that is stored."""

    is_active: bool
    url: str = ""
    sender: str = ""
    body_template: str = ""
    id_field: str = ""
    secret: str = ""
    receipt_secret: str = ""
    price_satang: int = 0


def save_route(centre: Centre, channel: NoticeChannel, values: RouteValues) -> NoticeRoute:
    """Store the settings; the gateway is tried again at once. Raises RouteError."""
    with transaction.atomic():
        route = NoticeRoute.objects.select_for_update().filter(centre=centre, channel=channel.value).first()
        route = route or NoticeRoute(centre=centre, channel=channel.value)
        errors = _find_errors(channel, values, has_secret=bool(route.secret))
        if errors:
            raise RouteError(errors)
        for name in ("is_active", "url", "sender", "body_template", "id_field", "price_satang"):
            setattr(route, name, getattr(values, name))
        if values.secret:
            route.secret = encrypt_secret(values.secret)
        if values.receipt_secret:
            route.receipt_secret = encrypt_secret(values.receipt_secret)
        route.save()
        routes.clear_pauses([route])
        return route


def save_rules(centre: Centre, quiet_from: time, quiet_until: time, gather_minutes: int) -> NoticeRules:
    """Store the hours of a centre."""
    values = {"quiet_from": quiet_from, "quiet_until": quiet_until, "gather_minutes": gather_minutes}
    return NoticeRules.objects.update_or_create(centre=centre, defaults=values)[0]


def _find_errors(channel: NoticeChannel, values: RouteValues, *, has_secret: bool) -> dict[str, BilingualText]:
    errors: dict[str, BilingualText] = {}
    if not values.is_active:
        return errors
    if channel is NoticeChannel.SMS or values.url:
        errors |= {} if _is_gateway_url(values.url) else {"url": _BAD_URL}
    if channel is NoticeChannel.SMS and values.body_template and not _is_template(values.body_template):
        errors["body_template"] = _BAD_TEMPLATE
    if channel in (NoticeChannel.SMS, NoticeChannel.LINE) and not values.secret and not has_secret:
        errors["secret"] = _NO_SECRET
    if channel is NoticeChannel.WEB_PUSH and not _is_mail_address(values.sender):
        errors["sender"] = _BAD_SENDER
    if channel is NoticeChannel.LINE and values.sender and not _LINE_ID.fullmatch(values.sender):
        errors["sender"] = _BAD_LINE_ID
    if channel is NoticeChannel.EMAIL and values.sender and not _is_mail_address(values.sender):
        errors["sender"] = _BAD_SENDER
    return errors


def _is_gateway_url(url: str) -> bool:
    """https, or http on this machine: a key must not cross a network in the clear."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_template(text: str) -> bool:
    try:
        return placeholders_in(text).issuperset(REQUIRED_PLACEHOLDERS)
    except ValueError:
        return False


def _is_mail_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
