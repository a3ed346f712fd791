"""Layouts of rows: lists of numbers, a ruled table, a dotted form in type or by hand, a letter under stamps."""

import numpy as np

from tests.ocr_pages.drawings import draw_signature, draw_stamp
from tests.ocr_pages.handwriting import draw_words
from tests.ocr_pages.layouts.letters import set_complaint, set_official_letter
from tests.ocr_pages.sheet import Sheet
from tests.ocr_pages.texts.source import TextWriter

STAMP_COLOURS = ((190, 40, 50), (60, 70, 170), (120, 40, 130))
PEN_COLOURS = ((25, 35, 140), (30, 30, 40), (20, 60, 160))
_NUMBER_ROWS = (
    "วันที่ {date} เวลา {time} ถึง {time}",
    "โทรศัพท์ {phone} โทรสาร {hyphen_phone}",
    "เลขประจำตัว {citizen_id}",
    "หนังสือที่ {reference} ลงวันที่ {short_date}",
    "จำนวน {count} ราย เป็นเงิน {price} บาท",
    "บ้านเลขที่ {house} หมู่ {moo} ทะเบียนรถ {plate}",
    "คิดเป็น{percent} ของ {count} ไร่ หรือ {decimal} ตร.กม.",
    "งบประมาณปี {year} วงเงิน {amount} งวดที่ {small}",
    "ตาม{section} วรรค {small} แห่ง พ.ศ. {year}",
    "เมื่อ {slash_date} ครั้งที่ {small}/{year} รวม {count} คน",
)
_TABLE_WIDTHS = {4: (0.12, 0.46, 0.2, 0.22), 5: (0.11, 0.33, 0.18, 0.2, 0.18)}
_TABLE_SCALE = 0.88
_PADDING_MM = 1.4
_NUMBER_CELLS = ("{decimal}", "{price}", "{slash_date}")


def set_numbers(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """Short lines full of numbers in Thai and Arabic digits."""
    sheet.add_centred(writer.write(writer.source.subjects), sheet.font(is_bold=True, scale=1.15))
    sheet.skip(0.5)
    rows = int(chance.integers(16, 26))
    for number in range(1, rows + 1):
        if not sheet.has_room(1):
            break
        sheet.new_paragraph()
        sheet.add_row([(sheet.left, f"{writer.fill(str(number))}. {writer.write(_NUMBER_ROWS)}")])


def set_table(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A sentence, a ruled table read row by row, and a sum."""
    sheet.left = sheet.pixels(20)
    sheet.add_centred(writer.fill(writer.source.table_title), sheet.font(is_bold=True, scale=1.1))
    sheet.skip(0.5)
    sheet.add_paragraph(writer.write(writer.source.paragraphs))
    sheet.skip(0.6)
    heading = writer.source.table_heading
    shares = np.cumsum((0, *_TABLE_WIDTHS[len(heading)]))
    edges = [sheet.left + (sheet.right - sheet.left) * float(share) for share in shares]
    rows = [list(heading)]
    for number in range(1, int(chance.integers(8, 16))):
        numbers = [writer.fill(cell) for cell in _NUMBER_CELLS[: len(heading) - 2]]
        rows.append([writer.fill(str(number)), writer.write(writer.source.table_items), *numbers])
    scale = _fitting_scale(sheet, edges, rows)
    sheet.add_rule((edges[0], sheet.y), (edges[-1], sheet.y))
    top = sheet.y
    for index, row in enumerate(rows):
        if sheet.has_room(3):
            _add_table_row(sheet, edges, row, scale, is_heading=index == 0)
    for edge in edges:
        sheet.add_rule((edge, top), (edge, sheet.y))
    sheet.skip(0.5)
    sheet.new_paragraph()
    if sheet.has_room(1):
        sheet.add_row([(edges[1], writer.fill("รวมทั้งสิ้น {price} บาท"))], sheet.font(is_bold=True))


def _fitting_scale(sheet: Sheet, edges: list[float], rows: list[list[str]]) -> float:
    """The largest size, at most that of a usual table, at which every cell fits between its rules."""
    font = sheet.font(is_bold=True, scale=_TABLE_SCALE)
    padding = 2 * sheet.pixels(_PADDING_MM)
    widest = max(
        font.getlength(cell, language="th") / (edges[index + 1] - edges[index] - padding)
        for row in rows
        for index, cell in enumerate(row)
    )
    return _TABLE_SCALE / max(1.0, widest)


def _add_table_row(sheet: Sheet, edges: list[float], cells: list[str], scale: float, *, is_heading: bool) -> None:
    padding = sheet.pixels(_PADDING_MM)
    font = sheet.font(is_bold=is_heading, scale=scale)
    sheet.new_paragraph()
    sheet.y += padding / 2
    parts = []
    for index, cell in enumerate(cells):
        spare = edges[index + 1] - edges[index] - 2 * padding - font.getlength(cell, language="th")
        is_name = index == 1 and not is_heading
        parts.append((edges[index] + padding + (0 if is_name else spare / 2), cell))
    sheet.add_row(parts, font)
    sheet.y += padding / 2
    sheet.add_rule((edges[0], sheet.y), (edges[-1], sheet.y))


def set_form(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A printed form whose dotted blanks are filled in by a typewriter, then a reason and a signature."""
    _add_form_head(sheet, writer)
    for row in _form_rows(writer, chance):
        sheet.new_paragraph()
        top, words = sheet.y, writer.fill(row)
        box = sheet.add_row([(sheet.left, words)])
        font = sheet.font()
        baseline = top + font.getmetrics()[0] + (sheet.line_height(font) - sum(font.getmetrics())) / 2
        label = font.getlength(row.split("{", maxsplit=1)[0], language="th")
        sheet.add_leader(sheet.left + label, max(box[2], sheet.right), baseline + 4)
        sheet.skip(0.15)
    sheet.skip(0.4)
    sheet.add_paragraph(writer.write(writer.source.paragraphs))
    sheet.skip(1)
    sheet.new_paragraph()
    sheet.add_row([(sheet.left + sheet.pixels(70), writer.fill("ลงชื่อ {person} ผู้ยื่น"))])


def set_form_by_hand(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A printed form whose blanks are filled in by hand: the truth has the printed labels only."""
    _add_form_head(sheet, writer)
    pen = PEN_COLOURS[int(chance.integers(len(PEN_COLOURS)))]
    font = sheet.font()
    for row in _form_rows(writer, chance):
        sheet.new_paragraph()
        label = row.split("{", maxsplit=1)[0].strip()
        top = sheet.y
        box = sheet.add_row([(sheet.left, label)])
        start = box[2] + sheet.pixels(2)
        baseline = top + font.getmetrics()[0] + (sheet.line_height(font) - sum(font.getmetrics())) / 2
        sheet.add_leader(start, sheet.right, baseline + 4)
        height = sheet.pixels(float(chance.uniform(3.2, 4.4)))
        room = (sheet.right - start) * float(chance.uniform(0.45, 0.9))
        words = draw_words(round(room), height, chance)
        sheet.add_handwriting(words, (start, baseline - words.height * 0.72), pen)
        sheet.skip(0.35)
    sheet.skip(0.3)
    sheet.add_paragraph(writer.write(writer.source.paragraphs))
    sheet.skip(0.5)
    for _ in range(int(chance.integers(2, 5))):
        if sheet.has_room(2):
            sheet.new_paragraph()
            words = draw_words(round(sheet.right - sheet.left), sheet.pixels(4), chance)
            sheet.add_handwriting(words, (sheet.left, sheet.y), pen)
            sheet.y += words.height * 1.02


def set_stamped_letter(sheet: Sheet, writer: TextWriter, chance: np.random.Generator) -> None:
    """A letter with stamps and a signature over its text."""
    (set_official_letter if chance.random() < 0.5 else set_complaint)(sheet, writer, chance)
    width, height = sheet.black.size
    stamps = int(chance.integers(2, 4))
    for index in range(stamps):
        text = writer.write(writer.source.stamps)
        stamp = draw_stamp(text, sheet.style.typeface, round(sheet.pixels(float(chance.uniform(9, 15)))), chance)
        place = (index + float(chance.uniform(0, 0.5))) / stamps  # one below the other, so that none hides another
        at = (width * float(chance.uniform(0.12, 0.55)), height * (0.1 + 0.55 * place))
        sheet.marks.append(text)
        sheet.add_colour(stamp, at, STAMP_COLOURS[int(chance.integers(len(STAMP_COLOURS)))])
    signature = draw_signature(round(sheet.pixels(48)), round(sheet.pixels(18)), chance)
    below = max(line.box[3] for line in sheet.lines)
    at = (sheet.left + sheet.pixels(75), min(below - sheet.pixels(30), height - sheet.pixels(40)))
    sheet.add_colour(signature, at, PEN_COLOURS[int(chance.integers(len(PEN_COLOURS)))])


def _add_form_head(sheet: Sheet, writer: TextWriter) -> None:
    sheet.add_centred(writer.fill(writer.source.form_title), sheet.font(is_bold=True, scale=1.25))
    sheet.skip(0.8)


def _form_rows(writer: TextWriter, chance: np.random.Generator) -> list[str]:
    rows = list(writer.source.form_rows)
    return rows if chance.random() < 0.5 else [rows[int(index)] for index in chance.permutation(len(rows))]
