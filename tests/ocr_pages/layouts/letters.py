"""Layouts of running text: memorandum, official letter, complaint, its second page, two columns, Thai with English."""

import numpy as np

from tests.ocr_pages.drawings import draw_emblem
from tests.ocr_pages.sheet import Sheet
from tests.ocr_pages.texts.source import TextWriter

_TAB = " " * 2
_ADDRESS = ("เขียนที่ บ้านเลขที่ {house} หมู่ {moo}", "ตำบล{subdistrict} อำเภอ{district}", "วันที่ {date}")


def set_memo(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """An internal memorandum: emblem left, the title beside it, dotted headings, numbered paragraphs, signature."""
    size = sheet.pixels(15)
    sheet.add_drawing(draw_emblem(round(size), chance), (sheet.left, sheet.y))
    sheet.y += size - sheet.line_height(sheet.font(scale=1.7)) * 0.9
    sheet.add_centred("บันทึกข้อความ", sheet.font(is_bold=True, scale=1.7))
    sheet.skip(0.3)
    _add_heading(sheet, [(0, "ส่วนราชการ"), (32, writer.fill("{office}"))])
    middle = 85
    _add_heading(
        sheet, [(0, "ที่"), (10, writer.fill("{reference}")), (middle, "วันที่"), (middle + 16, writer.fill("{date}"))]
    )
    _add_heading(sheet, [(0, "เรื่อง"), (16, writer.write(writer.source.subjects))])
    sheet.new_paragraph()
    sheet.skip(0.3)
    sheet.add_row([(sheet.left, f"เรียน{_TAB}{writer.write(writer.source.recipients)}")])
    sheet.skip(0.3)
    _add_body(sheet, writer, chance, kept_lines=6)
    _add_signature(sheet, writer)


def set_official_letter(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A letter to somebody outside: emblem in the middle, reference and office in one row, subject, body, signature."""
    size = sheet.pixels(27)
    sheet.add_drawing(draw_emblem(round(size), chance), ((sheet.left + sheet.right - size) / 2, sheet.y))
    sheet.y += size
    right = sheet.left + sheet.pixels(92)
    office = writer.fill("{office}")
    right = min(right, sheet.right - sheet.font().getlength(office, language="th"))
    sheet.add_row([(sheet.left, writer.fill("ที่ {reference}")), (right, office)])
    sheet.add_row([(right, writer.fill("อำเภอ{district} จังหวัด{province}"))])
    sheet.skip(0.4)
    sheet.new_paragraph()
    sheet.add_row([((sheet.left + sheet.right) / 2, writer.fill("{date}"))])
    sheet.skip(0.4)
    for label, text in (
        ("เรื่อง", writer.write(writer.source.subjects)),
        ("เรียน", writer.write(writer.source.recipients)),
        ("อ้างถึง", writer.fill("หนังสือที่ {reference} ลงวันที่ {date}")),
        ("สิ่งที่ส่งมาด้วย", writer.fill("สำเนาเอกสาร จำนวน {small} แผ่น")),
    ):
        sheet.new_paragraph()
        sheet.add_row([(sheet.left, f"{label}{_TAB}{text}")])
    sheet.skip(0.4)
    _add_body(sheet, writer, chance, kept_lines=7)
    _add_signature(sheet, writer)
    sheet.new_paragraph()
    if sheet.has_room(1):
        sheet.add_row([(sheet.left, writer.fill("โทร. {hyphen_phone} ต่อ {small}"))], sheet.font(scale=0.9))


def set_complaint(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A citizen's typed letter: place and date at the right, salutation, paragraphs, numbered requests, name."""
    right = sheet.left + sheet.pixels(85)
    address = [writer.fill(line) for line in _ADDRESS]
    right = min(right, sheet.right - max(sheet.font().getlength(line, language="th") for line in address))
    for line in address:
        sheet.add_row([(right, line)])
    sheet.skip(0.5)
    for label, texts in (("เรื่อง", writer.source.subjects), ("เรียน", writer.source.recipients)):
        sheet.new_paragraph()
        sheet.add_row([(sheet.left, f"{label}{_TAB}{writer.write(texts)}")])
    sheet.skip(0.4)
    _add_body(sheet, writer, chance, kept_lines=5)
    _add_signature(sheet, writer)


def set_second_page(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """The continuation of a letter: its page number at the top, text to the bottom, the catchword of the next page."""
    number = writer.fill(f"- {int(chance.integers(2, 9))} -")
    sheet.add_centred(number)
    sheet.skip(1)
    _add_body(sheet, writer, chance, kept_lines=2, paragraphs=12)
    sheet.new_paragraph()
    sheet.add_row([(sheet.right - sheet.pixels(45), writer.fill("/{small}. ในการนี้ ..."))])


def set_two_columns(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A bulletin: a title over both columns, then the left one, then the right one."""
    sheet.left, sheet.right = sheet.pixels(18), sheet.black.width - sheet.pixels(18)
    sheet.add_centred(writer.write(writer.source.subjects), sheet.font(is_bold=True, scale=1.3))
    sheet.skip(0.7)
    gap = sheet.pixels(float(chance.uniform(8, 13)))
    width = (sheet.right - sheet.left - gap) / 2
    top = sheet.y
    bottom = min(sheet.bottom, top + sheet.pixels(float(chance.uniform(120, 215))))
    sheet.bottom = bottom
    for column in range(2):
        sheet.y = top
        left = sheet.left + column * (width + gap)
        while sheet.has_room(2):
            sheet.add_paragraph(writer.write(writer.source.paragraphs), indent_mm=8, left=left, right=left + width)
    if chance.random() < 0.5:
        middle = sheet.left + width + gap / 2
        sheet.add_rule((middle, top), (middle, bottom))


def set_bilingual(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A letter in Thai with English words, sentences and addresses."""
    sheet.add_row([(sheet.left, f"Subject:{_TAB}{writer.write(writer.source.english)}")])
    sheet.new_paragraph()
    sheet.add_row([(sheet.left, f"เรื่อง{_TAB}{writer.write(writer.source.subjects)}")])
    sheet.skip(0.5)
    while sheet.has_room(6):
        sheet.add_paragraph(writer.write(writer.source.paragraphs))
        first, second = writer.write(writer.source.english), writer.write(writer.source.english)
        if chance.random() < 0.5:
            sheet.add_paragraph(f"{first} {second}")
        else:
            sheet.add_paragraph(f"หมายเหตุ {writer.fill('({term} / {term})')} {first}")
    sheet.new_paragraph()
    sheet.add_row([(sheet.left, writer.fill("E-mail: office@example.go.th Tel. {hyphen_phone}"))])


def _add_heading(sheet: Sheet, parts: list[tuple[float, str]]) -> None:
    """A row of a memorandum's head: labels in bold at millimetres from the margin, values over dots."""
    sheet.new_paragraph()
    top = sheet.y
    label_font, font = sheet.font(is_bold=True), sheet.font()
    baseline = top + font.getmetrics()[0] + (sheet.line_height(font) - sum(font.getmetrics())) / 2
    gap = sheet.pixels(3)
    placed: list[tuple[float, str]] = []
    for index, (mm, text) in enumerate(parts):
        x = sheet.left + sheet.pixels(mm)
        if index:
            before, word = placed[-1]
            x = max(x, before + (font if index % 2 == 0 else label_font).getlength(word, language="th") + gap)
        placed.append((x, text))
    ends = [*(x for x, _ in placed[2::2]), sheet.right]
    for (x, _), end in zip(placed[1::2], ends, strict=True):
        sheet.add_leader(x, end - sheet.pixels(2), baseline + 3)
    for index, part in enumerate(placed):
        sheet.add_row([part], font if index % 2 else label_font, is_tall=False)
    sheet.join_row(len(placed))
    sheet.y = top + sheet.line_height(font)


def _add_body(
    sheet: Sheet, writer: TextWriter, chance: np.random.Generator, *, kept_lines: float, paragraphs: int = 0
) -> None:
    """Paragraphs and numbered points until `kept_lines` remain, then the closing sentence. Without `paragraphs`, their
    number is chosen."""
    for index in range(paragraphs or int(chance.integers(4, 11))):
        if not sheet.has_room(kept_lines + 4):
            break
        sheet.add_paragraph(writer.write(writer.source.paragraphs))
        if index == 1:
            for number in range(1, int(chance.integers(2, 5))):
                if sheet.has_room(kept_lines + 2):
                    sheet.add_paragraph(f"{writer.fill(str(number))}. {writer.write(writer.source.points)}")
    sheet.skip(0.3)
    if sheet.has_room(kept_lines + 1):
        sheet.add_paragraph(writer.write(writer.source.closings))


def _add_signature(sheet: Sheet, writer: TextWriter) -> None:
    """Respectful ending, name in brackets and position, centred in the right half."""
    if not sheet.has_room(4.5):
        return
    middle = sheet.left + (sheet.right - sheet.left) * 0.68
    sheet.skip(0.4)
    sheet.new_paragraph()
    sheet.add_centred("ขอแสดงความนับถือ", x=middle)
    sheet.skip(1.3)
    sheet.add_centred(writer.fill("({person})"), x=middle)
    sheet.add_centred(writer.fill("{position}"), x=middle)
