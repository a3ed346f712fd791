"""The printable order: its texts, its QR code, its length, and no name in it."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from central.agency_desk import letter
from central.agency_desk.letter import order_letter
from central.agency_desk.link_urls import link_url, valid_link
from central.agency_desk.models import ReferralLink
from central.cases.models import Referral


def letter_of(referral: Referral) -> PdfReader:
    link = valid_link(referral)
    assert link is not None
    return PdfReader(io.BytesIO(order_letter(referral, link, link_url(link))))


def letter_html(referral: Referral) -> str:
    link = ReferralLink.objects.get()
    return letter.letter_html(referral, link, link_url(link)).replace("\u200b", "").replace('<span class="unit">', "")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("lead", "เป็นหน่วยงานหลัก"), ("support", "สนับสนุนหน่วยงานหลัก"), ("copy", "เพื่อโปรดทราบและกำกับดูแล")],
)
def test_the_letter_says_what_is_asked(referral: Referral, kind: str, sentence: str) -> None:
    referral.kind = kind
    html = letter_html(referral).replace("</span>", "")
    assert sentence in html
    assert referral.case.case_number in html
    assert "การไฟฟ้าส่วนภูมิภาค" in html
    assert "สมชาย" not in html
    assert "ไฟฟ้าดับทุกคืน" not in html
    assert ("รับเรื่อง รายงานผล" in html) == (kind != "copy")


def test_one_page_with_the_address_of_the_link(referral: Referral) -> None:
    reader = letter_of(referral)
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text().replace("\n", "")
    assert link_url(ReferralLink.objects.get()) in text
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert all("Sarabun" in font for font in fonts), "no sign fell back to another font"


def test_a_long_order_continues_on_further_pages(referral: Referral) -> None:
    referral.order_text = "\n".join(["ตรวจสอบหม้อแปลงและแจ้งผลให้ศูนย์ทราบ @ # * [1] = _"] * 60)
    assert len(letter_of(referral).pages) > 1


def test_no_file_of_the_server_can_be_named_by_an_order(referral: Referral, tmp_path: Path) -> None:
    referral.order_text = f'<img src="file://{tmp_path}/x.png"><style>@import "file:///etc/passwd"</style>'
    assert "<img src=" not in letter_html(referral).replace('<img src="data:', "")
    assert len(letter_of(referral).pages) == 1
