"""The memorandum as a Word file, which the office can edit before it is signed."""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from central.insight.memo import Memo, MemoTable

_FONT = "TH Sarabun New"  # the font of official letters; Word falls back where it is not installed
_BODY_PT, _HEADING_PT, _TITLE_PT = 16, 16, 24
_INDENT = Cm(2.5)


def memo_word(memo: Memo) -> bytes:
    """The .docx file."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2)
    title = _line(document, [("บันทึกข้อความ", True)], size=_TITLE_PT)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, [("ส่วนราชการ  ", True), (memo.office, False)])
    _line(
        document,
        [("ที่  ", True), ("....................................    ", False), ("วันที่  ", True), (memo.day, False)],
    )
    _line(document, [("เรื่อง  ", True), (memo.subject, False)])
    _line(document, [("เรียน  ", True), (memo.addressee, False)])
    _body(document, f"{memo.office} ขอรายงานผลการดำเนินงาน ดังนี้")
    _body(document, memo.facts)
    _body(document, memo.definition)
    for table in memo.tables:
        _table(document, table)
    if memo.hidden_note:
        _line(document, [(memo.hidden_note, False)])
    _body(document, "จึงเรียนมาเพื่อโปรดทราบ")
    for text in (
        "",
        "(......................................................)",
        "ตำแหน่ง ....................................................",
    ):
        _line(document, [(text, False)]).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _line(document: DocumentObject, parts: list[tuple[str, bool]], *, size: int = _BODY_PT) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    for text, is_bold in parts:
        _style(paragraph.add_run(text), size, is_bold=is_bold)
    return paragraph


def _body(document: DocumentObject, text: str) -> None:
    paragraph = _line(document, [(text, False)])
    paragraph.paragraph_format.first_line_indent = _INDENT
    paragraph.paragraph_format.space_before = Pt(6)


def _table(document: DocumentObject, table: MemoTable) -> None:
    heading = _line(document, [(table.title, True)], size=_HEADING_PT)
    heading.paragraph_format.space_before = Pt(8)
    heading.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=0, cols=1 + len(table.columns), style="Table Grid")
    for number, texts in enumerate((("", *table.columns), *table.rows)):
        for index, (cell, text) in enumerate(zip(grid.add_row().cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if index:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _style(paragraph.add_run(text), 14, is_bold=number == 0)
    if table.note:
        _line(document, [(table.note, False)], size=14)


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
