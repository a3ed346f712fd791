"""The story of one case in a real browser, within the effort of an intake officer. `./run postgresql` plays it too."""

from pathlib import Path

import pytest

from simulators.case_story.monthly_meeting import estimated_seconds
from simulators.case_story.play import play_story

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]  # `./run story` plays it whole


def test_eight_people_work_on_one_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pictures = Path("pictures")  # relative, as in `./run story`
    efforts = play_story(pictures, print, cases=12)
    order = efforts["received to ordered"]
    assert order.page_loads <= 3
    assert order.clicks <= 6
    assert order.keystrokes <= 10
    call = efforts["case by telephone"]
    assert (call.page_loads, call.clicks) == (2, 0)
    assert call.keystrokes <= 110
    assert estimated_seconds(efforts["monthly meeting prepared"]) <= 300
    assert efforts["governor approves on a phone"].clicks == 1
    assert len(list(pictures.glob("story-*.png"))) >= 15
