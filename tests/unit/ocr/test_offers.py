"""Phone numbers, dates and the head of a letter are offered with their place; what cannot be one is not."""

import pytest

from ocr.find_offers import find_offers
from ocr.recognise import Line, OfferKind


def line(text: str, *, centre_y: float = 0.2, doubts: tuple[int, ...] = ()) -> Line:
    return Line(text, 95.0, False, centre_y, (0.1, 0.2, 0.9, 0.23), doubts=doubts)


def offered(text: str) -> list[tuple[str, str]]:
    return [(offer.kind, offer.value) for offer in find_offers([line(text)])]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ติดต่อได้ที่ 081-234-5678 ทุกวัน", "0812345678"),
        ("โทร. ๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("โทร. ๐-๔๓๑๒-๓๔๕๖ ต่อ ๑๒", "043123456"),
        ("โทรศัพท์ 0 2123 4567", "021234567"),
    ],
)
def test_phone_numbers_are_offered_in_arabic_digits(text: str, value: str) -> None:
    assert offered(text) == [(OfferKind.PHONE, value)]


@pytest.mark.parametrize(
    "text", ["เลขประจำตัว 9123456789012", "เลขที่ 081-234-56789", "จำนวน 1,234,567 บาท", "081-234", "รหัส 1812345678"]
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert offered(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("วันที่ ๑๒ พฤศจิกายน ๒๕๖๙", "2026-11-12"),
        ("เมื่อ 5 มี.ค. 69 เวลา 10.00 น.", "2026-03-05"),
        ("ลงวันที่ 30 เม.ย. 2568", "2025-04-30"),
        ("วันที่ 12/11/2569", "2026-11-12"),
        ("๑ มกราคม พ.ศ. ๒๕๖๙", "2026-01-01"),
    ],
)
def test_dates_are_offered_in_the_common_era(text: str, value: str) -> None:
    assert offered(text) == [(OfferKind.DATE, value)]


@pytest.mark.parametrize("text", ["31 กุมภาพันธ์ 2569", "บ้านเลขที่ 12/3", "5 ครัวเรือน 2569", "99/99/2569"])
def test_days_that_do_not_exist_are_not_offered(text: str) -> None:
    assert offered(text) == []


def test_the_head_of_a_letter_is_offered_once() -> None:
    lines = [
        line("ที่ ขก ๐๐๑๗.๓/ว ๑๒๓๔ ศูนย์ดำรงธรรม", centre_y=0.1),
        line("เรื่อง ขอให้ตรวจสอบถนนชำรุด", centre_y=0.2),
        line("เรียน นายอำเภอ", centre_y=0.25),
        line("เรื่อง นี้เกิดขึ้นแล้ว", centre_y=0.4),
        line("เรียน มาเพื่อทราบ", centre_y=0.9),
    ]
    assert [(offer.kind, offer.value) for offer in find_offers(lines)] == [
        (OfferKind.REFERENCE, "ขก ๐๐๑๗.๓/ว ๑๒๓๔"),
        (OfferKind.SUBJECT, "ขอให้ตรวจสอบถนนชำรุด"),
        (OfferKind.RECIPIENT, "นายอำเภอ"),
    ]


def test_an_offer_has_its_place_and_says_whether_it_is_doubtful() -> None:
    text = "โทร. 081-234-5678"
    (sure,) = find_offers([line(text)])
    (doubtful,) = find_offers([line(text, doubts=(5, 17))])
    (beside,) = find_offers([line(text, doubts=(0, 4))])
    assert (sure.is_uncertain, doubtful.is_uncertain, beside.is_uncertain) == (False, True, False)
    assert sure.box == (0.1, 0.2, 0.9, 0.23)
    assert "081" not in repr(sure)


def test_handwriting_offers_nothing() -> None:
    assert find_offers([Line("081-234-5678", 50.0, True, is_handwritten=True)]) == ()
