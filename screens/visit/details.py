"""Details of the complaint: its kind, whom it is about, for whom it is made. All have defaults; opened from the
review."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import Choose, Next, WriteText
from journey.state import Journey
from protocol.choices import MAX_NOTE_CHARS, OnBehalfOf, RespondentKind
from screens.kv_loader import load_kv
from screens.visit.choice_labels import ABOUT_LABELS, ASSISTED_LABELS, FOR_WHOM_LABELS, NATURE_LABELS
from screens.widgets.buttons import Chip
from screens.widgets.text_entry_view import TextEntryView

_QUESTIONS: dict[str, dict[Any, str]] = {  # by the field of the draft
    "nature": NATURE_LABELS,
    "about": ABOUT_LABELS,
    "for_whom": FOR_WHOM_LABELS,
    "assisted": ASSISTED_LABELS,
}


class DetailsView(TextEntryView):
    """Four questions with a few answers each; two of them may take a note."""

    has_about_note = BooleanProperty(False)
    has_for_whom_note = BooleanProperty(False)
    about_note: Any = ObjectProperty(None)
    for_whom_note: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[tuple[str, Any], Chip] = {}
        super().__init__(**kwargs)
        for field, choices in _QUESTIONS.items():
            for value, message in choices.items():
                chip = Chip(name=f"{field}.{getattr(value, 'value', value)}".lower(), message=message)
                chip.bind(on_release=lambda _chip, field=field, value=value: self.send(Choose(field, value)))
                self._chips[field, value] = chip
                self.ids[field].add_widget(chip)
        for field, note in (("about_note", self.about_note), ("for_whom_note", self.for_whom_note)):
            note.max_chars = MAX_NOTE_CHARS
            note.change_callback = lambda text, field=field: self.send(WriteText(field, text))
            note.field.bind(focus=self._update_keyboard_shown)

    def update(self, journey: Journey) -> None:
        """Mark the chosen answers and show the notes that belong to them."""
        if journey.visit is None:
            return
        draft, personal_data_hidden = journey.visit.draft, journey.visit.personal_data_hidden
        for (field, value), chip in self._chips.items():
            chip.selected = getattr(draft, field) is value
        self.has_about_note = draft.about is not RespondentKind.NOBODY
        self.has_for_whom_note = draft.for_whom is not OnBehalfOf.SELF
        self.about_note.show_value(draft.about_note, personal_data_hidden)
        self.for_whom_note.show_value(draft.for_whom_note, personal_data_hidden)
        if not self.has_about_note:
            self.about_note.field.focus = False
        if not self.has_for_whom_note:
            self.for_whom_note.field.focus = False

    def enter(self, journey: Journey) -> None:
        """Begin without a keyboard: it opens when a note is touched."""
        super().enter(journey)
        self.about_note.field.focus = self.for_whom_note.field.focus = False
        self.keyboard_shown = False

    def _update_keyboard_shown(self, *_args: object) -> None:
        self.keyboard_shown = bool(self.about_note.field.focus or self.for_whom_note.field.focus)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_kv(__file__)
