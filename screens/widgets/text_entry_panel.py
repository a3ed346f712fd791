"""A field in its box with a quiet line, and the keyboard that comes to it with its suggestions."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from journey.complaint.word_suggestions import STORY
from journey.events import ArrangeThaiKeys
from screens.kv_loader import load_rules
from screens.widgets.buttons import IconButton
from screens.widgets.containers import Ground, Strip
from screens.widgets.key_layouts import THAI_ALPHABET, THAI_KEDMANEE
from screens.widgets.keyboard import Keyboard
from screens.widgets.number_field import NumberField as _NumberField  # noqa: F401  the rule uses it
from screens.widgets.screen_view import Page
from screens.widgets.suggestion_bar import Suggestions
from screens.widgets.text_field import Field


class ClearButton(IconButton):
    """Deletes a field's whole text. The keyboard comes with it, and with the keyboard the button that undoes it."""

    field: Any = ObjectProperty(None, allownone=True, rebind=True)

    def on_release(self) -> None:
        """The text goes as one change."""
        super().on_release()
        self.field.take_keyboard()
        self.field.clear()


class _Told:
    """What a box with a field shows of the visit."""

    field: Any
    _covered = False

    def show_told(self, text: str, covered: bool) -> None:
        """Show what the visit holds. Covered it is hidden, not lost: whoever goes on without the card may write another
        text over it, unread."""
        if not covered:
            self.field.show_text(text)
        elif not self._covered:
            self.field.show_text("")
        self._covered = covered


class NumberBox(_Told, Ground, Strip):
    """A NumberField in large digits, with its own buttons to undo and to clear: a number pad has no strip of words."""

    name = StringProperty()
    most = NumericProperty(0)  # digits
    keyboard: Any = ObjectProperty(None, allownone=True)
    changed: Any = ObjectProperty(lambda text: None)
    grouped: Any = ObjectProperty(lambda digits: digits)
    field: Any = ObjectProperty(None)


class FieldBox(_Told, Ground, Strip):
    """A Field with a border that shows where one writes, and a hint below that stays until the field is full."""

    name = StringProperty()
    message = StringProperty()  # hint that stays
    most = NumericProperty(0)
    multiline = BooleanProperty(True)
    helped = StringProperty(STORY)  # the part whose words are suggested (complaint.suggest); '' suggests none
    keyboard: Any = ObjectProperty(None, allownone=True)
    changed: Any = ObjectProperty(lambda text: None)
    field: Any = ObjectProperty(None)


class Desk(Strip):
    """The keyboard with its suggestions: above it in portrait, at its side in landscape."""


class WritingPage(Page):
    """A page with the keyboard in its tray; subclasses decide when it is up and into which field it writes."""

    typing = BooleanProperty(False)
    pad = StringProperty("")  # a layout of its own ('digits', 'code'); '' is the language's

    def __init__(self, **kwargs: Any) -> None:
        self.keyboard = Keyboard(thai_chosen=self._arrange_thai)
        self.suggestions = Suggestions(keyboard=self.keyboard)
        self.desk = Desk()
        super().__init__(**kwargs)
        # The keyboard must not lie over what is written into: asked again whenever there is more room or less.
        keep_in_sight = Clock.create_trigger(self._keep_in_sight, -1)
        for field in self._fields():
            field.fbind("focus", keep_in_sight)
        self.scroll.fbind("size", keep_in_sight)
        self.body.fbind("height", keep_in_sight)
        self.fbind("typing", self._raise)
        self.fbind("pad", self._arrange)

    def _raise(self, *_args: object) -> None:
        wanted = [self.keyboard] if self.pad else [self.suggestions, self.keyboard]
        if self.desk.parts != wanted:
            self.desk.clear_widgets()
            for widget in wanted:
                self.desk.add_widget(widget)
        if self.typing and self.desk.parent is None:
            self.tray.add_widget(self.desk)
        elif not self.typing and self.desk.parent is not None:
            self.tray.remove_widget(self.desk)

    def _arrange(self, *_args: object) -> None:
        self.keyboard.layout = self.pad or (self.keyboard.thai if self.language == "th" else self.language)
        self._raise()

    def _arrange_thai(self, layout: str) -> None:
        self.send(ArrangeThaiKeys(layout == THAI_ALPHABET))

    language = StringProperty("th")  # the visit's: what the keyboard begins with

    def enter(self, journey: Any) -> None:
        """The keyboard begins in the visit's language, with the Thai keys as they were chosen last."""
        super().enter(journey)
        self.language = journey.comfort.language
        self.keyboard.thai = THAI_ALPHABET if journey.comfort.alphabet_keys else THAI_KEDMANEE
        self.keyboard.shifted = False
        self._arrange()

    def forget(self) -> None:
        """The fields keep more than their text."""
        for field in self._fields():
            field.forget()
        self.suggestions.forget()

    def _fields(self) -> list[Any]:
        return [widget for widget in self._everything(self) if isinstance(widget, Field)]

    def _everything(self, widget: Any) -> Iterator[Any]:
        """All widgets, those in folded parts too."""
        for child in getattr(widget, "parts", widget.children):
            yield child
            yield from self._everything(child)

    def _keep_in_sight(self, *_args: object) -> None:
        for field in self._fields():
            if field.focus:
                self.scroll.scroll_to(field.parent, animate=False)

    def write_into(self, box: FieldBox) -> None:
        """Bring caret and keyboard to a field."""
        box.field.take_keyboard()


load_rules(__file__)
