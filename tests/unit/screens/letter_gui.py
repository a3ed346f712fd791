"""Runs in a process of its own with a real window: a letter is corrected and checked; prints what went wrong.

python -m tests.unit.screens.letter_gui WIDTHxHEIGHT
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from journey.events import (
    Back,
    Confirm,
    Edit,
    KeepPage,
    ScanInstead,
    TellByScan,
    TellByTyping,
    TurnPage,
    WritePageText,
)
from journey.state import Journey, Screen, TextSize
from tests.unit.screens.screens_gui import Finger
from thai.phone import display
from tools.gui_checks.layout_overflow import misfits
from tools.gui_checks.window_harness import Stage, report, size_of
from tools.sample_journeys import LETTER, STORY, samples

SETTLED = 12  # frames until what was opened stands


class Reader:
    """A window and a finger, in one size of type."""

    def __init__(self, stage: Stage, text_size: TextSize) -> None:
        self.stage, self.finger = stage, Finger(stage)
        self._states = {
            name: replace(journey, comfort=replace(journey.comfort, text_size=text_size))
            for name, journey in samples("th").items()
        }
        self.wrong: list[str] = []
        self._size = text_size.value

    def show(self, name: str, **changes: Any) -> Journey:
        """The state of that name, of a visit of its own."""
        journey = replace(self._states[name], **changes)
        self.stage.show(self._states["attract"])
        self.stage.show(journey)
        self.stage.wait(0.8)  # a finger is heard again
        return journey

    @property
    def page(self) -> Any:
        """What stands on the glass."""
        return self.stage.shell.children[0]

    def tap(self, name: str) -> list[Any]:
        """Touch it; what is scrolled away is scrolled to first, as a person does."""
        if name not in self.names():
            widget = next(w for w in self.page.walk(restrict=True) if getattr(w, "name", "") == name)
            self.page.scroll.scroll_to(widget, animate=False)
            self.stage.frames(4)
        sent = self.finger.tap(name)
        self.stage.wait(0.8)
        return sent

    def names(self) -> set[str]:
        """What can be tapped."""
        return {tap.name for tap in self.stage.shell.touchables()}

    def expect(self, holds: object, sentence: str) -> None:
        """Note the sentence when it does not hold."""
        if not holds:
            self.wrong.append(f"{sentence} ({self._size} %)")

    def fits(self, what: str) -> None:
        """Nothing is cut or lies on another thing."""
        self.stage.frames(SETTLED)
        self.wrong += [f"{what}: {sentence} ({self._size} %)" for sentence in misfits(self.stage)]


def check(stage: Stage) -> Iterator[str]:
    """Everything that is wrong, as sentences."""
    for size in (TextSize.NORMAL, TextSize.LARGEST):
        reader = Reader(stage, size)
        _blank(reader)
        _typed_and_scanned(reader)
        _correcting(reader)
        _edge(reader)
        _checking(reader)
        yield from reader.wrong


def _blank(reader: Reader) -> None:
    reader.show("scan_blank")
    reader.expect(reader.tap("scan_instead") == [ScanInstead("page-2")], "the other side is not scanned")
    reader.expect(reader.tap("keep_page") == [KeepPage("page-2")], "an empty page cannot be kept")
    reader.expect(
        not {"next", "edit_text"} & reader.names(), "an empty page is used or corrected as if it said something"
    )


def _typed_and_scanned(reader: Reader) -> None:
    reader.show("scan_pages")
    reader.expect(reader.tap("add_words") == [TellByTyping()], "one cannot type beside a letter")
    reader.show("tell_beside_letter")
    reader.expect(reader.tap("tab.scan") == [TellByScan()], "one cannot come back to the letter")
    tabs = [tap.text for tap in reader.stage.shell.touchables() if tap.name == "tab.scan"]
    reader.expect(tabs == ["จดหมาย 2 หน้า"], f"beside the typed text the letter is called {tabs}")


def _correcting(reader: Reader) -> None:
    """The doubtful line is touched: its place in the picture and its text are in sight together."""
    journey = reader.show("scan_read")
    page = reader.page
    doubtful = next(widget for widget in page.walk(restrict=True) if type(widget).__name__ == "UnsureText")
    doubtful.dispatch("on_release")
    reader.fits("correcting")
    field, strip = page.editor.field, page.strip
    index = next(number for number, (_line, unsure) in enumerate(LETTER) if unsure)
    reader.expect(field.paragraph() == index, "touching a marked line does not lead to it")
    reader.expect(
        strip.texture is not None and strip.get_root_window(), "the page is not in sight while it is corrected"
    )
    lines = journey.visit.draft.pages[0].lines  # type: ignore[union-attr]
    reader.expect(strip.middle == lines[index].middle, "the picture does not show the line that is corrected")
    bottom, top = strip.to_window(0, strip.y)[1], strip.to_window(0, strip.top)[1]
    reader.expect(0 <= bottom < top <= reader.stage.window.height, "the picture is scrolled away")
    marks = len(field._marks.children)
    reader.expect(marks > 0, "the doubtful line is not marked in the field")
    begun = reader.stage.sent[:]
    reader.stage.wait(0.8)
    reader.finger.tap("key.ก")
    reader.stage.frames(4)
    sent = [event for event in reader.stage.sent[len(begun) :] if isinstance(event, WritePageText)]
    reader.expect(len(sent) == 1, f"correcting sent {sent}")
    reader.expect(not field._marks.children, "a corrected line stays marked")
    field.cursor = 0, 0
    reader.stage.frames(2)
    reader.expect(strip.middle == lines[0].middle, "the picture does not follow the caret")
    reader.tap("done")
    reader.expect("edit_text" in reader.names(), "one does not come back from correcting")


def _edge(reader: Reader) -> None:
    """A white page stands out from what is around it; turned, it is fetched again."""
    journey = reader.show("scan_read")
    picture = reader.page.thumb.picture
    wide, _high = picture.norm_image_size
    left, middle = picture.to_window(picture.center_x - wide / 2, picture.center_y)
    shot = reader.stage.picture()
    row = round(reader.stage.window.height - middle)
    around = {shot.getpixel((round(left) + step, row)) for step in range(-8, 9)}
    darkest = min(sum(pixel) for pixel in around)
    reader.expect(darkest < 400, "no edge shows where a white page ends")
    reader.expect(reader.tap("turn") == [TurnPage("page-1")], "a page cannot be turned")
    before = picture.texture
    visit = journey.visit
    assert visit is not None
    turned = replace(visit.draft.pages[0], turns=1)
    reader.stage.show(replace(journey, visit=replace(visit, draft=replace(visit.draft, pages=(turned,)))))
    reader.expect(picture.texture is not before, "a page that was turned by half shows its old picture")


def _checking(reader: Reader) -> None:
    """All of what is sent can be seen before it is sent."""
    reader.show("review_everything")
    page = reader.page
    said = "\n".join(str(getattr(widget, "said", "")) for widget in page.walk(restrict=True))
    for part in ("บุญมา", "บัตรคนพิการ", "ช่างประปาของเทศบาล", "32 ครัวเรือน", "ซอยข้างโรงเรียน", display("0812345678")):
        reader.expect(part in said, f"«{part}» cannot be checked")
    cut = [w.said for w in page.walk(restrict=True) if getattr(w, "cut", False) and not w.said.startswith(STORY)]
    reader.expect(not cut, f"only the beginning is shown of {cut}")
    reader.tap("edit.story.read")
    reader.fits("the whole story")
    reader.expect(page.reader.text == STORY * 12, "the whole story is not shown")
    reached = 0.0
    for _page in range(60):
        reached = page.reader.scroll_y + page.reader.height
        if reached >= page.reader.minimum_height - 2:
            break
        page.press_second()
    reader.expect(reached >= page.reader.minimum_height - 2, "one cannot read on to the end of the story")
    page.press_second()
    reader.expect(page.reader.scroll_y == 0, "from the end one does not come back to the beginning")
    before = len(reader.stage.sent)
    reader.tap("done")
    reader.tap("page.2")
    reader.fits("a page of the letter")
    reader.expect(page.large.picture.texture is not None, "a page does not open")
    reader.tap("back")
    told = [event for event in reader.stage.sent[before:] if isinstance(event, Back | Confirm)]
    reader.expect(not told, f"closing what was open sent {told}")
    thumbs = [widget.picture.texture for widget in page.thumbs.children]
    reader.expect(len(thumbs) == 3 and all(thumbs), "the letter's pages are not there to be seen")
    reader.expect(reader.tap("edit.letter") == [Edit(Screen.SCAN)], "the letter cannot be changed")
    reader.expect(reader.tap("edit.story") == [Edit(Screen.TELL)], "the story cannot be changed")
    reader.show("review_covered")
    reader.expect("edit.story.read" not in reader.names(), "a hidden story can be opened")
    reader.stage.show(samples("th")["attract"])
    reader.stage.frames(40)
    reader.expect(not page.thumbs.children and page.reader.text == "", "something of the letter stays after the visit")


if __name__ == "__main__":
    sys.exit(report(size_of(sys.argv[1]), check))
