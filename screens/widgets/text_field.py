"""A text field for Thai: shaped, wrapped by words, and edited by clusters (what a reader sees as one character)."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from kivy.cache import Cache
from kivy.clock import Clock
from kivy.properties import AliasProperty, BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.textinput import FL_IS_LINEBREAK, TextInput

from journey.complaint.word_suggestions import STORY
from screens.keypad import KEYPAD_DEVICE
from screens.kv_loader import load_kv
from screens.rect import Rect, window_rect
from screens.touch_guard import touch_handled
from screens.widgets.text_metrics import text_measure
from thai.segmentation import clusters, unbreakable_units
from thai.sign_order import edit_for_insertion

MAX_UNDO_STEPS = 200  # changes that can be undone
MAX_CLUSTER_CHARS = 40  # maximum distance to the beginning of a cluster
LINE_HEIGHT = 1.45  # height of a line, in parts of the type size
REWRAP_AHEAD_LINES = 2  # lines after a change that are wrapped again at first


class _Step(NamedTuple):
    """One change: at `start`, `removed` was replaced by `inserted`."""

    start: int
    removed: str
    inserted: str


class TextField(TextInput):
    """A field that only the on-screen keyboard writes into: the system's keyboard never opens, nothing goes to a
    clipboard.

    `change_callback` is called with the text whenever the citizen (not `show_text`) changed it. A touch sets the caret,
    a touch that moves scrolls; there is no selection.
    """

    text: Any  # of Kivy's TextInput
    _label_cached: Any
    scroll_x: Any
    scroll_y: Any
    _lines_flags: list[int]
    name = StringProperty()
    change_callback: Callable[[str], None] = ObjectProperty(lambda text: None)
    keyboard: Any = ObjectProperty(None, allownone=True)  # writes into this field once it is touched
    max_chars = NumericProperty(0)  # the most characters it accepts; 0 is no limit
    is_full = BooleanProperty(False)  # accepts no more characters
    suggestion_topic = StringProperty(STORY)  # whose words are suggested; '' for no suggestions
    undo_count = NumericProperty(0)  # how many changes can be undone
    touch_slop = NumericProperty(24)  # pixels a finger may move and still only tap
    # Kivy gives all lines the height of the line it wrapped last: they would jump with every tall mark.
    line_height = AliasProperty(
        lambda self: round(LINE_HEIGHT * self.font_size), lambda _self, _height: False, bind=["font_size"]
    )

    def __init__(self, **kwargs: Any) -> None:
        self._history: deque[_Step] = deque(maxlen=MAX_UNDO_STEPS)
        self._drag_start: tuple[float, float] | None = None  # y of the finger and scroll_y when the touch began
        self._is_dragged = False
        self._scroll_to_caret_soon = Clock.create_trigger(self._scroll_to_caret, -1)
        super().__init__(keyboard_mode="managed", use_bubble=False, use_handles=False, cursor_blink=False, **kwargs)

    # --- Thai in Kivy's text input, see docs/facts.md §5

    def _get_line_options(self) -> dict[str, Any]:
        if self._line_options is None:
            options = super()._get_line_options()
            options["font_script_name"] = "Thai"
            self._label_cached = type(self._label_cached)(**options)
        return self._line_options  # type: ignore[no-any-return]

    def _tokenize(self, text: str) -> Iterator[str]:
        """Words with the spaces after them, so that no line begins with a space and no caret is beyond the edge.

        A word wider than the field is split into clusters.
        """
        width = self.width - self.padding[0] - self.padding[2]
        for index, paragraph in enumerate(text.split("\n")):
            if index:
                yield "\n"
            word = ""
            for unit in unbreakable_units(paragraph):
                if word and not unit.isspace():
                    yield word
                    word = ""
                word += unit
                if self._text_width(word) > width:
                    *pieces, word = clusters(word)
                    yield from pieces
            yield word

    def _text_width(self, text: str) -> float:
        return float(self._get_text_width(text, self.tab_width, self._label_cached))

    def _refresh_line_options(self, *args: Any) -> None:
        """Keep the caret's place when the type size changes; Kivy moves it to the end."""
        index = self.cursor_index()
        super()._refresh_line_options(*args)
        self.cursor = self.get_cursor_from_index(index)

    def on_size(self, *args: Any) -> None:
        """Keep the caret visible when the size changes; Kivy scrolls to the top."""
        super().on_size(*args)
        self._scroll_to_caret_soon()

    def _adjust_viewport(self, *_place: int) -> None:
        """Replaces Kivy's scrolling, which has one pending request for all text inputs together."""
        self._scroll_to_caret_soon()

    def _scroll_to_caret(self, _seconds: float) -> None:
        left, above, right, below = self.padding
        line = self.line_height + self.line_spacing
        top = self.cursor_row * line
        self.scroll_y = max(0, min(self.scroll_y, top), top + line - (self.height - above - below))
        offset = 0 if self.multiline else self.cursor_offset()
        self.scroll_x = max(0, min(self.scroll_x, offset), offset - (self.width - left - right))
        self._trigger_update_graphics()

    def _draw_line(self, value: str, line_num: int, texture: Any, *position: Any) -> float:
        """Place a line by its baseline: Kivy aligns the bottoms of lines, which tall marks and deep vowels change."""
        y: float = super()._draw_line(value, line_num, texture, *position)
        rect = position[-2][line_num]
        rect.pos = rect.pos[0], rect.pos[1] + self.line_height + self._extra_ascent(value) - texture.height
        return y

    def _extra_ascent(self, line: str) -> float:
        """Pixels that the marks above the letters add to the height of a line."""
        return float(text_measure(self.font_name, self.font_size).extra_ascent(line))

    def get_cursor_from_xy(self, x: float, y: float) -> tuple[int, int]:
        """The nearest place between two clusters, never one between a letter and its marks."""
        row = int((self.top - self.padding[1] + self.scroll_y - y) // (self.line_height + self.line_spacing))
        row = max(0, min(row, len(self._lines) - 1))
        line, target = self._lines[row], x - self.x - self.padding[0] + self.scroll_x
        edges = accumulate(map(len, clusters(line)), initial=0)
        return min(edges, key=lambda edge: abs(self._text_width(line[:edge]) - target)), row

    # --- writing

    def text_before_caret(self) -> str:
        """The text up to the caret."""
        return str(self.text[: self.cursor_index()])

    def write(self, text: str, replace_count: int = 0) -> None:
        """Insert `text` at the caret, in place of `replace_count` characters before it. What does not fit is ignored.

        If the cluster before the caret must be reordered to the order in which Thai is stored, that is part of the same
        change.
        """
        if text == "\n" and not self.multiline:
            return
        start = self.cursor_index() - replace_count
        reordered, inserted = edit_for_insertion(self.text[max(0, start - MAX_CLUSTER_CHARS) : start], text)
        if self.max_chars and len(self.text) - replace_count - reordered + len(inserted) > self.max_chars:
            self.is_full = True
        elif inserted or reordered or replace_count:
            self._change(start - reordered, replace_count + reordered, inserted)

    def delete_backward(self) -> None:
        """Delete the cluster before the caret."""
        caret = self.cursor_index()
        if before := clusters(self.text[max(0, caret - MAX_CLUSTER_CHARS) : caret]):
            self._change(caret - len(before[-1]), len(before[-1]), "")

    def delete_all(self) -> None:
        """Delete the whole text as one change, which can be undone."""
        if self.text:
            self._change(0, len(self.text), "")

    def undo(self) -> None:
        """Undo the last change; the caret returns to its place."""
        if self._history:
            step = self._history.pop()
            self._replace_range(step.start, step.start + len(step.inserted), step.removed)
            self._notify_changed()

    def _change(self, start: int, length: int, inserted: str) -> None:
        self._history.append(_Step(start, self.text[start : start + length], inserted))
        self._replace_range(start, start + length, inserted)
        self._notify_changed()

    def _notify_changed(self) -> None:
        self.undo_count = len(self._history)
        self.is_full = 0 < self.max_chars <= len(self.text)
        self.change_callback(self.text)

    def _replace_range(self, start: int, stop: int, inserted: str) -> None:
        """Replace text[start:stop] by `inserted`, with the caret after it.

        Wraps again the line before the change (a shorter word may fit there now), the changed lines, and as many after
        them as change: typing a character in a text of 20,000 must not take longer than in one of 20.
        """
        text = self.text
        first, last = self.get_cursor_from_index(start)[1], self.get_cursor_from_index(stop)[1]
        if first > 0 and not self._lines_flags[first] & FL_IS_LINEBREAK:
            first -= 1
        unchanged_before = text[self.cursor_index((0, first)) : start]
        paragraph_end, ahead = self._paragraph_end(last), REWRAP_AHEAD_LINES
        while True:
            last = min(last + ahead, paragraph_end)
            unchanged_after = text[stop : self.cursor_index((len(self._lines[last]), last))]
            wrapped, flags = self._split_smart(unchanged_before + inserted + unchanged_after)
            if last == paragraph_end or wrapped[-1] == self._lines[last]:
                break
            ahead *= 4
        self._refresh_text("", "insert", first, last, wrapped, flags, len(wrapped))
        self.cursor = self.get_cursor_from_index(start + len(inserted))

    def _paragraph_end(self, row: int) -> int:
        """The last row of the paragraph that `row` belongs to."""
        later_rows = range(row + 1, len(self._lines))
        return next(
            (later - 1 for later in later_rows if self._lines_flags[later] & FL_IS_LINEBREAK), len(self._lines) - 1
        )

    def show_text(self, text: str) -> None:
        """Show the text of the draft. Nothing changes, the caret included, when it is the text of this field."""
        if text != self.text:
            self.text = text
            self.cursor = self.get_cursor_from_index(len(text))
            self._history.clear()
            self.undo_count = 0
            self.is_full = 0 < self.max_chars <= len(text)

    def clear(self) -> None:
        """Remove everything that was written: the text, the undo steps and the cached lines."""
        self.show_text("")
        self._history.clear()
        self.undo_count, self.is_full = 0, False
        for category in ("textinput.label", "textinput.width"):
            Cache.remove(category)

    # --- touching

    def attach_keyboard(self) -> None:
        """Give this field the caret and the keyboard."""
        if self.keyboard is not None:
            if self.keyboard.field not in (None, self):
                self.keyboard.field.focus = False
            self.keyboard.field = self
        self.focus = True

    def on_touch_down(self, touch: Any) -> bool:
        """None of Kivy's gestures: no selection, no copy menu."""
        if self.disabled or touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        self.attach_keyboard()
        touch_handled.dispatch("on_touch_handled")
        touch.grab(self)
        self._drag_start, self._is_dragged = (touch.y, self.scroll_y), False
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or self._drag_start is None:
            return False
        start_y, start_scroll = self._drag_start
        max_scroll = self.minimum_height - self.height
        if self.multiline and max_scroll > 0 and (self._is_dragged or abs(touch.y - start_y) > self.touch_slop):
            self._is_dragged = True
            self.scroll_y = max(0, min(max_scroll, start_scroll + touch.y - start_y))
            self._trigger_update_graphics()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if touch.device == KEYPAD_DEVICE:
            self.cursor = self.get_cursor_from_index(len(self.text))
        elif not self._is_dragged:
            self.cursor = self.get_cursor_from_xy(*touch.pos)
        return True

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Name, text and rectangle, see screens.touch_targets."""
        if self.name:
            yield self.name, "", window_rect(self)


load_kv(__file__)
