"""Impossible Thai sequences are reordered; legal text is unchanged."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.complaint import word_suggestions
from thai.places import districts, provinces, tambons
from thai.sign_order import edit_for_insertion, normalise_order
from tools.message_catalogue import thai_catalogue

THAI_CHARACTERS = st.text(alphabet="กนคอฤเแโะาำิีึืัฺุู็ํ่้๊๋์ ๆa1\n", max_size=40)
# Words with every legal stack: vowel and tone, vowel and ์, ็, ฺ and ํ of Pali, ำ with a tone, ฤๅ.
LEGAL = (
    "น้ำ ก้ำ ต่ำ ซ้ำ ถ้ำ คร่ำ ค่ะ น่ะ จ้ะ จ๊ะ จ๋า กี่ ที่ ชื่อ เมื่อ เพื่อ ผู้ อยู่ ปู่ กุ้ง คุ้ม ตั้ง นั้น ยั้ง บั๊ก โต๊ะ ก๋วยเตี๋ยว ตุ๊กตุ๊ก "
    "สิทธิ์ พันธุ์ บริสุทธิ์ ศุกร์ เสาร์ จันทร์ เล่ห์ เสน่ห์ ก็ เป็น เห็น เสร็จ แข็ง เก็บ ฤๅษี ฤดู พุทฺธํ สรณํ คจฺฉามิ ธมฺมํ สงฺฆํ "
    "ทรัพย์ อิ่ม อึ้ง อื้อ ร้องทุกข์ ดำรงธรรม เดือดร้อน หมู่ที่ ๗ ตำบล อำเภอ แม่ แล้ว แต่ เเห่ง"
).replace("เเ", "แ")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("กำ้", "ก้ำ"),
        ("นำ้ท่วม", "น้ำท่วม"),
        ("น้ำำ", "น้ำ"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("ทํา", "ทำ"),
        ("ก้ี", "กี้"),
        ("ผู้", "ผู้"),
        ("ท่ี่", "ที่"),
        ("น่่า", "น่า"),
        ("ก่้า", "ก้า"),
        ("คะ่", "ค่ะ"),
        ("หนา้", "หน้า"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("กิี", "กี"),
        ("เเม่", "แม่"),
        ("เเเเ", "แแ"),
    ],
)
def test_an_impossible_sequence_is_reordered(wrong: str, right: str) -> None:
    assert normalise_order(wrong) == right


def test_legal_words_are_unchanged() -> None:
    assert normalise_order(LEGAL) == LEGAL
    sentences = [str(part) for message in thai_catalogue() if message.id for part in (message.string, message.id)]
    offered = [word for part in word_suggestions.word_lists("th").values() for word in part.weight]
    assert len(sentences) > 400
    assert [text for text in (*sentences, *offered) if normalise_order(text) != text] == []


def test_every_place_name_of_thailand_is_unchanged() -> None:
    places = [place for province in provinces() for place in (province, *districts(province.code))]
    places += [tambon for district in places for tambon in tambons(district.code)]
    names = [place.th for place in places]
    assert len(names) > 8000
    assert [place for place in names if normalise_order(place) != place] == []


@given(THAI_CHARACTERS)
def test_reordering_is_idempotent(text: str) -> None:
    assert normalise_order(normalise_order(text)) == normalise_order(text)


@given(THAI_CHARACTERS)
def test_reordering_loses_no_character(text: str) -> None:
    def others(of: str) -> str:
        return re.sub("[ะาำิีึืัฺุู็ํ่้๊๋์]", "", of)

    assert others(normalise_order(text)) == others(text.replace("เเ", "แ"))


@given(THAI_CHARACTERS)
def test_typing_a_legal_text_does_not_change_it(text: str) -> None:
    legal = normalise_order(text)
    assert _type_text(legal) == legal


@given(THAI_CHARACTERS)
def test_typing_sign_by_sign_leaves_no_impossible_sequence(text: str) -> None:
    assert normalise_order(_type_text(text)) == _type_text(text)


def test_typing_reorders_the_last_letter_only() -> None:
    assert edit_for_insertion("เเก กำ", "้") == (1, "้ำ")
    assert edit_for_insertion("กำ้ น", "้") == (0, "้"), "earlier letters are unchanged"
    assert edit_for_insertion("น้ำ", "ำ") == (0, ""), "a sign that changes nothing"
    assert edit_for_insertion("", "้") == (0, "้")
    assert edit_for_insertion("น้ำ", " ท่วม") == (0, " ท่วม")


def _type_text(text: str) -> str:
    result = ""
    for sign in text:
        deleted_count, inserted_text = edit_for_insertion(result, sign)
        result = result[: len(result) - deleted_count] + inserted_text
    return result
