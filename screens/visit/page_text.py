"""The text of a scanned page as the kiosk read it: unclear words marked, handwriting as pictures."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.clock import Clock
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior

from journey.complaint.draft import LetterPage
from journey.complaint.page_parts import PicturePart, TextPart, page_parts
from screens.kv_loader import load_kv
from screens.theme import current_theme, theme_applied
from screens.widgets.containers import Column
from screens.widgets.marked_text import MarkedTextLabel
from screens.widgets.page_cutout import PageCutout
from screens.widgets.text_labels import TextLabel

PARTS_PER_FRAME = 16  # a form of thirty rows filled in by hand has sixty parts, which took 53 ms in one frame


class UnsureTextLabel(ButtonBehavior, MarkedTextLabel):
    """Lines with words that recognition was unsure of, which are highlighted; a tap opens them for correction."""


class PageText(Column):
    """The parts of one page. Consecutive lines of one kind share a label, so that a long letter needs few widgets."""

    has_unclear_words = BooleanProperty(False)
    has_handwriting = BooleanProperty(False)  # in a page with print too
    edit: Callable[[int], None] = ObjectProperty(lambda start: None)  # gets the index of the touched text

    def __init__(self, **kwargs: Any) -> None:
        self._shown: object = None
        self._pending: list[Callable[[], None]] = []  # add the parts that are not shown yet
        self._theme = current_theme()
        super().__init__(**kwargs)
        self._add_next_parts_soon = Clock.create_trigger(self._add_next_parts)

    def show_page(self, page: LetterPage, texture: Texture | None) -> None:
        """Show this page's text; while it is read, the lines so far. `texture` is its whole picture."""
        shown = (page.page_id, page.picture_version, page.lines, page.lines_so_far, page.text, texture)
        if shown == self._shown:
            return
        self.clear()
        self._shown = shown
        if page.lines is None and page.is_readable is None:
            text = "\n".join(line.text for line in page.lines_so_far if not line.is_handwritten)
            self.add_widget(TextLabel(literal_text=text))
            return
        self._pending = [partial(self._add_part, part, page, texture) for part in page_parts(page)]
        self._add_next_parts()

    def clear(self) -> None:
        """Remove text and pictures."""
        self._shown, self._pending = None, []
        self.clear_widgets()
        self.has_unclear_words = self.has_handwriting = False

    def _add_next_parts(self, *_seconds: float) -> None:
        parts, self._pending = self._pending[:PARTS_PER_FRAME], self._pending[PARTS_PER_FRAME:]
        with theme_applied(self._theme):
            for add_part in parts:
                add_part()
        if self._pending:
            self._add_next_parts_soon()

    def _add_part(self, part: TextPart | PicturePart, page: LetterPage, texture: Texture | None) -> None:
        if isinstance(part, TextPart):
            self._add_text(part)
        else:
            self._add_picture(part, page, texture)

    def _add_text(self, part: TextPart) -> None:
        if not part.unclear_spans:
            self.add_widget(TextLabel(literal_text=part.text))
            return
        self.has_unclear_words = True
        label = UnsureTextLabel(literal_text=part.text, marked_spans=part.unclear_spans)
        first_word = part.start + part.unclear_spans[0][0]
        label.bind(on_release=lambda _label: self.edit(first_word))
        self.add_widget(label)

    def _add_picture(self, part: PicturePart, page: LetterPage, texture: Texture | None) -> None:
        self.has_handwriting = True
        cutout = PageCutout()
        cutout.show_part(part.box, (page.width, page.height), texture)
        self.add_widget(cutout)


load_kv(__file__)
