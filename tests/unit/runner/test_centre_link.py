"""The exchange of reports with the forwarder, from the interface's side."""

from pathlib import Path

import pytest

from journey.events import StaffCallResponded
from journey.screens import Screen
from journey.state import Journey, StaffCall
from kiosk_app.outbox import revocation
from kiosk_app.outbox.reports import KioskReport, LinkReport
from kiosk_app.runner.appliance import KioskAppliance
from kiosk_app.runner.centre_link import CentreLink
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import parse
from protocol.messages import TrackingResponse
from protocol.staff_call import StaffCallResponse
from tests.outbox_samples import enrolment


def start_link(directory: Path) -> CentreLink:
    """The centre link of an interface that has just started."""
    look_up = TrackingResponse(found=False, sentence="")
    return CentreLink(
        directory,
        lambda code, language: look_up,
        lambda code, stars, language: look_up,
        lambda devices, report_error: (),
    )


def write_call(directory: Path) -> str:
    report = KioskReport.read(directory)
    assert report is not None
    return report.staff_call


def write_answer(directory: Path, call: str, answer: str = "coming") -> None:
    LinkReport(centre_answers=True, staff_call=call, call_answer=answer).write(directory)


def test_an_answer_is_matched_to_its_call_by_id(tmp_path: Path) -> None:
    link = start_link(tmp_path)
    link.write_report(Journey(staff_call=StaffCall(3, 0.0)))
    assert link.read_call_response() is None, "the forwarder has reported nothing"
    write_answer(tmp_path, write_call(tmp_path))
    assert link.read_call_response() == StaffCallResponded(3, StaffCallResponse.COMING)
    write_answer(tmp_path, write_call(tmp_path), "a word of later")
    assert link.read_call_response() == StaffCallResponded(3, StaffCallResponse.RECEIVED)
    link.write_report(Journey())
    assert write_call(tmp_path) == ""


def test_the_report_says_whether_a_technician_has_entered_the_pin(tmp_path: Path) -> None:
    link = start_link(tmp_path)
    for screen, is_present in ((Screen.TECHNICIAN_PIN, False), (Screen.TECHNICIAN, True), (Screen.ATTRACT, False)):
        link.write_report(Journey(screen=screen))
        report = KioskReport.read(tmp_path)
        assert report is not None
        assert report.is_technician_present == is_present


def test_the_answer_to_a_call_of_an_earlier_start_is_ignored(tmp_path: Path) -> None:
    before = start_link(tmp_path)
    before.write_report(Journey(staff_call=StaffCall(1, 0.0)))
    write_answer(tmp_path, write_call(tmp_path))
    assert start_link(tmp_path).read_call_response() is None


@pytest.mark.parametrize("nonsense", ["", "-", "x", "-1", "a-b", "-²"])
def test_a_malformed_answer_is_ignored(tmp_path: Path, nonsense: str) -> None:
    write_answer(tmp_path, nonsense)
    assert start_link(tmp_path).read_call_response() is None


def test_sms_is_offered_while_the_centre_answers_and_can_send_it(tmp_path: Path) -> None:
    settings = parse({"paths": {"state": str(tmp_path), "runtime": str(tmp_path)}})
    appliance = KioskAppliance(settings, OutboxService(tmp_path, tmp_path), Devices())

    def is_offered() -> object:
        return dict(appliance.read_environment().changes)["sms_offered"]

    assert is_offered() is False, "nothing is known of the centre"
    LinkReport(centre_answers=True, notice_channels=("line", "sms")).write(tmp_path)
    assert is_offered() is True
    LinkReport(centre_answers=False, notice_channels=("sms",)).write(tmp_path)
    assert is_offered() is False
    LinkReport(centre_answers=True, notice_channels=("line",)).write(tmp_path)
    assert is_offered() is False


def test_a_revocation_and_receipts_are_seen(tmp_path: Path) -> None:
    settings = parse({"paths": {"state": str(tmp_path), "runtime": str(tmp_path)}})
    appliance, known = KioskAppliance(settings, OutboxService(tmp_path, tmp_path), Devices()), enrolment()
    known.save(tmp_path)
    assert dict(appliance.read_environment().changes)["revoked"] is False
    revocation.record_revocation(tmp_path, known, revoked=True)
    LinkReport(centre_answers=True, received=("id-1",)).write(tmp_path)
    changes = dict(appliance.read_environment().changes)
    assert (changes["revoked"], changes["acknowledged_ids"]) == (True, ("id-1",))
    enrolment().save(tmp_path)
    assert dict(appliance.read_environment().changes)["revoked"] is False, "the kiosk is enrolled again"
