"""A card that may be an earlier person's: it is asked for, it opens nothing, and nobody reads it."""

from collections.abc import Callable

import pytest

from drivers.ports.card_reader import CardReaderStatus
from journey import effects, events
from journey.card_flow import to_take
from journey.environment_faults import notices
from journey.faults import Fault
from journey.state import CardPhase, Screen, Surroundings
from protocol.choices import Naming
from protocol.topics import Topic
from tests.scenarios.scenario import BOONMA, MINTED, SOMCHAI, Story


def _done(story: Story) -> Story:
    return story.identified().told().confirmed().taps(events.Finish(), events.Finish())


def _done_and_left_to_close(story: Story) -> Story:
    return story.identified().told().confirmed().taps(events.Finish()).waits(9)


def _anonymous(story: Story) -> Story:
    story.identified().told().taps(events.ChooseNaming(Naming.ANONYMOUS)).confirmed()
    return story.taps(events.Finish(), events.Finish())


def _start_over(story: Story) -> Story:
    return story.identified().told().taps(events.StartOver(), events.StartOverYes())


def _nobody_answers(story: Story) -> Story:
    return story.identified().told().waits(123).waits(31)


def _never_accepted(story: Story) -> Story:
    return story.card_in().sees(Screen.NOTICE).taps(events.Back())


def _went_on_without(story: Story) -> Story:
    return story.identified().taps(events.WithoutCard()).taps(events.StartOver(), events.StartOverYes())


def _reader_unplugged_at_the_end(story: Story) -> Story:
    story.identified().told().confirmed().happens(events.CardReaderChanged(CardReaderStatus.NO_READER))
    return story.taps(events.Finish(), events.Finish()).card_in()


def _waiting_card_of_a_visit_nobody_ended(story: Story) -> Story:
    story.taps(events.Begin()).accepts().taps(events.WithoutCard(), events.ChooseTopic(Topic.LAND), events.Next())
    story.taps(events.WriteText("เรื่อง"), events.Next()).confirmed().card_in()
    return story.waits(200).waits(31)


def _own_card_put_in_again_beside_the_receipt(story: Story) -> Story:
    story.identified().told().confirmed().card_out().card_in()
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, BOONMA.citizen_id))
    return story.taps(events.Finish(), events.Finish())


def _put_in_beside_the_receipt_of_a_visit_without_card(story: Story) -> Story:
    story.taps(events.Begin()).accepts().taps(events.WithoutCard()).told().confirmed().card_in()
    return story.taps(events.Finish(), events.Finish())


def _card_of_an_anonymous_citizen_put_in_again(story: Story) -> Story:
    story.identified().told().taps(events.ChooseNaming(Naming.ANONYMOUS)).confirmed().card_out().card_in()
    return story.taps(events.Finish(), events.Finish())


def _interface_started_again(_: Story) -> Story:
    return Story(around=Surroundings(enrolled=True)).card_in()


def _interface_started_again_on_the_receipt(_: Story) -> Story:
    story = Story(around=Surroundings(enrolled=True)).happens(events.Restored(MINTED)).card_in()
    return story.card_out().card_in().taps(events.Finish(), events.CodeKept(), events.Finish())


ENDS = [
    _done,
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


@pytest.mark.parametrize("ends", ENDS)
def test_a_card_left_behind_is_never_the_next_persons(ends: Callable[[Story], Story]) -> None:
    story = ends(Story()).sees(Screen.ATTRACT)
    readings = story.count(effects.ReadCard)
    assert Fault.CARD_LEFT_BEHIND in notices(story.journey.around)
    assert to_take(story.journey)
    story.taps(events.Begin()).sees(Screen.NOTICE)
    assert to_take(story.journey)
    story.accepts().sees(Screen.IDENTIFY)
    assert (story.visit.card_phase, story.visit.card_fault) == (CardPhase.FAILED, Fault.CARD_LEFT_BEHIND)
    story.taps(events.ReadCardAgain(), events.Next()).sees(Screen.IDENTIFY)
    assert story.count(effects.ReadCard) == readings
    assert story.visit.draft.card is None


@pytest.mark.parametrize("ends", ENDS)
def test_once_it_is_out_the_next_card_is_read(ends: Callable[[Story], Story]) -> None:
    story = ends(Story()).taps(events.Begin()).accepts().card_out()
    assert (story.visit.card_phase, story.visit.card_fault) == (CardPhase.WAITING, None)
    story.card_in().answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, SOMCHAI, ""))
    assert story.visit.draft.card == SOMCHAI


@pytest.mark.parametrize("ends", ENDS)
def test_a_visit_without_card_goes_on_beside_it(ends: Callable[[Story], Story]) -> None:
    story = ends(Story()).taps(events.Begin()).accepts().taps(events.WithoutCard()).sees(Screen.TOPIC)
    story.told().confirmed()


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
def test_a_reader_that_comes_back_with_the_card_in_does_not_make_it_new(silence: CardReaderStatus) -> None:
    story = _done(Story()).happens(events.CardReaderChanged(silence)).card_in().sees(Screen.ATTRACT)
    assert story.journey.around.card_left_behind
    story.taps(events.Begin()).accepts()
    assert story.count(effects.ReadCard) == 1


def test_a_reader_that_blinks_during_a_visit_leaves_its_card_this_visits() -> None:
    story = Story().card_in().happens(events.CardReaderChanged(CardReaderStatus.NO_SERVICE)).card_in().accepts()
    assert story.count(effects.ReadCard) == 1


def test_a_reader_that_blinks_beside_the_receipt_makes_no_card_wait() -> None:
    story = Story().identified().told().confirmed().happens(events.CardReaderChanged(CardReaderStatus.NO_SERVICE))
    story.card_in().answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, BOONMA.citizen_id))
    story.taps(events.Finish(), events.Finish()).sees(Screen.ATTRACT)
    assert story.journey.around.card_left_behind


def test_a_card_mute_from_the_visit_before_is_no_card_put_in_wrongly() -> None:
    story = Story().happens(events.CardReaderChanged(CardReaderStatus.CARD_MUTE)).taps(events.Begin()).accepts()
    assert story.visit.card_fault is Fault.CARD_MUTE
    story.taps(events.StartOver(), events.Begin()).accepts()
    assert story.visit.card_fault is Fault.CARD_LEFT_BEHIND


def test_another_card_put_in_beside_the_receipt_begins_its_own_visit() -> None:
    story = Story().identified().told().confirmed().card_out().card_in()
    story.answers(effects.ReadCardId, lambda e: events.CardIdRead(e.ticket, SOMCHAI.citizen_id))
    story.taps(events.Finish()).sees(Screen.FAREWELL)
    assert not to_take(story.journey), "nobody is told to take the next person's card"
    story.taps(events.Finish()).sees(Screen.NOTICE).accepts()
    story.answers(effects.ReadCard, lambda e: events.CardRead(e.ticket, SOMCHAI, ""))
    assert story.visit.draft.card == SOMCHAI


def test_a_card_put_in_while_a_case_is_looked_up_begins_its_own_visit() -> None:
    story = Story().taps(events.OpenTrack()).card_in().taps(events.Finish()).sees(Screen.NOTICE).accepts()
    assert story.count(effects.ReadCard) == 1


def test_the_notice_turned_back_from_leaves_the_waiting_card_behind() -> None:
    story = Story().taps(events.OpenTrack()).card_in().taps(events.Finish()).taps(events.Back()).sees(Screen.ATTRACT)
    assert story.journey.around.card_left_behind


def test_it_is_heard_at_once_and_then_ever_more_seldom() -> None:
    story = Story().identified().told().confirmed().taps(events.Finish())
    heard = []
    for second in range(3600):
        before = story.journey.card_reminders
        story.waits(1)
        if story.journey.card_reminders > before:
            heard.append(second + 1)
    assert story.journey.card_reminders == len(heard) + 1, "the first with the farewell itself"
    assert heard[:5] == [5, 15, 35, 75, 155]
    assert len(heard) < 20
    assert story.card_out().journey.card_reminders == 0


def test_in_the_night_it_is_silent() -> None:
    story = _done(Story()).happens(events.HealthChanged(night=True)).waits(1000)
    assert story.journey.asleep
    assert story.journey.card_reminders == 0
