"""The story: what happened, in the citizen's words."""

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
from screens.widgets.text_entry_view import TextEntryView


class StoryTabs(Row):
    """Type, or scan a letter. Both are kept: the tab of the letter shows its length."""

    view = ObjectProperty(None, allownone=True, rebind=True)  # the view with the tabs
    is_scan_selected = BooleanProperty(False)


class StoryView(TextEntryView):
    """One large field and the keyboard."""

    story: Any = ObjectProperty(None)
    letter_length_text = StringProperty()  # length of the letter that is sent too; '' without one
    story_hidden = BooleanProperty(False)  # the story is hidden while the card is out

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keyboard_shown = True
        self.story.change_callback = lambda text: self.send(WriteText("text", text))
        self.story.max_chars = MAX_TEXT_CHARS

    def update(self, journey: Journey) -> None:
        """Show the text of the draft."""
        visit = journey.visit
        if visit is None:
            return
        was_hidden = self.story_hidden
        self.story_hidden = visit.story_hidden
        self.keyboard_shown = not self.story_hidden
        self.story.field.show_text("" if self.story_hidden else visit.draft.text)
        self.letter_length_text = letter_length_text(visit.draft, journey.accessibility.language)
        self.primary_enabled = can_leave_screen(visit, journey.screen)
        if was_hidden and not self.story_hidden and journey.screen is Screen.STORY:
            self.focus_field(self.story)

    def enter(self, journey: Journey) -> None:
        """Give the field the caret and the keyboard."""
        super().enter(journey)
        if not self.story_hidden:
            self.focus_field(self.story)

    def start_again(self) -> None:
        """Discard the hidden story."""
        self.send(ReplaceHiddenStory())

    def switch_to_scan(self) -> None:
        """Scan a letter instead of typing."""
        self.send(SwitchToScan())

    def press_primary(self) -> None:
        """To the review."""
        self.send(Next())


def letter_length_text(draft: Draft, language: str) -> str:
    """The number of pages of the letter in words; '' without a letter."""
    return translate(_("Letter, {pages} page(s)"), language, pages=len(draft.pages)) if draft.pages else ""


load_kv(__file__)
