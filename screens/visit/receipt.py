"""Saved: the code, its QR, the number; what the paper is doing; what not to forget."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.environment_faults import PRINTER_FAULTS
from journey.events import Finish, ReportReceiptPrinted, ReprintReceipt
from journey.faults import FAULTS, format_staff_code
from journey.language import _, translate
from journey.receipt_flow import MAX_PRINTS
from journey.state import Journey, PrintPhase, Visit
from protocol.tracking_code import display, tracking_url
from screens.kv_loader import load_kv
from screens.visit.storage_message import storage_message
from screens.widgets import qr_code as _qr_code  # noqa: F401  the rule uses it
from screens.widgets.screen_view import ScreenView

PRINTING_TITLE = _("Printing your receipt")
TAKE_RECEIPT_TITLE = _("Take your receipt")
ASK_IF_PRINTED_TITLE = _("Did the receipt come out?")


class PrinterPicture(Widget):
    """A printer with as much paper hanging out as there really is."""

    state = StringProperty("printing")
    paper_length = NumericProperty(60)  # units of the drawing, which is 200 high and wide
    pixels_per_unit = NumericProperty(1)  # pixels for one unit

    def on_state(self, _widget: object, state: str) -> None:
        self.paper_length = {"printing": 60, "asked": 60}.get(state, 130)


class ReceiptView(ScreenView):
    """Never says more than is true: of the paper, of the network."""

    qr_content = StringProperty()
    tracking_code_text = StringProperty()
    case_number_text = StringProperty()
    printing = BooleanProperty(False)
    asks_if_printed = BooleanProperty(False)
    receipt_icon = StringProperty("printer")
    receipt_title = StringProperty(PRINTING_TITLE)
    receipt_advice = StringProperty()
    receipt_ok = BooleanProperty(True)
    receipt_state = StringProperty("printing")  # what the picture shows: printing, out, asked, or none
    fault_code = StringProperty()
    take_card = BooleanProperty(False)
    card_reminder_first = BooleanProperty(False)  # ... which stands above the state of the paper then

    def update(self, journey: Journey) -> None:
        """Follow printer, network and card."""
        visit = journey.visit
        if visit is None:
            return
        saved = visit.saved  # None while this is drawn ahead
        self.qr_content = tracking_url(journey.kiosk.public_url, saved.code) if saved else ""
        self.tracking_code_text = display(saved.code) if saved else ""
        number = saved.number if saved else ""
        self.case_number_text = translate(_("Case number {number}"), journey.accessibility.language, number=number)
        self.take_card = journey.environment.card_reader.has_card and not visit.next_card_inserted
        self.subtitle = storage_message(visit, journey.environment.centre_reachable)
        self._update_receipt(visit, journey.environment.printer, journey.accessibility.language)
        again = visit.print_phase is PrintPhase.DONE and visit.print_requests < MAX_PRINTS
        self.secondary = (
            _("Print again") if again and journey.environment.printer.can_print and not self.asks_if_printed else ""
        )
        self.secondary_is_filled = (
            bool(self.secondary) and not self.receipt_ok
        )  # the printer works again: first the missing paper

    def _update_receipt(self, visit: Visit, printer: PrinterStatus, language: str) -> None:
        self.printing = visit.print_phase is not PrintPhase.DONE
        verdict = visit.print_verdict
        self.asks_if_printed = (
            not self.printing and verdict is PrintVerdict.PROBABLY_PRINTED and visit.printout_confirmed is None
        )
        fault = PRINTER_FAULTS.get(printer)
        self.receipt_ok = self.printing or verdict is not PrintVerdict.NOT_PRINTED
        self.fault_code = self.receipt_advice = ""
        if self.printing:
            self.receipt_state, self.receipt_title = "printing", PRINTING_TITLE
        elif self.asks_if_printed:
            self.receipt_state, self.receipt_title = "asked", ASK_IF_PRINTED_TITLE
        elif self.receipt_ok:
            self.receipt_state, self.receipt_title = "out", TAKE_RECEIPT_TITLE
        else:
            self.receipt_state = "none"
            self.fault_code = format_staff_code(fault, language) if fault else ""
            self.receipt_icon = FAULTS[fault].icon if fault else "printer-off"
            self.receipt_title = FAULTS[fault].title if fault else _("No receipt came out")
            self.receipt_advice = (
                _("The printer is working again. Press Print again")
                if visit.print_requests < MAX_PRINTS and printer.has_paper
                else _("Your case is saved. Photograph the code or write it down")
            )

    def press_primary(self) -> None:
        """Done: the citizen has code and number."""
        self.send(Finish())

    def press_secondary(self) -> None:
        """Another paper."""
        self.send(ReprintReceipt())

    def report_printed(self, yes: bool) -> None:
        """The answer to "did the paper come out?"."""
        self.send(ReportReceiptPrinted(yes))


load_kv(__file__)
