"""The call for staff, told as stories: said to be there only when the centre has it."""

from journey import effects, events
from journey.staff_call_flow import ANSWER_SECONDS, OPEN_SECONDS
from journey.state import CallPhase, Overlay, Screen, StaffCall
from protocol.staff_call import CallAnswer
from screens.staff_call import line_of
from tests.scenarios.scenario import Story


def _call(story: Story) -> StaffCall:
    assert story.journey.call is not None
    return story.journey.call


def _called(story: Story) -> Story:
    return story.identified().told().taps(events.AskStaff()).sees(Screen.REVIEW, Overlay.STAFF)


def _hears(story: Story, answer: CallAnswer) -> Story:
    return story.happens(events.CallAnswered(_call(story).number, answer))


def test_it_is_being_called_until_the_centre_has_it_and_then_shows_the_answer() -> None:
    story = _called(Story())
    assert story.count(effects.CallStaff) == 1
    assert line_of(story.journey.call) == "Calling staff…"
    assert line_of(_hears(story, CallAnswer.RECEIVED).journey.call) == "Staff have been called"
    story.taps(events.Dismiss()).sees(Screen.REVIEW)
    assert line_of(_hears(story, CallAnswer.COMING).journey.call) == "Staff are on their way"
    story.taps(events.Next(), events.Edit(Screen.TELL)).sees(Screen.TELL)
    assert line_of(story.journey.call) == "Staff are on their way", "on every screen of the visit"


def test_without_a_network_it_is_said_at_once_that_the_call_is_not_sent() -> None:
    story = _called(Story().happens(events.HealthChanged(network=False)))
    assert _call(story).phase is CallPhase.NOT_SENT
    _hears(story, CallAnswer.RECEIVED)
    assert _call(story).phase is CallPhase.ANSWERED, "it was still being tried"


def test_a_network_that_is_lost_meanwhile_is_said_of_the_call_too() -> None:
    story = _called(Story()).happens(events.HealthChanged(network=False))
    assert _call(story).phase is CallPhase.NOT_SENT
    known = _hears(_called(Story()), CallAnswer.COMING).happens(events.HealthChanged(network=False))
    assert _call(known).phase is CallPhase.ANSWERED, "what the centre has it does not lose"


def test_no_answer_in_time_counts_as_not_sent_and_may_be_tried_again() -> None:
    story = _called(Story()).waits(ANSWER_SECONDS - 1)
    assert _call(story).phase is CallPhase.CALLING
    story.waits(2)
    assert _call(story).phase is CallPhase.NOT_SENT
    story.taps(events.AskStaff())
    assert _call(story).phase is CallPhase.CALLING
    assert story.count(effects.CallStaff) == 2


def test_looking_at_an_open_call_is_no_second_call() -> None:
    story = _hears(_called(Story()), CallAnswer.RECEIVED).taps(events.Dismiss(), events.AskStaff())
    story.sees(Screen.REVIEW, Overlay.STAFF)
    assert story.count(effects.CallStaff) == 1


def test_it_can_be_cancelled_and_the_desk_is_told() -> None:
    story = _hears(_called(Story()), CallAnswer.RECEIVED).taps(events.CancelCall()).sees(Screen.REVIEW)
    assert story.journey.call is None
    assert story.last == (effects.CallStaff(),)


def test_seen_to_it_is_over() -> None:
    story = _hears(_called(Story()), CallAnswer.DONE).sees(Screen.REVIEW)
    assert story.journey.call is None


def test_the_answer_to_an_earlier_call_is_not_this_ones() -> None:
    story = _called(Story())
    first = _call(story).number
    story.taps(events.CancelCall(), events.AskStaff()).happens(events.CallAnswered(first, CallAnswer.COMING))
    assert _call(story).phase is CallPhase.CALLING


def test_it_ends_with_the_visit_and_the_desk_is_told() -> None:
    story = _called(Story()).taps(events.Dismiss(), events.StartOver(), events.StartOverYes()).sees(Screen.ATTRACT)
    assert story.journey.call is None
    assert effects.CallStaff() in story.last


def test_called_at_rest_it_stays_open_goes_into_the_visit_and_ends_by_itself() -> None:
    story = Story().taps(events.AskStaff(), events.Dismiss()).sees(Screen.ATTRACT)
    assert story.journey.staff_called
    story.taps(events.Begin()).sees(Screen.NOTICE)
    assert story.journey.staff_called
    alone = Story().taps(events.AskStaff(), events.Dismiss()).waits(OPEN_SECONDS - 1)
    assert alone.journey.staff_called
    alone.waits(2).sees(Screen.ATTRACT)
    assert not alone.journey.staff_called
    assert effects.CallStaff() in alone.last


def test_the_covering_questions_stay_while_one_calls() -> None:
    story = Story().identified().told().card_out().taps(events.AskStaff()).sees(Screen.REVIEW, Overlay.CARD_OUT)
    assert story.journey.staff_called
