"""Scenarios of the staff call: it is shown as arrived only when the centre has confirmed it."""

from journey import effects, events
from journey.screens import Screen
from journey.staff_call_flow import CALL_RESPONSE_TIMEOUT_S, CALL_WITHOUT_VISIT_TIMEOUT_S
from journey.state import CallPhase, Overlay, StaffCall
from protocol.staff_call import StaffCallResponse
from screens.staff_call import staff_call_banner
from tests.scenarios.scenario import Scenario


def _open_call(scenario: Scenario) -> StaffCall:
    assert scenario.journey.staff_call is not None
    return scenario.journey.staff_call


def _call_staff(scenario: Scenario) -> Scenario:
    return (
        scenario.identify_by_card()
        .write_complaint()
        .tap(events.RequestStaff())
        .expect_screen(Screen.REVIEW, Overlay.STAFF)
    )


def _receive_answer(scenario: Scenario, answer: StaffCallResponse) -> Scenario:
    return scenario.dispatch(events.StaffCallResponded(_open_call(scenario).number, answer))


def test_a_call_is_shown_as_calling_until_the_centre_answers() -> None:
    scenario = _call_staff(Scenario())
    assert scenario.count_effects(effects.ReportStaffCall) == 1
    assert staff_call_banner(scenario.journey.staff_call) == "Calling staff…"
    assert (
        staff_call_banner(_receive_answer(scenario, StaffCallResponse.RECEIVED).journey.staff_call)
        == "Staff have been called"
    )
    scenario.tap(events.DismissOverlay()).expect_screen(Screen.REVIEW)
    assert (
        staff_call_banner(_receive_answer(scenario, StaffCallResponse.COMING).journey.staff_call)
        == "Staff are on their way"
    )
    scenario.tap(events.Next(), events.EditSection(Screen.STORY)).expect_screen(Screen.STORY)
    assert staff_call_banner(scenario.journey.staff_call) == "Staff are on their way", "on every screen of the visit"


def test_without_network_a_call_is_shown_as_not_sent_at_once() -> None:
    scenario = _call_staff(Scenario().dispatch(events.EnvironmentChanged(centre_reachable=False)))
    assert _open_call(scenario).phase is CallPhase.NOT_SENT
    _receive_answer(scenario, StaffCallResponse.RECEIVED)
    assert _open_call(scenario).phase is CallPhase.RESPONDED, "the call was still being sent"


def test_a_network_lost_during_a_call_shows_it_as_not_sent() -> None:
    scenario = _call_staff(Scenario()).dispatch(events.EnvironmentChanged(centre_reachable=False))
    assert _open_call(scenario).phase is CallPhase.NOT_SENT
    known = _receive_answer(_call_staff(Scenario()), StaffCallResponse.COMING).dispatch(
        events.EnvironmentChanged(centre_reachable=False)
    )
    assert _open_call(known).phase is CallPhase.RESPONDED, "the centre keeps a call that has arrived"


def test_a_call_without_answer_in_time_is_not_sent_and_can_be_repeated() -> None:
    scenario = _call_staff(Scenario()).wait(CALL_RESPONSE_TIMEOUT_S - 1)
    assert _open_call(scenario).phase is CallPhase.CALLING
    scenario.wait(2)
    assert _open_call(scenario).phase is CallPhase.NOT_SENT
    scenario.tap(events.RequestStaff())
    assert _open_call(scenario).phase is CallPhase.CALLING
    assert scenario.count_effects(effects.ReportStaffCall) == 2


def test_opening_the_overlay_of_an_open_call_makes_no_second_call() -> None:
    scenario = _receive_answer(_call_staff(Scenario()), StaffCallResponse.RECEIVED).tap(
        events.DismissOverlay(), events.RequestStaff()
    )
    scenario.expect_screen(Screen.REVIEW, Overlay.STAFF)
    assert scenario.count_effects(effects.ReportStaffCall) == 1


def test_a_call_can_be_cancelled_and_the_desk_is_informed() -> None:
    scenario = (
        _receive_answer(_call_staff(Scenario()), StaffCallResponse.RECEIVED)
        .tap(events.CancelStaffCall())
        .expect_screen(Screen.REVIEW)
    )
    assert scenario.journey.staff_call is None
    assert scenario.last_effects == (effects.ReportStaffCall(),)


def test_the_answer_done_closes_the_call() -> None:
    scenario = _receive_answer(_call_staff(Scenario()), StaffCallResponse.DONE).expect_screen(Screen.REVIEW)
    assert scenario.journey.staff_call is None


def test_the_answer_to_an_earlier_call_is_ignored() -> None:
    scenario = _call_staff(Scenario())
    first = _open_call(scenario).number
    scenario.tap(events.CancelStaffCall(), events.RequestStaff()).dispatch(
        events.StaffCallResponded(first, StaffCallResponse.COMING)
    )
    assert _open_call(scenario).phase is CallPhase.CALLING


def test_a_call_ends_with_the_visit_and_the_desk_is_informed() -> None:
    scenario = (
        _call_staff(Scenario())
        .tap(events.DismissOverlay(), events.StartOver(), events.ConfirmStartOver())
        .expect_screen(Screen.ATTRACT)
    )
    assert scenario.journey.staff_call is None
    assert effects.ReportStaffCall() in scenario.last_effects


def test_a_call_without_visit_stays_open_into_a_visit_and_expires() -> None:
    scenario = Scenario().tap(events.RequestStaff(), events.DismissOverlay()).expect_screen(Screen.ATTRACT)
    assert scenario.journey.is_staff_called
    scenario.tap(events.BeginVisit()).expect_screen(Screen.NOTICE)
    assert scenario.journey.is_staff_called
    alone = Scenario().tap(events.RequestStaff(), events.DismissOverlay()).wait(CALL_WITHOUT_VISIT_TIMEOUT_S - 1)
    assert alone.journey.is_staff_called
    alone.wait(2).expect_screen(Screen.ATTRACT)
    assert not alone.journey.is_staff_called
    assert effects.ReportStaffCall() in alone.last_effects


def test_overlays_that_hide_data_stay_during_a_call() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .remove_card()
        .tap(events.RequestStaff())
        .expect_screen(Screen.REVIEW, Overlay.CARD_OUT)
    )
    assert scenario.journey.is_staff_called
