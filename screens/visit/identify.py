"""Who speaks: by ID card, or without."""

import re

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from drivers.ports.card_reader import CitizenCard
from journey.environment_faults import PRINTER_FAULTS, asks_card, card_fault
from journey.events import Next, ReadCardAgain, WithoutCard
from journey.faults import FAULTS, Fault, staff_code
from journey.form_flow import may_leave
from journey.language import _
from journey.state import CardPhase, Journey
from screens.kv_loader import load_rules
from screens.visit import card_picture as _card_picture  # noqa: F401  the rule uses it
from screens.widgets.screen_view import Page

OF_ANOTHER = _("The card in the slot belongs to the previous person")
TAKE_IT_OUT = _("Remove it and give it to staff. Then insert your own")
HIDDEN = "• • • • •"  # in place of personal data while they are covered


class Identify(Page):
    """Insert the card; then what was read from it."""

    chip_side = StringProperty("up")
    phase = StringProperty(CardPhase.WAITING.value)
    person = StringProperty()
    address = StringProperty()
    fault_icon = StringProperty("id-off")
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    picture_room = NumericProperty(0)  # pixels of height for the picture of the card
    asks_card = BooleanProperty(True)  # a card can be read now: no text asks for one otherwise
    prints = BooleanProperty(True)  # a receipt can be printed now: no text promises one otherwise

    def draw(self, journey: Journey) -> None:
        """Follow the card."""
        visit = journey.visit
        if visit is None:
            return
        self.chip_side = journey.hall.chip_side
        self.phase = visit.card_phase.value
        self.asks_card = asks_card(journey.around)
        self.prints = journey.around.printer not in PRINTER_FAULTS
        if visit.card_fault is not None:
            row = FAULTS[visit.card_fault]
            self.fault_icon, self.fault_title, self.fault_advice = row.icon, row.title, row.advice
            self.fault_code = staff_code(visit.card_fault, journey.comfort.language)
            if visit.card_fault is Fault.CARD_LEFT_BEHIND:
                self.fault_title, self.fault_advice = OF_ANOTHER, TAKE_IT_OUT
        else:
            self.fault_title = self.fault_code = ""
        card = visit.draft.card
        self.person, self.address = _written(card, visit.covered) if card else ("", "")
        self.title = {
            CardPhase.READING: _("Reading your card"),
            CardPhase.READ: _("Information from your card"),
            CardPhase.DECLINED: _("Continuing without a card"),
        }.get(visit.card_phase, self._asked(journey))
        self.primary = _("Next") if may_leave(visit, journey.screen) else ""

    def _asked(self, journey: Journey) -> str:
        """What is to be done with cards now."""
        if self.asks_card:
            return _("Insert your ID card")
        left = card_fault(journey.around) is Fault.CARD_LEFT_BEHIND
        return _("First remove the card in the slot") if left else _("You can continue without a card")

    def press_primary(self) -> None:
        """On to the topic."""
        self.send(Next())

    def without_card(self) -> None:
        """The button below the picture."""
        self.send(WithoutCard())

    def again(self) -> None:
        """Read what is in the slot once more."""
        self.send(ReadCardAgain())


def _written(card: CitizenCard, covered: bool) -> tuple[str, str]:
    return (HIDDEN, HIDDEN) if covered else (str(card.name), _briefly(card.address.raw))


def _briefly(address: str) -> str:
    """As addresses are written by hand; and a line never ends within a name that stands behind its abbreviation."""
    for prefix, short in (("ตำบล", "ต."), ("อำเภอ", "อ."), ("จังหวัด", "จ.")):
        address = re.sub(rf"(^|\s){prefix}", rf"\1{short}", address)
    return address


load_rules(__file__)
