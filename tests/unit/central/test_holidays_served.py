"""A change of the calendar is seen by every process of a served installation at once."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests

from central.deadlines.government_holidays import government_holiday
from tests.unit.central.served_installation import PASSWORD, Installation, serve_installation


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process."""


@pytest.mark.timeout(240)
def test_every_worker_sees_a_holiday_that_a_command_declares(tmp_path: Path) -> None:
    day = date.today() + timedelta(days=30)
    while day.weekday() >= 5 or government_holiday(day) is not None:
        day += timedelta(days=1)
    served = Installation(tmp_path / "data")
    with serve_installation(served) as url:
        browser = requests.Session()
        page = browser.get(f"{url}/desk/login", timeout=30).text
        token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        fields = {"csrfmiddlewaretoken": token, "username": "somsri", "password": PASSWORD}
        browser.post(f"{url}/desk/login", fields, headers={"Referer": url}, timeout=30)

        def answers() -> list[bool]:
            """Whether the day is on the page, for requests that reach both workers."""
            address, headers = f"{url}/desk/holidays?year={day.year}", {"Connection": "close"}
            pages = [browser.get(address, headers=headers, timeout=30).text for _ in range(16)]
            assert all('id="holidays"' in page for page in pages)
            return [f'data-day="{day.isoformat()}"' in page for page in pages]

        assert answers() == [False] * 16
        served.run_checked("holidays", "add", day.isoformat(), "--name-th", "วันหยุดพิเศษ", "--name-en", "Special")
        assert answers() == [True] * 16
        served.run_checked("holidays", "cancel", day.isoformat())
        assert "ยกเลิก" in browser.get(f"{url}/desk/holidays?year={day.year}", timeout=30).text
