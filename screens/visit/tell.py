"""What happened, in the citizen's own words."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk_app.journey.events import Next, TellAnew, TellByScan, WriteText
from kiosk_app.journey.state import Journey, Screen
from kiosk_app.journey.telling import may_leave
from protocol.choices import MAX_TEXT
from screens.rules import load_rules
from screens.widgets.writing import WritingPage


class Tell(WritingPage):
    """One big field and the keyboard."""

    story: Any = ObjectProperty(None)
    covered = BooleanProperty(False)  # what was told is hidden

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.typing = True
        self.story.changed = lambda text: self.send(WriteText(text))
        self.story.most = MAX_TEXT

    def draw(self, journey: Journey) -> None:
        """The text the visit holds."""
        visit = journey.visit
        if visit is None:
            return
        uncovered = self.covered and not visit.story_covered
        self.covered = visit.story_covered
        self.typing = not self.covered
        self.story.field.show_text("" if self.covered else visit.draft.text)
        self.primary_ready = may_leave(visit, journey.screen)
        if uncovered and journey.screen is Screen.TELL:
            self.write_into(self.story)

    def enter(self, journey: Journey) -> None:
        """Ready to write."""
        super().enter(journey)
        if not self.covered:
            self.write_into(self.story)

    def anew(self) -> None:
        """Give up what is hidden."""
        self.send(TellAnew())

    def by_scan(self) -> None:
        """The other half of telling."""
        self.send(TellByScan())

    def press_primary(self) -> None:
        """On to the review."""
        self.send(Next())


load_rules(__file__)
