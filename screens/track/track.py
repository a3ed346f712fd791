"""Where is my case? The code by 32 keys, or the receipt on the scanner."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from drivers.letter_scanner.status import ScannerStatus
from kiosk_app.journey.asides import LOOKING_UP
from kiosk_app.journey.events import ReadCodeFromPaper, SubmitCode
from kiosk_app.journey.state import Journey, LookUpPhase
from kiosk_app.language import _
from screens.rules import load_rules
from screens.widgets.keyboard import Keyboard
from screens.widgets.page import Page

GROUPS = (4, 4, 5)
SYMBOLS = sum(GROUPS)

_SENTENCES = {
    LookUpPhase.BAD_CODE: _("This is not a code: one sign is wrong. Compare it with your receipt"),
    LookUpPhase.READING_PAPER: _("Looking for the code on your paper …"),
    LookUpPhase.PAPER_UNREADABLE: _("No code was found on the paper. Lay it face down and flat, or type the code"),
    LookUpPhase.ASKING: _("Asking the centre …"),
    LookUpPhase.NO_ANSWER: _("The centre cannot be reached now. Try later, or call 1567 and name your case number"),
}


def grouped(code: str) -> str:
    """What was typed so far, 4-4-5, open places as low lines."""
    padded = code + "_" * (SYMBOLS - len(code))
    parts, start = [], 0
    for size in GROUPS:
        parts.append(" ".join(padded[start : start + size]))
        start += size
    return "   ".join(parts)


class Track(Page):
    """The pad writes straight into this page: it is its own field."""

    code = StringProperty()
    shown_code = StringProperty(grouped(""))
    sentence = StringProperty()
    busy = BooleanProperty(False)
    wrong = BooleanProperty(False)
    with_scanner = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._look_up = LookUpPhase.IDLE
        self.tray.add_widget(Keyboard(layout="code", field=self))

    def draw(self, journey: Journey) -> None:
        """What became of the question."""
        visit = journey.visit
        if visit is None:
            return
        self._look_up = visit.look_up
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
        self.wrong = self._look_up in (
            LookUpPhase.BAD_CODE,
            LookUpPhase.PAPER_UNREADABLE,
            LookUpPhase.NO_ANSWER,
        )
        self.sentence = _SENTENCES.get(self._look_up, "")
        self.primary_ready = len(self.code) == SYMBOLS and not self.busy

    def on_code(self, _widget: object, code: str) -> None:
        """Another sign."""
        self.shown_code = grouped(code)
        self._look_up = self._look_up if self.busy else LookUpPhase.IDLE
        self._follow()

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
