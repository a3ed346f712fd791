"""A new officer of a district in a browser: form, certification, one-time link, own password, app, sign-in."""

import re
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from central.centres.models import Centre, Membership
from central.people.models import OfficerEvent
from central.people.roles import Role
from tests.unit.central.authenticator import app_code
from tests.unit.central.chromium import set_viewport
from tests.unit.central.page_steps import wait_for
from tests.unit.central.people_factories import create_with_role
from tests.unit.central.served_installation import PASSWORD

NEW = "khao-niao-mamuang-1"
FIELDS = {
    "first_name": "กัญญา",
    "last_name": "ศรีสุข",
    "position": "เจ้าพนักงานปกครอง",
    "office": "ที่ทำการปกครองอำเภอน้ำพอง",
    "mobile_phone": "089-876-5432",
    "email": "kanya@example.go.th",
    "username": "kanya",
}


def fill_in(browser: webdriver.Chrome, **fields: str) -> None:
    for name, text in fields.items():
        field = browser.find_element(By.ID, name)
        field.clear()
        field.send_keys(text)


def press(browser: webdriver.Chrome, selector: str) -> None:
    """Press a button and wait for the next page."""
    page = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.CSS_SELECTOR, f"{selector} .button.main").click()
    WebDriverWait(browser, 15, poll_frequency=0.05).until(
        lambda _: (
            browser.find_element(By.TAG_NAME, "html") != page
            and browser.execute_script("return document.readyState") == "complete"
        )
    )


def path(browser: webdriver.Chrome) -> str:
    return re.sub("^https?://[^/]*", "", browser.current_url)


def test_a_new_officer_arrives(browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, settings: Any) -> None:
    nam_phong = Centre.objects.create(
        parent=khonkaen, slug="nam-phong", area_code="4007", name_th="ศูนย์ดำรงธรรมอำเภอน้ำพอง", name_en="Nam Phong"
    )
    create_with_role(nam_phong, "prasit", Role.DISTRICT_CHIEF)
    set_viewport(browser, 360)
    browser.get(f"{live_server.url}/desk/register?centre=nam-phong")
    fill_in(browser, **FIELDS)
    Select(browser.find_element(By.ID, "role")).select_by_value("case_officer")
    press(browser, "main form")
    assert path(browser) == "/desk/registered"

    set_viewport(browser, 1280)
    browser.get(f"{live_server.url}/desk/login")
    fill_in(browser, username="prasit", password=PASSWORD)
    press(browser, "main form")
    browser.get(f"{live_server.url}/desk/registrations")
    browser.find_element(By.LINK_TEXT, "กัญญา ศรีสุข").click()
    wait_for(browser, "form[action$=certify]")
    press(browser, "form[action$=certify]")
    link = browser.find_element(By.ID, "link").text.replace("\n", "")

    settings.REQUIRE_SECOND_FACTOR = True
    browser.delete_all_cookies()
    set_viewport(browser, 360)
    browser.get(link)  # the code leaves the address
    WebDriverWait(browser, 15, poll_frequency=0.05).until(lambda _: browser.current_url.endswith("/desk/invitation"))
    fill_in(browser, new_password1=NEW, new_password2=NEW)
    press(browser, "#invitation")
    assert path(browser) == "/desk/second-factor/set-up"
    key = browser.find_element(By.ID, "key").text
    fill_in(browser, code=app_code(key))
    press(browser, "#app")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#codes li")) == 10

    browser.delete_all_cookies()
    browser.get(f"{live_server.url}/desk/login")
    fill_in(browser, username="kanya", password=NEW)
    press(browser, "main form")
    assert path(browser) == "/desk/second-factor"
    fill_in(browser, code=app_code(key, 1))
    press(browser, "#code-form")
    assert path(browser) == "/desk/"
    assert Membership.objects.get(officer__username="kanya").centre == nam_phong
    assert OfficerEvent.objects.filter(officer__username="kanya", kind="signed_in").count() == 2
    messages = [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]
    assert messages == [], "the policy blocks nothing of these pages"


@pytest.mark.parametrize("width", [360, 1280])
def test_every_field_has_its_label(browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, width: int) -> None:
    set_viewport(browser, width)
    for page in ("register", "invitation", "login"):
        browser.get(f"{live_server.url}/desk/{page}")
        unlabelled = browser.execute_script(
            "return [...document.querySelectorAll('main input:not([type=hidden]),main select')]"
            ".filter(field=>!field.labels.length).map(field=>field.name)"
        )
        assert unlabelled == [], page
