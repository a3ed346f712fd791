"""The privacy notice: what is read from the card, what for, who sees it, how long it is kept, the citizen's rights."""

import time
from typing import NamedTuple

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


class NoticeItem(NamedTuple):
    """One thing to know. Heading and sentence are message ids."""

    icon: str
    heading: str
    sentence: str


CARD_ITEM = NoticeItem(
    "id",
    _("What we read from the card"),
    _("ID number, name, date of birth, sex and address only. Not photo or religion"),
)
NO_READER_ITEM = NoticeItem(
    "user-off",
    _("Cards cannot be read right now"),
    _("You can continue without one and type your name later if you wish"),
)
ITEMS = (
    CARD_ITEM,
    NoticeItem(
        "gavel",
        _("What we do with it"),
        _("We send your case to the Damrongdham Centre. You follow it with your tracking code"),
    ),
    NoticeItem("eye-off", _("Who sees it"), _("The officers responsible. You can hide your name in the last step")),
    NoticeItem(
        "clock",
        _("How long it is kept"),
        _("Erased here once the centre has it. The centre follows the rules for official records"),
    ),
    NoticeItem(
        "shield", _("Your rights"), _("To see, correct or erase your data, or to object, call 1567 or ask staff")
    ),
)


class PrivacyNoticeRow(Row):
    """An item: icon, heading, sentence."""

    def show(self, item: NoticeItem) -> None:
        """Show this item."""
        self.ids.badge.icon, self.ids.heading.message, self.ids.sentence.message = item


class PrivacyNoticeView(ScreenView):
    """The notice. Nothing is read from a card before its button is pressed."""

    take_card = BooleanProperty(False)  # an earlier person's card is in the slot

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows = [PrivacyNoticeRow() for _item in ITEMS]
        for row, item in zip(self._rows, ITEMS, strict=True):
            row.show(item)
            self.ids.notice_grid.add_widget(row)

    def update(self, journey: Journey) -> None:
        """The first item depends on whether cards can be read now."""
        self.take_card = must_take_card(journey)
        no_reader = card_fault(journey.environment) is Fault.CARD_NO_READER
        self._rows[0].show(NO_READER_ITEM if no_reader else CARD_ITEM)

    def press_primary(self) -> None:
        """Accept; the time belongs to the record."""
        self.send(AcceptNotice(time.time()))


load_kv(__file__)
