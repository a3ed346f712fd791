"""Thanks, and the card."""

from kivy.properties import BooleanProperty

from kiosk_app.journey.cards import to_take
from kiosk_app.journey.events import Finish
from kiosk_app.journey.state import Journey
from screens.rules import load_rules
from screens.widgets.page import Page


class Farewell(Page):
    """Goes away by itself after a few seconds."""

    take_card = BooleanProperty(False)
    with_paper = BooleanProperty(True)  # there is a receipt to keep

    def draw(self, journey: Journey) -> None:
        """Is there a receipt, and is a card still in the slot?"""
        self.with_paper = journey.visit is not None and journey.visit.on_paper
        self.take_card = to_take(journey)

    def press_primary(self) -> None:
        """To the resting screen at once."""
        self.send(Finish())


load_rules(__file__)
