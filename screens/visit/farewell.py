"""The last screen of a visit: thanks, where the case is now, and a reminder of the card."""

from kivy.properties import BooleanProperty, StringProperty

from journey.card_flow import must_take_card
from journey.events import Finish
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.visit.receipt import storage_message
from screens.widgets.screen_view import ScreenView


class FarewellView(ScreenView):
    """Closes by itself after a few seconds."""

    take_card = BooleanProperty(False)
    has_receipt = BooleanProperty(True)
    storage_message_id = StringProperty()  # where the case is now

    def update(self, journey: Journey) -> None:
        """Where the case is, whether there is a receipt, and whether a card is still in the slot."""
        visit = journey.visit
        self.has_receipt = visit is not None and visit.has_printed_receipt
        if visit is not None:
            self.storage_message_id = storage_message(visit, journey.environment.centre_reachable)
        self.take_card = must_take_card(journey)

    def press_primary(self) -> None:
        """To the attract screen at once."""
        self.send(Finish())


load_kv(__file__)
