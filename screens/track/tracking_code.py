"""Where is my case? The code by 32 keys, or the receipt on the scanner."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from drivers.ports.letter_scanner import ScannerStatus
from journey.events import ScanReceiptCode, SubmitTrackingCode
from journey.faults import FAULTS, Fault, format_staff_code
from journey.language import _
from journey.state import Journey, LookUpPhase
from journey.transitions import LOOK_UP_PENDING_PHASES
from screens.kv_loader import load_kv
from screens.widgets.keyboard import Keyboard
from screens.widgets.screen_view import ScreenView

CODE_GROUPS = (4, 4, 5)  # as on the paper, with a hyphen between
CODE_LENGTH = sum(CODE_GROUPS)

_PHASE_MESSAGES = {
    LookUpPhase.BAD_CODE: _("This code is not correct. Compare each character with your receipt"),
    LookUpPhase.CASE_NUMBER: _("This is the case number. The tracking code is above it, in larger print"),
    LookUpPhase.SCANNING_RECEIPT: _("Looking for the code on your receipt …"),
    LookUpPhase.RECEIPT_UNREADABLE: _("No code was found. Place the receipt flat and face down, or enter the code"),
    LookUpPhase.QUERYING: _("Contacting the centre …"),
    LookUpPhase.NO_RESPONSE: _(
        "The centre cannot be reached right now. Try again later, or call 1567 and give your case number"
    ),
}


class CodeCell(AnchorLayout):
    """One place of the code. It keeps its place: what was typed does not move while it is compared with the paper."""

    literal_text = StringProperty()
    is_next = BooleanProperty(False)  # the next key writes here


class TrackView(ScreenView):
    """The pad writes straight into this page: it is its own field."""

    code = StringProperty()
    status_message = StringProperty()
    is_busy = BooleanProperty(False)
    is_error = BooleanProperty(False)
    fault_icon = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    has_scanner = BooleanProperty(True)
    is_compact = BooleanProperty(False)  # what is wrong and the code are to be seen together in little room

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._look_up = LookUpPhase.IDLE
        self._fault: Fault | None = None
        self._cells: list[CodeCell] = []
        for number, size in enumerate(CODE_GROUPS):
            if number:
                self.ids.code_cells.add_widget(Factory.Hyphen())
            group = [CodeCell() for _place in range(size)]
            for sign in group:
                self.ids.code_cells.add_widget(sign)
            self._cells += group
        self._show_code()
        self.tray.add_widget(Keyboard(layout="code", field=self))

    def update(self, journey: Journey) -> None:
        """What became of the question."""
        visit = journey.visit
        if visit is None:
            return
        self._look_up, self._fault = visit.look_up_phase, visit.scan_fault
        self.fault_code = format_staff_code(self._fault, journey.accessibility.language) if self._fault else ""
        self.has_scanner = journey.environment.scanner is not ScannerStatus.ABSENT
        self._update_status()

    def enter(self, journey: Journey) -> None:
        """Begin empty."""
        super().enter(journey)
        self.clear()

    def clear(self) -> None:
        """The code of the person before is nobody's business."""
        self.code = ""

    def _update_status(self) -> None:
        self.is_busy = self._look_up in LOOK_UP_PENDING_PHASES
        row = FAULTS[self._fault] if self._fault is not None else None
        self.status_message = row.title if row else _PHASE_MESSAGES.get(self._look_up, "")
        self.fault_icon, self.fault_advice = (row.icon, row.advice) if row else ("", "")
        self.is_error = bool(self.status_message) and not self.is_busy
        self.primary_enabled = len(self.code) == CODE_LENGTH and not self.is_busy

    def on_code(self, *_changed: object) -> None:
        """Another sign."""
        self._show_code()
        if not self.is_busy:
            self._look_up, self._fault, self.fault_code = LookUpPhase.IDLE, None, ""
        self._update_status()

    def _show_code(self) -> None:
        for place, sign in enumerate(self._cells):
            sign.literal_text, sign.is_next = self.code[place : place + 1], place == len(self.code)

    def write(self, sign: str) -> None:
        """From the pad."""
        if len(self.code) < CODE_LENGTH:
            self.code += sign

    def delete_backward(self) -> None:
        """From the pad."""
        self.code = self.code[:-1]

    def press_primary(self) -> None:
        """Look it up."""
        self.send(SubmitTrackingCode(self.code))

    def scan_receipt(self) -> None:
        """Read the receipt on the scanner."""
        self.send(ScanReceiptCode())


load_kv(__file__)
