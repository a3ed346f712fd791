"""Special text fields: for numbers, for recognised text with unclear words, and for reading only."""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.properties import DictProperty, ObjectProperty
from kivy.uix.textinput import FL_IS_LINEBREAK

from screens.rect import Rect
from screens.theme import current_theme
from screens.widgets.text_field import TextField
from thai.numerals import digits

MARK_MARGIN_UNITS = 4.0  # units of the theme, beside a marked word


class NumberField(TextField):
    """Accepts digits only. `format_digits` adds the separators between groups; `max_chars` counts digits."""

    format_digits: Callable[[str], str] = ObjectProperty(lambda digits: digits)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(multiline=False, **kwargs)

    def write(self, text: str, replace_count: int = 0) -> None:
        """Insert the digits of `text` at the caret."""
        caret = self.cursor_index()
        before, after = digits(self.text[: caret - replace_count]), digits(self.text[caret:])
        inserted = digits(text)
        if inserted and (not self.max_chars or len(before + inserted + after) <= self.max_chars):
            self._set_digits(before + inserted, after)

    def delete_backward(self) -> None:
        """Delete the digit before the caret."""
        caret = self.cursor_index()
        if before := digits(self.text[:caret]):
            self._set_digits(before[:-1], digits(self.text[caret:]))

    def _set_digits(self, before: str, after: str) -> None:
        """Show these digits, grouped, with the caret between `before` and `after`."""
        self._change(0, len(self.text), self.format_digits(before + after))
        caret, remaining = 0, len(before)
        while remaining:
            remaining -= bool(digits(self.text[caret]))
            caret += 1
        self.cursor = self.get_cursor_from_index(caret)


class HighlightedField(TextField):
    """A field whose unclear words are highlighted and underlined, in paragraphs that are still as they were read.

    `unclear_spans`: start and end of the words, by paragraph."""

    unclear_spans: dict[str, tuple[tuple[int, int], ...]] = DictProperty()

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._highlights = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.before.insert(0, self._highlights)
        draw = Clock.create_trigger(self._draw_highlights, -1)
        for name in ("unclear_spans", "text", "scroll_y", "size", "pos", "font_size", "padding"):
            self.fbind(name, draw)
        self.theme.fbind("contrast", draw)

    def clear(self) -> None:
        """Remove the text and the unclear paragraphs, which are also a citizen's words."""
        super().clear()
        self.unclear_spans = {}

    def caret_paragraph(self) -> int:
        """Index of the paragraph with the caret."""
        return str(self.text[: self.cursor_index()]).count("\n")

    def _draw_highlights(self, *_args: object) -> None:
        self._highlights.clear()
        if not self.unclear_spans:
            return
        padding_left, padding_top, _padding_right, padding_bottom = self.padding
        view_top, view_bottom = self.top - padding_top, self.y + padding_bottom
        row_height, margin = self.line_height + self.line_spacing, MARK_MARGIN_UNITS * self.theme.unit
        for row, start, end in self._unclear_parts():
            top = view_top + self.scroll_y - row * row_height
            bottom = top - row_height
            visible_bottom, visible_top = max(view_bottom, bottom), min(view_top, top)
            if visible_top <= visible_bottom:
                continue
            before = self._text_width(self._lines[row][:start])
            left = self.x + padding_left + before - margin
            width = self._text_width(self._lines[row][:end]) - before + 2 * margin
            self._add_rectangle(
                self.theme.warning_background, left, visible_bottom, width, visible_top - visible_bottom
            )
            if bottom >= view_bottom:
                self._add_rectangle(self.theme.gold_border, left, bottom, width, max(1, 4 * self.theme.unit))

    def _add_rectangle(self, color: Any, left: float, bottom: float, width: float, height: float) -> None:
        self._highlights.add(Color(*color))
        self._highlights.add(Rectangle(pos=(round(left), round(bottom)), size=(round(width), round(height))))

    def _unclear_parts(self) -> Iterator[tuple[int, int, int]]:
        """Row, start and end in it, of each unclear word; of a word in two rows, both parts."""
        starts = [0, *(row for row, flag in enumerate(self._lines_flags) if row and flag & FL_IS_LINEBREAK)]
        for first, last in zip(starts, [*starts[1:], len(self._lines)], strict=True):
            offset = 0
            for row in range(first, last):
                length = len(self._lines[row])
                for start, end in self.unclear_spans.get("".join(self._lines[first:last]), ()):
                    if start < offset + length and end > offset:
                        yield row, max(start - offset, 0), min(end - offset, length)
                offset += length


class ReadOnlyText(TextField):
    """A long text to read: it scrolls under a finger and takes no caret and no keys."""

    def on_touch_down(self, touch: Any) -> bool:
        """A finger can scroll the text."""
        if touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._drag_start, self._is_dragged = (touch.y, self.scroll_y), False
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The finger was lifted."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def scroll_on(self) -> None:
        """Scroll by a page less two lines; from the end back to the beginning."""
        max_scroll = self.minimum_height - self.height
        further = self.scroll_y + self.height - self.padding[1] - self.padding[3] - 2 * self.line_height
        self.scroll_y = 0 if self.scroll_y >= max_scroll - 1 else max(0, min(max_scroll, further))
        self._trigger_update_graphics()

    def scroll_to_top(self) -> None:
        """Show the beginning."""
        self.scroll_y = 0
        self._trigger_update_graphics()

    def _adjust_viewport(self, *_place: int) -> None:
        """No caret is followed."""

    def _scroll_to_caret(self, _seconds: float) -> None:
        """No caret is followed."""

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Nothing can be tapped."""
        yield from ()
