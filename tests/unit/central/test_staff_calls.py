"""A citizen's call for staff at the desk: seen, answered, ended; and kiosks and centres of different age."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from central.centres.models import Centre, Officer
from central.fleet.models import StaffCall
from protocol.messages import Heartbeat
from tests.unit.central.conftest import PASSWORD, officer_at
from tests.unit.central.kiosk_client import KioskSide, moment


class Calling:
    """A kiosk that speaks every few seconds."""

    def __init__(self, kiosk: KioskSide) -> None:
        self.kiosk = kiosk
        self.ms = 60_000

    def beat(self, call: str = "", *, called: bool | None = None) -> HttpResponse:
        self.ms += 3000
        said: dict[str, Any] = {"staff_called": bool(call) if called is None else called, "staff_call": call}
        heartbeat = Heartbeat(
            kiosk_id=self.kiosk.kiosk_id, version="1", moment=moment(monotonic_ms=self.ms), outbox_count=0
        ).model_copy(update=said)
        answer: HttpResponse = self.kiosk.ask("POST", "/api/v1/heartbeats", heartbeat.model_dump_json().encode())
        assert answer.status_code == 204
        return answer


@pytest.fixture
def calling(kiosk: KioskSide) -> Calling:
    return Calling(kiosk)


def fleet(desk: Client) -> str:
    return str(desk.get("/desk/fleet").content.decode())


def answers(desk: Client, kiosk: KioskSide, call: str, word: str) -> int:
    return desk.post(f"/desk/calls/{kiosk.enrolment().id}", {"call": call, "answer": word}).status_code


def test_a_call_is_seen_answered_and_ended(desk: Client, calling: Calling) -> None:
    assert "Staff-Call" not in calling.beat().headers
    assert calling.beat("a-1").headers["Staff-Call"] == "a-1 received"
    assert 'data-call="' in fleet(desk)
    for word in ("coming", "soon", "to_desk"):
        assert answers(desk, calling.kiosk, "a-1", word) == 302
        assert calling.beat("a-1").headers["Staff-Call"] == f"a-1 {word}"
    answers(desk, calling.kiosk, "a-1", "done")
    assert 'data-call="' not in fleet(desk)
    assert calling.beat("a-1").headers["Staff-Call"] == "a-1 done"
    calling.beat()
    assert not StaffCall.objects.exists()


def test_another_call_begins_without_the_answer_to_the_one_before(desk: Client, calling: Calling) -> None:
    calling.beat("a-1")
    answers(desk, calling.kiosk, "a-1", "done")
    assert calling.beat("a-2").headers["Staff-Call"] == "a-2 received"
    assert 'data-call="' in fleet(desk)


def test_an_answer_to_a_call_that_is_over_changes_nothing(desk: Client, calling: Calling) -> None:
    calling.beat("a-1")
    calling.beat("a-2")
    assert answers(desk, calling.kiosk, "a-1", "coming") == 302
    assert calling.beat("a-2").headers["Staff-Call"] == "a-2 received"
    assert answers(desk, calling.kiosk, "a-2", "received") == 404
    assert answers(desk, calling.kiosk, "a-2", "nonsense") == 404


def test_a_kiosk_of_before_is_seen_and_takes_no_answer(desk: Client, calling: Calling) -> None:
    answer = calling.beat(called=True)
    assert "Staff-Call" not in answer.headers
    assert 'data-call="' in fleet(desk)
    assert "takes no answer" in fleet(desk) or "รับคำตอบไม่ได้" in fleet(desk)


def test_a_call_is_answered_only_by_who_runs_the_kiosk(calling: Calling, phayao: Centre) -> None:
    calling.beat("a-1")
    stranger = Client()
    officer = officer_at(phayao, "wichai")
    assert stranger.post("/desk/login", {"username": officer.username, "password": PASSWORD}).status_code == 302
    answers(stranger, calling.kiosk, "a-1", "coming")
    assert calling.beat("a-1").headers["Staff-Call"] == "a-1 received"
    assert answers(Client(), calling.kiosk, "a-1", "coming") == 302, "to the login"
    assert calling.beat("a-1").headers["Staff-Call"] == "a-1 received"


def test_the_page_of_calls_looks_again_by_itself(desk: Client, officer: Officer) -> None:
    assert int(desk.get("/desk/fleet").headers["Refresh"]) <= 15
