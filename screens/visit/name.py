"""The name of a citizen without a card (optional)."""

from typing import Any

from kivy.properties import ObjectProperty

from journey.complaint.draft import MAX_NAME_CHARS
from journey.events import Next, WriteText
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.text_entry_view import TextEntryView


class NameView(TextEntryView):
    """A field for the name."""

    name_box: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keyboard_shown = True
        self.name_box.max_chars = MAX_NAME_CHARS
        self.name_box.change_callback = lambda text: self.send(WriteText("typed_name", text))

    def update(self, journey: Journey) -> None:
        """Show the name of the draft."""
        visit = journey.visit
        if visit is not None:
            self.name_box.show_value(visit.draft.typed_name, visit.personal_data_hidden)

    def enter(self, journey: Journey) -> None:
        """Give the field the caret and the keyboard."""
        super().enter(journey)
        self.focus_field(self.name_box)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_kv(__file__)
