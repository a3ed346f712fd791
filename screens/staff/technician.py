"""The technician's page: is this kiosk ready, what is wrong with it, and does each part do what it should."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout

from journey.device_tests import MAX_VOLUME_STEP_PERCENT, DeviceTest, DeviceUnderTest
from journey.environment_faults import active_faults
from journey.events import Finish, RecordDeviceTest, Restart, RunDeviceTest, SetMaxVolume
from journey.faults import FAULTS
from journey.language import _, localise_digits, translate
from journey.screens import Screen
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.staff.touch_test import TouchTest
from screens.widgets.containers import Column, Row
from screens.widgets.screen_view import ScreenView
from thai.dates import clock_time, short_date

RULER_MM = 100.0
CONFIRM_WITHIN_S = 5.0  # within which a restart must be pressed a second time

TEST_BUTTONS = {
    DeviceUnderTest.PRINTER: ("printer", _("Print a test slip")),
    DeviceUnderTest.SCANNER: ("scan", _("Scan a page")),
    DeviceUnderTest.CARD_READER: ("id", _("Read a card")),
    DeviceUnderTest.SOUND: ("volume", _("Play a sound")),
    DeviceUnderTest.TOUCH: ("hand-finger", _("Touch the screen")),
}
TEST_QUESTIONS = {
    DeviceUnderTest.PRINTER: _("Did the receipt come out?"),
    DeviceUnderTest.SOUND: _("A sound was played. Did you hear it?"),
}
_RESTARTS = {
    "interface": (_("Restart this program"), _("Press again to restart this program")),
    "reboot": (_("Restart the machine"), _("Press again to restart the machine")),
}


class ReadinessRow(Row):
    """One thing and how it is."""

    name = StringProperty()
    sentence = StringProperty()


class DeviceTestRow(Column):
    """One part: a button to try it, and how it went last."""

    target: DeviceUnderTest = ObjectProperty(None)
    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    result = StringProperty()
    is_failed = BooleanProperty(False)
    question = StringProperty()  # message id; '' where the part itself can tell
    is_running = BooleanProperty(False)
    is_enabled = BooleanProperty(True)
    loudness = StringProperty()  # of the loudspeaker; '' for the other parts
    page: Any = ObjectProperty(None)


class TechnicianView(ScreenView):
    """Trials with their dated results, a ruler, the readiness report, and the faults that stand now by staff code."""

    readiness_report: Callable[[str], list[tuple[str, str]]] = ObjectProperty(lambda language: [])
    readiness_rows: Any = ObjectProperty(None)
    device_tests: Any = ObjectProperty(None)
    faults = StringProperty()
    ruler_length = NumericProperty(0)  # pixels of RULER_MM
    ruler_text = StringProperty()
    restart_interface = StringProperty(_RESTARTS["interface"][0])
    restart_machine = StringProperty(_RESTARTS["reboot"][0])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._test_rows = {
            target: DeviceTestRow(target=target, name=f"test.{target.value}", icon=icon, message=message, page=self)
            for target, (icon, message) in TEST_BUTTONS.items()
        }
        for line in self._test_rows.values():
            self.device_tests.add_widget(line)
        self._panel_width_mm = 0.0
        self._restart_pressed: tuple[str, float] = ("", 0.0)
        self._loudness = 100
        self._language = ""  # of the report
        self.fbind("width", self._update_ruler)

    def update(self, journey: Journey) -> None:
        """Faults and trials follow the world by themselves; the report is asked for again by its button."""
        language = journey.accessibility.language
        if journey.screen is Screen.TECHNICIAN and self._language not in ("", language):
            self._request_report(language)
        rows = sorted(active_faults(journey.environment), key=lambda fault: fault.value)
        self.faults = "\n".join(f"{fault.value}  {translate(FAULTS[fault].title, language)}" for fault in rows)
        last = {device_test.target: device_test for device_test in journey.device_tests}
        for target, line in self._test_rows.items():
            line.is_running, line.is_enabled = journey.running_test is target, journey.running_test is None
            self._update_row(line, last.get(target), language)
        self._loudness = journey.max_volume_percent
        self._test_rows[DeviceUnderTest.SOUND].loudness = translate(
            _("Maximum volume: {percent} %"), language, percent=journey.max_volume_percent
        )
        if self._panel_width_mm != journey.kiosk.panel_width_mm:
            self._panel_width_mm = journey.kiosk.panel_width_mm
            self._update_ruler()
        self.ruler_text = translate(
            _("Place a ruler here: this line is {length} mm long if the panel is {width} mm wide (kiosk.toml)"),
            language,
            length=f"{RULER_MM:.0f}",
            width=f"{self._panel_width_mm:g}",
        )

    def _update_row(self, line: DeviceTestRow, device_test: DeviceTest | None, language: str) -> None:
        line.question, line.is_failed = "", False
        if line.is_running:
            line.result = translate(_("Testing …"), language)
        elif device_test is None:
            line.result = translate(_("Not tested yet"), language)
        elif device_test.passed is None:
            line.result, line.question = "", TEST_QUESTIONS[line.target]
        else:
            moment = datetime.fromtimestamp(device_test.at_epoch_s, UTC)
            when = localise_digits(f"{short_date(moment, language)} {clock_time(moment, language)}", language)
            how = (
                FAULTS[device_test.fault].title
                if device_test.fault
                else _("Works")
                if device_test.passed
                else _("Does not work")
            )
            code = f" ({device_test.fault.value})" if device_test.fault else ""
            line.result, line.is_failed = f"{when}  {translate(how, language)}{code}", not device_test.passed

    def enter(self, journey: Journey) -> None:
        """Ask for the report."""
        super().enter(journey)
        self._restart_pressed = ("", 0.0)
        self._show_restarts()
        self._request_report(journey.accessibility.language)

    def _request_report(self, language: str) -> None:
        self._language = language
        self.readiness_rows.clear_widgets()
        for name, sentence in self.readiness_report(language):
            self.readiness_rows.add_widget(ReadinessRow(name=name, sentence=sentence))

    def run_device_test(self, target: DeviceUnderTest) -> None:
        """A button of a trial."""
        if target is DeviceUnderTest.TOUCH:
            pixels_per_mm = self.width / max(1.0, self._panel_width_mm)
            over = TouchTest(
                lambda passed: self.record_result(target, passed), pixels_per_mm, size=self.size, pos=self.pos
            )
            Layout.add_widget(self, over)  # over the whole page, not into its body
        else:
            self.send(RunDeviceTest(target))

    def record_result(self, target: DeviceUnderTest, passed: bool) -> None:
        """What only somebody who looks and listens can tell."""
        self.send(RecordDeviceTest(target, passed, time.time()))

    def change_loudness(self, steps: int) -> None:
        """So many steps, down when negative; heard at once."""
        self.send(SetMaxVolume(self._loudness + steps * MAX_VOLUME_STEP_PERCENT))

    def restart(self, what: str) -> None:
        """Pressed twice it is meant."""
        before, until = self._restart_pressed
        now = time.monotonic()
        if before == what and now < until:
            self.send(Restart(reboot=what == "reboot"))
            what = ""
        self._restart_pressed = (what, now + CONFIRM_WITHIN_S)
        self._show_restarts()

    def _show_restarts(self) -> None:
        pressed = self._restart_pressed[0]
        self.restart_interface, self.restart_machine = (
            sentences[what == pressed] for what, sentences in _RESTARTS.items()
        )

    def _update_ruler(self, *_changed: object) -> None:
        self.ruler_length = self.width / self._panel_width_mm * RULER_MM if self._panel_width_mm else 0

    def press_primary(self) -> None:
        """Back to the resting screen."""
        self.send(Finish())

    def press_secondary(self) -> None:
        """Ask again."""
        self._request_report(self._language)


load_kv(__file__)
