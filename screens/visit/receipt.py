"""Saved: the code, its QR, the number; what the paper is doing; what not to forget."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey.environment_faults import PRINTER_FAULTS
from journey.events import Finish, PaperCameOut, PrintAgain
from journey.faults import FAULTS, staff_code
from journey.language import _, say
from journey.state import Journey, PrintPhase, Visit
from journey.submission_flow import MAX_PRINTS
from protocol.tracking_code import display, tracking_url
from screens.kv_loader import load_rules
from screens.visit.storage_message import kept_line
from screens.widgets.screen_view import Page

PRINTING = _("Printing your receipt")
TAKE_IT = _("Take your receipt")
ASK_PAPER = _("Did the receipt come out?")


class PrinterPicture(Widget):
    """A printer with as much paper hanging out as there really is."""

    state = StringProperty("printing")
    paper = NumericProperty(60)  # units of the drawing, which is 200 high and wide
    s = NumericProperty(1)  # pixels for one unit

    def on_state(self, _widget: object, state: str) -> None:
        self.paper = {"printing": 60, "asked": 60}.get(state, 130)


class ReceiptPage(Page):
    """Never says more than is true: of the paper, of the network."""

    content = StringProperty()
    code = StringProperty()
    number = StringProperty()
    printing = BooleanProperty(False)
    asking = BooleanProperty(False)
    paper_icon = StringProperty("printer")
    paper_title = StringProperty(PRINTING)
    paper_advice = StringProperty()
    paper_good = BooleanProperty(True)
    paper_state = StringProperty("printing")  # what the picture shows: printing, out, asked, or none
    fault_code = StringProperty()
    take_card = BooleanProperty(False)
    card_first = BooleanProperty(False)  # ... which stands above the state of the paper then

    def draw(self, journey: Journey) -> None:
        """Follow printer, network and card."""
        visit = journey.visit
        if visit is None:
            return
        minted = visit.minted  # None while this is drawn ahead
        self.content = tracking_url(journey.hall.public_url, minted.code) if minted else ""
        self.code = display(minted.code) if minted else ""
        number = minted.number if minted else ""
        self.number = say(_("Case number {number}"), journey.comfort.language, number=number)
        self.take_card = journey.around.card_reader.card_is_in and not visit.card_waiting
        self.quiet = kept_line(visit, journey.around.network)
        self._draw_paper(visit, journey.around.printer, journey.comfort.language)
        again = visit.print_phase is PrintPhase.DONE and visit.prints_asked < MAX_PRINTS
        self.second = _("Print again") if again and journey.around.printer.can_print and not self.asking else ""
        self.second_first = (
            bool(self.second) and not self.paper_good
        )  # the printer works again: first the missing paper

    def _draw_paper(self, visit: Visit, printer: PrinterStatus, language: str) -> None:
        self.printing = visit.print_phase is not PrintPhase.DONE
        verdict = visit.print_verdict
        self.asking = not self.printing and verdict is PrintVerdict.PROBABLY_PRINTED and visit.paper_confirmed is None
        fault = PRINTER_FAULTS.get(printer)
        self.paper_good = self.printing or verdict is not PrintVerdict.NOT_PRINTED
        self.fault_code = self.paper_advice = ""
        if self.printing:
            self.paper_state, self.paper_title = "printing", PRINTING
        elif self.asking:
            self.paper_state, self.paper_title = "asked", ASK_PAPER
        elif self.paper_good:
            self.paper_state, self.paper_title = "out", TAKE_IT
        else:
            self.paper_state = "none"
            self.fault_code = staff_code(fault, language) if fault else ""
            self.paper_icon = FAULTS[fault].icon if fault else "printer-off"
            self.paper_title = FAULTS[fault].title if fault else _("No receipt came out")
            self.paper_advice = (
                _("The printer is working again. Press Print again")
                if visit.prints_asked < MAX_PRINTS and printer.has_paper
                else _("Your case is saved. Photograph the code or write it down")
            )

    def press_primary(self) -> None:
        """Done: the citizen has code and number."""
        self.send(Finish())

    def press_second(self) -> None:
        """Another paper."""
        self.send(PrintAgain())

    def paper(self, yes: bool) -> None:
        """The answer to "did the paper come out?"."""
        self.send(PaperCameOut(yes))


load_rules(__file__)
