"""The fragment of the case page that explains a deadline day by day."""

import re

import pytest
from django.template.loader import render_to_string

from central.centres.models import Centre
from central.desk.deadline_rows import deadline_section
from tests.unit.central.factories import create_case
from tests.unit.central.moments import SetClock, set_clock

__all__ = ["set_clock"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("th", ["ศ. 10 เม.ย. 2569", "วันสงกรานต์", "วันทำการที่ 15", "ครบกำหนด", "วันนี้", "เหลือ 12 วัน"]),
        ("en", ["Fri 10 Apr 2026", "Songkran Festival", "Working day 15", "Due", "Today", "12 left"]),
    ],
)
def test_each_day_is_explained_to_officers(
    language: str, expected: list[str], khonkaen: Centre, set_clock: SetClock
) -> None:
    case = create_case(khonkaen, at=set_clock("2026-04-10 09:00"))
    set_clock("2026-04-20 09:00")
    context = {"language": language, "deadline": deadline_section(case, language)}
    html = render_to_string("desk/deadline_explanation.html", context).replace("<wbr>", "")
    assert [text for text in expected if text not in html] == []
    assert html.count("<tr") == 1 + 28  # the heading, and the days from 10 April to 7 May
    assert re.findall(r'<tr class="(\w+)" aria-current="date">', html) == ["counted"]


def test_a_case_without_a_clock_has_no_explanation(khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    case.clock_start = None
    assert deadline_section(case, "th") is None
    context = {"language": "th", "deadline": None}
    assert render_to_string("desk/deadline_explanation.html", context).strip() == ""
