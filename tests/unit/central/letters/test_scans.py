"""Scans of signed letters: each page goes to the letter of its QR code, and nothing is filed when one has none."""

import io

import pypdfium2
import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from central.cases.attachments import CleanFile, prepare_files
from central.centres.models import Centre, Officer
from central.letters import commands
from central.letters.errors import LetterError
from central.letters.kinds import LetterKind
from central.letters.models import Letter, LetterOffice
from central.letters.pdf import final_pdf
from central.letters.scans import file_scan_of, file_scans
from central.people.roles import Role
from tests.unit.central import sample_files
from tests.unit.central.factories import create_case, create_officer_with

URL = "https://dk.example.go.th"


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    LetterOffice.objects.create(centre=khonkaen, code="ขก 0018", name="ศูนย์ดำรงธรรม", section="กลุ่มงาน")
    return create_officer_with(khonkaen, Role.CASE_OFFICER)


def issued(clerk: Officer, centre: Centre) -> Letter:
    draft = commands.create_draft(clerk, create_case(centre), LetterKind.RECEIPT)
    return commands.issue(clerk, draft, draft.version)


def sheet(pdf: bytes) -> Image.Image:
    """The first page as a scanner sees it: 200 dpi, grey, a little turned."""
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil().convert("L")
    return page.rotate(0.7, fillcolor=245, resample=Image.Resampling.BILINEAR)


def scanned(*sheets: Image.Image) -> list[CleanFile]:
    output = io.BytesIO()
    sheets[0].save(output, "PDF", save_all=True, append_images=sheets[1:], resolution=200)
    return prepare_files([SimpleUploadedFile("scan.pdf", output.getvalue())])


def page_counts(letter: Letter) -> list[int]:
    files = letter.case.attachments.filter(event__kind="letter_signed")
    return [len(pypdfium2.PdfDocument(each.file.open("rb").read())) for each in files]


def test_a_stack_is_parted_by_the_codes_and_a_back_stays_with_its_sheet(khonkaen: Centre, clerk: Officer) -> None:
    first, second = issued(clerk, khonkaen), issued(clerk, khonkaen)
    blank = Image.new("L", (1654, 2339), 255)
    stack = scanned(sheet(final_pdf(first, URL)), blank, sheet(final_pdf(second, URL)))
    assert file_scans(clerk, stack) == [first, second]
    assert (page_counts(first), page_counts(second)) == ([2], [1])
    first.refresh_from_db()
    assert first.signed is not None
    assert first.signed.payload["number"] == first.number


def test_a_page_without_code_or_with_a_foreign_one_files_nothing(
    khonkaen: Centre, phayao: Centre, clerk: Officer
) -> None:
    letter, blank = issued(clerk, khonkaen), Image.new("L", (1654, 2339), 255)
    foreign = blank.copy()
    code = io.BytesIO()
    segno.make("https://example.com/pay").save(code, kind="png", scale=8)
    foreign.paste(Image.open(code).convert("L"), (200, 200))
    good = sheet(final_pdf(letter, URL))
    with pytest.raises(LetterError, match="File 1, page 1 has no readable QR code"):
        file_scans(clerk, scanned(blank, good))
    with pytest.raises(LetterError, match="has a QR code that is not of a letter"):
        file_scans(clerk, scanned(foreign, good))
    other = create_officer_with(phayao, Role.CASE_OFFICER)
    with pytest.raises(LetterError, match="of a letter that is not yours"):
        file_scans(other, scanned(good))
    assert page_counts(letter) == []


def test_the_scan_of_another_letter_is_refused_and_one_without_code_is_taken(khonkaen: Centre, clerk: Officer) -> None:
    letter, other = issued(clerk, khonkaen), issued(clerk, khonkaen)
    with pytest.raises(LetterError, match=f"belongs to another letter \\({other.number}\\)"):
        file_scan_of(clerk, letter, scanned(sheet(final_pdf(other, URL))))
    file_scan_of(clerk, letter, prepare_files([SimpleUploadedFile("a.jpg", sample_files.photo())]))
    assert letter.case.attachments.get().media_type == "image/jpeg"


def test_a_cancelled_letter_gets_no_scan(khonkaen: Centre, clerk: Officer) -> None:
    letter = issued(clerk, khonkaen)
    stack = scanned(sheet(final_pdf(letter, URL)))
    commands.cancel(clerk, letter, "พิมพ์ผิด")
    with pytest.raises(LetterError, match="cancelled"):
        file_scans(clerk, stack)
