"""The excerpt of a case in lists covers what names or reaches a person (central/cases/excerpts.py)."""

import time

import pytest

from central.cases.excerpts import COVER, MAX_CHARS, SOURCE_CHARS, cover, excerpt


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("แจ้งนายสมมติ ทดสอบ บุกรุกที่ดิน", "สมมติ ทดสอบ"),
        ("นางสาวตัวอย่าง ใจดี เดือดร้อน", "ตัวอย่าง ใจดี"),
        ("น.ส. ตัวอย่าง ใจดี เดือดร้อน", "ตัวอย่าง"),
        ("ด.ช.ทดลอง เรียนดี ถูกตี", "ทดลอง"),
        ("ส.ต.ต.ทดสอบ เรียกเงิน", "ทดสอบ"),
        ("ติดต่อคุณทดลอง ได้", "ทดลอง"),
        ("โทร 081-234-5678 ตลอดเวลา", "234"),
        ("โทร ๐๘๑ ๒๓๔ ๕๖๗๘", "๒๓๔"),
        ("เลขบัตร 1 2345 67890 12 3", "67890"),
        ("อีเมล somebody@example.com ค่ะ", "example"),
        ("line id: somebody99 ค่ะ", "somebody"),
        ("ดู https://example.com/me", "example"),
        ("Mr. John Smith took it", "Smith"),
    ],
)
def test_people_are_covered(text: str, hidden: str) -> None:
    shown = excerpt(text, "named")
    assert hidden not in shown
    assert COVER in shown


@pytest.mark.parametrize(
    "text",
    ["นายจ้างไม่จ่ายค่าแรง 12 คน", "แจ้งนายอำเภอแล้ว ไม่คืบหน้า", "คุณภาพน้ำแย่มาก ปี 69", "หน้าวัดมีป้ายล้ม", "ถนน 3 สายพัง"],
)
def test_offices_and_small_numbers_stay(text: str) -> None:
    assert excerpt(text, "named") == text


def test_a_long_text_is_cut_and_lines_are_joined() -> None:
    shown = excerpt("ก" * 60 + "\r\n\t " + "ข" * 500, "named")
    assert len(shown) == MAX_CHARS
    assert shown.startswith("ก" * 60 + " ข")
    assert shown.endswith("…")
    assert excerpt("ก" * SOURCE_CHARS + "นายสมมติ", "named").count("สมมติ") == 0


@pytest.mark.parametrize("run", ["ก" * 20_000, "line" + " " * 20_000, "www" * 7_000])
def test_a_long_text_without_spaces_is_covered_in_milliseconds(run: str) -> None:
    started_s = time.process_time()
    cover(run)
    assert time.process_time() - started_s < 0.5  # 10 s when the address of the internet is searched from each sign


@pytest.mark.parametrize("disclosure", ["withheld", "anonymous", "", "newer"])
def test_only_a_disclosed_name_has_an_excerpt(disclosure: str) -> None:
    assert excerpt("ถนนพัง", disclosure) == ""
