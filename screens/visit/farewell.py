"""Thanks, and the card."""

from kivy.properties import BooleanProperty

from drivers.card_reader.status import CardReaderStatus
from kiosk_app.journey.events import Finish
from kiosk_app.journey.state import Journey
from screens.rules import load_rules
from screens.widgets.page import Page


class Farewell(Page):
    """Goes away by itself after a few seconds."""

    take_card = BooleanProperty(False)

    def draw(self, journey: Journey) -> None:
        """Is a card still in the slot?"""
        self.take_card = journey.around.card_reader is CardReaderStatus.CARD_PRESENT and not (
            journey.visit is not None and journey.visit.card_waiting
        )

    def press_primary(self) -> None:
        """To the resting screen at once."""
        self.send(Finish())


load_rules(__file__)
