"""The technician's screen: PIN, device tests, volume, restart. An interrupted visit continues afterwards."""

from dataclasses import replace

from journey import effects, events
from journey.device_tests import MAX_VOLUME_STEP_PERCENT, DeviceTest, DeviceUnderTest
from journey.screens import TECHNICIAN_SCREENS, Screen
from journey.state import Journey, Overlay, Visit
from journey.transitions import StepResult, event_handler, go_to_screen, is_busy, show_overlay, with_visit

MAX_PIN_FAILURES = 5  # then the PIN is locked, each time for a minute longer
PIN_LOCK_S = 60.0


@event_handler
def open_technician(journey: Journey, _: events.OpenTechnician) -> StepResult:
    """Ask for the PIN, from any screen. A running visit is kept, and nothing of it is shown meanwhile.

    Not possible while the citizen waits for the kiosk: a scan, save or print shows its result on the screen where it
    began. Each of them ends within its deadline.
    """
    if journey.screen in TECHNICIAN_SCREENS or not journey.kiosk.technician_pin_hash or is_busy(journey):
        return journey, ()
    interrupted = replace(with_visit(journey, technician_return_screen=journey.screen), pending_pin_check_id=0)
    return go_to_screen(interrupted, Screen.TECHNICIAN_PIN), ()


def leave_technician(journey: Journey, visit: Visit) -> StepResult:
    """Return to the interrupted visit.

    The work after the PIN takes minutes: the visit returns covered by "still there?", so that the technician does not
    read the story of a citizen who has left.
    """
    return_screen = visit.technician_return_screen or Screen.NOTICE
    returned = go_to_screen(replace(journey, visit=replace(visit, technician_return_screen=None)), return_screen)
    if journey.screen is Screen.TECHNICIAN:
        returned = show_overlay(returned, Overlay.STILL_THERE)
    return returned, ()


@event_handler
def enter_pin(journey: Journey, event: events.EnterPin) -> StepResult:
    """Check the PIN, unless the PIN is locked or another check runs."""
    is_locked = journey.now < journey.pin_locked_until
    if journey.screen is not Screen.TECHNICIAN_PIN or is_locked or journey.pending_pin_check_id:
        return journey, ()
    check_id = journey.last_pin_check_id + 1
    checking = replace(journey, last_pin_check_id=check_id, pending_pin_check_id=check_id)
    return checking, (effects.CheckPin(check_id, event.pin, journey.kiosk.technician_pin_hash),)


@event_handler
def on_pin_checked(journey: Journey, event: events.PinChecked) -> StepResult:
    """Open the technician's screen, or count the failure and lock the PIN after every fifth one."""
    if journey.screen is not Screen.TECHNICIAN_PIN or event.check_id != journey.pending_pin_check_id:
        return journey, ()
    journey = replace(journey, pending_pin_check_id=0)
    if event.correct:
        return replace(go_to_screen(journey, Screen.TECHNICIAN), pin_failures=0), ()
    journey = replace(journey, pin_failures=journey.pin_failures + 1)
    lock_count, failures_since_lock = divmod(journey.pin_failures, MAX_PIN_FAILURES)
    if failures_since_lock == 0:
        journey = replace(journey, pin_locked_until=journey.now + lock_count * PIN_LOCK_S)
    return journey, ()


@event_handler
def run_device_test(journey: Journey, event: events.RunDeviceTest) -> StepResult:
    """Test one device at a time. The card of a citizen whose visit was interrupted is not read for a test."""
    if journey.screen is not Screen.TECHNICIAN or journey.running_test is not None:
        return journey, ()
    if event.target is DeviceUnderTest.CARD_READER and journey.visit is not None:
        return journey, ()
    return replace(journey, running_test=event.target), (effects.RunDeviceTest(event.target),)


@event_handler
def on_device_test_finished(journey: Journey, event: events.DeviceTestFinished) -> StepResult:
    """Keep the result as the device's last one and end its test."""
    return _with_result(journey, event.device_test)


@event_handler
def record_device_test(journey: Journey, event: events.RecordDeviceTest) -> StepResult:
    """Keep the technician's own judgement as the device's last result."""
    if journey.screen is not Screen.TECHNICIAN:
        return journey, ()
    return _with_result(journey, DeviceTest(event.target, event.passed, event.at_epoch_s))


def _with_result(journey: Journey, result: DeviceTest) -> StepResult:
    others = (test for test in journey.device_tests if test.target is not result.target)
    running_test = None if journey.running_test is result.target else journey.running_test
    journey = replace(journey, device_tests=(*others, result), running_test=running_test)
    return journey, (effects.SaveDeviceTests(journey.device_tests, journey.max_volume_percent),)


@event_handler
def on_device_tests_loaded(journey: Journey, event: events.DeviceTestsLoaded) -> StepResult:
    """Restore the results and the volume saved before this start."""
    return replace(journey, device_tests=event.device_tests, max_volume_percent=event.max_volume_percent), ()


@event_handler
def set_max_volume(journey: Journey, event: events.SetMaxVolume) -> StepResult:
    """Set and save the volume, and play a sample for the technician to judge."""
    if journey.screen is not Screen.TECHNICIAN or journey.running_test is not None:
        return journey, ()
    percent = max(MAX_VOLUME_STEP_PERCENT, min(100, event.percent))
    journey, sample = run_device_test(
        replace(journey, max_volume_percent=percent), events.RunDeviceTest(DeviceUnderTest.SPEAKER)
    )
    return journey, (effects.SaveDeviceTests(journey.device_tests, percent), *sample)


@event_handler
def restart(journey: Journey, event: events.Restart) -> StepResult:
    """Restart the interface or the machine."""
    return journey, ((effects.Restart(event.reboot),) if journey.screen is Screen.TECHNICIAN else ())
