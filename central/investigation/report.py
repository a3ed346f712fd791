"""The fact-finding report of an investigation file, built from its records: as PDF, and as Word for editing."""

from dataclasses import dataclass
from io import BytesIO

from django.template.loader import render_to_string
from django.utils import timezone
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from central.investigation.codes import (
    CAPACITIES,
    EVIDENCE_KINDS,
    MEDIATION_RESULTS,
    Capacity,
    EvidenceKind,
    MediationResult,
)
from central.investigation.models import Investigation
from central.printed_letters import write_pdf
from central.submission_labels import topic_name
from thai import dates, places
from thai.numerals import to_thai

_FONT, _BODY_PT, _TITLE_PT = "TH Sarabun New", 16, 20  # the font and sizes of official letters


@dataclass(frozen=True)
class ReportSection:
    """A heading and its paragraphs, in Thai with Thai digits."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class InvestigationReport:
    """What the report says."""

    office: str
    case_number: str
    day: str
    sections: tuple[ReportSection, ...]
    signers: tuple[str, ...]


def build_report(investigation: Investigation) -> InvestigationReport:
    """The report of what is entered so far. A section without records is left out."""
    case = investigation.case
    sections = (
        ReportSection("ความเป็นมา", (_background(investigation),)),
        ReportSection("ประเด็นที่สืบสวน", _paragraphs(investigation.question)),
        ReportSection("การดำเนินการ", tuple(_tasks(investigation))),
        ReportSection("ถ้อยคำ", tuple(_statements(investigation))),
        ReportSection("พยานหลักฐาน", tuple(_evidence(investigation))),
        ReportSection("การลงพื้นที่", tuple(_visits(investigation))),
        ReportSection("การไกล่เกลี่ย", tuple(_mediations(investigation))),
        ReportSection("ความเห็น", _paragraphs(investigation.opinion)),
    )
    investigators = investigation.investigators.filter(removed_at=None).select_related("officer")
    return InvestigationReport(
        office=case.centre.name_th,
        case_number=case.case_number,
        day=to_thai(dates.long_date(investigation.closed_at or timezone.now())),
        sections=tuple(section for section in sections if section.paragraphs),
        signers=tuple(each.officer.display_name for each in investigators),
    )


def report_pdf(report: InvestigationReport) -> bytes:
    """The PDF."""
    sections = [(to_thai(str(number)), section) for number, section in enumerate(report.sections, start=1)]
    return write_pdf(render_to_string("investigation/report.html", {"report": report, "sections": sections}))


def report_word(report: InvestigationReport) -> bytes:
    """The .docx file."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(2), Cm(2.5), Cm(2)

    def line(text: str, *, points: int = _BODY_PT, is_bold: bool = False, is_centred: bool = False) -> None:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        if is_centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.font.size, run.font.name = is_bold, Pt(points), _FONT
        # Word takes the font of Thai from `cs`.
        fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:cs"), _FONT)

    line("รายงานการสืบสวนข้อเท็จจริง", is_bold=True, points=_TITLE_PT, is_centred=True)
    line(report.office, is_centred=True)
    line(f"เรื่องเลขที่ {report.case_number}  วันที่ {report.day}", is_centred=True)
    for number, section in enumerate(report.sections, start=1):
        line(to_thai(f"{number}. {section.title}"), is_bold=True)
        for paragraph in section.paragraphs:
            line(paragraph)
    for signer in report.signers:
        line("")
        line("ลงชื่อ ...................................................... ผู้สืบสวน", is_centred=True)
        line(f"({signer})", is_centred=True)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _background(investigation: Investigation) -> str:
    case = investigation.case
    text = to_thai(
        f"{case.centre.name_th} ได้รับเรื่องร้องเรียนร้องทุกข์เลขที่ {case.case_number} เมื่อวันที่ {dates.long_date(case.filed_at)} "
        f"ประเภท{topic_name(case.topic, 'th')} พื้นที่ {places.full_name(case.area, 'th') or 'ไม่ระบุ'} "
        f"และมีคำสั่งให้สืบสวนข้อเท็จจริงเมื่อวันที่ {dates.long_date(investigation.opened_at)}"
    )
    # The number as the slip and the pages of the desk show it, so that it can be searched.
    return text.replace(to_thai(case.case_number), case.case_number)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(to_thai(line.strip()) for line in text.splitlines() if line.strip())


def _tasks(investigation: Investigation) -> list[str]:
    return [
        to_thai(f"{row.text} โดย {row.owner.display_name} {_end(row.result)}")
        for row in investigation.tasks.select_related("owner")
    ]


def _end(result: str) -> str:
    return f"ผล: {result}" if result else "(ยังไม่เสร็จ)"


def _statements(investigation: Investigation) -> list[str]:
    return [
        to_thai(
            f"{row.person} ({CAPACITIES[Capacity(row.capacity)].th}) ให้ถ้อยคำเมื่อวันที่ {dates.long_date(row.taken_on)} "
            f"ณ {row.place} ว่า {' '.join(row.text.split())}"
        )
        for row in investigation.statements.all()
    ]


def _evidence(investigation: Investigation) -> list[str]:
    return [
        to_thai(
            f"หมาย {row.number} {EVIDENCE_KINDS[EvidenceKind(row.kind)].th}: {row.description} "
            f"ได้มาจาก {row.received_from} เมื่อวันที่ {dates.long_date(row.received_on)}"
        )
        for row in investigation.evidences.all()
    ]


def _visits(investigation: Investigation) -> list[str]:
    return [
        to_thai(
            f"วันที่ {dates.long_date(row.visited_on)} ณ {row.place} ผู้ร่วมลงพื้นที่: {row.participants} "
            f"พบว่า {' '.join(row.observations.split())}"
        )
        for row in investigation.sitevisits.all()
    ]


def _mediations(investigation: Investigation) -> list[str]:
    return [
        to_thai(
            f"วันที่ {dates.long_date(row.held_on)} ณ {row.place} คู่กรณี: {row.parties} ผู้ไกล่เกลี่ย: {row.mediator} "
            f"ผล: {MEDIATION_RESULTS[MediationResult(row.result)].th} {' '.join(row.terms.split())}"
        )
        for row in investigation.mediations.all()
    ]
