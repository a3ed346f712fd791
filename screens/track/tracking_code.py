"""Where is my case? The code by 32 keys, or the receipt on the scanner."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from drivers.ports.letter_scanner import ScannerStatus
from journey.events import ReadCodeFromPaper, SubmitCode
from journey.faults import FAULTS, Fault, staff_code
from journey.language import _
from journey.state import Journey, LookUpPhase
from journey.tracking_flow import LOOKING_UP
from screens.kv_loader import load_rules
from screens.widgets.keyboard import Keyboard
from screens.widgets.screen_view import Page

GROUPS = (4, 4, 5)  # as on the paper, with a hyphen between
SYMBOLS = sum(GROUPS)

_SENTENCES = {
    LookUpPhase.BAD_CODE: _("This code is not correct. Compare each character with your receipt"),
    LookUpPhase.CASE_NUMBER: _("This is the case number. The tracking code is above it, in larger print"),
    LookUpPhase.READING_PAPER: _("Looking for the code on your receipt …"),
    LookUpPhase.PAPER_UNREADABLE: _("No code was found. Place the receipt flat and face down, or enter the code"),
    LookUpPhase.ASKING: _("Contacting the centre …"),
    LookUpPhase.NO_ANSWER: _(
        "The centre cannot be reached right now. Try again later, or call 1567 and give your case number"
    ),
}


class Sign(AnchorLayout):
    """One place of the code. It keeps its place: what was typed does not move while it is compared with the paper."""

    words = StringProperty()
    now = BooleanProperty(False)  # the next key writes here


class Track(Page):
    """The pad writes straight into this page: it is its own field."""

    code = StringProperty()
    sentence = StringProperty()
    busy = BooleanProperty(False)
    wrong = BooleanProperty(False)
    fault_icon = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    with_scanner = BooleanProperty(True)
    tight = BooleanProperty(False)  # what is wrong and the code are to be seen together in little room

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._look_up = LookUpPhase.IDLE
        self._fault: Fault | None = None
        self._signs: list[Sign] = []
        for number, size in enumerate(GROUPS):
            if number:
                self.ids.signs.add_widget(Factory.Hyphen())
            group = [Sign() for _place in range(size)]
            for sign in group:
                self.ids.signs.add_widget(sign)
            self._signs += group
        self._show_code()
        self.tray.add_widget(Keyboard(layout="code", field=self))

    def draw(self, journey: Journey) -> None:
        """What became of the question."""
        visit = journey.visit
        if visit is None:
            return
        self._look_up, self._fault = visit.look_up, visit.scan_fault
        self.fault_code = staff_code(self._fault, journey.comfort.language) if self._fault else ""
        self.with_scanner = journey.around.scanner is not ScannerStatus.ABSENT
        self._follow()

    def enter(self, journey: Journey) -> None:
        """Begin empty."""
        super().enter(journey)
        self.forget()

    def forget(self) -> None:
        """The code of the person before is nobody's business."""
        self.code = ""

    def _follow(self) -> None:
        self.busy = self._look_up in LOOKING_UP
        row = FAULTS[self._fault] if self._fault is not None else None
        self.sentence = row.title if row else _SENTENCES.get(self._look_up, "")
        self.fault_icon, self.fault_advice = (row.icon, row.advice) if row else ("", "")
        self.wrong = bool(self.sentence) and not self.busy
        self.primary_ready = len(self.code) == SYMBOLS and not self.busy

    def on_code(self, *_changed: object) -> None:
        """Another sign."""
        self._show_code()
        if not self.busy:
            self._look_up, self._fault, self.fault_code = LookUpPhase.IDLE, None, ""
        self._follow()

    def _show_code(self) -> None:
        for place, sign in enumerate(self._signs):
            sign.words, sign.now = self.code[place : place + 1], place == len(self.code)

    def write(self, sign: str) -> None:
        """From the pad."""
        if len(self.code) < SYMBOLS:
            self.code += sign

    def delete_back(self) -> None:
        """From the pad."""
        self.code = self.code[:-1]

    def press_primary(self) -> None:
        """Look it up."""
        self.send(SubmitCode(self.code))

    def from_paper(self) -> None:
        """Read the receipt on the scanner."""
        self.send(ReadCodeFromPaper())


load_rules(__file__)
