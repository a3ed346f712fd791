"""Says whether satisfaction and trust have moved, or that the answers are too few to say so."""

from collections.abc import Iterator

from central.insight.survey_groups import GroupFigures
from central.insight.survey_report import SurveyReport
from central.insight.survey_series import Change
from central.surveys.statistics import Estimate
from protocol.bilingual_text import BilingualText

_ERAS_APART = 543
_FEW = BilingualText(
    "ผู้ตอบยังน้อยเกินกว่าจะเทียบรายเดือนหรือรายไตรมาส", "There are too few answers to compare months or quarters."
)
_SATISFACTION = BilingualText("ความพึงพอใจ (1–5)", "Satisfaction (1–5)")
_TRUST = BilingualText("ดัชนีความเชื่อมั่น (0–100)", "The index of trust (0–100)")


def describe_changes(report: SurveyReport) -> list[BilingualText]:
    """A sentence for each comparison: the last month or quarter with the one before, and the year with the year
    before."""
    sentences: list[BilingualText] = []
    if report.series.change is not None:
        names = {period.code: period.name for period, _ in report.series.periods}
        groups = {period.code: group for period, group in report.series.periods}
        sentences += _sentences(report.series.change, names, groups)
    elif not report.series.periods and report.total.count:
        sentences.append(_FEW)
    if report.year_change is not None:
        years = {
            group.code: BilingualText(f"ปีงบประมาณ {int(group.code) + _ERAS_APART}", f"fiscal year {group.code}")
            for group in report.years
        }
        sentences += _sentences(report.year_change, years, {group.code: group for group in report.years})
    return sentences


def _sentences(
    change: Change, names: dict[str, BilingualText], groups: dict[str, GroupFigures]
) -> Iterator[BilingualText]:
    later, before = groups[change.period], groups[change.before]
    compared = (
        (_SATISFACTION, change.satisfaction, later.satisfaction, before.satisfaction, 2),
        (_TRUST, change.trust, later.trust, before.trust, 1),
    )
    for what, difference, now, then, digits in compared:
        if difference is None or now is None or then is None:
            continue
        verdict = _verdict(difference)
        yield BilingualText(
            f"{what.th} {names[change.period].th} {now.value:.{digits}f} ({now.count:,} คน) เทียบกับ "
            f"{names[change.before].th} {then.value:.{digits}f} ({then.count:,} คน) "
            f"ต่าง {_signed(difference, digits, 'ถึง')} {verdict.th}",
            f"{what.en}: {names[change.period].en} {now.value:.{digits}f} ({now.count:,} answers), "
            f"{names[change.before].en} {then.value:.{digits}f} ({then.count:,}), difference "
            f"{_signed(difference, digits, 'to')}. {verdict.en}",
        )


def _signed(difference: Estimate, digits: int, to: str) -> str:
    low, high = difference.low or 0.0, difference.high or 0.0
    return f"{difference.value:+.{digits}f} (95 %: {low:+.{digits}f} {to} {high:+.{digits}f})"


def _verdict(difference: Estimate) -> BilingualText:
    if (difference.low or 0.0) > 0:
        return BilingualText("ดีขึ้นเกินกว่าความบังเอิญ", "It has risen by more than chance explains.")
    if (difference.high or 0.0) < 0:
        return BilingualText("ลดลงเกินกว่าความบังเอิญ", "It has fallen by more than chance explains.")
    return BilingualText(
        "ความต่างนี้เกิดจากความบังเอิญได้ จึงยังสรุปไม่ได้ว่าดีขึ้นหรือแย่ลง",
        "Chance alone can make this difference: it does not show that anything has changed.",
    )
