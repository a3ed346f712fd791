"""The receipt screen: tracking code and case number of the saved case, and the state of the printed receipt."""

from enum import Enum

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.environment_faults import PRINTER_FAULTS
from journey.events import Finish, ReportReceiptPrinted, ReprintReceipt
from journey.language import _
from journey.receipt_flow import MAX_PRINTS
from journey.state import Journey, PrintPhase, Visit
from screens.kv_loader import load_kv
from screens.widgets.fault_panel import FaultNotice, fault_notice
from screens.widgets.screen_view import ScreenView
from screens.widgets.tracking_code_panel import NO_TRACKING_CODE, tracking_code_texts


class ReceiptState(Enum):
    """What is known of the printed receipt."""

    PRINTING = "printing"
    ASKING = "asking"  # it may have come out: the citizen is asked
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"


RECEIPT_TITLES = {
    ReceiptState.PRINTING: _("Printing your receipt"),
    ReceiptState.ASKING: _("Did the receipt come out?"),
    ReceiptState.PRINTED: _("Take your receipt"),
}
NO_RECEIPT = FaultNotice(title=_("No receipt came out"), icon="printer-off")


def storage_message(visit: Visit, network: bool | None) -> str:
    """Message id of where the saved case is now. It says that the centre has the case only after its signed receipt has
    arrived."""
    if visit.acknowledged:
        return _("The centre has received your case")
    if network is False:
        return _("Stored safely in this kiosk. There is no connection: it will be sent to the centre automatically")
    return _("Stored safely in this kiosk and being sent to the centre")


class PrinterPicture(Widget):
    """A printer with a short receipt, or with a whole one once it is printed."""

    state = ObjectProperty(ReceiptState.PRINTING)
    receipt_length = NumericProperty(60)  # units of the drawing, which is 200 high and wide
    pixels_per_unit = NumericProperty(1)

    def on_state(self, _widget: object, state: ReceiptState) -> None:
        self.receipt_length = 60 if state in (ReceiptState.PRINTING, ReceiptState.ASKING) else 130


class ReceiptView(ScreenView):
    """Shows the code, and states only what is known about receipt and network."""

    tracking_code = ObjectProperty(NO_TRACKING_CODE)
    receipt_state = ObjectProperty(ReceiptState.PRINTING)
    notice = ObjectProperty(FaultNotice(RECEIPT_TITLES[ReceiptState.PRINTING]), rebind=True)  # about the receipt
    asks_if_printed = BooleanProperty(False)
    is_receipt_expected = BooleanProperty(True)  # nothing went wrong with printing so far
    take_card = BooleanProperty(False)
    card_reminder_first = BooleanProperty(False)  # the reminder is above the state of the receipt

    def qr_height(self, *_inputs: object) -> float:
        """Height of the QR code. In low reach it is the height of the upper half that the text of its panel leaves
        free. The .kv rule passes everything that the result depends on."""
        unit, panel = self.theme.unit, self.ids.code_panel
        if not self.lead_above:
            return float((380 if self.theme.portrait else 400) * unit)
        padding = panel.padding[1] + panel.padding[3]
        return float(max(200 * unit, min(380 * unit, self.lead_max_height - panel.text_height - padding)))

    def update(self, journey: Journey) -> None:
        """Follow printer, network and card."""
        visit = journey.visit
        if visit is None:
            return
        self.tracking_code = tracking_code_texts(journey)  # without a code while the view is preloaded
        self.take_card = journey.environment.card_reader.has_card and not visit.next_card_inserted
        self.subtitle = storage_message(visit, journey.environment.centre_reachable)
        printer = journey.environment.printer
        self.receipt_state = _receipt_state(visit)
        self.asks_if_printed = self.receipt_state is ReceiptState.ASKING
        self.is_receipt_expected = self.receipt_state is not ReceiptState.NOT_PRINTED
        self.notice = _receipt_notice(self.receipt_state, visit, printer, journey.accessibility.language)
        may_reprint = visit.print_phase is PrintPhase.DONE and visit.print_requests < MAX_PRINTS
        self.secondary = _("Print again") if may_reprint and printer.can_print and not self.asks_if_printed else ""
        # The printer works again: the missing receipt comes first.
        self.secondary_is_filled = bool(self.secondary) and not self.is_receipt_expected

    def press_primary(self) -> None:
        """Done: the citizen has code and number."""
        self.send(Finish())

    def press_secondary(self) -> None:
        """Print another receipt."""
        self.send(ReprintReceipt())

    def report_printed(self, yes: bool) -> None:
        """The reply to "Did the receipt come out?"."""
        self.send(ReportReceiptPrinted(yes))


def _receipt_state(visit: Visit) -> ReceiptState:
    if visit.print_phase is not PrintPhase.DONE:
        return ReceiptState.PRINTING
    if visit.print_verdict is PrintVerdict.NOT_PRINTED:
        return ReceiptState.NOT_PRINTED
    if visit.print_verdict is PrintVerdict.PROBABLY_PRINTED and visit.printout_confirmed is None:
        return ReceiptState.ASKING
    return ReceiptState.PRINTED


def _receipt_notice(state: ReceiptState, visit: Visit, printer: PrinterStatus, language: str) -> FaultNotice:
    """What the view says about the receipt."""
    if state is not ReceiptState.NOT_PRINTED:
        return FaultNotice(RECEIPT_TITLES[state])
    fault = PRINTER_FAULTS.get(printer)
    notice = fault_notice(fault, language) if fault is not None else NO_RECEIPT
    if visit.print_requests < MAX_PRINTS and printer.is_ready_to_print:
        return notice._replace(advice=_("The printer is working again. Press Print again"))
    return notice._replace(advice=_("Your case is saved. Photograph the code or write it down"))


load_kv(__file__)
