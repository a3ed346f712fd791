"""The set-up on the screen: one view for all its pages, which are described in journey.setup.pages."""

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout

from journey.events import (
    AnswerSetup,
    ChooseSetupOption,
    JudgeSetupTask,
    NextSetupPage,
    PreviousSetupPage,
    SkipSetupPage,
    TrySetupTask,
)
from journey.language import _, translate
from journey.setup.checks import MAX_ANSWER_CHARS
from journey.setup.navigation import answer_or_default, picture_rotation, present_page
from journey.setup.pages import PAGES, STEPS, PageKind, SetupPage
from journey.setup.sentences import outcome_text
from journey.setup.setup_state import Setup, SetupTask, TaskOutcome
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.setup.touch_targets import TouchCalibration
from screens.widgets.buttons import PressableBox
from screens.widgets.pool import Pool
from screens.widgets.text_entry_view import TextEntryView

RULER_MM = 100.0
_WIDTH_STEPS_MM = (-10, -1, 1, 10)
_MIN_WIDTH_MM, _MAX_WIDTH_MM = 60.0, 2000.0
_BLANK_ROW = {"value": "", "literal_text": "", "is_chosen": False}


class SetupOption(PressableBox):
    """One option of a question."""

    value = StringProperty()
    literal_text = StringProperty()
    is_chosen = BooleanProperty(False)
    view: Any = ObjectProperty(None)


class SetupView(TextEntryView):
    """Shows the present page: its question with options or a field, or a task with its result."""

    hint = StringProperty()
    kind = StringProperty()  # a PageKind
    result = StringProperty()
    result_color = ColorProperty("#0A5A3A")
    compare_code = StringProperty()
    recovery_key = StringProperty()  # in lines of two groups
    ruler_length = NumericProperty(0)  # pixels of RULER_MM
    width_text = StringProperty()
    options: Any = ObjectProperty(None)
    answer_box: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answer_box.max_chars = MAX_ANSWER_CHARS
        self.answer_box.change_callback = self._answer
        self._options = Pool(self.options, lambda: SetupOption(view=self), _BLANK_ROW)
        self._page: SetupPage = PAGES[0]
        self._width_mm = 268.0
        self._rotation = 0  # of the picture, in degrees
        self._language = "th"
        self._primary_event: Any = None
        self._secondary_event: Any = None
        self.fbind("width", self._update_ruler)

    def update(self, journey: Journey) -> None:
        """Show the page and the result of its task."""
        setup = journey.setup
        if setup is None:
            return
        language, page = journey.accessibility.language, present_page(setup)
        is_new, self._page = page is not self._page or language != self._language, page
        self._language = language
        self.title, self.hint, self.kind = page.title, page.hint, page.kind.value
        number = STEPS.index(page.step) + 1 if page.step in STEPS else 0
        self.subtitle_text = (
            translate(_("Step {step} of {steps}"), language, step=number, steps=len(STEPS))
            + f" · {translate(page.step.value, language)}"
            if number
            else ""
        )
        outcome = setup.outcome(page.name)
        self._show_options(setup, page, outcome)
        if page.kind is PageKind.TEXT:
            self.answer_box.field.password = page.is_secret
            self.answer_box.show_value(answer_or_default(setup, page), hidden=False)
        self._width_mm = float(setup.answer("screen.width") or journey.kiosk.panel_width_mm)
        self._update_ruler()
        self._rotation = picture_rotation(setup, journey.kiosk.rotation)
        self._show_result(setup, outcome)
        self._show_buttons(setup, page, outcome)
        if is_new:
            self._place_keyboard()

    def enter(self, journey: Journey) -> None:
        """The set-up opens."""
        super().enter(journey)
        self._place_keyboard()

    def _place_keyboard(self) -> None:
        """The keyboard of the page: the layout of its answers, no keyboard without a field."""
        self.scroll.scroll_y = 1
        self.pad_layout = self._page.layout
        self._update_layout()  # the page before may have left it at another layer
        self.keyboard_shown = self._page.kind is PageKind.TEXT
        if self.keyboard_shown:
            self.focus_field(self.answer_box)

    def _show_options(self, setup: Setup, page: SetupPage, outcome: TaskOutcome | None) -> None:
        listed = outcome.options if outcome is not None else ()
        own = tuple((value, translate(label, self._language)) for value, label in page.options)
        chosen = setup.answer(page.name)
        self._options.show(
            [
                {"value": value, "literal_text": text, "is_chosen": value == chosen}
                for value, text in (*listed, *own)
                if page.kind is PageKind.CHOICE
            ]
        )

    def _show_result(self, setup: Setup, outcome: TaskOutcome | None) -> None:
        self.compare_code = self.recovery_key = ""
        if setup.wrong:
            self.result, self.result_color = translate(setup.wrong, self._language), self.theme.error
        elif outcome is not None and not (outcome.passed and outcome.options):
            self.result = outcome_text(outcome, self._language)
            self.result_color = self.theme.error if outcome.passed is False else self.theme.ink
            if outcome.sentence == "enrol.waiting":
                self.compare_code = outcome.detail
            elif outcome.sentence == "key.shown":
                self.recovery_key = _two_groups_a_line(outcome.detail)
        else:
            self.result, self.result_color = "", self.theme.ink
        if setup.running is not None and setup.running is not SetupTask.ENROL:
            self.result, self.result_color = translate(_("Please wait …"), self._language), self.theme.ink
        if self._page.name == "centre.trust":  # above the answers: it is what the question is about
            self.hint = setup.answer("centre.fingerprint")

    def _show_buttons(self, setup: Setup, page: SetupPage, outcome: TaskOutcome | None) -> None:
        """The one obvious next step is the filled button."""
        is_busy = setup.running is not None
        self.has_back_button = page is not PAGES[0] or setup.reopened
        self.secondary, self._secondary_event = "", None
        self.primary_enabled = not is_busy
        self.primary_icon = "chevron-right"
        if page.kind in (PageKind.TRIAL, PageKind.TOUCH):
            self._show_task_buttons(page, outcome, is_busy=is_busy)
        elif page.kind is PageKind.CHOICE:
            self.primary, self._primary_event = ("", None)
            if page.options_task is not None and not is_busy:
                self.secondary, self._secondary_event = _("Search again"), TrySetupTask()
        else:
            is_end = page is PAGES[-1]
            self.primary = _("Finish") if is_end else _("Begin") if page is PAGES[0] else _("Next")
            self._primary_event = NextSetupPage()
        self.secondary_name = "secondary" if self.secondary else ""

    def _show_task_buttons(self, page: SetupPage, outcome: TaskOutcome | None, *, is_busy: bool) -> None:
        if is_busy:
            self.primary, self._primary_event = "", None
        elif outcome is not None and outcome.passed:
            self.primary, self._primary_event = _("Next"), NextSetupPage()
            if not page.starts_by_itself:
                self.secondary, self._secondary_event = _("Try again"), TrySetupTask()
        elif outcome is not None and outcome.passed is None:
            self.primary, self._primary_event = _("Works"), JudgeSetupTask(passed=True)
            self.secondary, self._secondary_event = _("Failed"), JudgeSetupTask(passed=False)
        else:
            self.primary = _("Try again") if outcome is not None or page.starts_by_itself else page.start_label
            self.primary_icon, self._primary_event = "refresh", TrySetupTask()
            if page.can_skip:
                self.secondary, self._secondary_event = _("Skip"), SkipSetupPage()

    def choose(self, value: str) -> None:
        """An option was touched."""
        self.send(ChooseSetupOption(self._page.name, value))

    def _answer(self, text: str) -> None:
        self.send(AnswerSetup(self._page.name, text))

    def change_width(self, step_mm: float) -> None:
        """Make the picture so many millimetres wider."""
        width = max(_MIN_WIDTH_MM, min(_MAX_WIDTH_MM, self._width_mm + step_mm))
        self.send(AnswerSetup(self._page.name, f"{width:g}"))

    def turn_picture(self) -> None:
        """Turn the picture by a quarter, anticlockwise."""
        self.send(AnswerSetup(self._page.name, str((self._rotation + 90) % 360)))

    def _update_ruler(self, *_changed: object) -> None:
        self.ruler_length = self.width / self._width_mm * RULER_MM
        self.width_text = translate(_("The picture is {width} mm wide"), self._language, width=f"{self._width_mm:g}")

    def press_back(self) -> None:
        """To the page before."""
        self.send(PreviousSetupPage())

    def press_primary(self) -> None:
        """The next step."""
        if isinstance(self._primary_event, TrySetupTask) and self._page.kind is PageKind.TOUCH:
            self._calibrate()
        elif self._primary_event is not None:
            if self._page.kind is PageKind.RULER:
                self.send(AnswerSetup(self._page.name, f"{self._width_mm:g}"))
            self.send(self._primary_event)

    def press_secondary(self) -> None:
        """The other step."""
        if isinstance(self._secondary_event, TrySetupTask) and self._page.kind is PageKind.TOUCH:
            self._calibrate()
        elif self._secondary_event is not None:
            self.send(self._secondary_event)

    def _calibrate(self) -> None:
        Layout.add_widget(self, TouchCalibration(self._end_calibration, size=self.size, pos=self.pos))

    def _end_calibration(self, touches: str) -> None:
        """The targets were touched; '' when one was not. The height follows from the width: pixels are square."""
        height_mm = self._width_mm * self.height / max(1, self.width)
        self.send(AnswerSetup(self._page.name, f"{touches};{height_mm:.1f}"))
        self.send(TrySetupTask())


def _two_groups_a_line(key: str) -> str:
    """A recovery key in lines that a person copies without losing the place; each but the last ends in its hyphen."""
    groups = key.split("-")
    return "-\n".join("-".join(groups[at : at + 2]) for at in range(0, len(groups), 2))


load_kv(__file__)
