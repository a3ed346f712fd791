"""The most used pages have no finding of axe-core, fit 320 px and work with the keyboard. `./run story` checks every
page, in both languages and both widths."""

from typing import Any
from urllib.parse import quote

from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from central.agency_desk.link_urls import link_path
from central.agency_desk.models import ReferralLink
from central.cases import commands
from central.cases.commands import Actor, OrderInputs
from central.centres.models import Centre
from central.documents.models import Document
from central.documents.states import DocumentState
from central.people.roles import Role
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central import sample_files
from tests.unit.central.authenticator import enter_password, set_up_app
from tests.unit.central.chromium import browser, set_viewport
from tests.unit.central.conftest import create_officer
from tests.unit.central.documents.stored_files import add_text, attach
from tests.unit.central.factories import create_agency, create_case, create_officer_with

__all__ = ["browser"]
_DEFECTS = """<!doctype html><html lang="en"><title>Defects</title>
<meta name="viewport" content="width=device-width"><main><h1>Defects</h1><img src="data:,">
<div style="width:700px">wide</div><button style="outline:0">no focus</button>
<button tabindex="-1">fine</button></main></html>"""


def findings(browser: webdriver.Chrome) -> list[str]:
    return reflow_findings(browser) + keyboard_findings(browser) + axe_findings(browser)


def use_session(browser: webdriver.Chrome, client: Client) -> None:
    for name in ("sessionid", "desk_language"):
        if name in client.cookies:
            cookie = {"name": name, "value": client.cookies[name].value, "path": "/desk"}
            browser.add_cookie(cookie)


def test_the_most_used_pages_have_no_finding(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, settings: Any
) -> None:
    officer, agency = create_officer_with(khonkaen, Role.DIRECTOR), create_agency(khonkaen)
    waiting, ordered = create_case(khonkaen), create_case(khonkaen)
    commands.order(ordered, Actor.of(officer), seen_revision=None, inputs=OrderInputs(lead=agency, text="โปรดซ่อม"))
    clerk, by = create_officer_with(khonkaen, Role.CASE_OFFICER), Client()
    commands.take(waiting, Actor.of(clerk), seen_revision=None)
    commands.propose(waiting, Actor.of(clerk), seen_revision=None, content=OrderInputs(lead=agency, text="โปรดซ่อม"))
    by.force_login(officer)
    visits = [("/", 320), ("/t?lang=en", 1280), (link_path(ReferralLink.objects.get()), 320), ("/desk/login", 1280)]
    signed_in = [("/desk/", 1280), ("/desk/cases", 320), (f"/desk/cases/{ordered.case_number}", 320)]
    signed_in += [("/desk/decisions", 320), ("/desk/profile", 320), ("/desk/reports?people=1", 320)]
    by_path = {}
    for path, width in visits + signed_in:
        if path == signed_in[0][0]:
            use_session(browser, by)
        set_viewport(browser, width)
        browser.get(live_server.url + path)
        by_path[path] = findings(browser)
    assert {path: shown for path, shown in by_path.items() if shown} == {}


def test_a_file_beside_its_text_has_no_finding(browser: webdriver.Chrome, live_server: Any, khonkaen: Centre) -> None:
    client, attachment = Client(), attach(khonkaen, sample_files.pdf(3), "รายงานการตรวจสอบสถานที่.pdf")
    add_text(Document.objects.get(attachment=attachment), pages=3, read=2, state=DocumentState.READING)
    client.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    browser.get(f"{live_server.url}/desk/login")
    use_session(browser, client)
    path = f"{live_server.url}/desk/cases/{attachment.case.case_number}"
    for width in (320, 1280):
        set_viewport(browser, width)
        for page in (path, f"{path}/files/{attachment.pk}/text?page=1"):
            browser.get(page)
            assert findings(browser) == [], (page, width)
        check_zoom_and_turn_by_keyboard(browser)


def check_zoom_and_turn_by_keyboard(browser: webdriver.Chrome) -> None:
    """Arrow keys enlarge the picture, upright and turned, and the page does not grow with it."""

    def width() -> int:
        box = "const box = document.querySelector('.overlaid').getBoundingClientRect();"
        return int(browser.execute_script(f"{box} return Math.max(box.width, box.height)"))

    zoom, turn = browser.find_element(By.ID, "zoom-100"), browser.find_element(By.ID, "turn-0")
    before = width()
    zoom.send_keys(Keys.ARROW_RIGHT)
    assert width() > 1.8 * before
    turn.send_keys(Keys.ARROW_RIGHT)
    assert browser.find_element(By.ID, "turn-90").is_selected()
    assert width() > 1.8 * before, "enlarged while it is turned"
    assert reflow_findings(browser) == []


def test_the_page_of_the_second_factor_has_no_finding(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, settings: Any
) -> None:
    """It is between password and session, so the sweep of all pages does not come to it."""
    settings.REQUIRE_SECOND_FACTOR = True
    officer, client = create_officer(khonkaen, "somsri"), Client()
    set_up_app(Client(), officer)
    assert enter_password(client, officer)["Location"] == "/desk/second-factor"
    browser.get(f"{live_server.url}/desk/login")
    use_session(browser, client)
    set_viewport(browser, 320)
    browser.get(f"{live_server.url}/desk/second-factor")
    assert browser.current_url.endswith("/second-factor")
    assert findings(browser) == []


def test_each_check_finds_its_defect(browser: webdriver.Chrome) -> None:
    set_viewport(browser, 320)
    browser.get(f"data:text/html,{quote(_DEFECTS)}")
    reported = " | ".join(findings(browser))
    assert "reflow: 7" in reported
    assert "focus invisible: button no focus" in reported
    assert "image-alt" in reported
    assert "fine" not in reported
