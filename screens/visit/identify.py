"""Identification: by ID card, or without."""

import re

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from drivers.ports.card_reader import CitizenCard
from journey.environment_faults import can_print, can_request_card, card_fault
from journey.events import ContinueWithoutCard, Next, ReadCardAgain
from journey.faults import Fault
from journey.language import _
from journey.screens import can_leave_screen
from journey.state import CardPhase, Journey
from screens.kv_loader import load_kv
from screens.visit import card_picture as _card_picture  # noqa: F401  the rule uses it
from screens.widgets.fault_panel import NO_FAULT, fault_notice
from screens.widgets.screen_view import ScreenView

CARD_OF_PREVIOUS_TITLE = _("The card in the slot belongs to the previous person")
CARD_OF_PREVIOUS_ADVICE = _("Remove it and give it to staff. Then insert your own")
HIDDEN_TEXT = "• • • • •"  # in place of personal data while it is hidden


class IdentifyView(ScreenView):
    """Asks for the card, then shows what was read from it."""

    chip_side = StringProperty("up")
    phase = StringProperty(CardPhase.WAITING.value)
    name_text = StringProperty()
    address = StringProperty()
    notice = ObjectProperty(NO_FAULT, rebind=True)
    picture_max_height = NumericProperty(0)  # pixels of height that are left for the picture of the card
    can_request_card = BooleanProperty(True)  # a card can be read now: otherwise no text mentions one
    can_print = BooleanProperty(True)  # a receipt can be printed now: otherwise no text promises one

    def picture_space(self, *_inputs: object) -> float:
        """Height left for the picture of the card, so that nothing has to scroll. The .kv rule passes everything that
        the result depends on."""
        if self.scroll is None:
            return 0.0
        instruction, lead = self.ids.instruction, self.ids.lead
        if self.lead_above:
            return float(self.lead_max_height - instruction.height - lead.spacing)
        card, fault, theme = self.ids.card, self.ids.fault, self.theme
        space = self.scroll.height - self.scroll.top_blank - 8 * theme.unit - 2 * theme.gap - self.ids.tile.height
        space -= 2 * card.padding[1] + 2 * card.spacing + 2
        space -= fault.height + card.spacing if fault.is_shown else 0
        return float(space - instruction.height - lead.spacing)

    def update(self, journey: Journey) -> None:
        """Follow the card."""
        visit = journey.visit
        if visit is None:
            return
        self.chip_side = journey.kiosk.chip_side
        self.phase = visit.card_phase.value
        self.can_request_card, self.can_print = can_request_card(journey.environment), can_print(journey.environment)
        notice = fault_notice(visit.card_fault, journey.accessibility.language)
        if visit.card_fault is Fault.CARD_LEFT_BEHIND:
            notice = notice._replace(title=CARD_OF_PREVIOUS_TITLE, advice=CARD_OF_PREVIOUS_ADVICE)
        self.notice = notice
        card = visit.draft.card
        self.name_text, self.address = _card_texts(card, visit.personal_data_hidden) if card else ("", "")
        self.title = {
            CardPhase.READING: _("Reading your card"),
            CardPhase.READ: _("Information from your card"),
            CardPhase.DECLINED: _("Continuing without a card"),
        }.get(visit.card_phase, self._instruction_title(journey))
        self.primary = _("Next") if can_leave_screen(visit, journey.screen) else ""

    def _instruction_title(self, journey: Journey) -> str:
        """What to do with a card now."""
        if self.can_request_card:
            return _("Insert your ID card")
        left = card_fault(journey.environment) is Fault.CARD_LEFT_BEHIND
        return _("First remove the card in the slot") if left else _("You can continue without a card")

    def press_primary(self) -> None:
        """On to the topic."""
        self.send(Next())

    def continue_without_card(self) -> None:
        """The tile below the picture."""
        self.send(ContinueWithoutCard())

    def read_card_again(self) -> None:
        """Read the card in the slot again."""
        self.send(ReadCardAgain())


def _card_texts(card: CitizenCard, personal_data_hidden: bool) -> tuple[str, str]:
    """Name and address, or their placeholders while personal data is hidden."""
    if personal_data_hidden:
        return HIDDEN_TEXT, HIDDEN_TEXT
    return str(card.name), _abbreviate_address(card.address.raw)


def _abbreviate_address(address: str) -> str:
    """The address with the usual abbreviations. No line ends between an abbreviation and its name."""
    for prefix, short in (("ตำบล", "ต."), ("อำเภอ", "อ."), ("จังหวัด", "จ.")):
        address = re.sub(rf"(^|\s){prefix}", rf"\1{short}", address)
    return address


load_kv(__file__)
