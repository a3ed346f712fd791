"""What interface and forwarder tell each other through their reports, seen from the interface."""

from pathlib import Path

import pytest

from journey.events import CallAnswered
from journey.state import Hall, Journey, StaffCall
from kiosk_app.outbox import revocation
from kiosk_app.outbox.reports import KioskReport, LinkReport
from kiosk_app.runner.outbox_service import Keeper
from kiosk_app.runner.ports import Services
from kiosk_app.runner.services import services
from kiosk_app.settings import parse
from protocol.messages import TrackAnswer
from protocol.staff_call import CallAnswer
from tests.outbox_samples import enrolment


def started(directory: Path) -> Services:
    """The services of an interface that starts now."""
    settings = parse({"paths": {"state": str(directory), "runtime": str(directory)}})
    keeper = Keeper(directory, directory)
    look_up = TrackAnswer(found=False, sentence="")
    return services(settings, keeper, Hall, lambda code, language: look_up, lambda devices, unwritten: ())


def named(directory: Path) -> str:
    report = KioskReport.read(directory)
    assert report is not None
    return report.staff_call


def answered(directory: Path, call: str, answer: str = "coming") -> None:
    LinkReport(centre_answers=True, staff_call=call, call_answer=answer).write(directory)


def test_a_call_is_named_and_its_answer_found_by_its_name(tmp_path: Path) -> None:
    ours = started(tmp_path)
    ours.tell(Journey(call=StaffCall(3, 0.0)))
    assert ours.call_answer() is None, "the forwarder has said nothing"
    answered(tmp_path, named(tmp_path))
    assert ours.call_answer() == CallAnswered(3, CallAnswer.COMING)
    answered(tmp_path, named(tmp_path), "a word of later")
    assert ours.call_answer() == CallAnswered(3, CallAnswer.RECEIVED)
    ours.tell(Journey())
    assert named(tmp_path) == ""


def test_the_answer_to_a_call_of_an_earlier_start_is_nobodys(tmp_path: Path) -> None:
    before = started(tmp_path)
    before.tell(Journey(call=StaffCall(1, 0.0)))
    answered(tmp_path, named(tmp_path))
    assert started(tmp_path).call_answer() is None


@pytest.mark.parametrize("nonsense", ["", "-", "x", "-1", "a-b", "-²"])
def test_nonsense_is_no_answer(tmp_path: Path, nonsense: str) -> None:
    answered(tmp_path, nonsense)
    assert started(tmp_path).call_answer() is None


def test_a_revocation_and_receipts_are_seen(tmp_path: Path) -> None:
    ours, known = started(tmp_path), enrolment()
    known.save(tmp_path)
    assert ours.look_around().revoked is False
    revocation.note(tmp_path, known, revoked=True)
    LinkReport(centre_answers=True, received=("id-1",)).write(tmp_path)
    found = ours.look_around()
    assert (found.revoked, found.received) == (True, ("id-1",))
    enrolment().save(tmp_path)
    assert ours.look_around().revoked is False, "it is enrolled again"
