"""The technician's way in, and what is tried out there."""

from kiosk_app.journey import effects, events
from kiosk_app.journey.faults import Fault
from kiosk_app.journey.pin import hash_pin
from kiosk_app.journey.state import Screen
from kiosk_app.journey.trials import Part, Trial
from tests.storyboards.teller import Story

PIN = hash_pin("4711", b"\x01" * 16)


def _inside() -> Story:
    story = Story(technician_pin_hash=PIN).taps(events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN)
    return story.taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN)


def test_five_wrong_pins_lock_the_door_for_a_minute() -> None:
    story = Story(technician_pin_hash=PIN).taps(events.OpenTechnician())
    for _ in range(5):
        story.taps(events.EnterPin("0000")).sees(Screen.TECHNICIAN_PIN)
    story.waits(59).taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN_PIN)
    story.waits(1).taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN)


def test_a_trial_is_asked_for_once_and_its_result_is_kept_with_its_date() -> None:
    story = _inside().taps(events.TryOut(Part.PRINTER), events.TryOut(Part.SCANNER))
    assert story.count(effects.TryOut) == 1, "one at a time"
    jammed = Trial(Part.PRINTER, passed=False, wall=1_790_000_000.0, fault=Fault.PRINTER_CUTTER)
    story.happens(events.TriedOut(jammed))
    assert story.journey.trying is None
    assert story.newest(effects.KeepTrials).trials == (jammed,)
    again = Trial(Part.PRINTER, passed=True, wall=1_790_000_060.0)
    story.taps(events.TryOut(Part.PRINTER)).happens(events.TriedOut(again))
    assert story.journey.trials == (again,), "only the last counts"


def test_what_only_an_ear_can_tell_is_asked() -> None:
    story = _inside().taps(events.TryOut(Part.SOUND)).happens(events.TriedOut(Trial(Part.SOUND, None, 1.0)))
    story.taps(events.JudgeTrial(Part.SOUND, passed=True, wall=2.0))
    assert story.journey.trials == (Trial(Part.SOUND, passed=True, wall=2.0),)


def test_the_loudness_of_the_hall_is_set_kept_and_heard() -> None:
    story = _inside().happens(events.TrialsKnown((), 70)).taps(events.SetLoudness(60))
    assert story.journey.loudness == 60
    assert story.newest(effects.KeepTrials).loudness == 60
    assert story.newest(effects.TryOut).part is Part.SOUND
    story.taps(events.SetLoudness(50))
    assert story.journey.loudness == 60, "one sound at a time"
    story.happens(events.TriedOut(Trial(Part.SOUND, False, 1.0, Fault.SPEAKER_ABSENT)))
    assert story.taps(events.SetLoudness(-10)).journey.loudness == 10, "silence is not offered"
    assert Story().taps(events.SetLoudness(50)).journey.loudness == 100, "nobody else sets it"


def test_nobody_else_tries_judges_or_restarts() -> None:
    story = Story().taps(events.TryOut(Part.PRINTER), events.JudgeTrial(Part.TOUCH, True, 1.0), events.Restart(True))
    assert not story.asked
    assert not story.journey.trials
    _inside().taps(events.Restart(machine=False)).newest(effects.Restart)


def test_at_night_the_screen_goes_dark_and_a_touch_only_wakes_it() -> None:
    story = Story().happens(events.HealthChanged(night=True)).waits(59)
    assert not story.journey.asleep, "somebody may still stand there"
    story.waits(2).sees(Screen.ATTRACT)
    assert story.journey.asleep
    assert story.last == (effects.SwitchBacklight(lit=False),)
    story.taps(events.Touched()).sees(Screen.ATTRACT)
    assert not story.journey.asleep
    assert story.last == (effects.SwitchBacklight(lit=True),)
    assert story.waits(61).journey.asleep
    assert not story.card_in().sees(Screen.NOTICE).journey.asleep, "a card wakes it too"


def test_in_the_morning_it_is_light_again() -> None:
    story = Story().happens(events.HealthChanged(night=True)).waits(61)
    assert not story.happens(events.HealthChanged(night=False)).journey.asleep
    assert story.last == (effects.SwitchBacklight(lit=True),)
    assert not story.waits(100).journey.asleep
