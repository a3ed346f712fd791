"""A field in its box with a quiet line, and the keyboard that comes to it with its suggestions."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from journey.complaint.word_suggestions import STORY
from journey.events import SetThaiKeyOrder
from screens.kv_loader import load_kv
from screens.widgets.buttons import IconButton
from screens.widgets.containers import FoldableBox, RoundedBox
from screens.widgets.key_layouts import THAI_ALPHABET, THAI_KEDMANEE
from screens.widgets.keyboard import Keyboard
from screens.widgets.number_field import NumberField as _NumberField  # noqa: F401  the rule uses it
from screens.widgets.screen_view import ScreenView
from screens.widgets.suggestion_bar import SuggestionBar
from screens.widgets.text_field import TextField


class ClearButton(IconButton):
    """Deletes a field's whole text. The keyboard comes with it, and with the keyboard the button that undoes it."""

    field: Any = ObjectProperty(None, allownone=True, rebind=True)

    def on_release(self) -> None:
        """The text goes as one change."""
        super().on_release()
        self.field.attach_keyboard()
        self.field.delete_all()


class _HidableValue:
    """What a box with a field shows of the visit."""

    field: Any
    _hidden = False

    def show_value(self, text: str, hidden: bool) -> None:
        """Show what the visit holds. Covered it is hidden, not lost: whoever goes on without the card may write another
        text over it, unread."""
        if not hidden:
            self.field.show_text(text)
        elif not self._hidden:
            self.field.show_text("")
        self._hidden = hidden


class NumberBox(_HidableValue, RoundedBox, FoldableBox):
    """A NumberField in large digits, with its own buttons to undo and to clear: a number pad has no strip of words."""

    name = StringProperty()
    max_chars = NumericProperty(0)  # digits
    keyboard: Any = ObjectProperty(None, allownone=True)
    change_callback: Any = ObjectProperty(lambda text: None)
    format_digits: Any = ObjectProperty(lambda digits: digits)
    field: Any = ObjectProperty(None)


class FieldBox(_HidableValue, RoundedBox, FoldableBox):
    """A TextField with a border that shows where one writes, and a hint below that stays until the field is full."""

    name = StringProperty()
    message = StringProperty()  # hint that stays
    max_chars = NumericProperty(0)
    multiline = BooleanProperty(True)
    suggestion_topic = StringProperty(STORY)  # the part whose words are suggested (complaint.suggest); '' suggests none
    keyboard: Any = ObjectProperty(None, allownone=True)
    change_callback: Any = ObjectProperty(lambda text: None)
    field: Any = ObjectProperty(None)


class TextEntryPanel(FoldableBox):
    """The keyboard with its suggestions: above it in portrait, at its side in landscape."""


class TextEntryView(ScreenView):
    """A page with the keyboard in its tray; subclasses decide when it is up and into which field it writes."""

    keyboard_shown = BooleanProperty(False)
    pad_layout = StringProperty("")  # a layout of its own ('digits', 'code'); '' is the language's

    def __init__(self, **kwargs: Any) -> None:
        self.keyboard = Keyboard(thai_layout_callback=self._save_thai_layout)
        self.suggestions = SuggestionBar(keyboard=self.keyboard)
        self.text_entry_panel = TextEntryPanel()
        super().__init__(**kwargs)
        # The keyboard must not lie over what is written into: asked again whenever there is more room or less.
        keep_in_sight = Clock.create_trigger(self._scroll_to_focus, -1)
        for field in self._fields():
            field.fbind("focus", keep_in_sight)
        self.scroll.fbind("size", keep_in_sight)
        self.body.fbind("height", keep_in_sight)
        self.fbind("keyboard_shown", self._update_keyboard)
        self.fbind("pad_layout", self._update_layout)

    def _update_keyboard(self, *_args: object) -> None:
        wanted = [self.keyboard] if self.pad_layout else [self.suggestions, self.keyboard]
        if self.text_entry_panel.all_children != wanted:
            self.text_entry_panel.clear_widgets()
            for widget in wanted:
                self.text_entry_panel.add_widget(widget)
        if self.keyboard_shown and self.text_entry_panel.parent is None:
            self.tray.add_widget(self.text_entry_panel)
        elif not self.keyboard_shown and self.text_entry_panel.parent is not None:
            self.tray.remove_widget(self.text_entry_panel)

    def _update_layout(self, *_args: object) -> None:
        self.keyboard.layout = self.pad_layout or (
            self.keyboard.thai_layout if self.language == "th" else self.language
        )
        self._update_keyboard()

    def _save_thai_layout(self, layout: str) -> None:
        self.send(SetThaiKeyOrder(layout == THAI_ALPHABET))

    language = StringProperty("th")  # the visit's: what the keyboard begins with

    def enter(self, journey: Any) -> None:
        """The keyboard begins in the visit's language, with the Thai keys as they were chosen last."""
        super().enter(journey)
        self.language = journey.accessibility.language
        self.keyboard.thai_layout = THAI_ALPHABET if journey.accessibility.alphabetical_keys else THAI_KEDMANEE
        self.keyboard.shifted = False
        self._update_layout()

    def clear(self) -> None:
        """The fields keep more than their text."""
        for field in self._fields():
            field.clear()
        self.suggestions.clear()

    def _fields(self) -> list[Any]:
        return [widget for widget in self._descendants(self) if isinstance(widget, TextField)]

    def _descendants(self, widget: Any) -> Iterator[Any]:
        """All widgets, those in folded parts too."""
        for child in getattr(widget, "all_children", widget.children):
            yield child
            yield from self._descendants(child)

    def _scroll_to_focus(self, *_args: object) -> None:
        for field in self._fields():
            if field.focus:
                self.scroll.scroll_to(field.parent, animate=False)

    def focus_field(self, box: FieldBox) -> None:
        """Bring caret and keyboard to a field."""
        box.field.attach_keyboard()


load_kv(__file__)
