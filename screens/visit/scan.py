"""The letter: lay it in, scan page by page, look at what was read."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from journey.complaint.draft import LetterPage
from journey.events import (
    Back,
    CancelScan,
    KeepBlankPage,
    Next,
    RemovePage,
    ReplaceHiddenStory,
    RescanPage,
    RotatePage,
    ScanPage,
    SwitchToTyping,
    WritePageText,
)
from journey.faults import FAULTS, format_staff_code
from journey.language import _, translate
from journey.screens import can_leave_screen
from journey.state import Journey
from protocol.choices import MAX_PAGES, MAX_TEXT_CHARS
from screens.kv_loader import load_kv
from screens.visit import story as _story  # noqa: F401  the rule uses its tabs
from screens.widgets.buttons import PressableBox
from screens.widgets.page_image import LINE_HEIGHT_SHARE
from screens.widgets.text_entry_panel import TextEntryView
from screens.widgets.text_labels import TextLabel

CONFIRM_WITHIN_S = 5.0  # how long the second touch on "remove" is waited for


class PageChip(PressableBox):
    """One page's number."""


class UnsureTextLabel(ButtonBehavior, TextLabel):
    """Lines that were hard to read, marked for the citizen's eye; touched, they are corrected."""


class ScannerPicture(Widget):
    """A page on the glass, its corner at the mark; while it is scanned, the light that goes along it."""

    pixels_per_unit = NumericProperty(1)  # pixels for one unit of the drawing, which is 420 high
    fraction = NumericProperty(-1)  # how far the light has come, 0 to 1; less is no light


class ScanView(TextEntryView):
    """Without pages: how to lay the letter in. With pages: picture and text side by side."""

    page_image_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    page_count = NumericProperty(0)
    page_index = NumericProperty(0)  # index of the page that is looked at
    scanning = BooleanProperty(False)
    progress = NumericProperty(0)
    fault_icon = StringProperty("scan")
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    reading = BooleanProperty(False)  # recognition of the shown page still runs
    is_readable = BooleanProperty(True)
    has_unsure_lines = BooleanProperty(False)
    editing = BooleanProperty(False)
    page_open = BooleanProperty(False)
    is_full = BooleanProperty(False)
    is_blank = BooleanProperty(False)  # nothing seems to be on the page that is looked at
    has_typed_text = BooleanProperty(False)  # there is typed text too
    letter_length_text = StringProperty()  # for the tabs, which are shown only while there is no letter
    story_hidden = BooleanProperty(False)  # what was told is hidden
    confirms_remove = BooleanProperty(False)  # "remove" was touched once: a second touch does it
    side_by_side = BooleanProperty(True)  # picture and text side by side, tools below the picture
    is_empty = BooleanProperty(True)  # no page yet, and none on its way
    page_position_text = StringProperty()
    page_image: Any = ObjectProperty(None)
    zoomed_page: Any = ObjectProperty(None)
    recognized_lines: Any = ObjectProperty(None)
    chips: Any = ObjectProperty(None)
    editor: Any = ObjectProperty(None)
    line_excerpt: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._pages: tuple[LetterPage, ...] = ()
        self._shown_picture: tuple[str, int] | None = None
        self._shown_lines: object = None
        self._ready = False
        super().__init__(**kwargs)
        self.editor.max_chars = MAX_TEXT_CHARS
        self.editor.change_callback = self._write
        self.editor.field.fbind("cursor", self._follow_caret)
        self._cancel_remove_later = Clock.create_trigger(self._cancel_remove, CONFIRM_WITHIN_S)
        self.fbind("page_index", self._cancel_remove)
        self.fbind("editing", self._update_buttons)
        self.fbind("page_open", self._update_buttons)

    # --- following the state

    def update(self, journey: Journey) -> None:
        """Pages, progress, what went wrong."""
        visit = journey.visit
        if visit is None:
            return
        self.story_hidden = visit.story_hidden
        pages = () if self.story_hidden else visit.draft.pages
        if len(pages) > len(self._pages):
            self.page_index = len(pages) - 1
        self._pages, self.page_count = pages, len(pages)
        self.page_index = max(0, min(self.page_index, len(pages) - 1))
        self.is_full = len(pages) >= MAX_PAGES
        self.has_typed_text = bool(visit.draft.text.strip())
        self.scanning = visit.is_scanning
        self.progress = visit.scan_progress
        self.is_empty = not (pages or self.scanning or self.story_hidden)
        fault = visit.scan_fault or visit.recognition_fault
        row = FAULTS[fault] if fault is not None else None
        self.fault_title = row.title if row else ""
        self.fault_advice = row.advice if row else ""
        self.fault_icon = row.icon if row else ""
        self.fault_code = format_staff_code(fault, journey.accessibility.language) if fault else ""
        self._ready = can_leave_screen(visit, journey.screen)
        self._show_page()
        self._update_buttons()

    def enter(self, journey: Journey) -> None:
        """Begin with nothing open."""
        super().enter(journey)
        self.editing = self.page_open = False
        self._cancel_remove()

    @property
    def page(self) -> LetterPage | None:
        """The page that is looked at."""
        return self._pages[int(self.page_index)] if self._pages else None

    def _show_page(self) -> None:
        page = self.page
        if page is None:
            self._shown_picture = self._shown_lines = None
            self.page_image.picture.show_image(None)
            self.zoomed_page.picture.show_image(None)
            self.line_excerpt.texture = None
            self.recognized_lines.clear_widgets()
            self.editing = self.page_open = self.is_blank = False
            return
        self.is_blank = page.blank
        self.page_position_text = translate(
            _("Page {page} of {pages}"), self.theme.language, page=int(self.page_index) + 1, pages=len(self._pages)
        )
        self._update_page_chips()
        key = (page.page_id, page.picture_version)
        if key != self._shown_picture:
            self._shown_picture = key
            picture = self.page_image_of(page.page_id)
            self.page_image.picture.show_image(picture)
            self.zoomed_page.picture.texture = self.line_excerpt.texture = self.page_image.picture.texture
        self.reading = page.lines is None and page.is_readable is None
        self.is_readable = self.reading or bool(page.is_readable) or page.text is not None
        if (page.page_id, page.lines, page.text, self.theme.language) != self._shown_lines:
            self._shown_lines = (page.page_id, page.lines, page.text, self.theme.language)
            self._show_lines(page)
        if self.editing:
            self.editor.field.show_text(page.current_text)

    def _show_lines(self, page: LetterPage) -> None:
        """Neighbours of one kind make one label: few widgets, however long the letter."""
        self.recognized_lines.clear_widgets()
        self.has_unsure_lines = False
        unsure_paragraphs = {line.text for line in page.lines or () if line.is_uncertain}
        self.editor.field.unsure_paragraphs = sorted(unsure_paragraphs)
        at = 0
        for unsure, lines in groupby(page.current_text.split("\n"), key=lambda line: line in unsure_paragraphs):
            literal_text = "\n".join(lines)
            text = UnsureTextLabel(literal_text=literal_text) if unsure else TextLabel(literal_text=literal_text)
            if unsure:
                text.bind(on_release=lambda _text, at=at: self.edit(at))
            self.recognized_lines.add_widget(text)
            self.has_unsure_lines = self.has_unsure_lines or unsure
            at += len(literal_text) + 1

    def _update_page_chips(self) -> None:
        if len(self._pages) == 1:
            self.chips.clear_widgets()
            return
        if len(self.chips.children) != len(self._pages):
            self.chips.clear_widgets()
            for index in range(len(self._pages)):
                chip = PageChip(name=f"page.{index + 1}", literal_text=str(index + 1))
                chip.bind(on_release=lambda _chip, index=index: self.show_page(index))
                self.chips.add_widget(chip)
        for index, chip in enumerate(reversed(self.chips.children)):
            chip.selected = index == self.page_index

    def _update_buttons(self, *_args: object) -> None:
        """The one filled button is what comes next here."""
        self.keyboard_shown = self.editing
        self.step = 0 if self.page_open else 4
        self.primary_icon = "check"
        self.primary_enabled = True
        if self.editing or self.page_open:
            self.primary, self.primary_name = _("Done"), "done"
        elif self.scanning:
            self.primary, self.primary_name, self.primary_icon = _("Cancel"), "cancel", "x"
        elif self.story_hidden:
            self.primary, self.primary_name, self.primary_icon = _("Next"), "next", "chevron-right"
        elif self.is_blank:
            self.primary, self.primary_name, self.primary_icon = _("Scan again"), "rescan_page", "scan"
        elif self.page_count:
            self.primary, self.primary_name, self.primary_enabled = _("Use this letter"), "next", self._ready
        else:
            self.primary, self.primary_name, self.primary_icon = _("Scan"), "scan", "scan"

    # --- touches

    def show_page(self, index: int) -> None:
        """Look at another page."""
        self.page_index = index
        self._show_page()

    def press_primary(self) -> None:
        """Close what is open; else scan, cancel or go on."""
        if self.editing or self.page_open:
            self.editing = self.page_open = False
        elif self.scanning:
            self.send(CancelScan())
        elif self.is_blank and not self.story_hidden and self.page is not None:
            self.send(RescanPage(self.page.page_id))
        elif self.page_count or self.story_hidden:
            self.send(Next())
        else:
            self.send(ScanPage())

    def press_back(self) -> None:
        """Close what is open first."""
        if self.editing or self.page_open:
            self.editing = self.page_open = False
        else:
            self.send(Back())

    def start_again(self) -> None:
        """Give up what is hidden."""
        self.send(ReplaceHiddenStory())

    def switch_to_typing(self) -> None:
        """The other half of telling."""
        self.send(SwitchToTyping())

    def scan_page(self) -> None:
        """One more page."""
        self.send(ScanPage())

    def rotate_page(self) -> None:
        """A quarter clockwise."""
        if self.page is not None:
            self.send(RotatePage(self.page.page_id))

    def remove_page(self) -> None:
        """Take the page out of the letter, at the second touch: it would have to be scanned again."""
        if self.page is None:
            return
        if self.confirms_remove:
            self.send(RemovePage(self.page.page_id))
            self._cancel_remove()
        else:
            self.confirms_remove = True
            self._cancel_remove_later()

    def _cancel_remove(self, *_args: object) -> None:
        self._cancel_remove_later.cancel()
        self.confirms_remove = False

    def keep_page(self) -> None:
        """Keep the page although it seems blank."""
        if self.page is not None:
            self.send(KeepBlankPage(self.page.page_id))

    def edit(self, at: int = 0) -> None:
        """Correct what was read, from this character on: a letter is read from its beginning."""
        if self.page is not None:
            field = self.editor.field
            self.editing = True
            field.show_text(self.page.current_text)
            self.focus_field(self.editor)
            field.cursor = field.get_cursor_from_index(at)
            self._follow_caret()

    def _follow_caret(self, *_args: object) -> None:
        """The picture of the page shows the line that the caret stands in. When lines were put in or taken out, about
        that line."""
        if not self.editing or self.page is None:
            return
        lines, field = self.page.lines or (), self.editor.field
        self.line_excerpt.line = LINE_HEIGHT_SHARE if lines else 0
        if lines:
            paragraphs = str(field.text).count("\n") + 1
            self.line_excerpt.middle = lines[min(field.paragraph() * len(lines) // paragraphs, len(lines) - 1)].centre_y

    def _write(self, text: str) -> None:
        if self.page is not None:
            self.send(WritePageText(self.page.page_id, text))


load_kv(__file__)
