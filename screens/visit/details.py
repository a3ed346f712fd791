"""Details of the complaint: its kind, whom it is about, for whom it is made. All have defaults; opened from the
review."""

from functools import partial
from typing import Any, NamedTuple

from kivy.factory import Factory

from journey.events import Choose, Next, WriteText
from journey.language import _
from journey.state import Journey
from protocol.choices import MAX_NOTE_CHARS, OnBehalfOf, RespondentKind
from screens.kv_loader import load_kv
from screens.visit.choice_labels import ABOUT_LABELS, ASSISTED_LABELS, FOR_WHOM_LABELS, NATURE_LABELS
from screens.widgets.buttons import Chip
from screens.widgets.containers import Collapsible, Spacer
from screens.widgets.field_boxes import FieldBox
from screens.widgets.text_entry_view import TextEntryView


class Note(NamedTuple):
    """A text field below a question. It is shown unless the choice is `not_for`."""

    field_name: str  # of the draft
    hint: str  # message id
    not_for: object


class Question(NamedTuple):
    """One question of this screen: a field of the draft and its choices."""

    field_name: str  # of the draft
    message: str  # message id
    choices: dict[Any, str]  # value of the field: message id
    grid: str  # the rule of its grid in details.kv
    note: Note | None = None


QUESTIONS = (
    Question("nature", _("What kind of case is it?"), NATURE_LABELS, "ShortChoices"),
    Question(
        "about",
        _("Who is it about?"),
        ABOUT_LABELS,
        "LongChoices",
        Note("about_note", _("Name, agency or description (optional)"), RespondentKind.NOBODY),
    ),
    Question(
        "for_whom",
        _("Who are you reporting for?"),
        FOR_WHOM_LABELS,
        "LongChoices",
        Note("for_whom_note", _("Name of the person, group or company (optional)"), OnBehalfOf.SELF),
    ),
    Question("assisted", _("Who is filling this in?"), ASSISTED_LABELS, "TwoChoices"),
)


class _NoteBox:
    """The widgets of a note."""

    def __init__(self, question: Question, note: Note, view: "DetailsView") -> None:
        self.question, self.note = question, note
        self.collapsible = Collapsible()
        self.box = FieldBox(
            name=note.field_name,
            message=note.hint,
            multiline=False,
            max_chars=MAX_NOTE_CHARS,
            suggestion_topic=question.field_name,
            keyboard=view.keyboard,
            change_callback=lambda text: view.send(WriteText(note.field_name, text)),
        )
        self.collapsible.add_widget(self.box)

    def update(self, draft: Any, hidden: bool) -> None:
        """Show the text of the draft, and the box only with a choice that takes a note."""
        self.collapsible.is_shown = getattr(draft, self.question.field_name) is not self.note.not_for
        self.box.show_value(getattr(draft, self.note.field_name), hidden)
        if not self.collapsible.is_shown:
            self.box.field.focus = False


class DetailsView(TextEntryView):
    """QUESTIONS with a few choices each; two of them may take a note."""

    def __init__(self, **kwargs: Any) -> None:
        self._chips: dict[tuple[str, Any], Chip] = {}
        self._notes: list[_NoteBox] = []
        super().__init__(**kwargs)

    def on_kv_post(self, base_widget: Any) -> None:
        """Add the questions: the rules have been applied, and the base class has not bound the fields yet."""
        super().on_kv_post(base_widget)
        for question in QUESTIONS:
            self.add_widget(Factory.QuestionLabel(message=question.message))
            grid = Factory.get(question.grid)()
            for value, message in question.choices.items():
                chip = Chip(name=f"{question.field_name}.{getattr(value, 'value', value)}".lower(), message=message)
                chip.bind(on_release=partial(self._choose, question.field_name, value))
                self._chips[question.field_name, value] = chip
                grid.add_widget(chip)
            self.add_widget(grid)
            if question.note is not None:
                note_box = _NoteBox(question, question.note, self)
                self._notes.append(note_box)
                self.add_widget(note_box.collapsible)
                note_box.box.field.bind(focus=self._update_keyboard_shown)
        self.add_widget(Spacer())

    def _choose(self, field_name: str, value: object, _chip: Chip) -> None:
        self.send(Choose(field_name, value))

    def update(self, journey: Journey) -> None:
        """Mark the citizen's choices and show the notes that belong to them."""
        if journey.visit is None:
            return
        draft = journey.visit.draft
        for (field_name, value), chip in self._chips.items():
            chip.selected = getattr(draft, field_name) is value
        for note in self._notes:
            note.update(draft, journey.visit.personal_data_hidden)

    def enter(self, journey: Journey) -> None:
        """Begin without a keyboard: it opens when a note is touched."""
        super().enter(journey)
        for note in self._notes:
            note.box.field.focus = False
        self.keyboard_shown = False

    def _update_keyboard_shown(self, *_args: object) -> None:
        self.keyboard_shown = any(note.box.field.focus for note in self._notes)

    def press_primary(self) -> None:
        """Back to the review."""
        self.send(Next())


load_kv(__file__)
