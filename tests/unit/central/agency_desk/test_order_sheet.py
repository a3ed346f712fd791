"""The letter that takes an order and its link to an agency: its texts, its QR code, its length, and no name in it."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from central.agency_desk.link_urls import answer_link, link_url
from central.agency_desk.models import ReferralLink
from central.cases.models import Case, Complainant, Referral
from central.letters import commands, order_sheet
from central.letters.kinds import LetterKind
from central.letters.models import LetterOffice
from central.letters.page import AnswerLink, LetterPage
from central.letters.pdf import letter_html
from central.letters.templates import save_version
from central.letters.texts import LetterText
from central.people.roles import Role
from tests.unit.central.factories import create_officer_with

SERVICE = "https://desk.example.go.th"


def page_of(referral: Referral, monkeypatch: pytest.MonkeyPatch) -> LetterPage:
    """What is drawn."""
    pages: list[LetterPage] = []

    def draw(page: LetterPage) -> bytes:
        pages.append(page)
        return b""

    with monkeypatch.context() as patched:
        patched.setattr(order_sheet, "letter_pdf", draw)
        order_sheet.order_sheet(referral, link(), SERVICE)
    return pages[0]


def link() -> AnswerLink:
    link = ReferralLink.objects.get()
    return answer_link(link, link_url(link))


def drawn(referral: Referral) -> PdfReader:
    return PdfReader(io.BytesIO(order_sheet.order_sheet(referral, link(), SERVICE)))


def shown(page: LetterPage) -> str:
    html = letter_html(page).replace("\u200b", "").replace('<span class="unit">', "").replace("</span>", "")
    return html.split("<body>")[1]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("lead", "เป็นหน่วยงานหลัก"), ("support", "สนับสนุนหน่วยงานหลัก"), ("copy", "เพื่อโปรดทราบและกำกับดูแล")],
)
def test_the_letter_says_what_is_asked(
    referral: Referral, kind: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Referral.objects.update(kind=kind)
    referral.refresh_from_db()
    html = shown(page_of(referral, monkeypatch))
    assert sentence in html
    assert referral.case.case_number in html
    assert "การไฟฟ้าส่วนภูมิภาค" in html
    assert "ตรวจสอบหม้อแปลง" in html
    assert "สมชาย" not in html
    assert "ไฟฟ้าดับทุกคืน" not in html
    assert ("รับเรื่อง รายงานผล" in html) == (kind != "copy")
    assert "………" not in html and 'class="draft"' not in html


def test_without_order_and_date_no_gap_is_left(referral: Referral, monkeypatch: pytest.MonkeyPatch) -> None:
    Case.objects.update(due=None)
    Referral.objects.update(order_text="", due=None)
    referral = Referral.objects.select_related("case__centre", "agency").get()
    body = page_of(referral, monkeypatch).text.body
    assert "………" not in body
    assert body.splitlines()[1:] == ["ในการนี้ จึงขอให้ดำเนินการเป็นหน่วยงานหลัก", "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการ"]


def test_it_has_the_words_of_the_template_and_the_number_of_the_issued_letter(
    referral: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = referral.case.centre
    LetterOffice.objects.create(centre=centre, code="ขก 0018", name="ศูนย์ดำรงธรรม", uses_thai_digits=False)
    clerk, director = create_officer_with(centre, Role.INTAKE), create_officer_with(centre, Role.DIRECTOR)
    save_version(director, centre, LetterKind.ORDER, LetterText("เรื่อง {case}", "{agency}", "คำของศูนย์เรา {order}"))
    before = page_of(referral, monkeypatch)
    assert (before.text.body, before.number, before.code_url) == ("คำของศูนย์เรา ตรวจสอบหม้อแปลงที่หมู่ 5", "ขก 0018/", "")
    draft = commands.create_draft(clerk, referral.case, LetterKind.ORDER, referral)
    assert page_of(referral, monkeypatch).number == "ขก 0018/", "a draft is not sent"
    commands.issue(clerk, draft, draft.version)
    after = page_of(referral, monkeypatch)
    assert (after.number, after.code_url) == ("ขก 0018/1", f"{SERVICE}/desk/l/{draft.token}")
    assert after.answer is not None


def test_a_withheld_name_in_the_order_is_covered(referral: Referral, monkeypatch: pytest.MonkeyPatch) -> None:
    Case.objects.update(name_disclosure="withheld")
    Complainant.objects.update(first_name="สมชาย", last_name="ใจดี")
    Referral.objects.update(order_text="ไปพบนายสมชาย ใจดี ที่บ้าน")
    referral = Referral.objects.select_related("case__centre", "agency").get()
    body = page_of(referral, monkeypatch).text.body
    assert "สมชาย" not in body and "ผู้ร้อง" in body


def test_one_page_with_the_address_of_the_link(referral: Referral) -> None:
    reader = drawn(referral)
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text().replace("\n", "")
    assert link_url(ReferralLink.objects.get()) in text
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert all("Sarabun" in font for font in fonts), "no sign fell back to another font"


def test_a_long_order_continues_on_further_pages(referral: Referral) -> None:
    referral.order_text = "\n".join(["ตรวจสอบหม้อแปลงและแจ้งผลให้ศูนย์ทราบ @ # * [1] = _"] * 60)
    assert len(drawn(referral).pages) > 1


def test_no_file_of_the_server_can_be_named_by_an_order(
    referral: Referral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral.order_text = f'<img src="file://{tmp_path}/x.png"><style>@import "file:///etc/passwd"</style>'
    assert "<img src=" not in shown(page_of(referral, monkeypatch)).replace('<img src="data:', "")
    assert len(drawn(referral).pages) == 1
