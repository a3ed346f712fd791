"""The base of every screen with text fields: a keyboard with suggestions in its tray."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, StringProperty

from journey.events import SetThaiKeyOrder
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.containers import FoldableBox
from screens.widgets.field_boxes import FieldBox, NumberBox
from screens.widgets.key_layouts import THAI_ALPHABET, THAI_KEDMANEE
from screens.widgets.keyboard import Keyboard
from screens.widgets.screen_view import ScreenView
from screens.widgets.suggestion_bar import SuggestionBar
from screens.widgets.text_field import TextField


class TextEntryPanel(FoldableBox):
    """The keyboard and its suggestion bar: above the keyboard in portrait, beside it in landscape."""


class TextEntryView(ScreenView):
    """A screen with a keyboard. Subclasses decide when it is shown and which field it writes into."""

    keyboard_shown = BooleanProperty(False)
    pad_layout = StringProperty("")  # a fixed layout ('digits', 'code'); '' for the layout of the language
    language = StringProperty("th")  # of the visit: the keyboard begins in it

    def __init__(self, **kwargs: Any) -> None:
        self.keyboard = Keyboard(thai_layout_callback=self._save_thai_layout)
        self.suggestions = SuggestionBar(keyboard=self.keyboard)
        self.text_entry_panel = TextEntryPanel()
        super().__init__(**kwargs)
        # The keyboard must not cover the field that it writes into: checked again whenever the space changes.
        keep_visible = Clock.create_trigger(self._scroll_to_focus, -1)
        for field in self._fields():
            field.fbind("focus", keep_visible)
        self.scroll.fbind("size", keep_visible)
        self.body.fbind("height", keep_visible)
        self.fbind("keyboard_shown", self._update_keyboard)
        self.fbind("pad_layout", self._update_layout)

    def _update_keyboard(self, *_args: object) -> None:
        parts = [self.keyboard] if self.pad_layout else [self.suggestions, self.keyboard]
        if self.text_entry_panel.all_children != parts:
            self.text_entry_panel.clear_widgets()
            for widget in parts:
                self.text_entry_panel.add_widget(widget)
        if self.keyboard_shown and self.text_entry_panel.parent is None:
            self.tray.add_widget(self.text_entry_panel)
        elif not self.keyboard_shown and self.text_entry_panel.parent is not None:
            self.tray.remove_widget(self.text_entry_panel)

    def _update_layout(self, *_args: object) -> None:
        language_layout = self.keyboard.thai_layout if self.language == "th" else self.language
        self.keyboard.layout = self.pad_layout or language_layout
        self._update_keyboard()

    def _save_thai_layout(self, layout: str) -> None:
        self.send(SetThaiKeyOrder(layout == THAI_ALPHABET))

    def enter(self, journey: Journey) -> None:
        """The keyboard begins in the visit's language, with the Thai layout that was chosen last."""
        super().enter(journey)
        self.language = journey.accessibility.language
        self.keyboard.thai_layout = THAI_ALPHABET if journey.accessibility.alphabetical_keys else THAI_KEDMANEE
        self.keyboard.shifted = False
        self._update_layout()

    def clear(self) -> None:
        """Clear the fields, which keep more than their text, and the suggestions."""
        for field in self._fields():
            field.clear()
        self.suggestions.clear()

    def focus_field(self, box: FieldBox | NumberBox) -> None:
        """Give a field the caret and the keyboard."""
        box.field.attach_keyboard()

    def _fields(self) -> list[Any]:
        return [widget for widget in self._descendants(self) if isinstance(widget, TextField)]

    def _descendants(self, widget: Any) -> Iterator[Any]:
        """All widgets below this one, including those in hidden Collapsibles."""
        for child in getattr(widget, "all_children", widget.children):
            yield child
            yield from self._descendants(child)

    def _scroll_to_focus(self, *_args: object) -> None:
        for field in self._fields():
            if field.focus:
                self.scroll.scroll_to(field.parent, animate=False)


load_kv(__file__)
