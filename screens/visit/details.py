"""What kind it is, whom it is about, for whom it is told: all with a default, opened from the review."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import (
    Assisted,
    ChooseAbout,
    ChooseForWhom,
    ChooseNature,
    Next,
    WriteAboutNote,
    WriteForWhomNote,
)
from journey.state import Journey
from protocol.choices import MAX_NOTE, AboutWhom, ForWhom
from screens.kv_loader import load_rules
from screens.visit.choice_labels import ABOUT, ASSISTED, FOR_WHOM, NATURE
from screens.widgets.buttons import Chip
from screens.widgets.text_entry_panel import WritingPage

_CHOICES: tuple[tuple[str, dict[Any, str], Any], ...] = (
    ("nature", NATURE, ChooseNature),
    ("about", ABOUT, ChooseAbout),
    ("for_whom", FOR_WHOM, ChooseForWhom),
    ("assisted", ASSISTED, Assisted),
)


class Details(WritingPage):
    """Four questions with a few answers each; two of them may want a name."""

    with_about = BooleanProperty(False)
    with_for_whom = BooleanProperty(False)
    about_note: Any = ObjectProperty(None)
    for_whom_note: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[tuple[str, Any], Chip] = {}
        super().__init__(**kwargs)
        for group, choices, event in _CHOICES:
            for value, message in choices.items():
                chip = Chip(name=f"{group}.{getattr(value, 'value', value)}".lower(), message=message)
                chip.bind(on_release=lambda _chip, event=event, value=value: self.send(event(value)))
                self._chips[group, value] = chip
                self.ids[group].add_widget(chip)
        for note, event in ((self.about_note, WriteAboutNote), (self.for_whom_note, WriteForWhomNote)):
            note.most = MAX_NOTE
            note.changed = lambda text, event=event: self.send(event(text))
            note.field.bind(focus=self._follow_focus)

    def draw(self, journey: Journey) -> None:
        """What is chosen."""
        if journey.visit is None:
            return
        draft, covered = journey.visit.draft, journey.visit.covered
        for (group, value), chip in self._chips.items():
            chip.on = getattr(draft, group) is value
        self.with_about = draft.about is not AboutWhom.NOBODY
        self.with_for_whom = draft.for_whom is not ForWhom.SELF
        self.about_note.show_told(draft.about_note, covered)
        self.for_whom_note.show_told(draft.for_whom_note, covered)
        if not self.with_about:
            self.about_note.field.focus = False
        if not self.with_for_whom:
            self.for_whom_note.field.focus = False

    def enter(self, journey: Journey) -> None:
        """The keyboard comes when a note is touched."""
        super().enter(journey)
        self.about_note.field.focus = self.for_whom_note.field.focus = False
        self.typing = False

    def _follow_focus(self, *_args: object) -> None:
        self.typing = bool(self.about_note.field.focus or self.for_whom_note.field.focus)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_rules(__file__)
