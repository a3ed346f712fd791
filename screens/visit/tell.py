"""What happened, in the citizen's own words."""

from typing import Any

from kivy.properties import ObjectProperty

from kiosk_app.journey.events import Next, TellByScan, WriteText
from kiosk_app.journey.state import Journey
from kiosk_app.journey.telling import may_leave
from protocol.submission import MAX_TEXT
from screens.rules import load_rules
from screens.widgets.writing import WritingPage


class Tell(WritingPage):
    """One big field and the keyboard."""

    story: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.typing = True
        self.story.changed = lambda text: self.send(WriteText(text))
        self.story.most = MAX_TEXT

    def draw(self, journey: Journey) -> None:
        """The text the visit holds."""
        if journey.visit is not None:
            self.story.field.show_text(journey.visit.draft.text)
            self.primary_ready = may_leave(journey.visit, journey.screen)

    def enter(self, journey: Journey) -> None:
        """Ready to write."""
        super().enter(journey)
        self.write_into(self.story)

    def by_scan(self) -> None:
        """The other half of telling."""
        self.send(TellByScan())

    def press_primary(self) -> None:
        """On to the review."""
        self.send(Next())


load_rules(__file__)
