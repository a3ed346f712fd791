"""What happens to words after they are read: Latin, handwriting, doubts; both ways to use Tesseract."""

from collections.abc import Sequence

import numpy as np
import pytest

from ocr.arrays import Grey
from ocr.lines.line_pictures import LinePicture
from ocr.models import find_thai_model
from ocr.page.box import Box
from ocr.page.page_copy import PageCopy
from ocr.reading.handwriting import split_handwriting
from ocr.reading.latin_words import read_latin_words
from ocr.reading.line_reader import Word, join_words
from ocr.reading.make_lines import Placement, is_readable, make_lines
from ocr.reading.read_lines import read_line
from ocr.reading.tesseract_library import LibraryReader
from ocr.reading.tesseract_program import ProgramReader
from tests.unit.ocr.drawn_pages import WORDS, draw_lines, pixels

LINE = np.full((40, 1000), 255, np.uint8)
PLACEMENT = Placement(PageCopy(LINE, np.eye(3)), (1000, 400), 0)


def words(*readings: tuple[str, float], lowest: float | None = None) -> list[Word]:
    """Words of 90 pixels, 10 pixels apart."""
    return [
        Word(text, confidence, confidence if lowest is None else lowest, 100 * index, 100 * index + 90)
        for index, (text, confidence) in enumerate(readings)
    ]


class FakeReader:
    """Reads every picture as one word per 100 pixels, from a table by the place of the picture's first column."""

    def __init__(self, texts: dict[int, str], confidence: float = 95.0) -> None:
        self.texts, self.confidence = texts, confidence
        self.widths: list[int] = []

    def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
        (picture,) = pictures
        self.widths.append(picture.shape[1])
        count = max(1, round(picture.shape[1] / 100))
        text = self.texts.get(count, "")
        return [tuple(Word(part, self.confidence, self.confidence, 0, 50) for part in text.split())]


def test_a_doubtful_word_is_read_as_latin_and_sure_ones_are_not() -> None:
    english = FakeReader({1: "Facebook"})
    line = words(("แจ้งผลผ่าน", 94), ("ถลอ๗๖", 61), ("แล้ว", 95), ("๒๕๖๖", 88))
    assert [word.text for word in read_latin_words(LINE, line, english)] == ["แจ้งผลผ่าน", "Facebook", "แล้ว", "๒๕๖๖"]
    assert len(english.widths) == 1


@pytest.mark.parametrize(("latin", "confidence"), [("Xx", 86.0), ("๑๒", 95.0), ("12", 95.0), ("naumfiuer", 20.0)])
def test_what_is_not_convincing_as_latin_stays_thai(latin: str, confidence: float) -> None:
    line = words(("ชุมแพ", 94), ("ถลอ๗๖", 61), ("แล้ว", 95))
    read = read_latin_words(LINE, line, FakeReader({1: latin}, confidence))
    assert [word.text for word in read] == ["ชุมแพ", "ถลอ๗๖", "แล้ว"]


@pytest.mark.parametrize(
    ("thai", "confidence", "english", "read"),
    [
        ("8,725.0O", 13, 96, "8,725.00"),
        ("๕,๗๒๕.๐๐", 40, 96, "8,725.00"),
        ("8,725.00", 80, 96, "8,725.00"),
        ("๘,๗๒๕.๐๐", 82, 96, "๘,๗๒๕.๐๐"),
        ("๘,๗๒๕.๐๐", 60, 80, "๘,๗๒๕.๐๐"),
        ("๗๒๕", 40, 96, "๗๒๕"),
    ],
)
def test_an_unsure_number_is_arabic_where_the_english_model_is_surer(
    thai: str, confidence: float, english: float, read: str
) -> None:
    line = words(("จำนวน", 94), (thai, confidence))
    result = read_latin_words(LINE[:, :200], line, FakeReader({1: "8,725.00"}, english))
    assert [word.text for word in result] == ["จำนวน", read]


def test_a_line_of_english_is_read_as_a_whole() -> None:
    line = words(("รub)ect:", 51), ("ทนรic", 40), ("๔ontinues", 50))
    read = read_latin_words(LINE[:, :300], line, FakeReader({3: "Subject: music continues"}))
    assert [word.text for word in read] == ["Subject:", "music", "continues"]


def test_words_beside_latin_ones_are_read_with_them() -> None:
    english = FakeReader({1: "photographs.", 3: "See the photographs."})
    line = words(("๖๐๐", 93), ("เปา๔", 50), ("๖ทอทร", 61))
    assert " ".join(word.text for word in read_latin_words(LINE[:, :300], line, english)) == "See the photographs."


def test_a_thai_number_beside_latin_stays_a_number() -> None:
    line = words(("ไฮอ๗", 51), ("๐-๔๓๑๒-๓๔๕๖", 92))

    class Unsure(FakeReader):
        def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
            self.confidence = 95.0 if pictures[0].shape[1] < 150 else 30.0
            return super().read(pictures)

    read = read_latin_words(LINE[:, :200], line, Unsure({1: "Telephone", 2: "Telephone oamd"}))
    assert [word.text for word in read] == ["Telephone", "๐-๔๓๑๒-๓๔๕๖"]


def test_print_and_handwriting_of_a_line_are_parted() -> None:
    line = words(("ผู้แจ้ง", 94), ("๖ริบ๖ดข", 25), ("ทิด์ด้น", 31), ("โทร.", 92), ("๐๘๑-๒๓๔-๕๖๗๘", 60))
    parts = [(part.is_handwritten, len(part.words)) for part in split_handwriting(line)]
    assert parts == [(False, 1), (True, 2), (False, 2)]  # a doubtful number alone is print


def test_an_address_in_latin_letters_is_print() -> None:
    line = words((":", 60), ("fice@example.go.", 79), ("tl", 64), ("0-8252-3222", 60))
    assert [part.is_handwritten for part in split_handwriting(line)] == [False]


def test_handwriting_has_a_place_and_no_text() -> None:
    picture = LinePicture(LINE, Box(0, 100, 1000, 140), 20)
    parts = split_handwriting(words(("ผู้แจ้ง", 94), ("๖ริบ๖ดข", 25), ("ทิด์ด้น", 31)))
    printed, written = make_lines(parts, [picture], PLACEMENT)
    assert (printed.text, printed.is_handwritten) == ("ผู้แจ้ง", False)
    assert (written.text, written.is_handwritten) == ("", True)
    assert written.box == (0.1, 0.25, 0.29, 0.35)


def test_a_page_of_handwriting_is_not_readable_and_a_form_is() -> None:
    picture = LinePicture(LINE, Box(0, 100, 1000, 140), 20)
    written = make_lines(split_handwriting(words(("๖ริบ๖ดข", 25), ("ทิด์ด้น", 31))), [picture], PLACEMENT)
    printed = make_lines(split_handwriting(words(("สถานที่เกิดเหตุ", 94))), [picture], PLACEMENT)
    assert not is_readable(written * 9)
    assert not is_readable(written * 9 + printed)
    assert is_readable(written * 2 + printed * 3)
    assert not is_readable([])


def test_specks_are_no_lines() -> None:
    picture = LinePicture(LINE, Box(0, 100, 1000, 140), 20)
    assert make_lines(split_handwriting(words(("/๖", 46))), [picture], PLACEMENT) == []
    assert make_lines(split_handwriting(words(("๑", 96))), [picture], PLACEMENT)[0].text == "๑"


def test_a_doubtful_digit_is_marked() -> None:
    picture = LinePicture(LINE, Box(0, 100, 1000, 140), 20)
    (line,) = make_lines(split_handwriting(words(("เมื่อ", 95), ("๒๕๖๙", 90), lowest=72)), [picture], PLACEMENT)
    assert line.text[line.doubts[0] : line.doubts[1]] == "๒๕๖๙"
    assert len(line.doubts) == 2  # the word of letters is sure enough


def test_words_have_the_spaces_of_the_text_and_the_places_of_their_parts() -> None:
    parts = [("น้ำ", 90.0, 0, 30), ("ท่วม", 80.0, 30, 60), ("ถนน", 95.0, 80, 120)]
    assert join_words("น้ำท่วม ถนน\n", parts) == (Word("น้ำท่วม", 85.0, 80.0, 0, 60), Word("ถนน", 95.0, 95.0, 80, 120))
    assert join_words("", []) == ()


def test_both_ways_to_use_tesseract_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    model = find_thai_model()
    assert model is not None
    lines = [pixels(draw_lines([(20, 10, text)], size=(700, 70))) for text in (WORDS, "ศูนย์ดำรงธรรม จังหวัด")]
    texts = [
        [" ".join(word.text for word in read) for read in reader.read([*lines, LINE])]
        for reader in (LibraryReader(model), ProgramReader(model))
    ]
    assert texts[0][:2] == texts[1][:2]
    assert "หมู่บ้าน" in texts[0][0]


def test_parts_of_a_line_are_read_together_and_keep_their_places() -> None:
    class Thai:
        def read(self, pictures: Sequence[Grey]) -> list[tuple[Word, ...]]:
            (picture,) = pictures
            has_ink = np.flatnonzero((picture < 128).any(axis=0))
            starts = has_ink[np.flatnonzero(np.diff(has_ink, prepend=-50) > 20)]
            return [tuple(Word("คำ", 95.0, 95.0, int(start), int(start) + 10) for start in starts)]

    def part(left: int) -> LinePicture:
        picture = np.full((40, 60), 255, np.uint8)
        picture[10:30, 20:30] = 0
        return LinePicture(picture, Box(left, 100, left + 60, 140), 20.0)

    read = read_line([part(0), part(400), part(900)], Thai(), FakeReader({}))
    assert [word.left for word in read] == [20, 420, 920]
