"""Maps in Chromium: areas and clusters are reached by the keyboard, nothing is loaded from elsewhere, no finding."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from central.cases.models import CasePoint
from central.centres.models import Centre
from central.insight.models import OpenDataState
from central.insight.open_data import LICENCE, LICENCE_URL, STATE_KEY, make_file
from central.insight.periods import month_of
from central.people.roles import Role
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central.chromium import browser, set_viewport
from tests.unit.central.factories import create_case, create_officer_with

__all__ = ["browser"]
_POINTS = 60  # more than the map has cells: marks beside each other
_VISITS = [
    ("desk/reports/map", 1280, "th"),
    ("desk/reports/map", 320, "en"),
    ("desk/reports/map?at=northeast&measure=median_days", 1280, "en"),
    ("desk/reports/map?at=40", 320, "th"),
    ("desk/reports/map?centre=khonkaen&figures=published", 1280, "th"),
    ("desk/reports/points", 1280, "th"),
    ("desk/reports/points", 320, "en"),
    ("open-data", 320, "th"),
    ("open-data?lang=en", 1280, "en"),
]


def _counts(browser: webdriver.Chrome) -> list[int]:
    """The numbers on the marks; those at the edge of the map are not visible as elements."""
    texts = browser.execute_script("return [...document.querySelectorAll('.spot')].map(each => each.textContent)")
    return [int(text) for text in texts]


@pytest.mark.slow
def test_maps_work_with_the_keyboard_and_load_nothing_from_elsewhere(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre
) -> None:
    assert khonkaen.parent
    for number in range(_POINTS):
        case = create_case(khonkaen, area=("400101", "400201", "400301")[number % 3])
        place = {"latitude": 16.4 + number % 7 / 90, "longitude": 102.8 + number / 400}
        CasePoint.objects.create(case=case, source="officer", set_at=case.received_at, **place)
    OpenDataState.objects.create(pk=STATE_KEY, is_on=True, licence=LICENCE, licence_url=LICENCE_URL)
    make_file(month_of(date(2026, 1, 1)), date(2026, 2, 1))
    client = Client()
    client.force_login(create_officer_with(khonkaen.parent, Role.DIRECTOR))
    browser.get(f"{live_server.url}/desk/login")
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})
    findings = {}
    case_path = f"desk/cases/{case.case_number}"
    for path, width, language in [*_VISITS, (case_path, 320, "th"), (case_path, 1280, "en")]:
        browser.add_cookie({"name": "desk_language", "value": language, "path": "/"})
        set_viewport(browser, width)
        browser.get(f"{live_server.url}/{path}")
        if "points" in path:
            WebDriverWait(browser, 20).until(lambda page: page.find_elements(By.CSS_SELECTOR, ".spot"))
        if directory := os.environ.get("SCREENSHOT_DIR"):
            set_viewport(browser, width, 1500)
            name = path.replace("/", "_").replace("?", "-").replace("&", "-")
            browser.save_screenshot(str(Path(directory, f"{name}-{width}-{language}.png")))
            set_viewport(browser, width)
        findings[path, width] = reflow_findings(browser) + keyboard_findings(browser) + axe_findings(browser)
    assert {visit: problems for visit, problems in findings.items() if problems} == {}

    set_viewport(browser, 1280)
    browser.get(f"{live_server.url}/desk/reports/points")
    mark = WebDriverWait(browser, 20).until(lambda page: page.find_element(By.CSS_SELECTOR, ".spot"))
    counts = _counts(browser)
    assert sum(counts) == _POINTS
    mark.send_keys(Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda page: _counts(page) != counts)
    browser.get(f"{live_server.url}/desk/reports/map?at=northeast")
    browser.find_element(By.CSS_SELECTOR, "a[data-area='40']").send_keys(Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda page: "at=40" in page.current_url)
    assert browser.find_element(By.ID, "tiles-of-areas")

    requests = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]  # type: ignore[no-untyped-call]
    urls = [each["params"]["request"]["url"] for each in requests if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in urls if not url.startswith((live_server.url, "data:"))] == []
    assert [entry for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]] == []  # type: ignore[no-untyped-call]
