"""One paragraph that says what the figures of a report are: computed sentence by sentence, nothing else."""

from collections.abc import Iterator

from central.insight.facts import Dimension
from central.insight.report import Report
from central.insight.stages import stage_days
from central.insight.summary import KPI_PERCENT, has_few_ratings, percent, rating
from protocol.bilingual_text import BilingualText


def describe(report: Report) -> BilingualText:
    """The paragraph in Thai and in English."""
    parts = list(_parts(report))
    return BilingualText(" ".join(part.th for part in parts), " ".join(part.en for part in parts))


def _parts(report: Report) -> Iterator[BilingualText]:
    now, then = report.figures.total, report.before.total
    centre, name = report.centre, report.period.name
    yield BilingualText(
        f"ใน{report.period.official_name} {centre.name_th} รับเรื่อง {now.received:,} เรื่อง"
        f"{_change_th(now.received, then.received)} และยุติ {now.closed:,} เรื่อง{_change_th(now.closed, then.closed)}",
        f"In {name.en}, {centre.name_en} received {now.received:,} cases{_change_en(now.received, then.received)}"
        f" and closed {now.closed:,}{_change_en(now.closed, then.closed)}.",
    )
    old = report.backlog.by_age["over90"]
    yield BilingualText(
        f"เมื่อสิ้นช่วงมีเรื่องคงค้าง {report.backlog.total:,} เรื่อง" + (f" ในจำนวนนี้เกิน 90 วัน {old:,} เรื่อง" if old else ""),
        f"At the end {report.backlog.total:,} cases were open"
        + (f", {old:,} of them for more than 90 days." if old else "."),
    )
    if (in_time := percent(now.in_time, now.dated)) is not None:
        yield BilingualText(
            f"เรื่องที่ยุติและมีกำหนด แล้วเสร็จภายในกำหนดร้อยละ {in_time:.1f}",
            f"Of the closed cases with a due date, {in_time:.1f} % were closed in time.",
        )
    if (settled := percent(now.settled, now.in_indicator)) is not None:
        is_reached = now.settled * 100 >= now.in_indicator * KPI_PERCENT
        yield BilingualText(
            f"ตัวชี้วัดเรื่องที่รับและได้ข้อยุติคิดเป็นร้อยละ {settled:.1f} "
            f"{'บรรลุ' if is_reached else 'ยังไม่บรรลุ'}เป้าหมายร้อยละ {KPI_PERCENT}",
            f"{settled:.1f} % of the received cases are settled, which "
            f"{'reaches' if is_reached else 'does not reach'} the goal of {KPI_PERCENT} %.",
        )
    yield from _top_topic(report)
    days = stage_days(report.figures.of(Dimension.DAYS_TO_CLOSE))
    if days.median is not None:
        yield BilingualText(
            f"ครึ่งหนึ่งของเรื่องที่ยุติใช้เวลาไม่เกิน {days.median} วัน และร้อยละ 90 ไม่เกิน {days.percentile_90} วัน",
            f"Half of the closed cases took at most {days.median} days, 90 % at most {days.percentile_90} days.",
        )
    is_hidden = report.is_published and has_few_ratings(report.figures)
    if (stars := rating(now)) is not None and not is_hidden:
        shown = f"{stars:.1f}" if report.is_published else f"{stars:.2f}"
        yield BilingualText(
            f"ผู้ร้องให้คะแนนเฉลี่ย {shown} จาก 5 คะแนน จากผู้ให้คะแนน {now.rated:,} ราย",
            f"Complainants rated {shown} of 5 on average, in {now.rated:,} ratings.",
        )


def _top_topic(report: Report) -> Iterator[BilingualText]:
    """The topic with the most cases, unless two have as many or the table hides it."""
    rows = report.table(Dimension.TOPIC.value).rows
    numbers = [row.figures[0].number for row in rows]
    if not rows or numbers[0] is None or numbers.count(numbers[0]) > 1:
        return
    share = percent(int(numbers[0]), report.figures.total.received)
    if share is not None:
        yield BilingualText(
            f"ประเภทที่รับมากที่สุดคือ{rows[0].name.th} {numbers[0]:,} เรื่อง (ร้อยละ {share:.1f})",
            f"The most frequent topic was {rows[0].name.en} with {numbers[0]:,} cases ({share:.1f} %).",
        )


def _change_th(now: int, then: int) -> str:
    if not then:
        return ""
    if now == then:
        return " เท่ากับช่วงก่อน"
    word = "เพิ่มขึ้น" if now > then else "ลดลง"
    return f" {word}จากช่วงก่อนร้อยละ {abs(now - then) * 100 / then:.1f}"


def _change_en(now: int, then: int) -> str:
    if not then:
        return ""
    if now == then:
        return ", as many as in the period before,"
    return f" ({abs(now - then) * 100 / then:.1f} % {'more' if now > then else 'fewer'} than in the period before)"
