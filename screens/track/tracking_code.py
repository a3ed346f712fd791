"""Tracking a case: the tracking code is typed on a pad of 32 keys, or read from the receipt on the scanner."""

from typing import Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from drivers.ports.letter_scanner import ScannerStatus
from journey.events import ScanReceiptCode, SubmitTrackingCode
from journey.language import _
from journey.state import Journey, LookUpPhase
from journey.transitions import LOOK_UP_PENDING_PHASES
from protocol.tracking_code import LENGTH, display
from screens.kv_loader import load_kv
from screens.widgets.fault_panel import NO_FAULT, FaultNotice, fault_notice
from screens.widgets.keyboard import Keyboard
from screens.widgets.screen_view import ScreenView

CODE_GROUPS = tuple(map(len, display("0" * LENGTH).split("-")))  # as on the receipt, with hyphens between

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
    """One character of the code. Cells do not move while the code is typed and compared with the receipt."""

    literal_text = StringProperty()
    is_next = BooleanProperty(False)  # the next key writes here


class TrackView(ScreenView):
    """The keyboard writes into this view: it has the methods of a field."""

    code = StringProperty()
    notice = ObjectProperty(NO_FAULT, rebind=True)  # a fault of the scanner, or the state of the look-up
    is_busy = BooleanProperty(False)
    is_error = BooleanProperty(False)
    has_scanner = BooleanProperty(True)
    is_compact = BooleanProperty(False)  # little space: message and code must be visible together

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._look_up_phase = LookUpPhase.IDLE
        self._fault_notice = NO_FAULT
        self._cells: list[CodeCell] = []
        for index, size in enumerate(CODE_GROUPS):
            if index:
                self.ids.code_cells.add_widget(Factory.Hyphen())
            group = [CodeCell() for _cell in range(size)]
            for cell in group:
                self.ids.code_cells.add_widget(cell)
            self._cells += group
        self._show_code()
        self.tray.add_widget(Keyboard(layout="code", field=self))

    def update(self, journey: Journey) -> None:
        """Show the state of the look-up."""
        visit = journey.visit
        if visit is None:
            return
        self._look_up_phase = visit.look_up_phase
        self._fault_notice = fault_notice(visit.scan_fault, journey.accessibility.language)
        self.has_scanner = journey.environment.scanner is not ScannerStatus.ABSENT
        self._update_notice()

    def enter(self, journey: Journey) -> None:
        """Begin with an empty code."""
        super().enter(journey)
        self.clear()

    def clear(self) -> None:
        """Remove the code."""
        self.code = ""

    def _update_notice(self) -> None:
        self.is_busy = self._look_up_phase in LOOK_UP_PENDING_PHASES
        notice = self._fault_notice
        if notice is NO_FAULT and self._look_up_phase in _PHASE_MESSAGES:
            icon = "hourglass" if self.is_busy else "alert-triangle"
            notice = FaultNotice(_PHASE_MESSAGES[self._look_up_phase], icon=icon)
        self.is_error = notice is not NO_FAULT and not self.is_busy
        self.notice = notice
        self.primary_enabled = len(self.code) == LENGTH and not self.is_busy

    def on_code(self, *_changed: object) -> None:
        """The code changed: messages about the previous one disappear."""
        self._show_code()
        if not self.is_busy:
            self._look_up_phase, self._fault_notice = LookUpPhase.IDLE, NO_FAULT
        self._update_notice()

    def _show_code(self) -> None:
        for index, cell in enumerate(self._cells):
            cell.literal_text, cell.is_next = self.code[index : index + 1], index == len(self.code)

    def write(self, text: str) -> None:
        """Called by the keyboard."""
        if len(self.code) < LENGTH:
            self.code += text

    def delete_backward(self) -> None:
        """Called by the keyboard."""
        self.code = self.code[:-1]

    def press_primary(self) -> None:
        """Look the code up."""
        self.send(SubmitTrackingCode(self.code))

    def scan_receipt(self) -> None:
        """Read the receipt on the scanner."""
        self.send(ScanReceiptCode())


load_kv(__file__)
