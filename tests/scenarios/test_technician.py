"""The technician's way in, and what is tried out there."""

from dataclasses import replace

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.device_tests import Part, Trial
from journey.faults import Fault
from journey.state import Overlay, Screen
from journey.step import step
from tests.scenarios.scenario import ALL_WELL, Story

PIN = "a hash of it"


def _inside() -> Story:
    story = Story(technician_pin_hash=PIN).taps(events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN)
    return story.taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN)


def _hall(**around: object) -> Story:
    return Story(replace(ALL_WELL, **around), technician_pin_hash=PIN)


def test_the_gesture_works_where_no_visit_can_begin() -> None:
    story = _hall(enrolled=False).waits(1).sees(Screen.FAULT)
    story.taps(events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN).taps(events.Back()).sees(Screen.FAULT)
    story.taps(events.OpenTechnician(), events.EnterPin("4711")).sees(Screen.TECHNICIAN)
    story.taps(events.Finish()).sees(Screen.FAULT)
    story = _hall().taps(events.OpenAbout(), events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN)


def test_a_visit_waits_unseen_while_the_technician_is_asked_for_the_pin() -> None:
    story = _hall().identified().told()
    before = story.visit
    story.taps(events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN)
    story.taps(events.EnterPin("0000")).sees(Screen.TECHNICIAN_PIN)
    assert story.taps(events.Back()).sees(Screen.REVIEW).visit == before


def test_behind_the_pin_the_visit_comes_back_only_when_somebody_is_there() -> None:
    story = _hall().identified().told()
    before = story.visit
    story.taps(events.OpenTechnician(), events.EnterPin("4711")).sees(Screen.TECHNICIAN)
    story.taps(events.TryOut(Part.CARD_READER))
    assert story.journey.trying is None, "the citizen's card is not read for a trial"
    story.taps(events.Finish()).sees(Screen.REVIEW, Overlay.STILL_THERE)
    assert replace(story.taps(events.Dismiss()).sees(Screen.REVIEW).visit, patience=1.0) == before
    story.taps(events.OpenTechnician(), events.EnterPin("4711"), events.Back()).sees(Screen.REVIEW, Overlay.STILL_THERE)
    story.waits(31).sees(Screen.ATTRACT)
    assert story.journey.visit is None


def test_a_visit_left_alone_behind_the_technician_ends_as_any_other() -> None:
    story = _hall().identified().told().saved().happens(events.Painted(Screen.RECEIPT))
    story.taps(events.OpenTechnician()).sees(Screen.RECEIPT)  # its print is still running
    story.answers(
        effects.PrintReceipt,
        lambda e: events.ReceiptPrinted(e.ticket, PrintVerdict.PRINTED, PrinterStatus.READY),
    )
    story.taps(events.OpenTechnician()).sees(Screen.TECHNICIAN_PIN)
    story.waits(61).waits(31).sees(Screen.ATTRACT)
    assert story.newest(effects.ConfirmReceipt).confirmed is False
    story.newest(effects.Wipe)


def test_neither_an_overlay_nor_a_saving_visit_is_left_for_the_technician() -> None:
    story = _hall().identified().told().taps(events.Confirm(), events.OpenTechnician()).sees(Screen.REVIEW)
    story = _hall().identified().told().card_out().taps(events.OpenTechnician())
    story.sees(Screen.REVIEW, Overlay.CARD_OUT)


def test_five_wrong_pins_lock_the_door_each_time_for_a_minute_longer() -> None:
    story = Story(technician_pin_hash=PIN).taps(events.OpenTechnician())
    for _ in range(5):
        story.taps(events.EnterPin("0000")).sees(Screen.TECHNICIAN_PIN)
    story.waits(59).taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN_PIN)
    for _ in range(5):
        story.waits(1).taps(events.EnterPin("0000")).sees(Screen.TECHNICIAN_PIN)
    for seconds in (50, 50, 19):
        story.waits(seconds).taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN_PIN)
    story.waits(1).taps(events.EnterPin("4711")).sees(Screen.TECHNICIAN)


def test_a_pin_is_checked_once_and_only_for_who_still_waits() -> None:
    journey = Story(technician_pin_hash=PIN).taps(events.OpenTechnician()).journey
    journey, (asked,) = step(journey, events.EnterPin("4711"))
    assert isinstance(asked, effects.CheckPin)
    assert "4711" not in repr(asked)
    assert step(journey, events.EnterPin("4711")) == (journey, ()), "one at a time"
    other = step(journey, events.PinChecked(asked.number + 1, right=True))[0]
    assert other.screen is Screen.TECHNICIAN_PIN
    back, _ = step(step(journey, events.Back())[0], events.OpenTechnician())
    late, _ = step(back, events.PinChecked(asked.number, right=True))
    assert late.screen is Screen.TECHNICIAN_PIN, "the answer to whoever stood there before opens nothing"
    inside, _ = step(journey, events.PinChecked(asked.number, right=True))
    assert inside.screen is Screen.TECHNICIAN


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
