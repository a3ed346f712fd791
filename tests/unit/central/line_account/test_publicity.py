"""Where citizens and administrators find the LINE account."""

from typing import Any

import pytest
from django.test import Client

from central.centres.models import Centre
from central.notices.models import NoticeRoute
from central.people.roles import Role
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_text import page_text


def test_the_tracking_page_names_the_line_account(khonkaen: Centre, line_route: NoticeRoute) -> None:
    citizen = Citizen(khonkaen)
    assert "LINE" not in page_text(citizen.form("notices"))
    line_route.sender = "@123abcde"
    line_route.save()
    page = citizen.form("notices").content.decode()
    assert 'href="https://line.me/R/ti/p/%40123abcde"' in page
    assert citizen.code not in page.partition('id="line-account"')[2].partition("</p>")[0]


@pytest.mark.parametrize(("sender", "status"), [("@123abcde", 302), ("", 302), ("123abcde", 409), ("@/../x", 409)])
def test_the_page_of_the_channel_sets_the_account_up(
    khonkaen: Centre, line_route: NoticeRoute, sender: str, status: int
) -> None:
    client, path = Client(), "/desk/notices/routes/khonkaen/line"
    client.force_login(create_officer_with(khonkaen, Role.ADMINISTRATOR))
    before: Any = bytes(line_route.secret)
    values = {"is_active": "on", "sender": sender, "secret": "", "receipt_secret": "new-secret", "url": ""}
    assert client.post(path, values).status_code == status
    line_route.refresh_from_db()
    assert bytes(line_route.secret) == before
    page = page_text(client.get(path))
    assert f"/api/v1/line/{line_route.receipt_id}" in page
    assert "new-secret" not in page
