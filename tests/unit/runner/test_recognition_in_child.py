"""A page is read by the real child process: first lines before the rest, an end at once, handwriting in its place."""

import os
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
from PIL import Image, ImageDraw

from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.complaint.page_parts import PicturePart, TextPart, page_parts
from kiosk_app.runner.page_images import ConfinedPageImages
from kiosk_app.runner.scan_effects import ScanEffects, WorkerResult
from ocr.prepare_page import prepare
from simulators.sample_letters import OFFICE_LETTER, render_letter_page
from tests.ocr_pages.handwriting import draw_page, draw_words
from tests.ocr_pages.picture_files import encode_picture
from tests.waiting import TIMEOUT_S, wait_until

PAGE_ID = "1-1"
PHONE_LINE = "โทรศัพท์ ๐๘๑ ๒๓๔ ๕๖๗๘"


class Reader:
    """Scan effects with the real child, and what they post."""

    def __init__(self) -> None:
        self.results: SimpleQueue[WorkerResult] = SimpleQueue()
        self.scan_effects = ScanEffects(None, ConfinedPageImages(), self.results.put, scan_timeout_s=1.0)

    def begin(self, picture: Image.Image) -> None:
        page = prepare(encode_picture(picture, "PPM"))
        self.scan_effects.pages.put(PAGE_ID, page.jpeg, page.preview)
        self.scan_effects.recognise(effects.RecognisePage(events.RequestId(1, 1), PAGE_ID, may_rotate=True))

    def next_result(self) -> WorkerResult:
        return self.results.get(timeout=TIMEOUT_S)

    def read(self, picture: Image.Image) -> LetterPage:
        """The page once it is read."""
        self.begin(picture)
        while not isinstance(result := self.next_result(), events.PageRecognised):
            assert isinstance(result, events.ReadingProgress), result
        return LetterPage(
            PAGE_ID, *picture.size, result.lines, result.is_readable, result.confidence, offers=result.offers
        )


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.scan_effects.scan_worker.stop()
    reader.scan_effects.image_worker.stop()


def recognising_children() -> list[int]:
    """Process ids of the children of this process that decode or read pictures."""
    children = []
    for directory in Path("/proc").glob("[1-9]*"):
        try:
            command = (directory / "cmdline").read_bytes()
            parent = int((directory / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"ocr.confined.child_main" in command and parent == os.getpid():
            children.append(int(directory.name))
    return children


def test_the_first_line_is_shown_while_the_child_reads_on(reader: Reader) -> None:
    reader.begin(render_letter_page(OFFICE_LETTER))
    first = reader.next_result()
    assert isinstance(first, events.ReadingProgress)
    assert [line.text for line in first.lines] == ["บันทึกข้อความ"]
    assert 0 < first.fraction < 0.2
    assert recognising_children(), "the child still reads"
    fractions = [first.fraction]
    while isinstance(result := reader.next_result(), events.ReadingProgress):
        fractions.append(result.fraction)
    assert isinstance(result, events.PageRecognised)
    assert fractions == sorted(fractions)
    assert [line.text for line in result.lines][:1] == ["บันทึกข้อความ"]


def test_removing_the_page_ends_the_child_at_once(reader: Reader) -> None:
    reader.begin(render_letter_page(OFFICE_LETTER))
    assert isinstance(reader.next_result(), events.ReadingProgress)
    assert recognising_children()
    reader.scan_effects.drop_page(effects.DropPage(PAGE_ID))
    wait_until(lambda: not recognising_children())
    later = []
    while not reader.results.empty():
        later.append(reader.results.get())
    assert not [result for result in later if isinstance(result, events.PageRecognised)], "the page was not read on"


def filled_in_form() -> Image.Image:
    """Printed lines, and two filled in by hand."""
    page = render_letter_page(
        "แบบคำร้องทุกข์\nเรื่อง ขอให้ซ่อมถนนหน้าโรงเรียน\nข้าพเจ้าขอแจ้งความเดือดร้อนต่อศูนย์ดำรงธรรม ดังต่อไปนี้\n\n\n\n"
        f"จึงเรียนมาเพื่อโปรดพิจารณาให้ความช่วยเหลือ\n{PHONE_LINE}\n"
    )
    chance = np.random.default_rng(5)
    for row in (0, 1):
        words = draw_words(1100, 40, chance)
        page.paste(words, (200, 385 + 75 * row), words.point(lambda grey: 255 - grey))
    return page


def test_handwriting_on_a_form_is_a_picture_between_its_printed_lines(reader: Reader) -> None:
    page = reader.read(filled_in_form())
    parts = page_parts(page)
    assert [type(part) for part in parts if not isinstance(part, TextPart)] == [PicturePart], "one picture for two rows"
    (picture,) = (part for part in parts if isinstance(part, PicturePart))
    shown = [part.text if isinstance(part, TextPart) else "" for part in parts]
    before, after = "".join(shown[: parts.index(picture)]), "".join(shown[parts.index(picture) :])
    assert "ดังต่อไปนี้" in before
    assert "จึงเรียนมา" in after
    top, bottom = (share * filled_in_form().height for share in (picture.box[1], picture.box[3]))
    assert 340 < top < 420
    assert 440 < bottom < 600
    assert {offer.field_name: offer.value for offer in page.offers} == {
        "text": "ขอให้ซ่อมถนนหน้าโรงเรียน",
        "phone": "0812345678",
    }


def test_a_page_of_handwriting_is_called_handwritten(reader: Reader) -> None:
    whole = draw_page(np.random.default_rng(2))
    page = reader.read(whole.crop((0, 0, whole.width, whole.height // 3)))  # fewer lines are read faster
    assert page.is_readable is False
    assert page.is_handwritten


def test_a_page_of_noise_is_not_called_handwritten(reader: Reader) -> None:
    chance = np.random.default_rng(1)
    noise = Image.fromarray(chance.integers(0, 255, (1170, 827), dtype=np.uint8))
    ImageDraw.Draw(noise).rectangle((0, 0, 827, 200), fill=255)
    page = reader.read(noise)
    assert (page.is_readable, page.is_handwritten) == (False, False)
