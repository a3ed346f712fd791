"""Word breaks, clusters and wrapping."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.line_breaking import min_width, wrap
from thai.segmentation import clusters, has_dictionary, unbreakable_units, words

LETTERS = "กขงจดตนบปมยรลวสหอเแโใไะาิีึืุูั็่้๊๋์ำๆฯ๑๒๓ \nabz19.,()-/"
TEXT = st.text(alphabet=LETTERS, max_size=120)
STORY = "ต่อไป เจ้าหน้าที่จะตรวจเรื่องและส่งให้หน่วยงานที่รับผิดชอบ วันที่คาดว่าเสร็จจะขึ้นเมื่อสแกนรหัสนี้"


def test_the_centres_name_is_not_split() -> None:
    assert words("ศูนย์ดำรงธรรมจังหวัด") == ["ศูนย์", "ดำรงธรรม", "จังหวัด"]


def test_the_dictionary_is_used() -> None:
    assert has_dictionary()
    assert words("น้ำประปาหมู่บ้านไม่ไหล") == ["น้ำประปา", "หมู่บ้าน", "ไม่", "ไหล"]


def test_other_scripts_digits_and_abbreviations_are_separate_words() -> None:
    assert words("มา๑๒/๓วัน ถนน Maliwan ไฟฟ้าฯลฯ") == [
        "มา", "๑๒/๓", "วัน", " ", "ถนน", " ", "Maliwan", " ", "ไฟฟ้า", "ฯลฯ",
    ]  # fmt: skip


def test_a_cluster_is_a_base_letter_with_its_marks() -> None:
    assert clusters("น้ำกี่ป่า") == ["น้ำ", "กี่", "ป่", "า"]
    assert clusters("e\u0301👩‍🌾") == ["e\u0301", "👩‍🌾"]


@given(st.text(max_size=200) | TEXT)
def test_splitting_loses_no_character(text: str) -> None:
    assert "".join(words(text)) == text
    assert "".join(clusters(text)) == text


@given(TEXT)
def test_no_word_begins_inside_a_cluster(text: str) -> None:
    ends = set()
    position = 0
    for cluster in clusters(text):
        position += len(cluster)
        ends.add(position)
    position = 0
    for word in words(text):
        position += len(word)
        assert position in ends


@given(st.text(max_size=120) | TEXT, st.integers(1, 40), st.booleans())
def test_wrapping_loses_only_spaces_and_fits_the_width(text: str, width: int, balance: bool) -> None:
    lines = wrap(text, lambda line: len(clusters(line)), width, balance=balance)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(clusters(line)) <= width for line in lines)


@given(TEXT, st.integers(1, 40), st.booleans())
def test_wrapping_cuts_no_cluster(text: str, width: int, balance: bool) -> None:
    lines = wrap(text, lambda line: len(clusters(line)), width, balance=balance)
    shown_clusters = [cluster for line in lines for cluster in clusters(line) if not cluster.isspace()]
    assert shown_clusters == [cluster for cluster in clusters(text) if not cluster.isspace()]


@given(st.text(alphabet=LETTERS, max_size=120), st.integers(8, 40))
def test_no_wrapped_line_begins_with_a_mark(text: str, width: int) -> None:
    one_paragraph = re.sub(r"\s", "", text)
    lines = wrap(one_paragraph, lambda line: len(clusters(line)), width)
    assert not {line[0] for line in lines[1:]} & set("ิีึืุูั็่้๊๋์ำ")


@given(st.text(alphabet=LETTERS + "\r\u00a0\u2060\u200b\u2028", max_size=60), st.booleans())
def test_text_that_fits_is_unchanged(text: str, balance: bool) -> None:
    """Only trailing spaces are removed."""
    whole = [paragraph.rstrip() for paragraph in re.split("\r\n|[\r\n]", text)]
    assert wrap(text, len, max(map(len, whole)), balance=balance) == whole


def test_lines_break_between_words_at_newlines_and_never_before_repetition() -> None:
    assert wrap("บรรทัดแรก\nบรรทัดสอง", len, 40) == ["บรรทัดแรก", "บรรทัดสอง"]
    for width in range(8, 60):
        for line in wrap("เรื่องต่าง ๆ และอื่น ๆ ของหมู่บ้าน (ด่วน)", len, width)[1:]:
            assert line[0] not in "ๆ)"


def test_an_abbreviation_stays_with_its_name() -> None:
    for width in range(16, 40):
        lines = wrap("99/1 หมู่ที่ 7 ต.บ้านเป็ด อ.เมืองขอนแก่น จ.ขอนแก่น", len, width)
        for name in ("ต.บ้านเป็ด", "อ.เมืองขอนแก่น", "จ.ขอนแก่น"):
            assert any(name in line for line in lines), lines


def test_balanced_lines_are_about_equally_long() -> None:
    one, other = wrap(STORY, len, 95, balance=True)
    assert abs(len(one) - len(other)) < 25


def test_lines_end_at_spaces_first() -> None:
    assert wrap("ทำเองได้ใน 3 นาที · ไม่มีค่าใช้จ่าย · เก็บเป็นความลับ", len, 45) == [
        "ทำเองได้ใน 3 นาที · ไม่มีค่าใช้จ่าย ·",
        "เก็บเป็นความลับ",
    ]
    assert wrap("เสียบด้านชิปสีทองเข้าก่อน แล้วค้างไว้", len, 31) == ["เสียบด้านชิปสีทองเข้าก่อน", "แล้วค้างไว้"]


@pytest.mark.parametrize("balance", [False, True])
def test_no_word_is_alone_on_the_last_line(balance: bool) -> None:
    for text in ("The receipt printer is out of paper", "ตู้นี้พร้อมใช้งานอยู่ตลอดทั้งวันและคืน", STORY):
        for width in range(max(len(unit) for unit in unbreakable_units(text)) * 2, len(text)):
            lines = wrap(text, len, width, balance=balance)
            assert len([unit for unit in unbreakable_units(lines[-1]) if not unit.isspace()]) > 1, lines


def test_no_compound_number_or_code_is_split() -> None:
    for text, whole in (
        ("เก็บใบติดตามไว้เป็นความลับ", ("ใบติดตาม", "ความลับ")),
        ("เลขเรื่อง KKN07A-000123-41 ครับ", ("เลขเรื่อง", "KKN07A-000123-41")),
        ("โทร 081 234 5678 ได้ทุกวัน", ("081 234 5678",)),
        ("ตู้นี้พร้อมไหม", ("ตู้นี้", "พร้อมไหม")),
    ):
        for width in range(int(min_width(text, len)), len(text)):
            lines = wrap(text, len, width)
            assert all(any(part in line for line in lines) for part in whole), lines


def test_a_number_stays_with_its_noun_unless_that_adds_a_line() -> None:
    assert wrap("คาดว่าเสร็จภายใน 18 ธันวาคม 2569", len, 28) == ["คาดว่าเสร็จภายใน", "18 ธันวาคม 2569"]


def test_a_word_wider_than_the_line_is_broken() -> None:
    assert wrap("ABCDEFGHIJ", len, 4) == ["ABCD", "EFGH", "IJ"]
    assert wrap("", len, 4) == [""]


def test_wrapping_is_thread_safe() -> None:
    once = words(STORY)
    with ThreadPoolExecutor(8) as pool:
        assert all(result == once for result in pool.map(words, [STORY] * 400))


@pytest.mark.parametrize("text", ["ก" * 20000, "ตากลม" * 4000, "ขฃคฅฆ" * 4000])
def test_a_long_text_without_spaces_is_split(text: str) -> None:
    assert "".join(words(text)) == text
