"""A telephone number to be called at: it may stay empty."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import Next, WritePhone
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.widgets.text_entry_panel import WritingPage
from thai.phone import MOST_DIGITS, display


class PhonePage(WritingPage):
    """The number in groups, large, with a pad of digits."""

    phone_bad = BooleanProperty(False)
    phone: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pad, self.typing = "digits", True
        self.phone.most, self.phone.grouped = MOST_DIGITS, display
        self.phone.changed = lambda text: self.send(WritePhone(text))

    def draw(self, journey: Journey) -> None:
        """What was given so far."""
        visit = journey.visit
        if visit is None:
            return
        self.phone_bad = visit.phone_bad
        self.phone.show_told(display(visit.draft.phone), visit.covered)

    def enter(self, journey: Journey) -> None:
        """Ready to write."""
        super().enter(journey)
        self.write_into(self.phone)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_rules(__file__)
