"""What is masked in a text, what stays readable, and that no text takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.privacy.masking import mask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("โทร 081-234-5678 ครับ", "โทร [เบอร์โทรศัพท์] ครับ"),
        ("โทร ๐๘๑ ๒๓๔ ๕๖๗๘", "โทร [เบอร์โทรศัพท์]"),
        ("โทร +66 81 234 5678", "โทร [เบอร์โทรศัพท์]"),
        ("โทร 043-123456 ต่อ 12", "โทร [เบอร์โทรศัพท์] ต่อ 12"),
        ("บัตร 1-1017-00207-03-0", "บัตร [เลขประจำตัวประชาชน]"),
        ("บัตร ๑๑๐๑๗๐๐๒๐๗๐๓๐", "บัตร [เลขประจำตัวประชาชน]"),
        ("บัตร 1-1017-00207-03-1", "บัตร 1-1017-00207-03-1"),
        ("สัญญาเลขที่ 5512345678", "สัญญาเลขที่ 5512345678"),
        ("รถ กข 1234 ขอนแก่น จอดขวาง", "รถ [ทะเบียนรถ] ขอนแก่น จอดขวาง"),
        ("รถ 1กข-1234", "รถ [ทะเบียนรถ]"),
        ("ทะเบียน ก 12 จอดขวาง", "ทะเบียน [ทะเบียนรถ] จอดขวาง"),
        ("ทะเบียนรถ กขค 123", "ทะเบียนรถ [ทะเบียนรถ]"),
        ("รถเก๋ง กข 12 ชนแล้วหนี", "รถเก๋ง [ทะเบียนรถ] ชนแล้วหนี"),
        ("รถ 3 คัน พบ 2 ราย ปี พบ 2569 นก 12 ตัว", "รถ 3 คัน พบ 2 ราย ปี พบ 2569 นก 12 ตัว"),
        ("ถนนยาว กม 12 กว้าง 5 ม. บ้านเลขที่ 99/12 หมู่ 4", "ถนนยาว กม 12 กว้าง 5 ม. บ้านเลขที่ 99/12 หมู่ 4"),
        ("รอมา 3 ชม 20 นาที วันที่ 12 มี.ค. 2569", "รอมา 3 ชม 20 นาที วันที่ 12 มี.ค. 2569"),
        ("เขียนถึง somchai.j@example.co.th ได้", "เขียนถึง [อีเมล] ได้"),
    ],
)
def test_what_identifies_a_person_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


def test_the_complainants_own_names_are_masked_wherever_they_are() -> None:
    assert mask("ข้าพเจ้าสมชาย ใจดี", own_names=["สมชาย", "ใจดี"]) == "ข้าพเจ้า[ชื่อผู้ร้อง] [ชื่อผู้ร้อง]"
    assert mask("I am Anna", "en", own_names=["anna"]) == "I am [complainant]"


@given(st.text(alphabet="กขคดมโทร. -+0123456789๐๑๒๓@ac()/\n", max_size=200))
def test_a_masked_text_is_not_masked_again(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize("piece", ["0", "0-", "ก1", "a@", "กข ", "1 ", "a.", "(0)"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    mask(piece * (20_000 // len(piece)), own_names=["สมชาย"])
    assert time.process_time() - started < 2
