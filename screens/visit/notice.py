"""Before anything is read: what is read, what for, who sees it, how long it is kept, which rights one has."""

import time

from kiosk_app.journey.events import AcceptNotice
from kiosk_app.language import _
from screens.rules import load_rules
from screens.widgets.box import Row
from screens.widgets.page import Page

ITEMS = (
    (
        "id",
        _("What we read from the card"),
        _("ID number, name, date of birth, sex and address only. Not photo or religion"),
    ),
    ("gavel", _("What we do with it"), _("We send your case to the Damrongdham Centre and tell you the result")),
    ("eye-off", _("Who sees it"), _("The officers responsible. You can hide your name in the last step")),
    (
        "clock",
        _("How long it is kept"),
        _("Erased here once the centre has it. The centre follows the rules for official records"),
    ),
    ("shield", _("Your rights"), _("To see, correct or erase your data, or to object, call 1567 or ask staff")),
)


class NoticeItem(Row):
    """One thing to know: icon, heading, sentence."""


class Notice(Page):
    """The notice. Nothing is read from a card before its button is pressed."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for icon, heading, sentence in ITEMS:
            item = NoticeItem()
            item.ids.badge.icon, item.ids.heading.message, item.ids.sentence.message = icon, heading, sentence
            self.ids.things.add_widget(item)

    def press_primary(self) -> None:
        """The time of accepting belongs to the record."""
        self.send(AcceptNotice(time.time()))


load_rules(__file__)
