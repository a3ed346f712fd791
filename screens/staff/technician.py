"""The technician's screen: readiness of the kiosk, current faults, and tests of each device."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout

from journey.device_tests import MAX_VOLUME_STEP_PERCENT, DeviceTest, DeviceUnderTest
from journey.environment_faults import active_faults
from journey.events import Finish, OpenSetup, RecordDeviceTest, Restart, RunDeviceTest, SetMaxVolume
from journey.faults import FAULTS
from journey.language import _, localise_digits, translate
from journey.screens import Screen
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.staff.touch_test import TouchTest
from screens.widgets.confirm_twice import ConfirmTwice
from screens.widgets.containers import Column, Row
from screens.widgets.screen_view import ScreenView
from thai.dates import clock_time, short_date

RULER_MM = 100.0

TEST_BUTTONS = {
    DeviceUnderTest.PRINTER: ("printer", _("Print a test slip")),
    DeviceUnderTest.SCANNER: ("scan", _("Scan a page")),
    DeviceUnderTest.CARD_READER: ("id", _("Read a card")),
    DeviceUnderTest.SPEAKER: ("volume", _("Play a sound")),
    DeviceUnderTest.TOUCH: ("hand-finger", _("Touch the screen")),
}
TEST_QUESTIONS = {
    DeviceUnderTest.PRINTER: _("Did the test slip come out?"),
    DeviceUnderTest.SPEAKER: _("A sound was played. Did you hear it?"),
}
_RESTART_LABELS = {  # before and after the first press
    "interface": (_("Restart this program"), _("Press again to restart this program")),
    "reboot": (_("Restart the machine"), _("Press again to restart the machine")),
}


class ReadinessRow(Row):
    """One check of the readiness report."""

    name = StringProperty()
    sentence = StringProperty()


class DeviceTestRow(Column):
    """One device: a button that tests it, and the last result."""

    target: DeviceUnderTest = ObjectProperty(None)
    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    result = StringProperty()
    is_failed = BooleanProperty(False)
    question = StringProperty()  # message id; '' where the device reports the result itself
    is_running = BooleanProperty(False)
    is_enabled = BooleanProperty(True)
    max_volume = StringProperty()  # of the speaker; '' for the other devices
    view: Any = ObjectProperty(None)


class TechnicianView(ScreenView):
    """Device tests with their dated results, a ruler, the readiness report, and the current faults by staff code."""

    readiness_report: Callable[[str], list[tuple[str, str]]] = ObjectProperty(lambda language: [])
    readiness_rows: Any = ObjectProperty(None)
    device_tests: Any = ObjectProperty(None)
    faults = StringProperty()
    ruler_length = NumericProperty(0)  # pixels of RULER_MM
    ruler_text = StringProperty()
    can_set_up = BooleanProperty(True)  # not while a citizen's visit waits
    restart_interface = StringProperty(_RESTART_LABELS["interface"][0])
    restart_machine = StringProperty(_RESTART_LABELS["reboot"][0])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._test_rows = {
            target: DeviceTestRow(target=target, name=f"test.{target.value}", icon=icon, message=message, view=self)
            for target, (icon, message) in TEST_BUTTONS.items()
        }
        for row in self._test_rows.values():
            self.device_tests.add_widget(row)
        self._panel_width_mm = 0.0
        self._restart_confirmation = ConfirmTwice(self._update_restart_labels)
        self._max_volume_percent = 100
        self._report_language = ""
        self.fbind("width", self._update_ruler)

    def update(self, journey: Journey) -> None:
        """Show faults and device tests. The report is requested again only by its button or for another language."""
        language = journey.accessibility.language
        if journey.screen is Screen.TECHNICIAN and self._report_language not in ("", language):
            self._request_report(language)
        faults = sorted(active_faults(journey.environment), key=lambda fault: fault.value)
        self.faults = "\n".join(f"{fault.value}  {translate(FAULTS[fault].title, language)}" for fault in faults)
        last_tests = {device_test.target: device_test for device_test in journey.device_tests}
        for target, row in self._test_rows.items():
            row.is_running, row.is_enabled = journey.running_test is target, journey.running_test is None
            _show_test(row, last_tests.get(target), language)
        self._max_volume_percent = journey.max_volume_percent
        self._test_rows[DeviceUnderTest.SPEAKER].max_volume = translate(
            _("Maximum volume: {percent} %"), language, percent=journey.max_volume_percent
        )
        self.can_set_up = journey.visit is None and journey.running_test is None
        self._show_ruler(journey.kiosk.panel_width_mm, language)

    def _show_ruler(self, panel_width_mm: float, language: str) -> None:
        if self._panel_width_mm != panel_width_mm:
            self._panel_width_mm = panel_width_mm
            self._update_ruler()
        self.ruler_text = translate(
            _("Place a ruler here: this line is {length} mm long if the panel is {width} mm wide (kiosk.toml)"),
            language,
            length=f"{RULER_MM:.0f}",
            width=f"{self._panel_width_mm:g}",
        )

    def enter(self, journey: Journey) -> None:
        """Request the report."""
        super().enter(journey)
        self._restart_confirmation.cancel()
        self._request_report(journey.accessibility.language)

    def _request_report(self, language: str) -> None:
        self._report_language = language
        self.readiness_rows.clear_widgets()
        for name, sentence in self.readiness_report(language):
            self.readiness_rows.add_widget(ReadinessRow(name=name, sentence=sentence))

    def run_device_test(self, target: DeviceUnderTest) -> None:
        """Start the test of a device."""
        if target is DeviceUnderTest.TOUCH:
            pixels_per_mm = self.width / max(1.0, self._panel_width_mm)
            touch_test = TouchTest(
                lambda passed: self.record_result(target, passed), pixels_per_mm, size=self.size, pos=self.pos
            )
            Layout.add_widget(self, touch_test)  # over the whole view, not into its body
        else:
            self.send(RunDeviceTest(target))

    def record_result(self, target: DeviceUnderTest, passed: bool) -> None:
        """Record the result of a test that the device cannot report."""
        self.send(RecordDeviceTest(target, passed, time.time()))

    def change_max_volume(self, steps: int) -> None:
        """Change the maximum volume by so many steps; effective at once."""
        self.send(SetMaxVolume(self._max_volume_percent + steps * MAX_VOLUME_STEP_PERCENT))

    def restart(self, what: str) -> None:
        """Restart at the second press. `what` is a key of _RESTART_LABELS."""
        if self._restart_confirmation.press(what):
            self.send(Restart(reboot=what == "reboot"))

    def _update_restart_labels(self) -> None:
        pending = self._restart_confirmation.pending
        self.restart_interface, self.restart_machine = (
            labels[what == pending] for what, labels in _RESTART_LABELS.items()
        )

    def _update_ruler(self, *_changed: object) -> None:
        self.ruler_length = self.width / self._panel_width_mm * RULER_MM if self._panel_width_mm else 0

    def open_setup(self) -> None:
        """Open the set-up, which asks for the PIN again."""
        self.send(OpenSetup())

    def press_primary(self) -> None:
        """Back to the attract screen."""
        self.send(Finish())

    def press_secondary(self) -> None:
        """Request the report again."""
        self._request_report(self._report_language)


def _show_test(row: DeviceTestRow, device_test: DeviceTest | None, language: str) -> None:
    """Show the last test of a device."""
    row.question, row.is_failed = "", False
    if row.is_running:
        row.result = translate(_("Testing …"), language)
    elif device_test is None:
        row.result = translate(_("Not tested yet"), language)
    elif device_test.passed is None:
        row.result, row.question = "", TEST_QUESTIONS[row.target]
    else:
        row.result, row.is_failed = _result_text(device_test, language), not device_test.passed


def _result_text(device_test: DeviceTest, language: str) -> str:
    """Date, time and result of a finished test."""
    tested_at = datetime.fromtimestamp(device_test.at_epoch_s, UTC)
    when = localise_digits(f"{short_date(tested_at, language)} {clock_time(tested_at, language)}", language)
    if device_test.fault:
        return f"{when}  {translate(FAULTS[device_test.fault].title, language)} ({device_test.fault.value})"
    result = _("Works") if device_test.passed else _("Does not work")
    return f"{when}  {translate(result, language)}"


load_kv(__file__)
