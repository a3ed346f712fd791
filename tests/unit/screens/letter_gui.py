"""Runs in its own process with a real window: corrects and reviews a letter, prints each problem on a line.

python -m tests.unit.screens.letter_gui WIDTHxHEIGHT
"""

import gc
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kivy.graphics import Rectangle

from journey.events import (
    AcceptOffer,
    Back,
    EditSection,
    KeepBlankPage,
    RescanPage,
    RotatePage,
    SubmitComplaint,
    SwitchToScan,
    SwitchToTyping,
    WritePageText,
)
from journey.language import translate
from journey.screens import Screen
from journey.state import Journey, TextSize
from screens.widgets.marked_text import MarkedTextLabel
from screens.widgets.page_cutout import PageCutout
from simulators.sample_data import COMPLAINT_TEXT
from thai.phone import display
from tools.gui_checks.layout_overflow import find_overflows
from tools.gui_checks.touch_input import TouchInput
from tools.gui_checks.window_harness import WindowHarness, parse_size, run_check
from tools.sample_journeys import sample_journeys
from tools.sample_pages import FORM_PAGE, LETTER_LINES, RECOGNISED_PAGE

HANDWRITING = translate("Handwriting is shown as an image. Staff will read it", "th")
SETTLE_FRAMES = 12  # until an opened view has settled


class LetterWindow:
    """A window and its touch input, in one text size."""

    def __init__(self, harness: WindowHarness, text_size: TextSize) -> None:
        self.harness, self.touch_input = harness, TouchInput(harness)
        self._states = {
            name: replace(journey, accessibility=replace(journey.accessibility, text_size=text_size))
            for name, journey in sample_journeys("th").items()
        }
        self.problems: list[str] = []
        self._size = text_size.value

    def show(self, name: str, **changes: Any) -> Journey:
        """Show a sample state as a new visit."""
        journey = replace(self._states[name], **changes)
        self.harness.show(self._states["attract"])
        self.harness.show(journey)
        self.harness.wait(0.8)  # touches count again
        return journey

    @property
    def page(self) -> Any:
        """The view that is shown."""
        return self.harness.root_view.children[0]

    def tap(self, name: str) -> list[Any]:
        """Tap a target; scroll to it first where it is out of sight."""
        if name not in self.target_names():
            widget = next(w for w in self.page.walk(restrict=True) if getattr(w, "name", "") == name)
            self.page.scroll.scroll_to(widget, animate=False)
            self.harness.run_frames(4)
        sent = self.touch_input.tap(name)
        self.harness.wait(0.8)
        return sent

    def target_names(self) -> set[str]:
        """Names of what can be tapped."""
        return {tap.name for tap in self.harness.root_view.visible_touch_targets()}

    def check_that(self, condition: object, sentence: str) -> None:
        """Record a problem unless the condition is true."""
        if not condition:
            self.problems.append(f"{sentence} ({self._size} %)")

    def check_layout(self, what: str) -> None:
        """Record the layout overflows."""
        self.harness.run_frames(SETTLE_FRAMES)
        self.problems += [f"{what}: {sentence} ({self._size} %)" for sentence in find_overflows(self.harness)]


def check(harness: WindowHarness) -> Iterator[str]:
    """Every problem as a sentence."""
    for size in (TextSize.NORMAL, TextSize.LARGEST):
        reader = LetterWindow(harness, size)
        _check_blank_page(reader)
        _check_typed_and_scanned(reader)
        _check_reading(reader)
        _check_handwriting(reader)
        _check_long_form(reader)
        _check_correction(reader)
        _check_offers(reader)
        _check_edge_scrolling(reader)
        _check_review(reader)
        _check_nothing_is_left(reader)
        yield from reader.problems


def _check_blank_page(reader: LetterWindow) -> None:
    reader.show("scan_blank")
    reader.check_that(reader.tap("rescan_page") == [RescanPage("page-2")], "the other side is not scanned")
    reader.check_that(reader.tap("keep_page") == [KeepBlankPage("page-2")], "a blank page cannot be kept")
    reader.check_that(not {"next", "edit_text"} & reader.target_names(), "a blank page can be used or corrected")


def _check_typed_and_scanned(reader: LetterWindow) -> None:
    reader.show("scan_pages")
    reader.check_that(reader.tap("add_words") == [SwitchToTyping()], "one cannot type in addition to a letter")
    reader.show("tell_beside_letter")
    reader.check_that(reader.tap("tab.scan") == [SwitchToScan()], "one cannot return to the letter")
    tabs = [tap.text for tap in reader.harness.root_view.visible_touch_targets() if tap.name == "tab.scan"]
    reader.check_that(tabs == ["จดหมาย 2 หน้า"], f"beside the typed text the letter is called {tabs}")


def _check_reading(reader: LetterWindow) -> None:
    """The first lines are shown while the rest is read, and cannot be corrected yet."""
    reader.show("scan_reading")
    reader.check_layout("reading")
    shown = [widget.text for widget in reader.page.recognized_lines.children]
    first = LETTER_LINES[0][0].split()[0]
    reader.check_that(any(first in text for text in shown), f"the first lines are not shown: {shown}")
    reader.check_that("edit_text" not in reader.target_names(), "a page can be corrected while it is read")


def _shown_texts(reader: LetterWindow) -> str:
    return "\n".join(str(getattr(widget, "display_text", "")) for widget in reader.page.walk(restrict=True))


def _check_handwriting(reader: LetterWindow) -> None:
    """What was written by hand is shown as a picture among the text; a page of nothing else is said to be one."""
    reader.show("scan_form")
    reader.check_layout("a form")
    parts = list(reversed(reader.page.recognized_lines.children))
    pictures = [part for part in parts if isinstance(part, PageCutout)]
    reader.check_that(len(pictures) == 3 and parts[1] is pictures[0], "handwriting is not shown among the text")
    for picture in pictures:
        reader.check_that(picture.texture is not None and picture.height > 20, "handwriting has no picture")
        reader.check_that(picture.right <= reader.page.recognized_lines.right + 1, "handwriting is cut off")
    marked = [part for part in parts if isinstance(part, MarkedTextLabel)]
    words = [part.literal_text[start:end] for part in marked for start, end in part.marked_spans]
    reader.check_that(words == ["๑๔๘"], f"not the unclear number is marked but {words}")
    reader.check_that(HANDWRITING in _shown_texts(reader), "nobody says that handwriting is shown as an image")
    reader.show("scan_handwritten")
    reader.check_that("น่าจะเป็นลายมือ" in _shown_texts(reader), "a handwritten page is not called so")
    reader.show("scan_unreadable")
    reader.check_that("ลายมือ" not in _shown_texts(reader), "an unreadable page is called handwritten")


def _check_long_form(reader: LetterWindow) -> None:
    """A form with many rows is shown in several frames, and whole; the next page shows nothing of it."""
    journey = reader.show("scan_form")
    assert journey.visit is not None
    rows = [
        replace(line, box=(line.box[0], top, line.box[2], top + 0.02), centre_y=top + 0.01)
        for top in (0.03 * row for row in range(1, 31))
        for line in (FORM_PAGE.lines or ())[1:3]
    ]
    long_form = replace(FORM_PAGE, page_id="long", lines=tuple(rows))
    pages = replace(journey.visit.draft, pages=(long_form,))
    reader.harness.show(replace(journey, visit=replace(journey.visit, draft=pages)))
    reader.harness.run_frames(SETTLE_FRAMES)
    shown = reader.page.recognized_lines.children
    reader.check_that(len(shown) == 60, f"of 60 parts of a form, {len(shown)} are shown")
    reader.harness.show(replace(journey, visit=replace(journey.visit, draft=pages)))
    reader.harness.show(journey)
    reader.harness.run_frames(SETTLE_FRAMES)
    reader.check_that(len(reader.page.recognized_lines.children) == 7, "parts of another page are shown")


def _check_offers(reader: LetterWindow) -> None:
    """What the letter offers is shown beside its place on the page, and accepted with one tap."""
    reader.show("review_offers")
    reader.harness.run_frames(SETTLE_FRAMES)
    reader.check_layout("offers")
    rows = list(reversed(reader.page.letter_offers.children))
    reader.check_that(len(rows) == 2 and all(row.cutout.texture for row in rows), "an offer is shown without its place")
    shown = _shown_texts(reader)
    reader.check_that("081-234-5678" in shown and "โปรดเทียบกับภาพ" in shown, "an unclear number is not called so")
    for offer in RECOGNISED_PAGE.offers:
        sent = reader.tap(f"offer.{offer.field_name}.1")
        reader.check_that(sent == [AcceptOffer(offer)], "an offer is not accepted by a tap")
    for name in ("review", "review_everything", "review_covered"):
        reader.show(name)
        reader.check_that(not reader.page.letter_offers.children, f"{name} offers something without use")


def _check_nothing_is_left(reader: LetterWindow) -> None:
    """Themes live as long as the kiosk and must not keep the parts of a page, which hold a citizen's words."""
    parts: list[weakref.ref[Any]] = []
    for state in ("scan_form", "review_offers"):
        reader.show(state)
        shown = reader.page.walk(restrict=True)
        parts += [weakref.ref(part) for part in shown if isinstance(part, PageCutout | MarkedTextLabel)]
        del shown
    reader.harness.show(sample_journeys("th")["attract"])
    reader.harness.run_frames(40)
    gc.collect()
    left = {type(part()).__name__ for part in parts if part() is not None}
    reader.check_that(len(parts) >= 8 and not left, f"after the visit there is still {left} of {len(parts)} parts")


def _check_correction(reader: LetterWindow) -> None:
    """A tap on an unsure line shows its text and its place in the picture together."""
    journey = reader.show("scan_read")
    page = reader.page
    unsure = next(widget for widget in page.walk(restrict=True) if type(widget).__name__ == "UnsureTextLabel")
    unsure.dispatch("on_release")
    reader.check_layout("correcting")
    field, strip = page.editor.field, page.line_excerpt
    index = next(number for number, (_line, unsure) in enumerate(LETTER_LINES) if unsure)
    reader.check_that(field.caret_paragraph() == index, "tapping a highlighted line does not open it")
    reader.check_that(
        strip.texture is not None and strip.get_root_window(), "the page is not visible while it is corrected"
    )
    assert journey.visit is not None
    lines = journey.visit.draft.pages[0].lines
    assert lines is not None
    reader.check_that(strip.middle == lines[index].centre_y, "the picture does not show the line that is corrected")
    bottom, top = strip.to_window(0, strip.y)[1], strip.to_window(0, strip.top)[1]
    reader.check_that(0 <= bottom < top <= reader.harness.window.height, "the picture is scrolled away")
    marks = [part for part in field._highlights.children if isinstance(part, Rectangle)]
    reader.check_that(marks, "the unclear word is not highlighted in the field")
    widest = max((mark.size[0] for mark in marks), default=0)
    reader.check_that(widest < field.width / 2, "more than the unclear word is highlighted in the field")
    begun = reader.harness.sent[:]
    reader.harness.wait(0.8)
    reader.touch_input.tap("key.ก")
    reader.harness.run_frames(4)
    sent = [event for event in reader.harness.sent[len(begun) :] if isinstance(event, WritePageText)]
    reader.check_that(len(sent) == 1, f"correcting sent {sent}")
    reader.check_that(not field._highlights.children, "a corrected line stays highlighted")
    field.cursor = 0, 0
    reader.harness.run_frames(2)
    reader.check_that(strip.middle == lines[0].centre_y, "the picture does not follow the caret")
    reader.tap("done")
    reader.check_that("edit_text" in reader.target_names(), "one does not return from correcting")


def _check_edge_scrolling(reader: LetterWindow) -> None:
    """A white page has a visible edge; a rotated page is loaded again."""
    journey = reader.show("scan_read")
    picture = reader.page.page_image.picture
    wide, _high = picture.norm_image_size
    left, middle = picture.to_window(picture.center_x - wide / 2, picture.center_y)
    shot = reader.harness.screenshot()
    row = round(reader.harness.window.height - middle)
    around: set[Any] = {shot.getpixel((round(left) + step, row)) for step in range(-8, 9)}
    darkest = min(sum(pixel) for pixel in around)
    reader.check_that(darkest < 400, "a white page has no visible edge")
    reader.check_that(reader.tap("turn") == [RotatePage("page-1")], "a page cannot be rotated")
    before = picture.texture
    visit = journey.visit
    assert visit is not None
    turned = replace(visit.draft.pages[0], picture_version=1)
    reader.harness.show(replace(journey, visit=replace(visit, draft=replace(visit.draft, pages=(turned,)))))
    reader.check_that(picture.texture is not before, "a rotated page shows its old picture")


def _check_review(reader: LetterWindow) -> None:
    """Everything that will be sent can be seen before."""
    reader.show("review_everything")
    page = reader.page
    shown = "\n".join(str(getattr(widget, "display_text", "")) for widget in page.walk(restrict=True))
    for part in ("บุญมา", "บัตรคนพิการ", "ช่างประปาของเทศบาล", "32 ครัวเรือน", "ซอยข้างโรงเรียน", display("0812345678")):
        reader.check_that(part in shown, f"«{part}» cannot be checked")
    cut = [
        w.display_text
        for w in page.walk(restrict=True)
        if hasattr(w, "display_text")
        and getattr(w, "is_truncated", False)
        and not w.display_text.startswith(COMPLAINT_TEXT)
    ]
    reader.check_that(not cut, f"only the beginning is shown of {cut}")
    reader.tap("edit.story.read")
    reader.check_layout("the whole story")
    reader.check_that(page.reader.text == COMPLAINT_TEXT * 12, "the whole story is not shown")
    reached = 0.0
    for _page in range(60):
        reached = page.reader.scroll_y + page.reader.height
        if reached >= page.reader.minimum_height - 2:
            break
        page.press_secondary()
    reader.check_that(reached >= page.reader.minimum_height - 2, "the story cannot be scrolled to its end")
    page.press_secondary()
    reader.check_that(page.reader.scroll_y == 0, "from the end one does not return to the beginning")
    before = len(reader.harness.sent)
    reader.tap("done")
    reader.tap("page.2")
    reader.check_layout("a page of the letter")
    reader.check_that(page.zoomed_page.picture.texture is not None, "a page does not open")
    reader.tap("back")
    sent = [event for event in reader.harness.sent[before:] if isinstance(event, Back | SubmitComplaint)]
    reader.check_that(not sent, f"closing the detail sent {sent}")
    thumbs = [widget.picture.texture for widget in page.thumbnails.children]
    reader.check_that(len(thumbs) == 3 and all(thumbs), "the letter has no thumbnails")
    reader.check_that(reader.tap("edit.letter") == [EditSection(Screen.SCAN)], "the letter cannot be changed")
    reader.check_that(reader.tap("edit.story") == [EditSection(Screen.STORY)], "the story cannot be changed")
    reader.show("review_covered")
    reader.check_that("edit.story.read" not in reader.target_names(), "a hidden story can be opened")
    reader.harness.show(sample_journeys("th")["attract"])
    reader.harness.run_frames(40)
    reader.check_that(
        not page.thumbnails.children and page.reader.text == "", "data of the letter stays after the visit"
    )


if __name__ == "__main__":
    sys.exit(run_check(parse_size(sys.argv[1]), check))
