"""The survey's report as tables, and the tables as CSV and XLSX."""

from collections.abc import Callable, Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

from central.csv_files import write_rows
from central.insight.survey_groups import GroupFigures
from central.insight.survey_report import QuestionFigures, SurveyReport
from central.insight.tables import Column, Figure, Row, Table
from central.surveys.statistics import Estimate
from protocol.bilingual_text import BilingualText
from protocol.rating import SCALE_LABELS

_ERAS_APART = 543
_COUNT = Column("count", BilingualText("จำนวนคำตอบ", "Answers"))
_MEAN = Column("mean", BilingualText("ค่าเฉลี่ย", "Mean"))
_LOW = Column("low", BilingualText("ช่วงเชื่อมั่น ต่ำสุด", "Interval, low"))
_HIGH = Column("high", BilingualText("ช่วงเชื่อมั่น สูงสุด", "Interval, high"))
_SHARE = Column("share", BilingualText("สัดส่วน", "Share"))
_SATISFACTION = Column("satisfaction", BilingualText("ความพึงพอใจ (1–5)", "Satisfaction (1–5)"))
_TRUST = Column("trust", BilingualText("ดัชนีความเชื่อมั่น (0–100)", "Index of trust (0–100)"))
_LOW_SATISFACTION = Column("satisfaction_low", BilingualText("ช่วงเชื่อมั่น ต่ำสุด", "Interval, low"))
_HIGH_SATISFACTION = Column("satisfaction_high", BilingualText("สูงสุด", "High"))
_LOW_TRUST = Column("trust_low", BilingualText("ช่วงเชื่อมั่น ต่ำสุด", "Interval, low"))
_HIGH_TRUST = Column("trust_high", BilingualText("สูงสุด", "High"))
_GROUP_COLUMNS = (
    _COUNT, _SATISFACTION, _LOW_SATISFACTION, _HIGH_SATISFACTION, _TRUST, _LOW_TRUST, _HIGH_TRUST
)  # fmt: skip
_T_NOTE = BilingualText(
    "ช่วงความเชื่อมั่น 95 % ของค่าเฉลี่ยตามการแจกแจง t · ค่าที่มีผู้ตอบน้อยกว่า 5 คนถูกปกปิด (*)",
    "95 % confidence intervals of means by the t distribution. Values of fewer than 5 answers are hidden (*).",
)
_WILSON_NOTE = BilingualText(
    "ช่วงความเชื่อมั่น 95 % ของสัดส่วนตามวิธี Wilson", "95 % confidence intervals of shares by the method of Wilson."
)
_GROUP_NOTE = BilingualText(
    "ดัชนีความเชื่อมั่น = (ค่าเฉลี่ยของข้อที่ถามความเชื่อมั่น − 1) × 25 · ค่าที่มีผู้ตอบน้อยกว่า 5 คน และค่าอื่นที่ใช้คำนวณกลับได้ ถูกปกปิด (*)",
    "Index of trust = (mean of the questions about trust − 1) × 25. Values of fewer than 5 answers, and others from "
    "which they could be calculated, are hidden (*).",
)
HIDDEN = Figure(None, is_hidden=True)


def survey_tables(report: SurveyReport) -> list[Table]:
    """Means by question, the distribution of each question, years, months or quarters, and centres."""
    scales = [each for each in report.questions if each.question.kind == "scale"]
    means = Table(
        "means",
        BilingualText("ค่าเฉลี่ยรายข้อ", "Means by question"),
        (_COUNT, _MEAN, _LOW, _HIGH),
        tuple(_mean_row(each) for each in scales),
        note=_T_NOTE,
    )
    tables = [means, *(_distribution(each) for each in report.questions if not each.is_hidden)]
    years = tuple(
        _group_row(group, BilingualText(str(int(group.code) + _ERAS_APART), group.code)) for group in report.years
    )
    tables.append(Table("years", BilingualText("เทียบรายปี", "Years"), _GROUP_COLUMNS, years, note=_GROUP_NOTE))
    periods = tuple(_group_row(group, period.name) for period, group in report.series.periods)
    title = BilingualText("เทียบรายเดือน", "Months")
    if any(period.code.startswith("fy") for period, _ in report.series.periods):
        title = BilingualText("เทียบรายไตรมาส", "Quarters")
    if periods:
        tables.append(Table("periods", title, _GROUP_COLUMNS, periods, note=_GROUP_NOTE))
    if report.centres:
        rows = tuple(_group_row(group, BilingualText(place.name_th, place.name_en)) for place, group in report.centres)
        title = BilingualText("เทียบศูนย์ในสังกัด", "Centres below")
        tables.append(Table("centres", title, _GROUP_COLUMNS, rows, note=_GROUP_NOTE))
    return tables


def survey_csv(report: SurveyReport, language: str) -> bytes:
    """One value per row, in UTF-8 with byte order mark."""
    head = ("centre", "year", "table", "table_name", "row", "row_name", "column", "value", "hidden")
    rows = [
        [
            report.centre.slug,
            str(report.year),
            table.code,
            table.title.in_language(language),
            row.code,
            row.name.in_language(language),
            column.code,
            "" if figure.number is None else str(figure.number),
            "hidden" if figure.is_hidden else "",
        ]
        for table in survey_tables(report)
        for row in table.rows
        for column, figure in zip(table.columns, row.figures, strict=True)
    ]
    return write_rows(head, rows)


def survey_xlsx(report: SurveyReport, language: str) -> bytes:
    """Every table on one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = {"th": "แบบสำรวจ"}.get(language, "Survey")
    for table in survey_tables(report):
        sheet.append([_plain(table.title.in_language(language))])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        sheet.append(["", *(column.name.in_language(language) for column in table.columns)])
        for row in table.rows:
            cells = ["*" if figure.is_hidden else figure.number for figure in row.figures]
            sheet.append([_plain(row.name.in_language(language)), *cells])
        if table.note:
            sheet.append([table.note.in_language(language)])
        sheet.append([])
    sheet.column_dimensions["A"].width = 60
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _mean_row(figures: QuestionFigures) -> Row:
    name = BilingualText(figures.question.text_th, figures.question.text_in("en"))
    code = str(figures.question.code)
    if figures.is_hidden:
        return Row(code, name, (HIDDEN,) * 4)
    return Row(code, name, (Figure(figures.count), *_estimate(figures.mean, 1, 2)))


def _distribution(figures: QuestionFigures) -> Table:
    question = figures.question
    if question.kind == "scale":
        names = [BilingualText(f"{at} {text.th}", f"{at} {text.en}") for at, text in enumerate(SCALE_LABELS, 1)]
    else:
        pairs = zip(question.choices_in("th"), question.choices_in("en"), strict=True)
        names = [BilingualText(thai, english) for thai, english in pairs]
    rows = tuple(
        Row(str(value), names[value - 1], (Figure(count), *_estimate(figures.shares.get(value), 100, 1, "%")))
        for value, count in figures.counts.items()
    )
    title = BilingualText(question.text_th, question.text_in("en"))
    return Table(f"q-{question.code}", title, (_COUNT, _SHARE, _LOW, _HIGH), rows, note=_WILSON_NOTE)


def _group_row(group: GroupFigures, name: BilingualText) -> Row:
    if group.is_hidden:
        return Row(group.code, name, (HIDDEN,) * len(_GROUP_COLUMNS))
    means = (*_estimate(group.satisfaction, 1, 2), *_estimate(group.trust, 1, 1))
    return Row(group.code, name, (Figure(group.count), *means))


def _estimate(estimate: Estimate | None, factor: float, digits: int, unit: str = "") -> tuple[Figure, Figure, Figure]:
    values = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    value, low, high = (None if each is None else round(factor * each, digits) for each in values)
    return Figure(value, unit), Figure(low, unit), Figure(high, unit)


def _plain(name: str) -> str:
    """A name that no spreadsheet runs as a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


FORMATS: Mapping[str, tuple[str, Callable[[SurveyReport, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", survey_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", survey_xlsx),
}
