"""A field with unsure lines marked until they are corrected, and one that is only read."""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.properties import ListProperty
from kivy.uix.textinput import FL_IS_LINEBREAK

from screens.theme import current_theme
from screens.touch_targets import Rect
from screens.widgets.text_field import TextField


class HighlightedField(TextField):
    """Paragraphs that still read as one of `unsure_paragraphs` stand on a tinted ground with a line under it."""

    unsure_paragraphs: list[str] = ListProperty()

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._marks = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.before.insert(0, self._marks)
        mark = Clock.create_trigger(self._mark, -1)
        for name in ("unsure_paragraphs", "text", "scroll_y", "size", "pos", "font_size", "padding"):
            self.fbind(name, mark)
        self.theme.fbind("contrast", mark)

    def clear(self) -> None:
        """The lines are a citizen's words too."""
        super().clear()
        self.unsure_paragraphs = []

    def paragraph(self) -> int:
        """Which paragraph the caret stands in, from 0."""
        return str(self.text[: self.cursor_index()]).count("\n")

    def _mark(self, *_args: object) -> None:
        self._marks.clear()
        if not self.unsure_paragraphs:
            return
        left, above, right, below = self.padding
        ceiling, floor = self.top - above, self.y + below
        step, air, under = self.line_height + self.line_spacing, 8 * self.theme.unit, max(1, 4 * self.theme.unit)
        for row, rows in self._paragraphs():
            top = self.top - above + self.scroll_y - row * step
            bottom = top - rows * step
            low, high = max(floor, bottom), min(ceiling, top)
            if high <= low:
                continue
            place, width = self.x + left - air, self.width - left - right + 2 * air
            self._marks.add(Color(*self.theme.warning_background))
            self._marks.add(Rectangle(pos=(round(place), round(low)), size=(round(width), round(high - low))))
            if bottom >= floor:
                self._marks.add(Color(*self.theme.gold_border))
                self._marks.add(Rectangle(pos=(round(place), round(bottom)), size=(round(width), round(under))))

    def _paragraphs(self) -> Iterator[tuple[int, int]]:
        """First row and count of rows of each unsure paragraph."""
        begins = [0, *(row for row, flag in enumerate(self._lines_flags) if row and flag & FL_IS_LINEBREAK)]
        for first, behind in zip(begins, [*begins[1:], len(self._lines)], strict=True):
            if "".join(self._lines[first:behind]) in self.unsure_paragraphs:
                yield first, behind - first


class ReadOnlyText(TextField):
    """A long text to read: it scrolls under a finger and takes no caret and no keys."""

    def on_touch_down(self, touch: Any) -> bool:
        """A finger may move the text, nothing else."""
        if touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._drag_start, self._is_dragged = (touch.y, self.scroll_y), False
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The finger is lifted."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def scroll_on(self) -> None:
        """A page further, two lines kept in sight; from the end back to the beginning."""
        room = self.minimum_height - self.height
        further = self.scroll_y + self.height - self.padding[1] - self.padding[3] - 2 * self.line_height
        self.scroll_y = 0 if self.scroll_y >= room - 1 else max(0, min(room, further))
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
        """Nothing to tap."""
        yield from ()
