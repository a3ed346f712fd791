"""A field to write in: Thai shaped, wrapped and deleted by what a reader sees as one character."""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.cache import Cache
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.textinput import TextInput

from screens.rules import load_rules
from screens.touchable import Box, box_of
from thai.words import clusters, words


class Field(TextInput):
    """Written into by our keyboard only; the system's never opens, nothing goes to a clipboard.

    `changed` is called with the text whenever the citizen (not `show_text`) changed it.
    """

    text: Any  # of Kivy's TextInput
    _label_cached: Any
    name = StringProperty()
    changed: Callable[[str], None] = ObjectProperty(lambda text: None)
    keyboard: Any = ObjectProperty(None, allownone=True)  # the keyboard that comes to this field when it is touched
    most = NumericProperty(0)  # characters it takes; 0 is no limit
    touched = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keyboard_mode="managed", use_bubble=False, use_handles=False, **kwargs)

    # --- Thai in Kivy's text input, see FACTS §5

    def _get_line_options(self) -> dict[str, Any]:
        if self._line_options is None:
            options = super()._get_line_options()
            options["font_script_name"] = "Thai"
            self._label_cached = type(self._label_cached)(**options)
        return self._line_options  # type: ignore[no-any-return]

    def _tokenize(self, text: str) -> Iterator[str]:
        for index, paragraph in enumerate(text.split("\n")):
            if index:
                yield "\n"
            yield from words(paragraph) or [""]

    def get_cursor_from_xy(self, x: float, y: float) -> tuple[int, int]:
        """Between two clusters, never between a letter and its marks."""
        column, row = super().get_cursor_from_xy(x, y)
        edge = 0
        for cluster in clusters(self._lines[row]):
            if edge + len(cluster) > column:
                break
            edge += len(cluster)
        return edge, row

    # --- writing

    def write(self, sign: str) -> None:
        """Put a sign in at the caret, unless the field is full or takes one line only."""
        if (sign == "\n" and not self.multiline) or (self.most and len(self.text) >= self.most):
            return
        self.insert_text(sign)
        self.changed(self.text)

    def delete_back(self) -> None:
        """Delete the character a reader sees before the caret."""
        before = self.text[: self.cursor_index()]
        for _sign in clusters(before)[-1] if before else "":
            self.do_backspace()
        if before:
            self.changed(self.text)

    def show_text(self, text: str) -> None:
        """Show what the visit holds; the caret stays where it is while that is what was written here."""
        if text != self.text:
            self.text = text
            self.cursor = self.get_cursor_from_index(len(text))

    def forget(self) -> None:
        """Leave nothing of what was written: no text, no steps to undo, no cached lines."""
        self.text = ""
        self.reset_undo()
        for category in ("textinput.label", "textinput.width"):
            Cache.remove(category)

    def take_keyboard(self) -> None:
        """Write here from now on: caret, keyboard."""
        if self.keyboard is not None:
            if self.keyboard.field not in (None, self):
                self.keyboard.field.focus = False
            self.keyboard.field = self
        self.focus = True

    def on_touch_down(self, touch: Any) -> bool:
        if not self.disabled and self.collide_point(*touch.pos):
            self.take_keyboard()
        return bool(super().on_touch_down(touch))

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """Name, text and place, see screens.touchable."""
        if self.name:
            yield self.name, "", box_of(self)


load_rules(__file__)
