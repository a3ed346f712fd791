"""What is shown of a recognised page: text with unclear words, and handwriting as pictures among it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from journey.complaint.draft import LetterPage, RecognisedLine
from journey.complaint.page_parts import PicturePart, TextPart, page_parts
from tools.sample_pages import FORM_PAGE, HANDWRITTEN_PAGE, RECOGNISED_PAGE, UNREADABLE_PAGE


def page(*lines: RecognisedLine, text: str | None = None) -> LetterPage:
    return LetterPage("a", 1000, 1400, lines=lines, is_readable=True, text=text)


def printed(text: str, doubts: tuple[int, ...] = (), *, is_uncertain: bool = False) -> RecognisedLine:
    return RecognisedLine(text, 90.0, is_uncertain, doubts=doubts)


def marked_words(shown: LetterPage) -> list[str]:
    parts = [part for part in page_parts(shown) if isinstance(part, TextPart)]
    return [part.text[start:end] for part in parts for start, end in part.unclear_spans]


def test_doubtful_words_of_an_uncertain_line_are_marked() -> None:
    assert marked_words(page(printed("แสน กว่า บาท", (4, 8), is_uncertain=True))) == ["กว่า"]
    assert marked_words(page(printed("แสน กว่า บาท", is_uncertain=True))) == ["แสน กว่า บาท"]


def test_in_a_sure_line_only_doubtful_numbers_are_marked() -> None:
    assert marked_words(page(printed("แสน กว่า บาท", (4, 8)), printed("ชั้น ๑ ห้อง ๑๔๘", (12, 15)))) == ["๑๔๘"]


def test_a_corrected_line_loses_its_marks_and_another_one_keeps_them() -> None:
    lines = (printed("ชั้น ๑", (5, 6)), printed("ห้อง ๑๔๘", (5, 8)))
    assert marked_words(page(*lines, text="ชั้น ๗\nห้อง ๑๔๘")) == ["๑๔๘"]


def test_parts_know_where_they_begin_in_the_text() -> None:
    parts = page_parts(RECOGNISED_PAGE)
    assert all(
        isinstance(part, TextPart) and RECOGNISED_PAGE.current_text[part.start :].startswith(part.text)
        for part in parts
    )
    assert [bool(part.unclear_spans) for part in parts if isinstance(part, TextPart)] == [False, True, False]


def test_handwriting_is_a_picture_after_the_print_of_its_row() -> None:
    shown = ["picture" if isinstance(part, PicturePart) else part.text for part in page_parts(FORM_PAGE)]
    assert shown == [
        "แบบคำร้องทุกข์\nข้าพเจ้า",
        "picture",
        "อยู่บ้านเลขที่\nหมู่ที่",
        "picture",
        "ขอร้องเรียนเรื่อง",
        "picture",
        "ยื่นต่อศูนย์ดำรงธรรม ชั้น ๑ ห้อง ๑๔๘",
    ]


def test_handwriting_of_one_row_and_of_rows_without_print_is_one_picture() -> None:
    boxes = [part.box for part in page_parts(FORM_PAGE) if isinstance(part, PicturePart)]
    written = [line.box for line in FORM_PAGE.lines or () if line.is_handwritten]
    assert boxes[1][::2] == (written[1][0], written[2][2])
    assert (boxes[2][1], boxes[2][3]) == (written[3][1], written[4][3])


def test_pictures_keep_their_places_while_words_are_corrected_and_come_last_after_lines_are_added() -> None:
    corrected = replace(FORM_PAGE, text=FORM_PAGE.current_text.replace("๑๔๘", "๑๔๖"))
    assert [type(part) for part in page_parts(corrected)] == [type(part) for part in page_parts(FORM_PAGE)]
    longer = page_parts(replace(FORM_PAGE, text=FORM_PAGE.current_text + "\nโปรดช่วยด้วย"))
    assert [type(part) for part in longer] == [TextPart, TextPart, TextPart, PicturePart, PicturePart, PicturePart]


def test_handwriting_is_never_text() -> None:
    assert "\n\n" not in FORM_PAGE.current_text
    assert HANDWRITTEN_PAGE.current_text == ""
    assert page_parts(HANDWRITTEN_PAGE) == ()


def test_a_page_that_is_mostly_handwriting_is_told_from_one_that_is_unreadable() -> None:
    assert HANDWRITTEN_PAGE.is_handwritten
    assert not UNREADABLE_PAGE.is_handwritten
    assert not FORM_PAGE.is_handwritten, "it can be read"
    noise = replace(
        HANDWRITTEN_PAGE, lines=tuple(replace(line, is_handwritten=False) for line in FORM_PAGE.lines or ())
    )
    assert not noise.is_handwritten


ROWS = st.lists(
    st.tuples(st.booleans(), st.text("กขค ๑๒", max_size=6), st.integers(0, 9)).map(
        lambda drawn: RecognisedLine(
            "" if drawn[0] else drawn[1] or "ก",
            90.0,
            is_uncertain=False,
            centre_y=drawn[2] / 10 + 0.03,
            box=(0.1, drawn[2] / 10, 0.5, drawn[2] / 10 + 0.06),
            is_handwritten=drawn[0],
        )
    )
)


@given(lines=ROWS, corrected=st.none() | st.text("กข\n", max_size=12))
def test_no_text_is_lost_or_moved_and_all_handwriting_is_in_a_picture(
    lines: list[RecognisedLine], corrected: str | None
) -> None:
    shown = page(*lines, text=corrected)
    parts = page_parts(shown)
    assert "\n".join(part.text for part in parts if isinstance(part, TextPart)) == shown.current_text
    boxes = [part.box for part in parts if isinstance(part, PicturePart)]
    written = [line.box for line in lines if line.is_handwritten]
    assert all(any(box[1] <= line[1] and line[3] <= box[3] for box in boxes) for line in written)
