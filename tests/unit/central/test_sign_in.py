"""Sign-in: attempts are limited for all workers together, nobody is locked out for ever, every result is recorded."""

import io
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from central import cli
from central.centres.models import Centre, Officer
from central.people import retention
from central.people.models import FailureCount, OfficerEvent
from central.people.shared_throttle import SharedThrottle
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

NEW = "khao-niao-mamuang-1"


def try_sign_in(
    name: str, password: str = "wrong", address: str = "192.0.2.1", client: Client | None = None
) -> ClientResponse:
    cache.clear()  # each attempt at a worker without memory of earlier ones
    fields = {"username": name, "password": password}
    response: ClientResponse = (client or Client()).post("/desk/login", fields, REMOTE_ADDR=address)
    return response


def is_signed_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_attempts_on_one_account_are_limited_over_all_addresses(officer: Officer) -> None:
    responses = [try_sign_in(officer.username, address=f"198.51.100.{number}").status_code for number in range(40)]
    assert responses == [401] * 30 + [429] * 10
    assert try_sign_in(officer.username.upper(), address="203.0.113.1").status_code == 429, (
        "in any spelling of the name"
    )
    assert try_sign_in("malee", address="203.0.113.1").status_code == 401, "another account is not affected"


def test_strangers_cannot_lock_out_a_known_browser(desk_client: Client, officer: Officer) -> None:
    desk_client.post("/desk/logout")
    for number in range(40):
        try_sign_in(officer.username, address=f"198.51.100.{number}")
    for _ in range(60):  # also from the officer's own network
        try_sign_in("malee", address="127.0.0.1")
    assert try_sign_in(officer.username, PASSWORD, address="203.0.113.1").status_code == 429
    assert try_sign_in(officer.username, PASSWORD, address="127.0.0.1", client=desk_client).status_code == 302
    assert is_signed_in(desk_client)


def test_attempts_of_a_known_browser_are_limited_too(desk_client: Client, officer: Officer) -> None:
    desk_client.post("/desk/logout")
    responses = [try_sign_in(officer.username, client=desk_client).status_code for _ in range(12)]
    assert responses == [401] * 10 + [429] * 2


@pytest.mark.parametrize("value", ["", "garbage", "1:aaaa:bbbb", "\x00"])
def test_a_forged_browser_cookie_is_unknown(officer: Officer, value: str) -> None:
    for number in range(30):
        try_sign_in(officer.username, address=f"198.51.100.{number}")
    client = Client()
    client.cookies["desk_browser"] = value
    assert try_sign_in(officer.username, PASSWORD, client=client).status_code == 429


def test_a_browser_is_known_for_its_own_officer_only(desk_client: Client, khonkaen: Centre) -> None:
    other = Officer.objects.create_user(username="malee", password=PASSWORD)
    for number in range(30):
        try_sign_in(other.username, address=f"198.51.100.{number}")
    desk_client.post("/desk/logout")
    assert try_sign_in(other.username, PASSWORD, client=desk_client).status_code == 429


def test_every_lockout_ends_and_the_next_is_longer(db: None) -> None:
    limit = SharedThrottle("test", limit=2, window_s=900, max_window_s=4 * 3600)
    lengths = []
    for _ in range(6):
        assert [limit.count_attempt("x"), limit.count_attempt("x"), limit.count_attempt("x")] == [True, True, False]
        lengths.append(round((FailureCount.objects.get().window_ends_at - timezone.now()).total_seconds() / 60))
        FailureCount.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))
    assert lengths == [15, 30, 60, 120, 240, 240]
    assert limit.count_attempt("x")
    FailureCount.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))
    limit.count_attempt("x")
    assert FailureCount.objects.get().strikes == 0, "a window that was not used up ends the row"


def test_every_sign_in_result_is_recorded_and_no_log_has_a_name(
    officer: Officer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    for _ in range(12):
        try_sign_in(officer.username)
    try_sign_in("somebody-else")
    try_sign_in(officer.username, PASSWORD, address="192.0.2.7", client=client)
    client.post("/desk/logout", REMOTE_ADDR="192.0.2.7")
    events = OfficerEvent.objects.order_by("id").values_list("kind", "officer__username", "address", "occurrences")
    assert list(events) == [
        ("failed", "somsri", "192.0.2.1", 10),
        ("refused", "somsri", "192.0.2.1", 2),
        ("failed", None, "192.0.2.1", 1),
        ("signed_in", "somsri", "192.0.2.7", 1),
        ("signed_out", "somsri", "192.0.2.7", 1),
    ]
    assert not [line for line in caplog.messages if "somsri" in line or "192.0.2." in line or PASSWORD in line]
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in FailureCount.objects.values_list("key", flat=True))


def test_an_officer_sees_how_the_account_was_used(desk_client: Client, officer: Officer) -> None:
    try_sign_in(officer.username, address="203.0.113.9")
    shown = page_text(desk_client.get("/desk/password"))
    assert "203.0.113.9" in shown
    assert "รหัสผ่านไม่ถูกต้อง" in shown


def test_a_visitor_who_has_not_signed_in_leaves_no_session(officer: Officer) -> None:
    client = Client()
    for _ in range(3):
        client.get("/desk/login", {"next": "/desk/fleet"})
        client.post("/desk/language", {"language": "en"})
        try_sign_in(officer.username, client=client)
        client.post("/desk/logout")
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies
    assert 'lang="en"' in page_text(client.get("/desk/login")), "the language is in a cookie"
    client.cookies["desk_language"] = "<script>"
    assert 'lang="th"' in page_text(client.get("/desk/login"))


def test_the_session_id_changes_at_the_login(officer: Officer) -> None:
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else-12345678"
    try_sign_in(officer.username, PASSWORD, client=client)
    first = client.cookies["sessionid"].value
    assert first != "chosen-by-somebody-else-12345678"
    try_sign_in(officer.username, PASSWORD, client=client)
    assert client.cookies["sessionid"].value != first
    stale = Client()
    stale.cookies["sessionid"] = first
    assert not is_signed_in(stale), "the earlier session id opens nothing"


def test_cookies_are_limited_to_the_desk(officer: Officer, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get("/desk/login")
    client.post("/desk/language", {"language": "en"})
    try_sign_in(officer.username, PASSWORD, client=client)
    assert set(client.cookies) == {"csrftoken", "desk_language", "desk_browser", "sessionid"}
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
            True,
            True,
            "Strict",
            "/desk",
        )


@pytest.mark.parametrize(
    "target",
    [
        "garbage",
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "/\\evil.example",
        "/desk/\\evil.example",
        "javascript:alert(1)",
        "http://[",
        "/desk/\x00",
        "/desk/\r\nX-Evil: 1",
        "/desk/%00",
        "/desk/nowhere",
        "desk:logout",
        "central.desk.account_views.log_out",
        "/desk/logout",
        "/t",
        "/desk/?number=" + "9" * 5000,
        "/desk/%ed%a0%80",
        "/desk/%ff%fe",
    ],
)
def test_next_leads_to_a_page_of_the_desk_or_is_ignored(officer: Officer, target: str) -> None:
    fields = {"username": officer.username, "password": PASSWORD, "next": target}
    client = Client()
    response = client.post("/desk/login", fields)
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert client.post("/desk/language", {"language": "en", "next": target[:4000]})["Location"] == "/desk/"
    assert Client().get("/desk/login", {"next": target}).status_code == 200


@pytest.mark.parametrize("target", ["/desk/fleet", "/desk/?status=closed&number=KKN", "/desk/cases/KKN07A-000001-51"])
def test_next_leads_to_the_requested_page_of_the_desk(officer: Officer, target: str) -> None:
    response = Client().post("/desk/login", {"username": officer.username, "password": PASSWORD, "next": target})
    assert response["Location"] == target


def test_attempts_at_the_old_password_are_limited_in_an_open_session(desk_client: Client, officer: Officer) -> None:
    wrong = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    responses = [desk_client.post("/desk/password", wrong).status_code for _ in range(12)]
    assert responses == [200] * 10 + [429] * 2
    assert desk_client.post("/desk/password", wrong | {"old_password": PASSWORD}).status_code == 429
    assert OfficerEvent.objects.get(kind="password_wrong").occurrences == 10
    FailureCount.objects.update(window_ends_at=timezone.now())
    assert desk_client.post("/desk/password", wrong | {"old_password": PASSWORD}).status_code == 302
    assert OfficerEvent.objects.filter(kind="password_changed").exists()
    assert try_sign_in(officer.username, PASSWORD, client=Client()).status_code != 302


def test_an_invalid_new_password_is_not_counted_as_a_failed_attempt(desk_client: Client) -> None:
    slip = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW + "x"}
    for _ in range(15):
        assert desk_client.post("/desk/password", slip).status_code == 200
    assert desk_client.post("/desk/password", slip | {"new_password2": NEW}).status_code == 302


def command(*arguments: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{stdin}\n"))
    return cli.main(list(arguments))


def test_suspending_an_officer_ends_the_session_for_good(
    desk_client: Client, officer: Officer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = Client()
    try_sign_in(officer.username, PASSWORD, client=second)
    assert command("suspend-officer", "somsri", monkeypatch=monkeypatch) == 0
    assert "sessions ended: 2" in capsys.readouterr().err
    assert not is_signed_in(desk_client)
    assert not is_signed_in(second)
    assert try_sign_in(officer.username, PASSWORD).status_code == 401
    assert command("suspend-officer", "somsri", monkeypatch=monkeypatch) == 2

    assert command("activate-officer", "somsri", monkeypatch=monkeypatch) == 0
    assert not is_signed_in(desk_client), "a session that ended does not come back"
    assert try_sign_in(officer.username, PASSWORD).status_code == 302
    kinds = set(OfficerEvent.objects.values_list("kind", flat=True))
    assert {"suspended", "activated"} <= kinds


def test_a_remaining_session_is_invalid_during_a_suspension(desk_client: Client, officer: Officer) -> None:
    Officer.objects.update(is_active=False)
    assert Session.objects.count() == 1
    assert not is_signed_in(desk_client)


def test_a_reset_officer_signs_in_with_the_new_password_only(
    desk_client: Client, officer: Officer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(40):
        try_sign_in(officer.username, address=f"198.51.100.{number}")
    assert command("reset-officer", "somsri", "--password-stdin", stdin="short", monkeypatch=monkeypatch) == 2
    assert is_signed_in(desk_client)
    assert command("reset-officer", "somsri", "--password-stdin", stdin=NEW, monkeypatch=monkeypatch) == 0
    assert not is_signed_in(desk_client)
    assert try_sign_in(officer.username, NEW, address="203.0.113.1").status_code == 302, (
        "attempts of strangers are reset"
    )
    assert try_sign_in(officer.username, PASSWORD, client=desk_client).status_code == 401
    assert command("reset-officer", "nobody", "--password-stdin", stdin=NEW, monkeypatch=monkeypatch) == 2
    assert command("account-events", "somsri", monkeypatch=monkeypatch) == 0
    assert "\treset\t1\tsomsri" in capsys.readouterr().out


def test_no_two_officers_have_names_that_differ_only_in_case(
    officer: Officer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ("create-officer", "SomSri", "--centre", "khonkaen", "--password-stdin")
    assert command(*made, stdin=PASSWORD, monkeypatch=monkeypatch) == 2
    assert "an officer somsri already" in capsys.readouterr().err


def test_sign_in_records_are_deleted_after_their_retention_time(desk_client: Client, officer: Officer) -> None:
    try_sign_in(officer.username)
    now = timezone.now()
    retention.delete_expired(now)
    assert (FailureCount.objects.count(), Session.objects.count(), OfficerEvent.objects.count()) == (4, 1, 2)
    retention.delete_expired(now + timedelta(days=2))
    assert (FailureCount.objects.count(), Session.objects.count(), OfficerEvent.objects.count()) == (0, 0, 2)
    retention.delete_expired(now + timedelta(days=366))
    assert OfficerEvent.objects.count() == 0


@pytest.mark.parametrize("path", ["/desk/", "/desk/login", "/desk/alarms", "/desk/fleet", "/desk/password", "/t", "/"])
def test_head_is_get_without_its_body(desk_client: Client, path: str) -> None:
    response = desk_client.head(path)
    assert (response.status_code, response.content) == (200, b"")
