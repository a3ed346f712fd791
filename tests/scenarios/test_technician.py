"""The technician's PIN, device tests, volume and the dark screen at night."""

from dataclasses import replace
from typing import Any

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.faults import Fault
from journey.screens import Screen
from journey.state import Overlay
from journey.step import step
from simulators.sample_data import HEALTHY_ENVIRONMENT
from tests.scenarios.scenario import Scenario

PIN = "a hash of it"


def _technician_screen() -> Scenario:
    scenario = Scenario(technician_pin_hash=PIN).tap(events.OpenTechnician()).expect_screen(Screen.TECHNICIAN_PIN)
    return scenario.tap(events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN)


def _kiosk_profile(**environment: Any) -> Scenario:
    return Scenario(replace(HEALTHY_ENVIRONMENT, **environment), technician_pin_hash=PIN)


def test_the_technician_gesture_works_while_a_fault_blocks_visits() -> None:
    scenario = _kiosk_profile(enrolled=False).wait(1).expect_screen(Screen.FAULT)
    scenario.tap(events.OpenTechnician()).expect_screen(Screen.TECHNICIAN_PIN).tap(events.Back()).expect_screen(
        Screen.FAULT
    )
    scenario.tap(events.OpenTechnician(), events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN)
    scenario.tap(events.Finish()).expect_screen(Screen.FAULT)
    scenario = _kiosk_profile().tap(events.OpenAbout(), events.OpenTechnician()).expect_screen(Screen.TECHNICIAN_PIN)


def test_a_visit_is_hidden_while_the_pin_is_entered() -> None:
    scenario = _kiosk_profile().identify_by_card().write_complaint()
    before = scenario.visit
    scenario.tap(events.OpenTechnician()).expect_screen(Screen.TECHNICIAN_PIN)
    scenario.tap(events.EnterPin("0000")).expect_screen(Screen.TECHNICIAN_PIN)
    assert scenario.tap(events.Back()).expect_screen(Screen.REVIEW).visit == before


def test_after_the_technician_the_visit_returns_behind_still_there() -> None:
    scenario = _kiosk_profile().identify_by_card().write_complaint()
    before = scenario.visit
    scenario.tap(events.OpenTechnician(), events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN)
    scenario.tap(events.RunDeviceTest(DeviceUnderTest.CARD_READER))
    assert scenario.journey.running_test is None, "a device test does not read the citizen's card"
    scenario.tap(events.Finish()).expect_screen(Screen.REVIEW, Overlay.STILL_THERE)
    assert (
        replace(scenario.tap(events.DismissOverlay()).expect_screen(Screen.REVIEW).visit, idle_time_factor=1.0)
        == before
    )
    scenario.tap(events.OpenTechnician(), events.EnterPin("4711"), events.Back()).expect_screen(
        Screen.REVIEW, Overlay.STILL_THERE
    )
    scenario.wait(31).expect_screen(Screen.ATTRACT)
    assert scenario.journey.visit is None


def test_a_visit_abandoned_after_the_technician_ends_like_any_other() -> None:
    scenario = (
        _kiosk_profile()
        .identify_by_card()
        .write_complaint()
        .confirm_and_save()
        .dispatch(events.ScreenShown(Screen.RECEIPT))
    )
    scenario.tap(events.OpenTechnician()).expect_screen(Screen.RECEIPT)  # its print is still running
    scenario.answer_effect(
        effects.PrintReceipt,
        lambda e: events.PrintFinished(e.request_id, PrintVerdict.PRINTED, PrinterStatus.READY),
    )
    scenario.tap(events.OpenTechnician()).expect_screen(Screen.TECHNICIAN_PIN)
    scenario.wait(61).wait(31).expect_screen(Screen.ATTRACT)
    assert scenario.newest_effect(effects.ConfirmReceipt).confirmed is False
    scenario.newest_effect(effects.EraseVisitData)


def test_the_technician_cannot_interrupt_an_overlay_or_a_save() -> None:
    scenario = (
        _kiosk_profile()
        .identify_by_card()
        .write_complaint()
        .tap(events.SubmitComplaint(), events.OpenTechnician())
        .expect_screen(Screen.REVIEW)
    )
    scenario = _kiosk_profile().identify_by_card().write_complaint().remove_card().tap(events.OpenTechnician())
    scenario.expect_screen(Screen.REVIEW, Overlay.CARD_OUT)


def test_five_wrong_pins_lock_the_pin_each_time_for_a_minute_longer() -> None:
    scenario = Scenario(technician_pin_hash=PIN).tap(events.OpenTechnician())
    for _ in range(5):
        scenario.tap(events.EnterPin("0000")).expect_screen(Screen.TECHNICIAN_PIN)
    scenario.wait(59).tap(events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN_PIN)
    for _ in range(5):
        scenario.wait(1).tap(events.EnterPin("0000")).expect_screen(Screen.TECHNICIAN_PIN)
    for seconds in (50, 50, 19):
        scenario.wait(seconds).tap(events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN_PIN)
    scenario.wait(1).tap(events.EnterPin("4711")).expect_screen(Screen.TECHNICIAN)


def test_a_pin_is_checked_once_and_its_result_only_used_on_the_pin_screen() -> None:
    journey = Scenario(technician_pin_hash=PIN).tap(events.OpenTechnician()).journey
    journey, (check,) = step(journey, events.EnterPin("4711"))
    assert isinstance(check, effects.CheckPin)
    assert "4711" not in repr(check)
    assert step(journey, events.EnterPin("4711")) == (journey, ()), "one at a time"
    other = step(journey, events.PinChecked(check.check_id + 1, correct=True))[0]
    assert other.screen is Screen.TECHNICIAN_PIN
    reopened, _ = step(step(journey, events.Back())[0], events.OpenTechnician())
    late, _ = step(reopened, events.PinChecked(check.check_id, correct=True))
    assert late.screen is Screen.TECHNICIAN_PIN, "the result of an earlier PIN entry opens nothing"
    inside, _ = step(journey, events.PinChecked(check.check_id, correct=True))
    assert inside.screen is Screen.TECHNICIAN


def test_a_device_test_is_requested_once_and_its_result_is_stored_with_its_date() -> None:
    scenario = _technician_screen().tap(
        events.RunDeviceTest(DeviceUnderTest.PRINTER), events.RunDeviceTest(DeviceUnderTest.SCANNER)
    )
    assert scenario.count_effects(effects.RunDeviceTest) == 1, "one at a time"
    jammed = DeviceTest(DeviceUnderTest.PRINTER, passed=False, at_epoch_s=1_790_000_000.0, fault=Fault.PRINTER_CUTTER)
    scenario.dispatch(events.DeviceTestFinished(jammed))
    assert scenario.journey.running_test is None
    assert scenario.newest_effect(effects.SaveDeviceTests).device_tests == (jammed,)
    again = DeviceTest(DeviceUnderTest.PRINTER, passed=True, at_epoch_s=1_790_000_060.0)
    scenario.tap(events.RunDeviceTest(DeviceUnderTest.PRINTER)).dispatch(events.DeviceTestFinished(again))
    assert scenario.journey.device_tests == (again,), "only the last counts"


def test_a_sound_test_asks_the_technician_for_the_result() -> None:
    scenario = (
        _technician_screen()
        .tap(events.RunDeviceTest(DeviceUnderTest.SPEAKER))
        .dispatch(events.DeviceTestFinished(DeviceTest(DeviceUnderTest.SPEAKER, None, 1.0)))
    )
    scenario.tap(events.RecordDeviceTest(DeviceUnderTest.SPEAKER, passed=True, at_epoch_s=2.0))
    assert scenario.journey.device_tests == (DeviceTest(DeviceUnderTest.SPEAKER, passed=True, at_epoch_s=2.0),)


def test_the_volume_of_the_kiosk_is_set_stored_and_played() -> None:
    scenario = _technician_screen().dispatch(events.DeviceTestsLoaded((), 70)).tap(events.SetMaxVolume(60))
    assert scenario.journey.max_volume_percent == 60
    assert scenario.newest_effect(effects.SaveDeviceTests).max_volume_percent == 60
    assert scenario.newest_effect(effects.RunDeviceTest).target is DeviceUnderTest.SPEAKER
    scenario.tap(events.SetMaxVolume(50))
    assert scenario.journey.max_volume_percent == 60, "one sound at a time"
    scenario.dispatch(events.DeviceTestFinished(DeviceTest(DeviceUnderTest.SPEAKER, False, 1.0, Fault.SPEAKER_ABSENT)))
    assert scenario.tap(events.SetMaxVolume(-10)).journey.max_volume_percent == 10, "silence is not offered"
    assert Scenario().tap(events.SetMaxVolume(50)).journey.max_volume_percent == 100, "only the technician sets it"


def test_only_the_technician_runs_device_tests_or_restarts() -> None:
    scenario = Scenario().tap(
        events.RunDeviceTest(DeviceUnderTest.PRINTER),
        events.RecordDeviceTest(DeviceUnderTest.TOUCH, True, 1.0),
        events.Restart(True),
    )
    assert not scenario.requested_effects
    assert not scenario.journey.device_tests
    _technician_screen().tap(events.Restart(reboot=False)).newest_effect(effects.Restart)


def test_at_night_the_screen_goes_dark_and_a_touch_only_wakes_it() -> None:
    scenario = Scenario().dispatch(events.EnvironmentChanged(is_night=True)).wait(59)
    assert not scenario.journey.asleep, "somebody may still be in front of the kiosk"
    scenario.wait(2).expect_screen(Screen.ATTRACT)
    assert scenario.journey.asleep
    assert scenario.last_effects == (effects.SwitchBacklight(lit=False),)
    scenario.tap(events.ScreenTouched()).expect_screen(Screen.ATTRACT)
    assert not scenario.journey.asleep
    assert scenario.last_effects == (effects.SwitchBacklight(lit=True),)
    assert scenario.wait(61).journey.asleep
    assert not scenario.insert_card().expect_screen(Screen.NOTICE).journey.asleep, "a card wakes it too"


def test_the_screen_is_lit_again_in_the_morning() -> None:
    scenario = Scenario().dispatch(events.EnvironmentChanged(is_night=True)).wait(61)
    assert not scenario.dispatch(events.EnvironmentChanged(is_night=False)).journey.asleep
    assert scenario.last_effects == (effects.SwitchBacklight(lit=True),)
    assert not scenario.wait(100).journey.asleep
