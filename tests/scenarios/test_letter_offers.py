"""Scenarios of a scanned letter that offers its subject and a phone number: nothing is filled without a tap."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from journey import effects, events
from journey.screens import Screen
from journey.state import Visit
from protocol.choices import NameDisclosure
from protocol.topics import Topic
from tests.scenarios.scenario import Scenario, letter_page
from tools.sample_pages import RECOGNISED_PAGE

SUBJECT, PHONE = RECOGNISED_PAGE.offers


def _read(effect: effects.RecognisePage) -> events.PageRecognised:
    lines = RECOGNISED_PAGE.lines or ()
    return events.PageRecognised(effect.request_id, effect.page_id, lines, True, 90.0, offers=RECOGNISED_PAGE.offers)


def scan_letter() -> Scenario:
    """A visit by card on the review of a letter of one page."""
    scenario = Scenario().identify_by_card().tap(events.Next(), events.ChooseTopic(Topic.UTILITIES), events.Next())
    scenario.tap(events.SwitchToScan(), events.ScanPage())
    scenario.answer_effect(effects.ScanPages, lambda e: events.PageScanned(e.request_id, letter_page("a")))
    scenario.answer_effect(effects.RecognisePage, _read)
    return scenario.tap(events.Next()).expect_screen(Screen.REVIEW)


def test_no_field_is_filled_by_itself() -> None:
    scenario = scan_letter()
    assert (scenario.visit.draft.text, scenario.visit.draft.phone) == ("", "")
    scenario.tap(events.SubmitComplaint())
    sent = scenario.newest_effect(effects.SaveSubmission).draft
    assert (sent.text, sent.phone) == ("", "")


def test_an_offer_is_accepted_with_one_tap_and_can_be_changed() -> None:
    scenario = scan_letter().tap(events.AcceptOffer(PHONE)).expect_screen(Screen.REVIEW)
    assert scenario.visit.draft.phone == "0812345678"
    scenario.tap(events.AcceptOffer(SUBJECT)).expect_screen(Screen.REVIEW)
    assert scenario.visit.draft.text == "ขอให้แก้ไขปัญหาน้ำประปาไม่ไหล"
    scenario.tap(events.EditSection(Screen.PHONE), events.WriteText("phone", ""), events.Next())
    assert scenario.visit.draft.phone == ""
    scenario.tap(events.SubmitComplaint())
    assert scenario.newest_effect(effects.SaveSubmission).draft.text == SUBJECT.value


def _type_another_number(scenario: Scenario) -> None:
    scenario.tap(events.EditSection(Screen.PHONE), events.WriteText("phone", "043123456"), events.Next())


def _remove_the_page(scenario: Scenario) -> None:
    scenario.tap(events.EditSection(Screen.SCAN), events.RemovePage("a"), events.Back())


def _leave_review(scenario: Scenario) -> None:
    scenario.tap(events.EditSection(Screen.DETAILS))


def _send(scenario: Scenario) -> None:
    scenario.tap(events.SubmitComplaint())


def _hide_name(scenario: Scenario) -> None:
    scenario.tap(events.Choose("name_disclosure", NameDisclosure.ANONYMOUS))


def _take_card_out(scenario: Scenario) -> None:
    scenario.remove_card()


@pytest.mark.parametrize(
    "before", [_type_another_number, _remove_the_page, _leave_review, _send, _hide_name, _take_card_out]
)
def test_an_offer_without_use_does_nothing(before: Callable[[Scenario], None]) -> None:
    scenario = scan_letter()
    before(scenario)
    visit = scenario.visit
    scenario.tap(events.AcceptOffer(PHONE))
    assert _entries(scenario.visit) == _entries(visit)


def _entries(visit: Visit) -> tuple[str, str]:
    return visit.draft.phone, visit.draft.text


def test_an_invented_offer_does_nothing() -> None:
    scenario = scan_letter()
    scenario.tap(events.AcceptOffer(replace(PHONE, value="0899999999")))
    assert scenario.visit.draft.phone == ""


def test_a_page_that_is_turned_offers_nothing_until_it_is_read_again() -> None:
    scenario = scan_letter().tap(events.EditSection(Screen.SCAN), events.RotatePage("a"))
    assert scenario.visit.draft.pages[0].offers == ()
