"""Thanks, and the card."""

from kivy.properties import BooleanProperty, StringProperty

from journey.card_flow import must_take_card
from journey.events import Finish
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.visit.storage_message import storage_message
from screens.widgets.screen_view import ScreenView


class FarewellView(ScreenView):
    """Goes away by itself after a few seconds."""

    take_card = BooleanProperty(False)
    has_receipt = BooleanProperty(True)  # there is a receipt to keep
    storage_message_id = StringProperty()  # message id: where the case is now

    def update(self, journey: Journey) -> None:
        """Where is the case, is there a receipt, and is a card still in the slot?"""
        visit = journey.visit
        self.has_receipt = visit is not None and visit.has_printed_receipt
        if visit is not None:
            self.storage_message_id = storage_message(visit, journey.environment.centre_reachable)
        self.take_card = must_take_card(journey)

    def press_primary(self) -> None:
        """To the resting screen at once."""
        self.send(Finish())


load_kv(__file__)
