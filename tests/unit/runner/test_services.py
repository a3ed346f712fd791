"""What interface and forwarder tell each other through their reports, seen from the interface."""

from pathlib import Path

import pytest

from journey.events import StaffCallAnswered
from journey.state import Journey, KioskProfile, StaffCall
from kiosk_app.outbox import revocation
from kiosk_app.outbox.reports import KioskReport, LinkReport
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.ports import Services
from kiosk_app.runner.services import build_services
from kiosk_app.settings import parse
from protocol.messages import TrackingResponse
from protocol.staff_call import StaffCallResponse
from tests.outbox_samples import enrolment


def start_services(directory: Path) -> Services:
    """The services of an interface that starts now."""
    settings = parse({"paths": {"state": str(directory), "runtime": str(directory)}})
    outbox_service = OutboxService(directory, directory)
    look_up = TrackingResponse(found=False, sentence="")
    return build_services(
        settings, outbox_service, KioskProfile, lambda code, language: look_up, lambda devices, report_error: ()
    )


def write_call(directory: Path) -> str:
    report = KioskReport.read(directory)
    assert report is not None
    return report.staff_call


def write_answer(directory: Path, call: str, answer: str = "coming") -> None:
    LinkReport(centre_answers=True, staff_call=call, call_answer=answer).write(directory)


def test_a_call_is_named_and_its_answer_found_by_its_name(tmp_path: Path) -> None:
    ours = start_services(tmp_path)
    ours.write_report(Journey(staff_call=StaffCall(3, 0.0)))
    assert ours.read_call_answer() is None, "the forwarder has said nothing"
    write_answer(tmp_path, write_call(tmp_path))
    assert ours.read_call_answer() == StaffCallAnswered(3, StaffCallResponse.COMING)
    write_answer(tmp_path, write_call(tmp_path), "a word of later")
    assert ours.read_call_answer() == StaffCallAnswered(3, StaffCallResponse.RECEIVED)
    ours.write_report(Journey())
    assert write_call(tmp_path) == ""


def test_the_answer_to_a_call_of_an_earlier_start_is_nobodys(tmp_path: Path) -> None:
    before = start_services(tmp_path)
    before.write_report(Journey(staff_call=StaffCall(1, 0.0)))
    write_answer(tmp_path, write_call(tmp_path))
    assert start_services(tmp_path).read_call_answer() is None


@pytest.mark.parametrize("nonsense", ["", "-", "x", "-1", "a-b", "-²"])
def test_nonsense_is_no_answer(tmp_path: Path, nonsense: str) -> None:
    write_answer(tmp_path, nonsense)
    assert start_services(tmp_path).read_call_answer() is None


def test_a_revocation_and_receipts_are_seen(tmp_path: Path) -> None:
    ours, known = start_services(tmp_path), enrolment()
    known.save(tmp_path)
    assert dict(ours.read_environment().changes)["revoked"] is False
    revocation.record_revocation(tmp_path, known, revoked=True)
    LinkReport(centre_answers=True, received=("id-1",)).write(tmp_path)
    found = dict(ours.read_environment().changes)
    assert (found["revoked"], found["acknowledged_ids"]) == (True, ("id-1",))
    enrolment().save(tmp_path)
    assert dict(ours.read_environment().changes)["revoked"] is False, "it is enrolled again"
