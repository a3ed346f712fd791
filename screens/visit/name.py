"""The name of a citizen without card: it may stay empty."""

from typing import Any

from kivy.properties import ObjectProperty

from journey.complaint.checks import MAX_NAME
from journey.events import Next, WriteName
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.widgets.text_entry_panel import WritingPage


class Contact(WritingPage):
    """One line for the name."""

    person: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.typing = True
        self.person.most = MAX_NAME
        self.person.changed = lambda text: self.send(WriteName(text))

    def draw(self, journey: Journey) -> None:
        """What was given so far."""
        visit = journey.visit
        if visit is not None:
            self.person.show_told(visit.draft.typed_name, visit.covered)

    def enter(self, journey: Journey) -> None:
        """Ready to write."""
        super().enter(journey)
        self.write_into(self.person)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_rules(__file__)
