"""One respondent, however it is written, has one key; another one has another."""

import pytest

from central.cases.codes import RespondentType
from central.duplicates.respondent_keys import name_keys, plates_in, respondent_keys

AREA = "400101"


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("person", ["นายสมชาย ใจกล้า", "สมชาย ใจกล้า", "นาย สมชายใจกล้า", "ใจกล้า สมชาย", "ร.ต.อ.สมชาย ใจกล้า"]),
        ("person", ["สมชาย ใจกล้า ผู้ใหญ่บ้าน", "สมชาย ใจกล้า"]),
        ("person", ["ผู้ใหญ่บ้าน หมู่ 5", "ผญบ.ม.๕", "ผู้ใหญ่บ้านหมู่ที่ 5"]),
        ("agency", ["องค์การบริหารส่วนตำบลบ้านเป็ด", "อบต.บ้านเป็ด", "อบต. บ้านเป็ด อ.เมือง จ.ขอนแก่น"]),
        ("shop", ["หจก.ขอนแก่นก่อสร้าง", "ห้างหุ้นส่วนจำกัด ขอนแก่น ก่อสร้าง", "บริษัท ขอนแก่นก่อสร้าง จำกัด"]),
        ("vehicle", ["ทะเบียน กข ๑๒๓๔", "รถทะเบียน กข1234 ขอนแก่น", "กข-1234"]),
        ("place", ["บ้านเลขที่ 12/3 ม.4", "12/3 หมู่ที่ ๔", "บ้านเลขที่ ๑๒/๓ หมู่ 04"]),
    ],
)  # fmt: skip
def test_spellings_of_one_respondent_share_a_key(kind: str, spellings: list[str]) -> None:
    made = [respondent_keys(text, AREA) for text in spellings]
    assert {keys.type.value for keys in made if keys} == {kind}
    first = made[0]
    assert first
    for text, keys in zip(spellings, made, strict=True):
        assert keys
        assert set(keys.exact) & set(first.exact), text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("นายสมชาย ใจกล้า", "นายสมชาย ใจดี"),
        ("ผู้ใหญ่บ้าน หมู่ 5", "ผู้ใหญ่บ้าน หมู่ 6"),
        ("ทะเบียน กข 1234", "ทะเบียน กข 1235"),
        ("บ้านเลขที่ 12/3 หมู่ 4", "บ้านเลขที่ 12/4 หมู่ 4"),
        ("โรงเรียนบ้านหนองแวง 2", "โรงเรียนบ้านหนองแวง 3"),
    ],
)
def test_different_respondents_share_no_key(one: str, other: str) -> None:
    keys, others = respondent_keys(one, AREA), respondent_keys(other, AREA)
    assert keys
    assert others
    assert not {*keys.exact, *keys.near} & {*others.exact, *others.near}


def test_one_wrong_sign_in_a_longer_name_is_near() -> None:
    right = respondent_keys("นายประยูร วงศ์คำ", AREA)
    assert right
    for wrong in ("นายประยูร วงศ์คา", "นายประยร วงศ์คำ", "นายประยูร วางศ์คำ"):
        keys = respondent_keys(wrong, AREA)
        assert keys
        assert not set(right.exact) & set(keys.exact), wrong
        assert set(right.near) & set(keys.near), wrong


def test_an_office_and_a_house_are_those_of_their_place_and_nothing_names_nobody() -> None:
    assert respondent_keys("อบต.บ้านเป็ด", "560101") != respondent_keys("อบต.บ้านเป็ด", AREA)
    assert respondent_keys("บ้านเลขที่ 12/3 หมู่ 4", "400102") != respondent_keys("บ้านเลขที่ 12/3 หมู่ 4", AREA)
    for nothing in ("", "-", "๑๒๓", "ไม่"):
        assert respondent_keys(nothing, AREA) is None
    assert respondent_keys("1กก 99", AREA, RespondentType.VEHICLE) == respondent_keys("ทะเบียน 1กก99", AREA)


def test_plates_are_read_from_a_text_that_calls_them_so() -> None:
    text = "รถบรรทุกทะเบียน 70-1234 วิ่งเร็ว และรถทะเบียน กข ๙๙ จอดหมู่ 12 บ้านเลขที่ 7"
    assert plates_in(text) == ("70-1234", "กข99")
    assert set(name_keys("นางสาวมาลี แก้วใส")) & set(name_keys("น.ส. แก้วใส มาลี"))
