"""The second factor: set-up at the first sign-in, codes accepted once, attempts limited, recovery, reset."""

import itertools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from central.centres.models import Centre, Officer
from central.people import authenticator_apps, recovery_codes
from central.people.models import (
    AuthenticatorApp,
    FailureCount,
    OfficerEvent,
    OfficerSession,
    RecoveryCode,
)
from tests.unit.central.authenticator import app_code, enter_password, is_signed_in, set_up_app, setup_key
from tests.unit.central.conftest import create_officer
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD


@pytest.fixture(autouse=True)
def second_factor_is_required(installation: None, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def confirm(client: Client, code: str) -> Any:
    return client.post("/desk/second-factor", {"code": code})


def test_the_first_sign_in_leads_to_the_set_up_before_anything_else(officer: Officer) -> None:
    client = Client()
    assert enter_password(client, officer)["Location"] == "/desk/second-factor/set-up"
    for path in ("/desk/", "/desk/profile", "/desk/fleet", "/desk/security", "/desk/password", "/desk/people"):
        assert client.get(path)["Location"].startswith("/desk/login?next="), path
    assert not OfficerSession.objects.exists()
    _, codes = set_up_app(client, officer)
    assert is_signed_in(client)
    assert len(set(codes)) == 10
    assert OfficerSession.objects.get().officer == officer
    assert list(OfficerEvent.objects.order_by("id").values_list("kind", "detail")) == [
        ("factor_added", "app"),
        ("signed_in", "app"),
    ]


def test_a_code_and_a_password_sign_in_and_either_alone_does_not(officer: Officer) -> None:
    key, _ = set_up_app(Client(), officer)
    client = Client()
    assert confirm(client, app_code(key, 1))["Location"] == "/desk/login", "no password yet"
    assert enter_password(client, officer)["Location"] == "/desk/second-factor"
    assert not is_signed_in(client)
    assert confirm(client, "000000").status_code == 401
    response = confirm(client, f" {app_code(key, 1)[:3]} {app_code(key, 1)[3:]} ")
    assert response["Location"] == "/desk/"
    assert is_signed_in(client)


def test_the_page_that_was_asked_for_is_shown_after_the_second_factor(officer: Officer) -> None:
    key, _ = set_up_app(Client(), officer)
    client = Client()
    client.post("/desk/login", {"username": officer.username, "password": PASSWORD, "next": "/desk/fleet"})
    assert confirm(client, app_code(key, 1))["Location"] == "/desk/fleet"


def test_a_code_is_accepted_once(officer: Officer) -> None:
    set_up = Client()
    key, _ = set_up_app(set_up, officer)
    thief, code = Client(), app_code(key, 1)
    own = Client()
    enter_password(own, officer)
    enter_password(thief, officer)
    assert confirm(own, code).status_code == 302
    assert confirm(thief, code).status_code == 401, "the code was read over the shoulder"
    assert confirm(thief, app_code(key)).status_code == 401, "an earlier code does not come back"
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "-00001", "12_345", "１２３４５６", "0x1234", "1e5", "\u0e51\u0e52", "abcdef"]
)
def test_only_six_digits_are_a_code(typed: str) -> None:
    assert authenticator_apps.accepted_step(authenticator_apps.generate_key(), typed) is None


def test_thai_digits_are_accepted() -> None:
    key = authenticator_apps.generate_key()
    thai = app_code(key).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert authenticator_apps.accepted_step(key, thai) is not None


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (3, False)])
def test_a_clock_may_differ_by_half_a_minute(steps: int, accepted: bool) -> None:
    key = authenticator_apps.generate_key()
    assert (authenticator_apps.accepted_step(key, app_code(key, steps)) is not None) is accepted


def test_guessing_the_second_factor_is_limited_over_all_browsers(officer: Officer) -> None:
    key, codes = set_up_app(Client(), officer)
    statuses = []
    for _ in range(8):
        thief = Client()
        enter_password(thief, officer)
        statuses.append(confirm(thief, "000000").status_code)
    assert statuses == [401] * 5 + [429] * 3
    own = Client()
    enter_password(own, officer)
    assert confirm(own, app_code(key, 1)).status_code == 429
    assert confirm(own, codes[0]).status_code == 429, "recovery codes are limited too"
    assert OfficerEvent.objects.get(kind="factor_failed").occurrences == 5
    assert OfficerEvent.objects.get(kind="factor_throttled").occurrences == 5
    FailureCount.objects.update(window_ends_at=timezone.now() - timedelta(seconds=1))
    assert confirm(own, app_code(key, 1)).status_code == 302


def test_a_recovery_code_replaces_the_app_once(officer: Officer) -> None:
    _, codes = set_up_app(Client(), officer)
    for number, status in ((1, 302), (2, 401)):
        client = Client()
        enter_password(client, officer)
        response = confirm(client, codes[3].lower().replace("-", " "))
        assert response.status_code == status, number
        assert status == 401 or response["Location"] == "/desk/security", "it shows how many are left"
    assert OfficerEvent.objects.filter(kind="recovery_code_used").count() == 1
    assert not RecoveryCode.objects.filter(code_hash__contains=codes[0].replace("-", "")).exists(), "hashed"


def test_a_recovery_code_of_another_officer_is_wrong(officer: Officer, khonkaen: Centre) -> None:
    other = create_officer(khonkaen, "malee")
    _, codes = set_up_app(Client(), other)
    set_up_app(Client(), officer)
    client = Client()
    enter_password(client, officer)
    assert confirm(client, codes[0]).status_code == 401


def test_a_pending_sign_in_expires_and_ends_with_the_password(
    officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = set_up_app(Client(), officer)
    changed, suspended, late = Client(), Client(), Client()
    for client in (changed, suspended, late):
        enter_password(client, officer)
    now = time.time()
    monkeypatch.setattr("central.people.sessions.time.time", lambda: now + 16 * 60)
    assert confirm(late, app_code(key, 1))["Location"] == "/desk/login"
    monkeypatch.undo()
    Officer.objects.update(is_active=False)
    assert confirm(suspended, app_code(key, 1))["Location"] == "/desk/login"
    officer.set_password("khao-niao-mamuang-1")
    officer.is_active = True
    officer.save()
    assert confirm(changed, app_code(key, 1))["Location"] == "/desk/login"


def test_the_session_id_changes_at_both_steps(officer: Officer) -> None:
    key, _ = set_up_app(Client(), officer)
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else-12345678"
    enter_password(client, officer)
    pending = client.cookies["sessionid"].value
    assert pending != "chosen-by-somebody-else-12345678"
    confirm(client, app_code(key, 1))
    assert client.cookies["sessionid"].value != pending
    fixed = Client()
    fixed.cookies["sessionid"] = pending
    assert not is_signed_in(fixed)
    assert fixed.get("/desk/second-factor")["Location"] == "/desk/login"


def test_a_session_without_a_second_factor_ends_where_one_is_required(officer: Officer, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    assert enter_password(client, officer)["Location"] == "/desk/"
    assert is_signed_in(client)
    settings.REQUIRE_SECOND_FACTOR = True
    assert not is_signed_in(client)
    settings.REQUIRE_SECOND_FACTOR = False
    assert not is_signed_in(client), "it does not come back"


def test_an_officer_with_a_second_factor_uses_it_even_where_none_is_required(officer: Officer, settings: Any) -> None:
    set_up_app(Client(), officer)
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    assert enter_password(client, officer)["Location"] == "/desk/second-factor"
    assert not is_signed_in(client)


def test_whoever_has_only_the_password_cannot_add_a_factor(officer: Officer) -> None:
    set_up_app(Client(), officer)
    thief = Client()
    enter_password(thief, officer)
    assert thief.get("/desk/second-factor/set-up")["Location"] == "/desk/second-factor"
    assert thief.post("/desk/second-factor/set-up", {"code": "123456"})["Location"] == "/desk/second-factor"
    assert AuthenticatorApp.objects.count() == 1


def test_factors_change_with_the_password_only(officer: Officer) -> None:
    client = Client()
    set_up_app(client, officer)
    first = AuthenticatorApp.objects.get()
    remove = f"/desk/security/app/{first.pk}/remove"
    assert client.post(remove, {"current_password": PASSWORD}).status_code == 409, "the last one"
    key = setup_key(client)
    wrong = {"code": app_code(key), "current_password": "wrong"}
    assert client.post("/desk/second-factor/set-up", wrong).status_code == 401
    added = client.post("/desk/second-factor/set-up", wrong | {"current_password": PASSWORD})
    assert added["Location"] == "/desk/security", "there are recovery codes already"
    assert client.post(remove, {"current_password": ""}).status_code == 401
    assert AuthenticatorApp.objects.count() == 2
    assert client.post(remove, {"current_password": PASSWORD}).status_code == 302
    assert AuthenticatorApp.objects.count() == 1
    assert client.post(remove, {"current_password": PASSWORD}).status_code == 409
    assert client.post("/desk/security/recovery-codes", {"current_password": "x"}).status_code == 401
    renewed = client.post("/desk/security/recovery-codes", {"current_password": PASSWORD})
    assert page_text(renewed).count("<li><code>") == 10
    kinds = list(OfficerEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["factor_removed", "recovery_renewed"]


def test_nobody_removes_the_factor_of_another_officer(officer: Officer, khonkaen: Centre) -> None:
    other, client = create_officer(khonkaen, "malee"), Client()
    set_up_app(Client(), other)
    set_up_app(client, officer)
    foreign = AuthenticatorApp.objects.get(officer=other)
    AuthenticatorApp.objects.create(officer=officer, key_encrypted=b"x" * 40, added_at=timezone.now())
    path = f"/desk/security/app/{foreign.pk}/remove"
    assert client.post(path, {"current_password": PASSWORD}).status_code == 404
    assert AuthenticatorApp.objects.filter(pk=foreign.pk).exists()


def test_the_key_of_an_app_is_encrypted_for_its_officer(officer: Officer, khonkaen: Centre) -> None:
    key, _ = set_up_app(Client(), officer)
    app, other = AuthenticatorApp.objects.get(), create_officer(khonkaen, "malee")
    assert key.replace(" ", "").encode() not in bytes(app.key_encrypted)
    AuthenticatorApp.objects.update(officer=other)
    assert not authenticator_apps.use_app_code(other, app_code(key, 1)), "a copied row opens nothing"


def test_the_pages_show_neither_key_nor_codes_again(officer: Officer) -> None:
    client = Client()
    key, codes = set_up_app(client, officer)
    for path in ("/desk/security", "/desk/profile", "/desk/sessions", "/desk/second-factor/set-up"):
        shown = page_text(client.get(path))
        assert key not in shown
        assert not [code for code in codes if code in shown]


def test_requests_at_the_same_moment_use_a_code_once(officer: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the row before either has changed it."""
    key, codes = set_up_app(Client(), officer)
    stale, code = list(AuthenticatorApp.objects.filter(officer=officer)), app_code(key, 1)
    assert authenticator_apps.use_app_code(officer, code)
    monkeypatch.setattr(AuthenticatorApp.objects, "filter", _stale_then_real(stale))
    assert not authenticator_apps.use_app_code(officer, code)
    monkeypatch.undo()
    assert recovery_codes.use_recovery_code(officer, codes[0])
    assert not recovery_codes.use_recovery_code(officer, codes[0])


def _stale_then_real(stale: list[AuthenticatorApp]) -> Callable[..., Any]:
    real, calls = AuthenticatorApp.objects.filter, itertools.count()
    return lambda **conditions: stale if next(calls) == 0 else real(**conditions)
