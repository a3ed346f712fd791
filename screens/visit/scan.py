"""The letter: pages are scanned, shown beside their recognised text, and corrected where needed."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
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
from journey.language import _, translate
from journey.screens import can_leave_screen
from journey.state import Journey, ScanPhase
from protocol.choices import MAX_PAGES, MAX_TEXT_CHARS
from screens.kv_loader import load_kv
from screens.visit import page_text as _page_text  # noqa: F401  used by the rule, as is the next one
from screens.visit import story as _story  # noqa: F401
from screens.widgets.buttons import PressableBox
from screens.widgets.confirm_twice import ConfirmTwice
from screens.widgets.fault_panel import NO_FAULT, fault_notice
from screens.widgets.page_image import LINE_HEIGHT_SHARE
from screens.widgets.text_entry_view import TextEntryView


class ScanMode(Enum):
    """What the view shows."""

    EMPTY = "empty"  # no page yet: how to place the letter
    SCANNING = "scanning"
    PAGES = "pages"  # the pages and their text
    EDITING = "editing"  # the text of a page
    ZOOMED = "zoomed"  # one page, as large as the screen allows
    HIDDEN = "hidden"  # the story is hidden while the card is out


class PageChip(PressableBox):
    """The number of a page."""


class ScannerPicture(Widget):
    """A page on the scanner, its corner at the mark; while it is scanned, the light that moves along it."""

    pixels_per_unit = NumericProperty(1)  # scale of the drawing, which is 420 units high
    fraction = NumericProperty(-1)  # position of the light, 0 to 1; negative for no light


class ScanView(TextEntryView):
    """Without pages: how to place the letter. With pages: picture and text side by side."""

    mode = ObjectProperty(ScanMode.EMPTY)
    modes = ScanMode  # for the rule
    page_image_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    page_count = NumericProperty(0)
    page_index = NumericProperty(0)  # of the page that is shown
    progress = NumericProperty(0)
    notice = ObjectProperty(NO_FAULT, rebind=True)  # of scanner or recognition
    is_reading = BooleanProperty(False)  # recognition of the shown page is not finished
    read_fraction = NumericProperty(0)  # of its lines
    is_readable = BooleanProperty(True)
    is_handwritten = BooleanProperty(False)  # why the page is not readable
    is_complete = BooleanProperty(True)  # the shown page was read to its end
    is_full = BooleanProperty(False)
    is_blank = BooleanProperty(False)  # the shown page seems to be blank
    has_typed_text = BooleanProperty(False)  # there is a typed story too
    letter_length_text = StringProperty()  # for the tabs, which are shown only while there is no letter
    confirms_remove = BooleanProperty(False)  # "Remove" was pressed once: a second press removes the page
    side_by_side = BooleanProperty(True)  # picture beside the text, tools below the picture
    page_position_text = StringProperty()
    page_image: Any = ObjectProperty(None)
    zoomed_page: Any = ObjectProperty(None)
    recognized_lines: Any = ObjectProperty(None)
    chips: Any = ObjectProperty(None)
    editor: Any = ObjectProperty(None)
    line_excerpt: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._pages: tuple[LetterPage, ...] = ()
        self._detail: ScanMode | None = None  # EDITING or ZOOMED while one of them is open
        self._is_scanning = self._is_hidden = False
        self._shown_picture: tuple[str, int] | None = None
        self._can_continue = False
        super().__init__(**kwargs)
        self.editor.max_chars = MAX_TEXT_CHARS
        self.editor.change_callback = self._write
        self.editor.field.fbind("cursor", self._update_line_excerpt)
        self._remove_confirmation = ConfirmTwice(self._update_remove_confirmation)
        self.fbind("page_index", lambda *_args: self._remove_confirmation.cancel())

    # --- following the state

    def update(self, journey: Journey) -> None:
        """Show pages, progress and faults."""
        visit = journey.visit
        if visit is None:
            return
        self._is_hidden = visit.story_hidden
        self._is_scanning = visit.scan_phase is ScanPhase.SCANNING
        self._update_pages(() if visit.story_hidden else visit.draft.pages)
        self.has_typed_text = bool(visit.draft.text.strip())
        self.progress = visit.scan_progress
        self.notice = fault_notice(visit.scan_fault or visit.recognition_fault, journey.accessibility.language)
        self._can_continue = can_leave_screen(visit, journey.screen)
        self._show_page()
        self._update_mode()

    def enter(self, journey: Journey) -> None:
        """Begin with no detail open."""
        super().enter(journey)
        self._remove_confirmation.cancel()
        self.close_detail()

    @property
    def page(self) -> LetterPage | None:
        """The page that is shown."""
        return self._pages[int(self.page_index)] if self._pages else None

    def _update_pages(self, pages: tuple[LetterPage, ...]) -> None:
        """Take over the pages; a new one is shown."""
        if len(pages) > len(self._pages):
            self.page_index = len(pages) - 1
        self._pages, self.page_count = pages, len(pages)
        self.page_index = max(0, min(self.page_index, len(pages) - 1))
        self.is_full = len(pages) >= MAX_PAGES

    def _update_mode(self) -> None:
        self.mode = self._current_mode()
        self._update_buttons()

    def _current_mode(self) -> ScanMode:
        if self._detail is not None:
            return self._detail
        if self._is_scanning:
            return ScanMode.SCANNING
        if self._is_hidden:
            return ScanMode.HIDDEN
        return ScanMode.PAGES if self._pages else ScanMode.EMPTY

    # --- the page that is shown

    def _show_page(self) -> None:
        page = self.page
        if page is None:
            self._clear_page()
            return
        language = self.theme.language
        self.is_blank = page.blank
        self.page_position_text = translate(
            _("Page {page} of {pages}"), language, page=int(self.page_index) + 1, pages=len(self._pages)
        )
        self._update_page_chips()
        self._show_picture(page)
        self.is_reading = page.lines is None and page.is_readable is None
        self.read_fraction = page.read_fraction
        self.is_readable = self.is_reading or bool(page.is_readable) or page.text is not None
        self.is_handwritten = page.is_handwritten and page.text is None
        self.is_complete = page.is_complete or not page.is_readable
        self.recognized_lines.show_page(page, self.page_image.picture.texture)
        self.editor.field.unclear_spans = {
            line.text: line.unclear_spans for line in page.printed_lines if line.unclear_spans
        }
        if self._detail is ScanMode.EDITING:
            self.editor.field.show_text(page.current_text)

    def _clear_page(self) -> None:
        """Remove the picture and the text of the page."""
        self._shown_picture = None
        self.page_image.picture.show_image(None)
        self.zoomed_page.picture.show_image(None)
        self.line_excerpt.texture = None
        self.recognized_lines.clear()
        self._detail, self.is_blank = None, False

    def _show_picture(self, page: LetterPage) -> None:
        picture_key = (page.page_id, page.picture_version)
        if picture_key == self._shown_picture:
            return
        self._shown_picture = picture_key
        self.page_image.picture.show_image(self.page_image_of(page.page_id))
        self.zoomed_page.picture.texture = self.line_excerpt.texture = self.page_image.picture.texture

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

    def _update_buttons(self) -> None:
        """Make the primary button the next step."""
        self.keyboard_shown = self.mode is ScanMode.EDITING
        self.step = 0 if self.mode is ScanMode.ZOOMED else 4
        self.primary_enabled = self.mode is not ScanMode.PAGES or self.is_blank or self._can_continue
        self.primary, self.primary_name, self.primary_icon = self._primary_button()

    def _primary_button(self) -> tuple[str, str, str]:
        """Message id, name and icon."""
        match self.mode:
            case ScanMode.EDITING | ScanMode.ZOOMED:
                return _("Done"), "done", "check"
            case ScanMode.SCANNING:
                return _("Cancel"), "cancel", "x"
            case ScanMode.HIDDEN:
                return _("Next"), "next", "chevron-right"
            case ScanMode.PAGES if self.is_blank:
                return _("Scan again"), "rescan_page", "scan"
            case ScanMode.PAGES:
                return _("Use this letter"), "next", "check"
            case _:
                return _("Scan"), "scan", "scan"

    # --- touches

    def show_page(self, index: int) -> None:
        """Show another page."""
        self.page_index = index
        self._show_page()
        self._update_mode()

    def zoom_in(self) -> None:
        """Show the page as large as the screen allows."""
        self._open_detail(ScanMode.ZOOMED)

    def close_detail(self) -> None:
        """Close the zoomed page or the editor."""
        self._open_detail(None)

    def _open_detail(self, detail: ScanMode | None) -> None:
        self._detail = detail
        self._update_mode()

    def press_primary(self) -> None:
        """Close the detail; otherwise scan, cancel or continue."""
        match self.mode:
            case ScanMode.EDITING | ScanMode.ZOOMED:
                self.close_detail()
            case ScanMode.SCANNING:
                self.send(CancelScan())
            case ScanMode.PAGES if self.is_blank and self.page is not None:
                self.send(RescanPage(self.page.page_id))
            case ScanMode.PAGES | ScanMode.HIDDEN:
                self.send(Next())
            case _:
                self.send(ScanPage())

    def press_back(self) -> None:
        """Close the detail, or go to the previous screen."""
        if self._detail is not None:
            self.close_detail()
        else:
            self.send(Back())

    def start_again(self) -> None:
        """Discard the hidden story."""
        self.send(ReplaceHiddenStory())

    def switch_to_typing(self) -> None:
        """Type instead of scanning."""
        self.send(SwitchToTyping())

    def scan_page(self) -> None:
        """Scan one more page."""
        self.send(ScanPage())

    def rotate_page(self) -> None:
        """Rotate the page by a quarter clockwise."""
        if self.page is not None:
            self.send(RotatePage(self.page.page_id))

    def remove_page(self) -> None:
        """Remove the page from the letter at the second press: it would have to be scanned again."""
        if self.page is not None and self._remove_confirmation.press("remove"):
            self.send(RemovePage(self.page.page_id))

    def _update_remove_confirmation(self) -> None:
        self.confirms_remove = bool(self._remove_confirmation.pending)

    def keep_page(self) -> None:
        """Keep the page although it seems blank."""
        if self.page is not None:
            self.send(KeepBlankPage(self.page.page_id))

    def edit(self, start: int = 0) -> None:
        """Correct the recognised text from this character on; a letter is read from its beginning."""
        if self.page is not None:
            field = self.editor.field
            self._open_detail(ScanMode.EDITING)
            field.show_text(self.page.current_text)
            self.focus_field(self.editor)
            field.cursor = field.get_cursor_from_index(start)
            self._update_line_excerpt()

    def _update_line_excerpt(self, *_args: object) -> None:
        """Show the line with the caret in the picture of the page; only approximately after lines were added or
        removed."""
        if self._detail is not ScanMode.EDITING or self.page is None:
            return
        lines, field = self.page.printed_lines, self.editor.field
        self.line_excerpt.line_height = LINE_HEIGHT_SHARE if lines else 0
        if lines:
            paragraph_count = str(field.text).count("\n") + 1
            index = min(field.caret_paragraph() * len(lines) // paragraph_count, len(lines) - 1)
            self.line_excerpt.middle = lines[index].centre_y

    def _write(self, text: str) -> None:
        if self.page is not None:
            self.send(WritePageText(self.page.page_id, text))


load_kv(__file__)
