"""What happened, in the citizen's own words."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.complaint.draft import Draft
from journey.events import Next, TellAnew, TellByScan, WriteText
from journey.form_flow import may_leave
from journey.language import _, say
from journey.state import Journey, Screen
from protocol.choices import MAX_TEXT
from screens.kv_loader import load_rules
from screens.widgets.containers import Row
from screens.widgets.text_entry_panel import WritingPage


class TellTabs(Row):
    """The two halves of telling. Both are kept: the letter's half says how much of it there is."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    scanning = BooleanProperty(False)


class Tell(WritingPage):
    """One big field and the keyboard."""

    story: Any = ObjectProperty(None)
    letter_words = StringProperty()  # the length of the letter that is sent too; '' without one
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
        self.letter_words = letter_words(visit.draft, journey.comfort.language)
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


def letter_words(draft: Draft, language: str) -> str:
    """How long the letter is, in words; '' without one."""
    return say(_("Letter, {pages} page(s)"), language, pages=len(draft.pages)) if draft.pages else ""


load_rules(__file__)
