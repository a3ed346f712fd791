"""The database is gone in the middle of the day: a page that says so, nothing half done, nothing of it in the page."""

import json
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from central.cases.models import Case
from central.centres.models import Centre
from central.people.roles import Role
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text

SECRET = "host=db7 user=central"


@pytest.fixture
def client(khonkaen: Centre) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    return client


@pytest.fixture
def failing_statement(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Statements that begin with one of these words fail as when the connection breaks."""
    words: list[str] = []
    execute = CursorWrapper.execute

    def execute_or_fail(cursor: CursorWrapper, sql: str, params: object = None) -> object:
        if any(sql.startswith(word) for word in words):
            raise OperationalError(SECRET)
        return execute(cursor, sql, params)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", execute_or_fail)
        yield words


@pytest.mark.parametrize("path", ["/desk/cases", "/desk/login", "/a/" + "A" * 32])
def test_a_page_without_the_database(client: Client, failing_statement: list[str], path: str) -> None:
    failing_statement.append("SELECT")
    response = client.get(path)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "The service is not available" in page_text(response)
    assert SECRET not in page_text(response)
    assert "nonce-" in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/api/v1/submissions", "/api/v1/heartbeats", "/api/v1/track"])
def test_a_program_tries_again_later(kiosk: KioskClient, failing_statement: list[str], path: str) -> None:
    """The forwarder of a kiosk waits as long as this says (`tests/unit/forwarder/test_forwarder.py`)."""
    failing_statement += ["SELECT", "INSERT", "UPDATE"]
    response = kiosk.send_signed_request("POST", path, b'{"code": "7KQ2-M9XD-4TBVS"}')
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 503
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    "statement", ['UPDATE "cases_case"', 'INSERT INTO "cases_caseevent"', 'INSERT INTO "cases_caseeventtext"']
)
def test_a_step_is_made_whole_or_not_at_all(
    client: Client, khonkaen: Centre, failing_statement: list[str], statement: str
) -> None:
    case = create_case(khonkaen)
    before = (Case.objects.values().get(), case.events.count())
    failing_statement.append(statement)
    response = client.post(f"/desk/cases/{case.case_number}/step", {"step": "take", "seen": 0, "note": "รับแล้ว"})
    failing_statement.clear()
    assert response.status_code == 503
    assert (Case.objects.values().get(), case.events.count()) == before
    response = client.post(f"/desk/cases/{case.case_number}/step", {"step": "take", "seen": 0, "note": "รับแล้ว"})
    assert response.status_code == 302
