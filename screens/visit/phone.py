"""The citizen's phone number (optional)."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import Next, WriteText
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.text_entry_view import TextEntryView
from thai.phone import MAX_DIGITS, display


class PhoneView(TextEntryView):
    """A field that shows the number in groups of digits, and a pad of digits."""

    phone_invalid = BooleanProperty(False)
    phone: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pad_layout, self.keyboard_shown = "digits", True
        self.phone.max_chars, self.phone.format_digits = MAX_DIGITS, display
        self.phone.change_callback = lambda text: self.send(WriteText("phone", text))

    def update(self, journey: Journey) -> None:
        """Show the number of the draft."""
        visit = journey.visit
        if visit is None:
            return
        self.phone_invalid = visit.phone_invalid
        self.phone.show_value(display(visit.draft.phone), visit.personal_data_hidden)

    def enter(self, journey: Journey) -> None:
        """Give the field the caret and the keyboard."""
        super().enter(journey)
        self.focus_field(self.phone)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_kv(__file__)
