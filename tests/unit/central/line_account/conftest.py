"""A LINE user who writes to the official account of Khon Kaen: webhook, answers and API are the product's own."""

from collections.abc import Callable, Mapping

import pytest
from django.test import Client

from central.line_account.answering import answer_events
from central.line_account.models import LineChat
from central.notices.models import NoticeRoute
from simulators.notice_gateways.line_user import LineUser
from tests.unit.central.notices.conftest import Gateways, always_open, gateways, line_route, public_url

__all__ = ["always_open", "gateways", "line_route", "public_url"]  # fixtures


def post_webhook(route: NoticeRoute, body: bytes, headers: Mapping[str, str]) -> int:
    """What LINE does. The worker has not answered yet."""
    signature = headers["x-line-signature"]
    path = f"/api/v1/line/{route.receipt_id}"
    response = Client().post(path, body, content_type="application/json", headers={"x-line-signature": signature})
    return response.status_code


def answer_all() -> None:
    """What the worker does after each event."""
    for chat in list(LineChat.objects.values_list("pk", flat=True)):
        answer_events(chat)


@pytest.fixture
def new_user(gateways: Gateways, line_route: NoticeRoute) -> Callable[..., LineUser]:
    """Makes users: each event is answered at once, unless `is_answered` is False."""

    def make(*, language: str = "th", is_answered: bool = True) -> LineUser:
        def post(body: bytes, headers: Mapping[str, str]) -> int:
            status = post_webhook(line_route, body, headers)
            if is_answered:
                answer_all()
            return status

        return LineUser(gateways.line, post, language=language)

    return make


@pytest.fixture
def user(new_user: Callable[..., LineUser]) -> LineUser:
    return new_user()
