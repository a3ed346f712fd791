"""A field to write in: Thai shaped, wrapped and deleted by what a reader sees as one character."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from kivy.cache import Cache
from kivy.clock import Clock
from kivy.properties import AliasProperty, BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.textinput import FL_IS_LINEBREAK, TextInput

from journey.complaint.word_suggestions import STORY
from screens.keypad import KEYPAD
from screens.kv_loader import load_rules
from screens.touch_targets import Box, box_of, taken
from screens.widgets.text_metrics import measurer
from thai.line_breaking import clusters, units
from thai.sign_order import typed

STEPS_KEPT = 200  # changes that can be undone
LONGEST_CLUSTER = 40  # characters to look back for the one a reader sees
LINE = 1.45  # height of a line, in parts of the type size
AHEAD = 2  # lines behind a change that are wrapped with it at first


class _Step(NamedTuple):
    """One change: at `start`, `put` came where `taken` had been."""

    start: int
    taken: str
    put: str


class Field(TextInput):
    """Written into by our keyboard only; the system's never opens, nothing goes to a clipboard.

    `changed` is called with the text whenever the citizen (not `show_text`) changed it. A touch sets the caret, a touch
    that moves scrolls; there is no selection.
    """

    text: Any  # of Kivy's TextInput
    _label_cached: Any
    scroll_x: Any
    scroll_y: Any
    _lines_flags: list[int]
    name = StringProperty()
    changed: Callable[[str], None] = ObjectProperty(lambda text: None)
    keyboard: Any = ObjectProperty(None, allownone=True)  # the keyboard that comes to this field when it is touched
    most = NumericProperty(0)  # characters it takes; 0 is no limit
    full = BooleanProperty(False)  # no more goes in
    helped = StringProperty(STORY)  # whose first words are suggested; '' is that none are
    steps = NumericProperty(0)  # how many changes can be undone
    slop = NumericProperty(24)  # pixels a finger may move and still only touch
    # Kivy gives all lines the height of the one it last wrapped: they would jump with every tall mark.
    line_height = AliasProperty(
        lambda self: round(LINE * self.font_size), lambda _self, _height: False, bind=["font_size"]
    )

    def __init__(self, **kwargs: Any) -> None:
        self._history: deque[_Step] = deque(maxlen=STEPS_KEPT)
        self._drag: tuple[float, float] | None = None  # where the finger and the text stood
        self._dragged = False
        self._show_caret = Clock.create_trigger(self._scroll_to_caret, -1)
        super().__init__(keyboard_mode="managed", use_bubble=False, use_handles=False, cursor_blink=False, **kwargs)

    # --- Thai in Kivy's text input, see FACTS §5

    def _get_line_options(self) -> dict[str, Any]:
        if self._line_options is None:
            options = super()._get_line_options()
            options["font_script_name"] = "Thai"
            self._label_cached = type(self._label_cached)(**options)
        return self._line_options  # type: ignore[no-any-return]

    def _tokenize(self, text: str) -> Iterator[str]:
        """Words with the spaces behind them: no line begins with a space, no caret stands beyond the edge."""
        width = self.width - self.padding[0] - self.padding[2]
        for index, paragraph in enumerate(text.split("\n")):
            if index:
                yield "\n"
            held = ""
            for unit in units(paragraph):
                if held and not unit.isspace():
                    yield held
                    held = ""
                held += unit
                if self._extent(held) > width:
                    *pieces, held = clusters(held)
                    yield from pieces
            yield held

    def _extent(self, text: str) -> float:
        return float(self._get_text_width(text, self.tab_width, self._label_cached))

    def _refresh_line_options(self, *args: Any) -> None:
        """Another size of type leaves the caret where it is; Kivy sends it to the end."""
        index = self.cursor_index()
        super()._refresh_line_options(*args)
        self.cursor = self.get_cursor_from_index(index)

    def on_size(self, *args: Any) -> None:
        """Another size leaves the caret in sight; Kivy goes to the top."""
        super().on_size(*args)
        self._show_caret()

    def _adjust_viewport(self, *_place: int) -> None:
        """Kivy keeps one such wish for all text inputs together."""
        self._show_caret()

    def _scroll_to_caret(self, _seconds: float) -> None:
        left, above, right, below = self.padding
        line = self.line_height + self.line_spacing
        top = self.cursor_row * line
        self.scroll_y = max(0, min(self.scroll_y, top), top + line - (self.height - above - below))
        offset = 0 if self.multiline else self.cursor_offset()
        self.scroll_x = max(0, min(self.scroll_x, offset), offset - (self.width - left - right))
        self._trigger_update_graphics()

    def _draw_line(self, value: str, line_num: int, texture: Any, *place: Any) -> float:
        """On one baseline: Kivy aligns the undersides of lines, and tall marks or deep vowels make these differ."""
        y: float = super()._draw_line(value, line_num, texture, *place)
        rect = place[-2][line_num]
        rect.pos = rect.pos[0], rect.pos[1] + self.line_height + self._rise(value) - texture.height
        return y

    def _rise(self, line: str) -> float:
        """How much higher than its letters a line came out for the marks above them, in pixels."""
        return float(measurer(self.font_name, self.font_size).rise(line))

    def get_cursor_from_xy(self, x: float, y: float) -> tuple[int, int]:
        """The nearest place between two clusters, never between a letter and its marks."""
        row = int((self.top - self.padding[1] + self.scroll_y - y) // (self.line_height + self.line_spacing))
        row = max(0, min(row, len(self._lines) - 1))
        line, target = self._lines[row], x - self.x - self.padding[0] + self.scroll_x
        edges = accumulate(map(len, clusters(line)), initial=0)
        return min(edges, key=lambda edge: abs(self._extent(line[:edge]) - target)), row

    # --- writing

    def before_caret(self) -> str:
        """The text up to the caret."""
        return str(self.text[: self.cursor_index()])

    def write(self, sign: str, instead_of: int = 0) -> None:
        """Put a sign in at the caret, where so many characters before it were. What does not fit is left out.

        The letter before the caret comes into the order that Thai is written in, as one change with the sign.
        """
        if sign == "\n" and not self.multiline:
            return
        start = self.cursor_index() - instead_of
        reordered, put = typed(self.text[max(0, start - LONGEST_CLUSTER) : start], sign)
        if self.most and len(self.text) - instead_of - reordered + len(put) > self.most:
            self.full = True
        elif put or reordered or instead_of:
            self._change(start - reordered, instead_of + reordered, put)

    def delete_back(self) -> None:
        """Delete the character a reader sees before the caret."""
        caret = self.cursor_index()
        if before := clusters(self.text[max(0, caret - LONGEST_CLUSTER) : caret]):
            self._change(caret - len(before[-1]), len(before[-1]), "")

    def clear(self) -> None:
        """Delete the whole text, as one change that can be undone."""
        if self.text:
            self._change(0, len(self.text), "")

    def undo(self) -> None:
        """Take the last change back; the caret goes to where it was."""
        if self._history:
            step = self._history.pop()
            self._splice(step.start, step.start + len(step.put), step.taken)
            self._tell()

    def _change(self, start: int, length: int, put: str) -> None:
        self._history.append(_Step(start, self.text[start : start + length], put))
        self._splice(start, start + length, put)
        self._tell()

    def _tell(self) -> None:
        self.steps = len(self._history)
        self.full = 0 < self.most <= len(self.text)
        self.changed(self.text)

    def _splice(self, start: int, stop: int, put: str) -> None:
        """Put signs in the place of text[start:stop], the caret behind them.

        Wrapped again are the line before the change (a shorter word may fit there now), its own, and as many behind as
        come out otherwise: a letter in 20,000 must not take longer than one in 20.
        """
        text, lines, flags = self.text, self._lines, self._lines_flags
        first, last = self.get_cursor_from_index(start)[1], self.get_cursor_from_index(stop)[1]
        first -= first > 0 and not flags[first] & FL_IS_LINEBREAK
        begin = self.cursor_index((0, first))
        breaks = (row - 1 for row in range(last + 1, len(lines)) if flags[row] & FL_IS_LINEBREAK)
        paragraph_end, ahead = next(breaks, len(lines) - 1), AHEAD
        while True:
            last = min(last + ahead, paragraph_end)
            wrapped, wrapped_flags = self._split_smart(
                text[begin:start] + put + text[stop : self.cursor_index((len(lines[last]), last))]
            )
            if last == paragraph_end or wrapped[-1] == lines[last]:
                break
            ahead *= 4
        self._refresh_text("", "insert", first, last, wrapped, wrapped_flags, len(wrapped))
        self.cursor = self.get_cursor_from_index(start + len(put))

    def show_text(self, text: str) -> None:
        """Show what the visit holds; the caret stays where it is while that is what was written here."""
        if text != self.text:
            self.text = text
            self.cursor = self.get_cursor_from_index(len(text))
            self._history.clear()
            self.steps = 0
            self.full = 0 < self.most <= len(text)

    def forget(self) -> None:
        """Leave nothing of what was written: no text, no steps to undo, no cached lines."""
        self.show_text("")
        self._history.clear()
        self.steps, self.full = 0, False
        for category in ("textinput.label", "textinput.width"):
            Cache.remove(category)

    # --- touching

    def take_keyboard(self) -> None:
        """Write here from now on: caret, keyboard."""
        if self.keyboard is not None:
            if self.keyboard.field not in (None, self):
                self.keyboard.field.focus = False
            self.keyboard.field = self
        self.focus = True

    def on_touch_down(self, touch: Any) -> bool:
        """Of Kivy's gestures none: no selection, no menu for copying."""
        if self.disabled or touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return False
        self.take_keyboard()
        taken.dispatch("on_taken")
        touch.grab(self)
        self._drag, self._dragged = (touch.y, self.scroll_y), False
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or self._drag is None:
            return False
        begun, stood = self._drag
        room = self.minimum_height - self.height
        if self.multiline and room > 0 and (self._dragged or abs(touch.y - begun) > self.slop):
            self._dragged = True
            self.scroll_y = max(0, min(room, stood + touch.y - begun))
            self._trigger_update_graphics()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if touch.device == KEYPAD:
            self.cursor = self.get_cursor_from_index(len(self.text))
        elif not self._dragged:
            self.cursor = self.get_cursor_from_xy(*touch.pos)
        return True

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """Name, text and place, see screens.touch_targets."""
        if self.name:
            yield self.name, "", box_of(self)


load_rules(__file__)
