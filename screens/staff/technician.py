"""The technician's page: is this kiosk ready, what is wrong with it, and does each part do what it should."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout

from journey.device_tests import LOUDNESS_STEP, Part, Trial
from journey.environment_faults import active_faults
from journey.events import Finish, JudgeTrial, Restart, SetLoudness, TryOut
from journey.faults import FAULTS
from journey.language import _, figures, say
from journey.state import Journey, Screen
from screens.kv_loader import load_rules
from screens.staff.touch_test import TouchTest
from screens.widgets.containers import Column, Row
from screens.widgets.screen_view import Page
from thai.dates import clock_time, short_date

RULER_MM = 100.0
CERTAIN_S = 5.0  # within which a restart must be pressed a second time

PARTS = {
    Part.PRINTER: ("printer", _("Print a test slip")),
    Part.SCANNER: ("scan", _("Scan a page")),
    Part.CARD_READER: ("id", _("Read a card")),
    Part.SOUND: ("volume", _("Play a sound")),
    Part.TOUCH: ("hand-finger", _("Touch the screen")),
}
QUESTIONS = {
    Part.PRINTER: _("Did the receipt come out?"),
    Part.SOUND: _("A sound was played. Did you hear it?"),
}
_RESTARTS = {
    "interface": (_("Restart this program"), _("Press again to restart this program")),
    "machine": (_("Restart the machine"), _("Press again to restart the machine")),
}


class ReadinessLine(Row):
    """One thing and how it is."""

    name = StringProperty()
    sentence = StringProperty()


class TrialLine(Column):
    """One part: a button to try it, and how it went last."""

    part: Part = ObjectProperty(None)
    name = StringProperty()
    icon = StringProperty()
    message = StringProperty()
    result = StringProperty()
    bad = BooleanProperty(False)
    question = StringProperty()  # message id; '' where the part itself can tell
    busy = BooleanProperty(False)
    ready = BooleanProperty(True)
    loudness = StringProperty()  # of the loudspeaker; '' for the other parts
    page: Any = ObjectProperty(None)


class Technician(Page):
    """Trials with their dated results, a ruler, the readiness report, and the faults that stand now by staff code."""

    report: Callable[[str], list[tuple[str, str]]] = ObjectProperty(lambda language: [])
    lines: Any = ObjectProperty(None)
    trials: Any = ObjectProperty(None)
    faults = StringProperty()
    ruler = NumericProperty(0)  # pixels of RULER_MM
    ruler_words = StringProperty()
    restart_interface = StringProperty(_RESTARTS["interface"][0])
    restart_machine = StringProperty(_RESTARTS["machine"][0])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lines = {
            part: TrialLine(part=part, name=f"try.{part.value}", icon=icon, message=message, page=self)
            for part, (icon, message) in PARTS.items()
        }
        for line in self._lines.values():
            self.trials.add_widget(line)
        self._panel_width_mm = 0.0
        self._pressed: tuple[str, float] = ("", 0.0)
        self._loudness = 100
        self._language = ""  # of the report
        self.fbind("width", self._measure)

    def draw(self, journey: Journey) -> None:
        """Faults and trials follow the world by themselves; the report is asked for again by its button."""
        language = journey.comfort.language
        if journey.screen is Screen.TECHNICIAN and self._language not in ("", language):
            self._ask(language)
        rows = sorted(active_faults(journey.around), key=lambda fault: fault.value)
        self.faults = "\n".join(f"{fault.value}  {say(FAULTS[fault].title, language)}" for fault in rows)
        last = {trial.part: trial for trial in journey.trials}
        for part, line in self._lines.items():
            line.busy, line.ready = journey.trying is part, journey.trying is None
            self._draw_trial(line, last.get(part), language)
        self._loudness = journey.loudness
        self._lines[Part.SOUND].loudness = say(_("Maximum volume: {percent} %"), language, percent=journey.loudness)
        if self._panel_width_mm != journey.hall.panel_width_mm:
            self._panel_width_mm = journey.hall.panel_width_mm
            self._measure()
        self.ruler_words = say(
            _("Place a ruler here: this line is {length} mm long if the panel is {width} mm wide (kiosk.toml)"),
            language,
            length=f"{RULER_MM:.0f}",
            width=f"{self._panel_width_mm:g}",
        )

    def _draw_trial(self, line: TrialLine, trial: Trial | None, language: str) -> None:
        line.question, line.bad = "", False
        if line.busy:
            line.result = say(_("Testing …"), language)
        elif trial is None:
            line.result = say(_("Not tested yet"), language)
        elif trial.passed is None:
            line.result, line.question = "", QUESTIONS[line.part]
        else:
            moment = datetime.fromtimestamp(trial.wall, UTC)
            when = figures(f"{short_date(moment, language)} {clock_time(moment, language)}", language)
            how = FAULTS[trial.fault].title if trial.fault else _("Works") if trial.passed else _("Does not work")
            code = f" ({trial.fault.value})" if trial.fault else ""
            line.result, line.bad = f"{when}  {say(how, language)}{code}", not trial.passed

    def enter(self, journey: Journey) -> None:
        """Ask for the report."""
        super().enter(journey)
        self._pressed = ("", 0.0)
        self._show_restarts()
        self._ask(journey.comfort.language)

    def _ask(self, language: str) -> None:
        self._language = language
        self.lines.clear_widgets()
        for name, sentence in self.report(language):
            self.lines.add_widget(ReadinessLine(name=name, sentence=sentence))

    def try_out(self, part: Part) -> None:
        """A button of a trial."""
        if part is Part.TOUCH:
            pixels_a_mm = self.width / max(1.0, self._panel_width_mm)
            over = TouchTest(lambda passed: self.judge(part, passed), pixels_a_mm, size=self.size, pos=self.pos)
            Layout.add_widget(self, over)  # over the whole page, not into its body
        else:
            self.send(TryOut(part))

    def judge(self, part: Part, passed: bool) -> None:
        """What only somebody who looks and listens can tell."""
        self.send(JudgeTrial(part, passed, time.time()))

    def louder(self, steps: int) -> None:
        """So many steps, down when negative; heard at once."""
        self.send(SetLoudness(self._loudness + steps * LOUDNESS_STEP))

    def restart(self, what: str) -> None:
        """Pressed twice it is meant."""
        before, until = self._pressed
        now = time.monotonic()
        if before == what and now < until:
            self.send(Restart(machine=what == "machine"))
            what = ""
        self._pressed = (what, now + CERTAIN_S)
        self._show_restarts()

    def _show_restarts(self) -> None:
        pressed = self._pressed[0]
        self.restart_interface, self.restart_machine = (
            sentences[what == pressed] for what, sentences in _RESTARTS.items()
        )

    def _measure(self, *_changed: object) -> None:
        self.ruler = self.width / self._panel_width_mm * RULER_MM if self._panel_width_mm else 0

    def press_primary(self) -> None:
        """Back to the resting screen."""
        self.send(Finish())

    def press_second(self) -> None:
        """Ask again."""
        self._ask(self._language)


load_rules(__file__)
