"""Before anything is read: what is read, what for, who sees it, how long it is kept, which rights one has."""

import time

from kivy.properties import BooleanProperty

from journey.card_flow import must_take_card
from journey.environment_faults import card_fault
from journey.events import AcceptNotice
from journey.faults import Fault
from journey.language import _
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.containers import Row
from screens.widgets.screen_view import ScreenView

CARD_ITEM = (
    "id",
    _("What we read from the card"),
    _("ID number, name, date of birth, sex and address only. Not photo or religion"),
)
NO_READER_ITEM = (
    "user-off",
    _("Cards cannot be read right now"),
    _("You can file without one and type your name later if you wish"),
)
ITEMS = (
    CARD_ITEM,
    (
        "gavel",
        _("What we do with it"),
        _("We send your case to the Damrongdham Centre. You follow it with your tracking code"),
    ),
    ("eye-off", _("Who sees it"), _("The officers responsible. You can hide your name in the last step")),
    (
        "clock",
        _("How long it is kept"),
        _("Erased here once the centre has it. The centre follows the rules for official records"),
    ),
    ("shield", _("Your rights"), _("To see, correct or erase your data, or to object, call 1567 or ask staff")),
)


class PrivacyNoticeRow(Row):
    """One thing to know: icon, heading, sentence."""

    def set_content(self, icon: str, heading: str, sentence: str) -> None:
        """Two message ids under an icon."""
        self.ids.badge.icon, self.ids.heading.message, self.ids.sentence.message = icon, heading, sentence


class PrivacyNoticeView(ScreenView):
    """The notice. Nothing is read from a card before its button is pressed."""

    take_card = BooleanProperty(False)  # one from before is in the slot

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._items = [PrivacyNoticeRow() for _item in ITEMS]
        for item, content in zip(self._items, ITEMS, strict=True):
            item.set_content(*content)
            self.ids.notice_grid.add_widget(item)

    def update(self, journey: Journey) -> None:
        """What is true of the card today."""
        self.take_card = must_take_card(journey)
        no_reader = card_fault(journey.environment) is Fault.CARD_NO_READER
        self._items[0].set_content(*(NO_READER_ITEM if no_reader else CARD_ITEM))

    def press_primary(self) -> None:
        """The time of accepting belongs to the record."""
        self.send(AcceptNotice(time.time()))


load_kv(__file__)
