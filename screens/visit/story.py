"""What happened, in the citizen's own words."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from journey.complaint.draft import Draft
from journey.events import Next, ReplaceHiddenStory, SwitchToScan, WriteText
from journey.language import _, translate
from journey.screens import Screen, can_leave_screen
from journey.state import Journey
from protocol.choices import MAX_TEXT_CHARS
from screens.kv_loader import load_kv
from screens.widgets.containers import Row
from screens.widgets.text_entry_panel import TextEntryView


class StoryTabs(Row):
    """The two halves of telling. Both are kept: the letter's half says how much of it there is."""

    page = ObjectProperty(None, allownone=True, rebind=True)
    scanning = BooleanProperty(False)


class StoryView(TextEntryView):
    """One big field and the keyboard."""

    story: Any = ObjectProperty(None)
    letter_length_text = StringProperty()  # the length of the letter that is sent too; '' without one
    story_hidden = BooleanProperty(False)  # what was told is hidden

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keyboard_shown = True
        self.story.change_callback = lambda text: self.send(WriteText("text", text))
        self.story.max_chars = MAX_TEXT_CHARS

    def update(self, journey: Journey) -> None:
        """The text the visit holds."""
        visit = journey.visit
        if visit is None:
            return
        revealed = self.story_hidden and not visit.story_hidden
        self.story_hidden = visit.story_hidden
        self.keyboard_shown = not self.story_hidden
        self.story.field.show_text("" if self.story_hidden else visit.draft.text)
        self.letter_length_text = letter_length_text(visit.draft, journey.accessibility.language)
        self.primary_enabled = can_leave_screen(visit, journey.screen)
        if revealed and journey.screen is Screen.STORY:
            self.focus_field(self.story)

    def enter(self, journey: Journey) -> None:
        """Ready to write."""
        super().enter(journey)
        if not self.story_hidden:
            self.focus_field(self.story)

    def start_again(self) -> None:
        """Give up what is hidden."""
        self.send(ReplaceHiddenStory())

    def switch_to_scan(self) -> None:
        """The other half of telling."""
        self.send(SwitchToScan())

    def press_primary(self) -> None:
        """On to the review."""
        self.send(Next())


def letter_length_text(draft: Draft, language: str) -> str:
    """How long the letter is, in words; '' without one."""
    return translate(_("Letter, {pages} page(s)"), language, pages=len(draft.pages)) if draft.pages else ""


load_kv(__file__)
