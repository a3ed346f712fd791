"""Thanks, and the card."""

from kivy.properties import BooleanProperty, StringProperty

from journey.card_flow import to_take
from journey.events import Finish
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.visit.storage_message import kept_line
from screens.widgets.screen_view import Page


class Farewell(Page):
    """Goes away by itself after a few seconds."""

    take_card = BooleanProperty(False)
    with_paper = BooleanProperty(True)  # there is a receipt to keep
    kept = StringProperty()  # message id: where the case is now

    def draw(self, journey: Journey) -> None:
        """Where is the case, is there a receipt, and is a card still in the slot?"""
        visit = journey.visit
        self.with_paper = visit is not None and visit.on_paper
        if visit is not None:
            self.kept = kept_line(visit, journey.around.network)
        self.take_card = to_take(journey)

    def press_primary(self) -> None:
        """To the resting screen at once."""
        self.send(Finish())


load_rules(__file__)
