"""A card left behind: the kiosk asks to take it, begins no visit with it, and never reads it."""

from collections.abc import Callable

import pytest

from drivers.ports.card_reader import CardReaderStatus
from journey import effects, events
from journey.card_flow import must_take_card
from journey.environment_faults import attract_warnings
from journey.faults import Fault
from journey.screens import Screen
from journey.state import CardPhase, Environment
from protocol.choices import NameDisclosure
from protocol.topics import Topic
from simulators.sample_data import BOONMA, SAVED_SUBMISSION, SOMCHAI
from tests.scenarios.scenario import Scenario


def _finished(scenario: Scenario) -> Scenario:
    return scenario.identify_by_card().write_complaint().confirm_and_print().tap(events.Finish(), events.Finish())


def _done_and_left_to_close(scenario: Scenario) -> Scenario:
    return scenario.identify_by_card().write_complaint().confirm_and_print().tap(events.Finish()).wait(9)


def _anonymous(scenario: Scenario) -> Scenario:
    scenario.identify_by_card().write_complaint().tap(
        events.Choose("name_disclosure", NameDisclosure.ANONYMOUS)
    ).confirm_and_print()
    return scenario.tap(events.Finish(), events.Finish())


def _start_over(scenario: Scenario) -> Scenario:
    return scenario.identify_by_card().write_complaint().tap(events.StartOver(), events.ConfirmStartOver())


def _nobody_answers(scenario: Scenario) -> Scenario:
    return scenario.identify_by_card().write_complaint().wait(123).wait(31)


def _never_accepted(scenario: Scenario) -> Scenario:
    return scenario.insert_card().expect_screen(Screen.NOTICE).tap(events.Back())


def _went_on_without(scenario: Scenario) -> Scenario:
    return (
        scenario.identify_by_card().tap(events.ContinueWithoutCard()).tap(events.StartOver(), events.ConfirmStartOver())
    )


def _reader_unplugged_at_the_end(scenario: Scenario) -> Scenario:
    scenario.identify_by_card().write_complaint().confirm_and_print().dispatch(
        events.CardReaderChanged(CardReaderStatus.NO_READER)
    )
    return scenario.tap(events.Finish(), events.Finish()).insert_card()


def _waiting_card_of_a_visit_nobody_ended(scenario: Scenario) -> Scenario:
    scenario.tap(events.BeginVisit()).accept_notice().tap(
        events.ContinueWithoutCard(), events.ChooseTopic(Topic.LAND), events.Next()
    )
    scenario.tap(events.WriteText("text", "เรื่อง"), events.Next()).confirm_and_print().insert_card()
    return scenario.wait(200).wait(31)


def _own_card_put_in_again_beside_the_receipt(scenario: Scenario) -> Scenario:
    scenario.identify_by_card().write_complaint().confirm_and_print().remove_card().insert_card()
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, BOONMA.citizen_id))
    return scenario.tap(events.Finish(), events.Finish())


def _put_in_beside_the_receipt_of_a_visit_without_card(scenario: Scenario) -> Scenario:
    scenario.tap(events.BeginVisit()).accept_notice().tap(
        events.ContinueWithoutCard()
    ).write_complaint().confirm_and_print().insert_card()
    return scenario.tap(events.Finish(), events.Finish())


def _card_of_an_anonymous_citizen_put_in_again(scenario: Scenario) -> Scenario:
    scenario.identify_by_card().write_complaint().tap(
        events.Choose("name_disclosure", NameDisclosure.ANONYMOUS)
    ).confirm_and_print().remove_card().insert_card()
    return scenario.tap(events.Finish(), events.Finish())


def _interface_started_again(_: Scenario) -> Scenario:
    return Scenario(environment=Environment(enrolled=True)).insert_card()


def _interface_started_again_on_the_receipt(_: Scenario) -> Scenario:
    scenario = (
        Scenario(environment=Environment(enrolled=True))
        .dispatch(events.ReceiptRestored(SAVED_SUBMISSION))
        .insert_card()
    )
    return scenario.remove_card().insert_card().tap(events.Finish(), events.ConfirmCodeNoted(), events.Finish())


VISIT_ENDINGS = [
    _finished,
    _done_and_left_to_close,
    _anonymous,
    _start_over,
    _nobody_answers,
    _never_accepted,
    _went_on_without,
    _reader_unplugged_at_the_end,
    _waiting_card_of_a_visit_nobody_ended,
    _own_card_put_in_again_beside_the_receipt,
    _put_in_beside_the_receipt_of_a_visit_without_card,
    _card_of_an_anonymous_citizen_put_in_again,
    _interface_started_again,
    _interface_started_again_on_the_receipt,
]


@pytest.mark.parametrize("ends", VISIT_ENDINGS)
def test_a_card_left_behind_is_never_read_for_the_next_citizen(ends: Callable[[Scenario], Scenario]) -> None:
    scenario = ends(Scenario()).expect_screen(Screen.ATTRACT)
    readings = scenario.count_effects(effects.ReadCard)
    assert Fault.CARD_LEFT_BEHIND in attract_warnings(scenario.journey.environment)
    assert must_take_card(scenario.journey)
    scenario.tap(events.BeginVisit()).expect_screen(Screen.NOTICE)
    assert must_take_card(scenario.journey)
    scenario.accept_notice().expect_screen(Screen.IDENTIFY)
    assert (scenario.visit.card_phase, scenario.visit.card_fault) == (CardPhase.FAILED, Fault.CARD_LEFT_BEHIND)
    scenario.tap(events.ReadCardAgain(), events.Next()).expect_screen(Screen.IDENTIFY)
    assert scenario.count_effects(effects.ReadCard) == readings
    assert scenario.visit.draft.card is None


@pytest.mark.parametrize("ends", VISIT_ENDINGS)
def test_after_the_slot_was_empty_the_next_card_is_read(ends: Callable[[Scenario], Scenario]) -> None:
    scenario = ends(Scenario()).tap(events.BeginVisit()).accept_notice().remove_card()
    assert (scenario.visit.card_phase, scenario.visit.card_fault) == (CardPhase.WAITING, None)
    scenario.insert_card().answer_effect(effects.ReadCard, lambda e: events.CardRead(e.request_id, SOMCHAI, ""))
    assert scenario.visit.draft.card == SOMCHAI


@pytest.mark.parametrize("ends", VISIT_ENDINGS)
def test_a_visit_without_card_continues_despite_a_card_left_behind(ends: Callable[[Scenario], Scenario]) -> None:
    scenario = (
        ends(Scenario())
        .tap(events.BeginVisit())
        .accept_notice()
        .tap(events.ContinueWithoutCard())
        .expect_screen(Screen.TOPIC)
    )
    scenario.write_complaint().confirm_and_print()


@pytest.mark.parametrize(
    "silence",
    [
        CardReaderStatus.UNKNOWN,
        CardReaderStatus.NO_SERVICE,
        CardReaderStatus.NO_READER,
        CardReaderStatus.UNRESPONSIVE,
        CardReaderStatus.CARD_MUTE,
    ],
)
def test_a_card_in_a_reconnected_reader_is_not_new(silence: CardReaderStatus) -> None:
    scenario = (
        _finished(Scenario()).dispatch(events.CardReaderChanged(silence)).insert_card().expect_screen(Screen.ATTRACT)
    )
    assert scenario.journey.environment.card_left_behind
    scenario.tap(events.BeginVisit()).accept_notice()
    assert scenario.count_effects(effects.ReadCard) == 1


def test_a_reader_that_reconnects_during_a_visit_keeps_the_visits_card() -> None:
    scenario = (
        Scenario()
        .insert_card()
        .dispatch(events.CardReaderChanged(CardReaderStatus.NO_SERVICE))
        .insert_card()
        .accept_notice()
    )
    assert scenario.count_effects(effects.ReadCard) == 1


def test_a_reader_that_reconnects_at_the_receipt_reports_no_waiting_card() -> None:
    scenario = (
        Scenario()
        .identify_by_card()
        .write_complaint()
        .confirm_and_print()
        .dispatch(events.CardReaderChanged(CardReaderStatus.NO_SERVICE))
    )
    scenario.insert_card().answer_effect(
        effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, BOONMA.citizen_id)
    )
    scenario.tap(events.Finish(), events.Finish()).expect_screen(Screen.ATTRACT)
    assert scenario.journey.environment.card_left_behind


def test_a_mute_card_left_behind_is_not_reported_as_inserted_wrongly() -> None:
    scenario = (
        Scenario()
        .dispatch(events.CardReaderChanged(CardReaderStatus.CARD_MUTE))
        .tap(events.BeginVisit())
        .accept_notice()
    )
    assert scenario.visit.card_fault is Fault.CARD_MUTE
    scenario.tap(events.StartOver(), events.BeginVisit()).accept_notice()
    assert scenario.visit.card_fault is Fault.CARD_LEFT_BEHIND


def test_another_card_inserted_at_the_receipt_begins_its_own_visit() -> None:
    scenario = Scenario().identify_by_card().write_complaint().confirm_and_print().remove_card().insert_card()
    scenario.answer_effect(effects.ReadCitizenId, lambda e: events.CitizenIdRead(e.request_id, SOMCHAI.citizen_id))
    scenario.tap(events.Finish()).expect_screen(Screen.FAREWELL)
    assert not must_take_card(scenario.journey), "no request to take the next person's card"
    scenario.tap(events.Finish()).expect_screen(Screen.NOTICE).accept_notice()
    scenario.answer_effect(effects.ReadCard, lambda e: events.CardRead(e.request_id, SOMCHAI, ""))
    assert scenario.visit.draft.card == SOMCHAI


def test_a_card_inserted_while_tracking_begins_its_own_visit() -> None:
    scenario = (
        Scenario()
        .tap(events.OpenTracking())
        .insert_card()
        .tap(events.Finish())
        .expect_screen(Screen.NOTICE)
        .accept_notice()
    )
    assert scenario.count_effects(effects.ReadCard) == 1


def test_after_going_back_from_the_notice_the_card_counts_as_left_behind() -> None:
    scenario = (
        Scenario()
        .tap(events.OpenTracking())
        .insert_card()
        .tap(events.Finish())
        .tap(events.Back())
        .expect_screen(Screen.ATTRACT)
    )
    assert scenario.journey.environment.card_left_behind


def test_the_reminder_sounds_at_once_and_then_at_growing_pauses() -> None:
    scenario = Scenario().identify_by_card().write_complaint().confirm_and_print().tap(events.Finish())
    reminder_times = []
    for second in range(3600):
        before = scenario.journey.card_reminder_count
        scenario.wait(1)
        if scenario.journey.card_reminder_count > before:
            reminder_times.append(second + 1)
    assert scenario.journey.card_reminder_count == len(reminder_times) + 1, "the first sound is that of the farewell"
    assert reminder_times[:5] == [5, 15, 35, 75, 155]
    assert len(reminder_times) < 20
    assert scenario.remove_card().journey.card_reminder_count == 0


def test_at_night_the_reminder_is_silent() -> None:
    scenario = _finished(Scenario()).dispatch(events.EnvironmentChanged(is_night=True)).wait(1000)
    assert scenario.journey.asleep
    assert scenario.journey.card_reminder_count == 0
