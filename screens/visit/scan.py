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
    KeepPage,
    Next,
    RemovePage,
    ScanInstead,
    ScanPage,
    TellAnew,
    TellByTyping,
    TurnPage,
    WritePageText,
)
from journey.faults import FAULTS, staff_code
from journey.form_flow import may_leave
from journey.language import _, say
from journey.state import Journey, ScanPhase
from protocol.choices import MAX_PAGES, MAX_TEXT
from screens.kv_loader import load_rules
from screens.widgets.buttons import Press
from screens.widgets.page_image import LINE_SHARE
from screens.widgets.text_entry_panel import WritingPage
from screens.widgets.text_labels import Text

SURE_S = 5.0  # how long the second touch on "remove" is waited for


class PageChip(Press):
    """One page's number."""


class UnsureText(ButtonBehavior, Text):
    """Lines that were hard to read, marked for the citizen's eye; touched, they are corrected."""


class LayingPicture(Widget):
    """A page on the glass, its corner at the mark; while it is scanned, the light that goes along it."""

    s = NumericProperty(1)  # pixels for one unit of the drawing, which is 420 high
    fraction = NumericProperty(-1)  # how far the light has come, 0 to 1; less is no light


class Scan(WritingPage):
    """Without pages: how to lay the letter in. With pages: picture and text side by side."""

    picture_of: Callable[[str], bytes | None] = ObjectProperty(lambda page_id: None)
    pages = NumericProperty(0)
    shown = NumericProperty(0)  # index of the page that is looked at
    scanning = BooleanProperty(False)
    progress = NumericProperty(0)
    fault_icon = StringProperty("scan")
    fault_title = StringProperty()
    fault_advice = StringProperty()
    fault_code = StringProperty()
    reading = BooleanProperty(False)  # recognition of the shown page still runs
    readable = BooleanProperty(True)
    unsure = BooleanProperty(False)
    editing = BooleanProperty(False)
    zoomed = BooleanProperty(False)
    full = BooleanProperty(False)
    blank = BooleanProperty(False)  # nothing seems to be on the page that is looked at
    typed = BooleanProperty(False)  # there is typed text too
    letter_words = StringProperty()  # for the tabs, which are shown only while there is no letter
    covered = BooleanProperty(False)  # what was told is hidden
    removing = BooleanProperty(False)  # "remove" was touched once: a second touch does it
    beside = BooleanProperty(True)  # picture and text side by side, tools below the picture
    bare = BooleanProperty(True)  # no page yet, and none on its way
    page_words = StringProperty()
    thumb: Any = ObjectProperty(None)
    large: Any = ObjectProperty(None)
    read_lines: Any = ObjectProperty(None)
    chips: Any = ObjectProperty(None)
    editor: Any = ObjectProperty(None)
    strip: Any = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        self._pages: tuple[LetterPage, ...] = ()
        self._shown_picture: tuple[str, int] | None = None
        self._shown_lines: object = None
        self._ready = False
        super().__init__(**kwargs)
        self.editor.most = MAX_TEXT
        self.editor.changed = self._write
        self.editor.field.fbind("cursor", self._follow_caret)
        self._keep_soon = Clock.create_trigger(self._keep, SURE_S)
        self.fbind("shown", self._keep)
        self.fbind("editing", self._follow)
        self.fbind("zoomed", self._follow)

    # --- following the state

    def draw(self, journey: Journey) -> None:
        """Pages, progress, what went wrong."""
        visit = journey.visit
        if visit is None:
            return
        self.covered = visit.story_covered
        pages = () if self.covered else visit.draft.pages
        if len(pages) > len(self._pages):
            self.shown = len(pages) - 1
        self._pages, self.pages = pages, len(pages)
        self.shown = max(0, min(self.shown, len(pages) - 1))
        self.full = len(pages) >= MAX_PAGES
        self.typed = bool(visit.draft.text.strip())
        self.scanning = visit.scan_phase is ScanPhase.SCANNING
        self.progress = visit.scan_progress
        self.bare = not (pages or self.scanning or self.covered)
        fault = visit.scan_fault or visit.recognition_fault
        row = FAULTS[fault] if fault is not None else None
        self.fault_title = row.title if row else ""
        self.fault_advice = row.advice if row else ""
        self.fault_icon = row.icon if row else ""
        self.fault_code = staff_code(fault, journey.comfort.language) if fault else ""
        self._ready = may_leave(visit, journey.screen)
        self._show_page()
        self._follow()

    def enter(self, journey: Journey) -> None:
        """Begin with nothing open."""
        super().enter(journey)
        self.editing = self.zoomed = False
        self._keep()

    @property
    def page(self) -> LetterPage | None:
        """The page that is looked at."""
        return self._pages[int(self.shown)] if self._pages else None

    def _show_page(self) -> None:
        page = self.page
        if page is None:
            self._shown_picture = self._shown_lines = None
            self.thumb.picture.show_bytes(None)
            self.large.picture.show_bytes(None)
            self.strip.texture = None
            self.read_lines.clear_widgets()
            self.editing = self.zoomed = self.blank = False
            return
        self.blank = page.blank
        self.page_words = say(
            _("Page {page} of {pages}"), self.look.language, page=int(self.shown) + 1, pages=len(self._pages)
        )
        self._number_chips()
        key = (page.page_id, page.turns)
        if key != self._shown_picture:
            self._shown_picture = key
            picture = self.picture_of(page.page_id)
            self.thumb.picture.show_bytes(picture)
            self.large.picture.texture = self.strip.texture = self.thumb.picture.texture
        self.reading = page.lines is None and page.readable is None
        self.readable = self.reading or bool(page.readable) or page.text is not None
        if (page.page_id, page.lines, page.text, self.look.language) != self._shown_lines:
            self._shown_lines = (page.page_id, page.lines, page.text, self.look.language)
            self._show_lines(page)
        if self.editing:
            self.editor.field.show_text(page.current_text)

    def _show_lines(self, page: LetterPage) -> None:
        """Neighbours of one kind make one label: few widgets, however long the letter."""
        self.read_lines.clear_widgets()
        self.unsure = False
        doubtful = {line.text for line in page.lines or () if line.unsure}
        self.editor.field.doubtful = sorted(doubtful)
        at = 0
        for unsure, lines in groupby(page.current_text.split("\n"), key=lambda line: line in doubtful):
            words = "\n".join(lines)
            text = UnsureText(words=words) if unsure else Text(words=words)
            if unsure:
                text.bind(on_release=lambda _text, at=at: self.edit(at))
            self.read_lines.add_widget(text)
            self.unsure = self.unsure or unsure
            at += len(words) + 1

    def _number_chips(self) -> None:
        if len(self._pages) == 1:
            self.chips.clear_widgets()
            return
        if len(self.chips.children) != len(self._pages):
            self.chips.clear_widgets()
            for index in range(len(self._pages)):
                chip = PageChip(name=f"page.{index + 1}", words=str(index + 1))
                chip.bind(on_release=lambda _chip, index=index: self.turn_to(index))
                self.chips.add_widget(chip)
        for index, chip in enumerate(reversed(self.chips.children)):
            chip.on = index == self.shown

    def _follow(self, *_args: object) -> None:
        """The one filled button is what comes next here."""
        self.typing = self.editing
        self.step = 0 if self.zoomed else 4
        self.primary_icon = "check"
        self.primary_ready = True
        if self.editing or self.zoomed:
            self.primary, self.primary_name = _("Done"), "done"
        elif self.scanning:
            self.primary, self.primary_name, self.primary_icon = _("Cancel"), "cancel", "x"
        elif self.covered:
            self.primary, self.primary_name, self.primary_icon = _("Next"), "next", "chevron-right"
        elif self.blank:
            self.primary, self.primary_name, self.primary_icon = _("Scan again"), "scan_instead", "scan"
        elif self.pages:
            self.primary, self.primary_name, self.primary_ready = _("Use this letter"), "next", self._ready
        else:
            self.primary, self.primary_name, self.primary_icon = _("Scan"), "scan", "scan"

    # --- touches

    def turn_to(self, index: int) -> None:
        """Look at another page."""
        self.shown = index
        self._show_page()

    def press_primary(self) -> None:
        """Close what is open; else scan, cancel or go on."""
        if self.editing or self.zoomed:
            self.editing = self.zoomed = False
        elif self.scanning:
            self.send(CancelScan())
        elif self.blank and not self.covered and self.page is not None:
            self.send(ScanInstead(self.page.page_id))
        elif self.pages or self.covered:
            self.send(Next())
        else:
            self.send(ScanPage())

    def press_back(self) -> None:
        """Close what is open first."""
        if self.editing or self.zoomed:
            self.editing = self.zoomed = False
        else:
            self.send(Back())

    def anew(self) -> None:
        """Give up what is hidden."""
        self.send(TellAnew())

    def by_typing(self) -> None:
        """The other half of telling."""
        self.send(TellByTyping())

    def scan(self) -> None:
        """One more page."""
        self.send(ScanPage())

    def turn(self) -> None:
        """A quarter clockwise."""
        if self.page is not None:
            self.send(TurnPage(self.page.page_id))

    def remove(self) -> None:
        """Take the page out of the letter, at the second touch: it would have to be scanned again."""
        if self.page is None:
            return
        if self.removing:
            self.send(RemovePage(self.page.page_id))
            self._keep()
        else:
            self.removing = True
            self._keep_soon()

    def _keep(self, *_args: object) -> None:
        self._keep_soon.cancel()
        self.removing = False

    def keep(self) -> None:
        """Keep the page although it seems blank."""
        if self.page is not None:
            self.send(KeepPage(self.page.page_id))

    def edit(self, at: int = 0) -> None:
        """Correct what was read, from this character on: a letter is read from its beginning."""
        if self.page is not None:
            field = self.editor.field
            self.editing = True
            field.show_text(self.page.current_text)
            self.write_into(self.editor)
            field.cursor = field.get_cursor_from_index(at)
            self._follow_caret()

    def _follow_caret(self, *_args: object) -> None:
        """The picture of the page shows the line that the caret stands in. When lines were put in or taken out, about
        that line."""
        if not self.editing or self.page is None:
            return
        lines, field = self.page.lines or (), self.editor.field
        self.strip.line = LINE_SHARE if lines else 0
        if lines:
            paragraphs = str(field.text).count("\n") + 1
            self.strip.middle = lines[min(field.paragraph() * len(lines) // paragraphs, len(lines) - 1)].middle

    def _write(self, text: str) -> None:
        if self.page is not None:
            self.send(WritePageText(self.page.page_id, text))


load_rules(__file__)
