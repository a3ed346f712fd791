"""The savings of a centre in a period: rows by channel with their sum, the sentences of the method, and both as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from central.centres.models import Centre
from central.channels import CHANNELS
from central.insight.periods import Period
from central.insight.saving_counts import by_channel, count_for_savings, load_assumptions
from central.insight.savings import Assumptions, Savings, savings
from central.printed_letters import write_pdf
from protocol.bilingual_text import BilingualText, name_of
from thai import dates

_COLUMNS = (
    BilingualText("เรื่องที่รับ", "Received"),
    BilingualText("กิโลเมตร", "Km"),
    BilingualText("ชั่วโมง", "Hours"),
    BilingualText("บาท", "Baht"),
    BilingualText("สั่งการเร็วขึ้น (วัน)", "Ordered sooner (days)"),
)
_TITLE = BilingualText("ความประหยัดของประชาชนและหน่วยงาน", "Savings of citizens and offices")
_TOTAL = BilingualText("รวม", "Total")
_NO_DISTANCE = BilingualText(
    "เรื่องที่ไม่ต้องเดินทางแต่อำเภอยังไม่มีระยะทาง จึงไม่ได้นับกิโลเมตร:",
    "Cases without a journey whose district has no distance, so that no km are counted:",
)
_NOT_SET = BilingualText("ยังไม่ได้ตั้งค่า", "not set")


@dataclass(frozen=True)
class SavingReport:
    """The savings by channel, most cases first, and their sum, with what they were calculated with."""

    centre: Centre
    period: Period
    assumed: Assumptions
    channels: Sequence[tuple[str, Savings]]
    total: Savings


def build_saving_report(centre: Centre, period: Period) -> SavingReport:
    """The report of this centre and those below it."""
    assumed, counted = load_assumptions(centre), count_for_savings(centre, period)
    channels = [(channel, savings(cases, assumed)) for channel, cases in by_channel(counted).items()]
    channels.sort(key=lambda row: (-row[1].cases, row[0]))
    return SavingReport(centre, period, assumed, channels, savings(counted, assumed))


def saving_texts(saved: Savings) -> list[str]:
    """The figures of one row."""
    days = "–" if saved.days_faster is None else f"{saved.days_faster:,}"
    return [f"{saved.cases:,}", f"{saved.km:,}", f"{saved.hours:,}", f"{saved.baht:,}", days]


def method_sentences(report: SavingReport) -> list[BilingualText]:
    """How each column is calculated, with the assumptions. They stand below every table of savings."""
    assumed = report.assumed
    names = [name_of(CHANNELS, code) for code, trips in assumed.trips.items() if trips]
    th, en = ", ".join(name.th for name in names), ", ".join(name.en for name in names)
    before = _NOT_SET if assumed.days_before is None else BilingualText(*(str(assumed.days_before),) * 2)
    sentences = [
        BilingualText(
            f"กิโลเมตร = เรื่อง × ไปกลับ × ระยะทางจากอำเภอที่เกิดเหตุถึงศูนย์ เฉพาะช่องทาง: {th} · "
            f"จำนวนอำเภอที่มีระยะทาง {len(assumed.distances)}",
            f"Km = cases × both ways × distance from the district of the incident to the hall, for these channels: {en}"
            f" · districts with a distance: {len(assumed.distances)}",
        ),
        BilingualText(
            f"ชั่วโมง = เวลาเดินทางที่ {assumed.km_per_hour} กม./ชม. และเวลาที่ศูนย์ต่อเรื่อง {assumed.hours_at_hall} ชั่วโมง",
            f"Hours = the way at {assumed.km_per_hour} km/h, and {assumed.hours_at_hall} hours at the hall per case",
        ),
        BilingualText(f"บาท = กิโลเมตร × {assumed.baht_per_km}", f"Baht = km × {assumed.baht_per_km}"),
        BilingualText(
            f"สั่งการเร็วขึ้น = จำนวนวันก่อนใช้ระบบ ลบค่าเฉลี่ยจากรับเรื่องถึงสั่งการครั้งแรก: {before.th}",
            f"Ordered sooner = days before this system, minus the mean from receipt to the first order: {before.en}",
        ),
    ]
    if missing := report.total.without_distance:
        sentences.append(BilingualText(f"{_NO_DISTANCE.th} {missing:,}", f"{_NO_DISTANCE.en} {missing:,}"))
    return sentences


def saving_pdf(report: SavingReport, today: date, language: str) -> bytes:
    """The table with its method."""
    rows = [(name_of(CHANNELS, code), saved) for code, saved in report.channels] + [(_TOTAL, report.total)]
    table = {
        "columns": [column.in_language(language) for column in _COLUMNS],
        "rows": [{"name": name.in_language(language), "figures": saving_texts(saved)} for name, saved in rows],
    }
    context = {
        "language": language,
        "title": _TITLE.in_language(language),
        "centre_name": report.centre.name_in(language),
        "period_name": report.period.name.in_language(language),
        "tables": [table],
        "notes": [sentence.in_language(language) for sentence in method_sentences(report)],
        "made_on": dates.long_date(today, language),
    }
    return write_pdf(render_to_string("insight/report_pdf.html", context))
