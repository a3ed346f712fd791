"""A citizen's call for staff at the desk: shown, answered, ended; also with older kiosks and centres."""

from typing import Any

import pytest
from django.test import Client

from central.centres.models import Centre, Officer
from central.fleet.models import StaffCall
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import ClientResponse, KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD


class CallingKiosk:
    """A kiosk that sends a heartbeat every few seconds while a citizen calls."""

    def __init__(self, kiosk: KioskClient) -> None:
        self.kiosk = kiosk
        self.ms = 60_000

    def send_heartbeat(self, call: str = "", *, called: bool | None = None) -> ClientResponse:
        self.ms += 3000
        fields: dict[str, Any] = {"staff_called": bool(call) if called is None else called, "staff_call": call}
        heartbeat = Heartbeat(
            kiosk_id=self.kiosk.kiosk_id, version="1", moment=kiosk_moment(monotonic_ms=self.ms), outbox_count=0
        ).model_copy(update=fields)
        response: ClientResponse = self.kiosk.send_signed_request(
            "POST", "/api/v1/heartbeats", heartbeat.model_dump_json().encode()
        )
        assert response.status_code == 204
        return response


@pytest.fixture
def calling_kiosk(kiosk: KioskClient) -> CallingKiosk:
    return CallingKiosk(kiosk)


def fleet(desk_client: Client) -> str:
    return page_text(desk_client.get("/desk/fleet"))


def answers(desk_client: Client, kiosk: KioskClient, call: str, word: str) -> int:
    return desk_client.post(f"/desk/calls/{kiosk.enrolment().id}", {"call": call, "answer": word}).status_code


def test_a_call_is_seen_answered_and_ended(desk_client: Client, calling_kiosk: CallingKiosk) -> None:
    assert "Staff-Call" not in calling_kiosk.send_heartbeat().headers
    assert calling_kiosk.send_heartbeat("a-1").headers["Staff-Call"] == "a-1 received"
    assert 'data-call="' in fleet(desk_client)
    for word in ("coming", "soon", "to_desk"):
        assert answers(desk_client, calling_kiosk.kiosk, "a-1", word) == 302
        assert calling_kiosk.send_heartbeat("a-1").headers["Staff-Call"] == f"a-1 {word}"
    answers(desk_client, calling_kiosk.kiosk, "a-1", "done")
    assert 'data-call="' not in fleet(desk_client)
    assert calling_kiosk.send_heartbeat("a-1").headers["Staff-Call"] == "a-1 done"
    calling_kiosk.send_heartbeat()
    assert not StaffCall.objects.exists()


def test_another_call_begins_without_the_answer_to_the_one_before(
    desk_client: Client, calling_kiosk: CallingKiosk
) -> None:
    calling_kiosk.send_heartbeat("a-1")
    answers(desk_client, calling_kiosk.kiosk, "a-1", "done")
    assert calling_kiosk.send_heartbeat("a-2").headers["Staff-Call"] == "a-2 received"
    assert 'data-call="' in fleet(desk_client)


def test_an_answer_to_a_call_that_is_over_changes_nothing(desk_client: Client, calling_kiosk: CallingKiosk) -> None:
    calling_kiosk.send_heartbeat("a-1")
    calling_kiosk.send_heartbeat("a-2")
    assert answers(desk_client, calling_kiosk.kiosk, "a-1", "coming") == 302
    assert calling_kiosk.send_heartbeat("a-2").headers["Staff-Call"] == "a-2 received"
    assert answers(desk_client, calling_kiosk.kiosk, "a-2", "received") == 404
    assert answers(desk_client, calling_kiosk.kiosk, "a-2", "nonsense") == 404


def test_a_call_of_an_earlier_kiosk_is_shown_without_an_answer(
    desk_client: Client, calling_kiosk: CallingKiosk
) -> None:
    response = calling_kiosk.send_heartbeat(called=True)
    assert "Staff-Call" not in response.headers
    assert 'data-call="' in fleet(desk_client)
    assert "takes no answer" in fleet(desk_client) or "รับคำตอบไม่ได้" in fleet(desk_client)


def test_a_call_is_answered_only_by_officers_of_the_kiosks_centre(calling_kiosk: CallingKiosk, phayao: Centre) -> None:
    calling_kiosk.send_heartbeat("a-1")
    stranger = Client()
    officer = create_officer(phayao, "wichai")
    assert stranger.post("/desk/login", {"username": officer.username, "password": PASSWORD}).status_code == 302
    answers(stranger, calling_kiosk.kiosk, "a-1", "coming")
    assert calling_kiosk.send_heartbeat("a-1").headers["Staff-Call"] == "a-1 received"
    assert answers(Client(), calling_kiosk.kiosk, "a-1", "coming") == 302, "redirected to the login"
    assert calling_kiosk.send_heartbeat("a-1").headers["Staff-Call"] == "a-1 received"


def test_the_page_of_calls_reloads_itself(desk_client: Client, officer: Officer) -> None:
    assert int(desk_client.get("/desk/fleet").headers["Refresh"]) <= 15
