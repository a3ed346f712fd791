"""Who speaks: by ID card, or without."""

import re

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from drivers.ports.card_reader import CitizenCard
from journey.environment_faults import PRINTER_FAULTS, can_request_card, card_fault
from journey.events import ContinueWithoutCard, Next, ReadCardAgain
from journey.faults import FAULTS, Fault, format_staff_code
from journey.language import _
from journey.screens import can_leave_screen
from journey.state import CardPhase, Journey
from screens.kv_loader import load_kv
from screens.visit import card_picture as _card_picture  # noqa: F401  the rule uses it
from screens.widgets.screen_view import ScreenView

CARD_OF_PREVIOUS_TITLE = _("The card in the slot belongs to the previous person")
CARD_OF_PREVIOUS_ADVICE = _("Remove it and give it to staff. Then insert your own")
HIDDEN_TEXT = "• • • • •"  # in place of personal data while they are covered


class IdentifyView(ScreenView):
    """Insert the card; then what was read from it."""

    chip_side = StringProperty("up")
    phase = StringProperty(CardPhase.WAITING.value)
    name_text = StringProperty()
    address = StringProperty()
    fault_icon = StringProperty("id-off")
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    picture_max_height = NumericProperty(0)  # pixels of height for the picture of the card
    can_request_card = BooleanProperty(True)  # a card can be read now: no text asks for one otherwise
    can_print = BooleanProperty(True)  # a receipt can be printed now: no text promises one otherwise

    def update(self, journey: Journey) -> None:
        """Follow the card."""
        visit = journey.visit
        if visit is None:
            return
        self.chip_side = journey.kiosk.chip_side
        self.phase = visit.card_phase.value
        self.can_request_card = can_request_card(journey.environment)
        self.can_print = journey.environment.printer not in PRINTER_FAULTS
        if visit.card_fault is not None:
            row = FAULTS[visit.card_fault]
            self.fault_icon, self.fault_title, self.fault_advice = row.icon, row.title, row.advice
            self.fault_code = format_staff_code(visit.card_fault, journey.accessibility.language)
            if visit.card_fault is Fault.CARD_LEFT_BEHIND:
                self.fault_title, self.fault_advice = CARD_OF_PREVIOUS_TITLE, CARD_OF_PREVIOUS_ADVICE
        else:
            self.fault_title = self.fault_code = ""
        card = visit.draft.card
        self.name_text, self.address = _card_texts(card, visit.personal_data_hidden) if card else ("", "")
        self.title = {
            CardPhase.READING: _("Reading your card"),
            CardPhase.READ: _("Information from your card"),
            CardPhase.DECLINED: _("Continuing without a card"),
        }.get(visit.card_phase, self._instruction_title(journey))
        self.primary = _("Next") if can_leave_screen(visit, journey.screen) else ""

    def _instruction_title(self, journey: Journey) -> str:
        """What is to be done with cards now."""
        if self.can_request_card:
            return _("Insert your ID card")
        left = card_fault(journey.environment) is Fault.CARD_LEFT_BEHIND
        return _("First remove the card in the slot") if left else _("You can continue without a card")

    def press_primary(self) -> None:
        """On to the topic."""
        self.send(Next())

    def continue_without_card(self) -> None:
        """The button below the picture."""
        self.send(ContinueWithoutCard())

    def read_card_again(self) -> None:
        """Read what is in the slot once more."""
        self.send(ReadCardAgain())


def _card_texts(card: CitizenCard, personal_data_hidden: bool) -> tuple[str, str]:
    return (
        (HIDDEN_TEXT, HIDDEN_TEXT) if personal_data_hidden else (str(card.name), _abbreviate_address(card.address.raw))
    )


def _abbreviate_address(address: str) -> str:
    """As addresses are written by hand; and a line never ends within a name that stands behind its abbreviation."""
    for prefix, short in (("ตำบล", "ต."), ("อำเภอ", "อ."), ("จังหวัด", "จ.")):
        address = re.sub(rf"(^|\s){prefix}", rf"\1{short}", address)
    return address


load_kv(__file__)
