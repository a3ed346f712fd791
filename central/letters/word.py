"""A letter as a Word file, which the office can edit before it is signed (decision 0153)."""

from io import BytesIO

import segno
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from central.letters.kinds import Layout
from central.letters.page import LetterPage, lines

_FONT = "TH Sarabun New"  # Word falls back where it is not installed
_BODY_PT, _LABEL_PT, _TITLE_PT = 16, 20, 29  # of the rules on correspondence
_INDENT, _OFFICE_TAB, _DATE_INDENT = Cm(2.5), Cm(8.5), Cm(7.5)
_BLANK = "......................................................"


def letter_word(page: LetterPage) -> bytes:
    """The .docx file."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin, section.bottom_margin = Cm(1.5), Cm(2)
    _emblem(document, page)
    match page.layout:
        case Layout.MEMO:
            _memo_head(document, page)
        case Layout.EXTERNAL:
            _external_head(document, page)
        case _:
            _line(document, [(f"ที่ {page.number}", False)])
            _line(document, [(f"ถึง  {page.text.addressee}", False)], before=12)
    _list(document, "อ้างถึง", page.text.reference)
    _list(document, "สิ่งที่ส่งมาด้วย", page.text.enclosures)
    for text in page.paragraphs:
        _line(document, [(text, False)], before=6).paragraph_format.first_line_indent = _INDENT
    if page.layout is Layout.STAMPED:
        _centred(document, [page.office.name, "", "(ตราชื่อส่วนราชการ)", "", page.dated or page.month])
    else:
        position = page.signer_position or f"ตำแหน่ง {_BLANK}"
        _centred(document, [page.text.closing, "", "", f"({page.signer_name or _BLANK})", position])
    if page.layout is not Layout.MEMO:
        contact = [page.office.section, f"โทร. {page.office.phone}" if page.office.phone else "", page.office.email]
        for index, text in enumerate(filter(None, contact)):
            _line(document, [(text, False)], before=0 if index else 18)
    _code(document, page)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _emblem(document: DocumentObject, page: LetterPage) -> None:
    is_memo = page.layout is Layout.MEMO
    height = Cm(1.5) if is_memo else Cm(3)
    paragraph = _line(document, [])
    if not is_memo:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if picture := bytes(page.office.emblem):
        paragraph.add_run().add_picture(BytesIO(picture), height=height)
    elif not is_memo:
        paragraph.paragraph_format.space_after = height  # a clean place for it


def _memo_head(document: DocumentObject, page: LetterPage) -> None:
    _line(document, [("บันทึกข้อความ", True)], size=_TITLE_PT).alignment = WD_ALIGN_PARAGRAPH.CENTER
    phone = f" โทร. {page.office.phone}" if page.office.phone else ""
    _labelled(document, "ส่วนราชการ", f"{page.office.section}{phone}")
    paragraph = _labelled(document, "ที่", f"{page.number}\t")
    paragraph.paragraph_format.tab_stops.add_tab_stop(_OFFICE_TAB)
    _style(paragraph.add_run("วันที่  "), _LABEL_PT, is_bold=True)
    _style(paragraph.add_run(page.dated or page.month), _BODY_PT, is_bold=False)
    _labelled(document, "เรื่อง", page.text.subject)
    _line(document, [(f"เรียน  {page.text.addressee}", False)], before=6)


def _external_head(document: DocumentObject, page: LetterPage) -> None:
    for left, right in ((f"ที่ {page.number}", page.office.name), ("", page.office.address)):
        if left or right:
            _line(document, [(f"{left}\t{right}", False)]).paragraph_format.tab_stops.add_tab_stop(_OFFICE_TAB)
    _line(document, [(page.dated or page.month, False)], before=6).paragraph_format.left_indent = _DATE_INDENT
    _line(document, [(f"เรื่อง  {page.text.subject}", False)], before=6)
    _line(document, [(f"เรียน  {page.text.addressee}", False)], before=6)


def _labelled(document: DocumentObject, label: str, text: str) -> Paragraph:
    paragraph = _line(document, [(f"{label}  ", True)], size=_LABEL_PT)
    _style(paragraph.add_run(text), _BODY_PT, is_bold=False)
    return paragraph


def _list(document: DocumentObject, label: str, text: str) -> None:
    entries = lines(text)
    for index, entry in enumerate(entries):
        number = f"{index + 1}. " if len(entries) > 1 else ""
        paragraph = _line(
            document, [(f"{label if index == 0 else ''}\t{number}{entry}", False)], before=6 if index == 0 else 0
        )
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(3))


def _centred(document: DocumentObject, texts: list[str]) -> None:
    for index, text in enumerate(texts):
        paragraph = _line(document, [(text, False)], before=0 if index else 12)
        paragraph.paragraph_format.left_indent = _DATE_INDENT
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = index < len(texts) - 1


def _code(document: DocumentObject, page: LetterPage) -> None:
    """The QR code in the foot of every page, for the filing of the signed scan."""
    if not page.code_url:
        return
    picture = BytesIO()
    segno.make(page.code_url, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.add_run().add_picture(picture, width=Cm(1.7))


def _line(
    document: DocumentObject, parts: list[tuple[str, bool]], *, size: int = _BODY_PT, before: int = 0
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(0)
    for text, is_bold in parts:
        _style(paragraph.add_run(text), size, is_bold=is_bold)
    return paragraph


def _style(run: Run, size: int, *, is_bold: bool) -> None:
    """Font and size. Thai letters are of the complex scripts, which have settings of their own in Word, in a fixed
    order of elements."""
    run.font.name, run.font.size, run.bold, run.font.cs_bold = _FONT, Pt(size), is_bold, is_bold
    properties = run._element.get_or_add_rPr()
    fonts, plain_size = properties.find(qn("w:rFonts")), properties.find(qn("w:sz"))
    if fonts is not None and plain_size is not None:
        fonts.set(qn("w:cs"), _FONT)
        plain_size.addnext(properties.makeelement(qn("w:szCs"), {qn("w:val"): str(2 * size)}))
    properties.append(properties.makeelement(qn("w:lang"), {qn("w:bidi"): "th-TH"}))
