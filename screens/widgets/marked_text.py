"""A wrapped paragraph with marked words."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.properties import ListProperty

from screens.theme import current_theme
from screens.widgets.text_labels import TextLabel
from screens.widgets.text_metrics import text_measure

MARGIN_UNITS, UNDERLINE_UNITS = 4.0, 4.0  # units of the theme


class MarkedTextLabel(TextLabel):
    """A paragraph whose `marked_spans` (start and end in `literal_text`) are highlighted and underlined."""

    marked_spans: list[tuple[int, int]] = ListProperty()

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._marks = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.before.add(self._marks)
        self._draw_soon = Clock.create_trigger(self._draw_marks, -1)
        for name in ("marked_spans", "text", "texture", "pos", "size"):
            self.fbind(name, self._draw_soon)
        self.theme.bind(contrast=self._on_contrast)  # weak: the theme outlives this label, which has a citizen's words

    def _on_contrast(self, *_args: object) -> None:
        self._draw_soon()

    def _draw_marks(self, *_args: object) -> None:
        self._marks.clear()
        if not self.text:
            return
        measure, margin = text_measure(self.font_name, self.drawn_type_size), MARGIN_UNITS * self.theme.unit
        underline = max(1.0, UNDERLINE_UNITS * self.theme.unit)
        position, top = 0, self.top
        for line in self.text.split("\n"):
            height = self._label.get_extents(line)[1]
            # Wrapping only drops spaces and line breaks between lines.
            position = max(position, self.literal_text.find(line, position))
            for start, end in self.marked_spans:
                first, last = max(start, position) - position, min(end, position + len(line)) - position
                if first < last:
                    left, right = self.x + measure(line[:first]) - margin, self.x + measure(line[:last]) + margin
                    self._add_rectangle(self.theme.warning_background, left, top - height, right - left, height)
                    self._add_rectangle(self.theme.gold_border, left, top - height, right - left, underline)
            position, top = position + len(line), top - height

    def _add_rectangle(self, color: Any, left: float, bottom: float, width: float, height: float) -> None:
        self._marks.add(Color(*color))
        self._marks.add(Rectangle(pos=(round(left), round(bottom)), size=(round(width), round(height))))
