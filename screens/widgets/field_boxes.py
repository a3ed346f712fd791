"""Boxes with a text field: a border that shows the focus, a hint, and buttons to clear and undo."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from journey.complaint.word_suggestions import STORY
from screens.kv_loader import load_kv
from screens.widgets import text_field_kinds as _text_field_kinds  # noqa: F401  used by the rule
from screens.widgets.buttons import IconButton
from screens.widgets.containers import FoldableBox, RoundedBox


class ClearButton(IconButton):
    """Deletes the whole text of a field. It also opens the keyboard, which has the undo button."""

    field: Any = ObjectProperty(None, allownone=True, rebind=True)

    def on_release(self) -> None:
        """Delete the text as one change."""
        super().on_release()
        self.field.attach_keyboard()
        self.field.delete_all()


class _HidableValue:
    """A box with a field whose value may be hidden."""

    field: Any
    _is_hidden = False

    def show_value(self, text: str, hidden: bool) -> None:
        """Show the value of the draft, or nothing while it is hidden. A citizen who continues without the card may
        write another text over the hidden one."""
        if not hidden:
            self.field.show_text(text)
        elif not self._is_hidden:
            self.field.show_text("")
        self._is_hidden = hidden


class NumberBox(_HidableValue, RoundedBox, FoldableBox):
    """A NumberField in large digits with its own undo and clear buttons: a number pad has no suggestion bar."""

    name = StringProperty()
    max_chars = NumericProperty(0)  # digits
    keyboard: Any = ObjectProperty(None, allownone=True)
    change_callback: Any = ObjectProperty(lambda text: None)
    format_digits: Any = ObjectProperty(lambda digits: digits)
    field: Any = ObjectProperty(None)


class FieldBox(_HidableValue, RoundedBox, FoldableBox):
    """A text field and a hint below it, which is replaced by a warning when the field is full."""

    name = StringProperty()
    message = StringProperty()  # message id of the hint
    max_chars = NumericProperty(0)
    multiline = BooleanProperty(True)
    suggestion_topic = StringProperty(STORY)  # see journey.complaint.word_suggestions; '' for no suggestions
    keyboard: Any = ObjectProperty(None, allownone=True)
    change_callback: Any = ObjectProperty(lambda text: None)
    field: Any = ObjectProperty(None)


load_kv(__file__)
