"""A report as PDF: the paragraph, every table, the data dictionary."""

from typing import Any

from django.template.loader import render_to_string

from central.insight.dictionary import DICTIONARY
from central.insight.figure_texts import figure_text
from central.insight.report import Report
from central.insight.sentences import describe
from central.printed_letters import write_pdf
from protocol.bilingual_text import BilingualText
from thai import dates

_TITLE = BilingualText("รายงานสถิติเรื่องร้องเรียนร้องทุกข์", "Statistics of complaints")


def report_pdf(report: Report, language: str) -> bytes:
    """The PDF in this language."""
    return write_pdf(render_to_string("insight/report_pdf.html", report_context(report, language)))


def report_context(report: Report, language: str) -> dict[str, Any]:
    """What the template prints."""
    columns = {column.code: column.name for table in report.tables for column in table.columns}
    columns |= {row.code: row.name for row in report.table("summary").rows}
    return {
        "language": language,
        "title": _TITLE.in_language(language),
        "centre_name": report.centre.name_in(language),
        "period_name": report.period.name.in_language(language),
        "paragraph": describe(report).in_language(language),
        "tables": [
            {
                "title": table.title.in_language(language),
                "note": table.note.in_language(language) if table.note else "",
                "columns": [column.name.in_language(language) for column in table.columns],
                "rows": [
                    {
                        "name": row.name.in_language(language),
                        "figures": [figure_text(figure) for figure in row.figures],
                    }
                    for row in table.rows
                ],
            }
            for table in report.tables
        ],
        "dictionary": [
            {
                "name": columns[code].in_language(language) if code in columns else "*",
                "text": text.in_language(language),
            }
            for code, text in DICTIONARY.items()
            if code in columns or code == "hidden"
        ],
        "made_on": dates.long_date(report.made_on, language),
    }
