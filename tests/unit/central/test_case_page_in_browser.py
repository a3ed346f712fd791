"""The case page in Chromium: the number of page loads, clicks and keystrokes of the most frequent work, shortcuts,
templates, and a page that nothing makes wider than its window."""

import json
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from central.agencies.models import AgencyContact, RoutingRule
from central.cases import commands
from central.cases.commands import OrderInputs
from central.cases.models import Case, Proposal
from central.centres.models import Centre
from central.messages.models import AnswerTemplate
from central.people.roles import Role
from tests.unit.central.chromium import set_viewport
from tests.unit.central.factories import actor_with, create_agency, create_case, create_officer_with
from tests.unit.central.served_installation import PASSWORD

_COUNT = """
if (!sessionStorage.counted) sessionStorage.counted = JSON.stringify({loads: 0, clicks: 0, keys: 0});
const add = name => { const c = JSON.parse(sessionStorage.counted); c[name]++;
  sessionStorage.counted = JSON.stringify(c); };
add("loads");
addEventListener("pointerdown", event => { if (event.isTrusted) add("clicks"); }, true);
addEventListener("keydown", event => { if (event.isTrusted) add("keys"); }, true);
"""


def sign_in(browser: webdriver.Chrome, url: str, centre: Centre, role: Role) -> None:
    officer = create_officer_with(centre, role)
    officer.set_password(PASSWORD)
    officer.save()
    browser.get(f"{url}/desk/login")
    browser.find_element(By.ID, "username").send_keys(officer.username)
    browser.find_element(By.ID, "password").send_keys(PASSWORD, Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda driver: "/login" not in driver.current_url)


def click(browser: webdriver.Chrome, selector: str) -> None:
    target = browser.find_element(By.CSS_SELECTOR, selector)
    browser.execute_script("arguments[0].scrollIntoView({block:'center'})", target)
    target.click()


@pytest.fixture
def prepared(khonkaen: Centre) -> Case:
    """A new case whose agency the rules name, with a contact point."""
    agency = create_agency(khonkaen, "banped", name_th="อบต.บ้านเป็ด", declared_days=20)
    AgencyContact.objects.create(agency=agency, kind="contact_point", name="นายช่างโยธา")
    RoutingRule.objects.create(centre=khonkaen, position=1, lead_agency=agency)
    return create_case(khonkaen)


def test_from_received_to_ordered_within_the_budget(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, prepared: Case
) -> None:
    """Budget: 3 page loads, 6 clicks, 10 keystrokes, from the queue to an order with agency, person and date."""
    sign_in(browser, live_server.url, khonkaen, Role.INTAKE)
    set_viewport(browser, 1280, 800)
    browser.get(f"{live_server.url}/desk/cases")
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _COUNT})
    browser.execute_script(_COUNT)  # the queue itself is no further load
    browser.execute_script("sessionStorage.counted = JSON.stringify({loads: 0, clicks: 0, keys: 0})")
    click(browser, f'a[href^="/desk/cases/{prepared.case_number}"]')
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.ID, "step-form"))
    click(browser, "label[for=step-order]")
    click(browser, 'button[name=after][value="stay"]')
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.ID, "saved"))
    counted = json.loads(browser.execute_script("return sessionStorage.counted"))
    prepared.refresh_from_db()
    assert (prepared.status, prepared.agency_name, prepared.handler_name) == ("ordered", "อบต.บ้านเป็ด", "นายช่างโยธา")
    assert prepared.due is not None
    assert counted == {"loads": 2, "clicks": 3, "keys": 0}


def test_the_keyboard_alone_orders_a_case_and_goes_on(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, prepared: Case
) -> None:
    other = create_case(khonkaen)
    sign_in(browser, live_server.url, khonkaen, Role.INTAKE)
    browser.get(f"{live_server.url}/desk/cases/{prepared.case_number}")
    keys = ActionChains(browser)
    keys.key_down(Keys.ALT).send_keys("o").key_up(Keys.ALT).perform()
    assert browser.switch_to.active_element.get_attribute("name") == "agency", "its first field has the focus"
    ActionChains(browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.ID, "saved"))
    prepared.refresh_from_db()
    assert prepared.status == "ordered"
    link = browser.find_element(By.CSS_SELECTOR, '[data-key="Comma"],[data-key="Period"]')
    key = "," if link.get_attribute("data-key") == "Comma" else "."
    ActionChains(browser).key_down(Keys.ALT).send_keys(key).key_up(Keys.ALT).perform()
    WebDriverWait(browser, 20).until(lambda driver: other.case_number in driver.current_url)


def test_a_step_shows_its_own_fields_only_and_a_template_fills_them_at_once(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, prepared: Case
) -> None:
    AnswerTemplate.objects.create(centre=khonkaen, step="order", name="ซ่อม", text_th="โปรดซ่อม {case}")
    sign_in(browser, live_server.url, khonkaen, Role.INTAKE)
    browser.get(f"{live_server.url}/desk/cases/{prepared.case_number}")

    def visible() -> set[str]:
        fields = browser.find_elements(By.CSS_SELECTOR, "#step-form .field :is(input,select,textarea)")
        return {str(field.get_attribute("name")) for field in fields if field.is_displayed()}

    assert visible() == set()
    click(browser, "label[for=step-assign_owner]")
    assert visible() == {"owner", "note"}
    click(browser, "label[for=step-order]")
    assert {"agency", "order_text", "due", "template", "message"} <= visible()
    browser.find_element(By.ID, "order_text").send_keys("ด่วน")
    browser.execute_script(
        "const t=document.getElementById('template');t.selectedIndex=1;t.dispatchEvent(new Event('change'))"
    )
    text = browser.find_element(By.ID, "order_text").get_attribute("value")
    assert text == f"ด่วน\nโปรดซ่อม {prepared.case_number}"
    assert browser.find_element(By.ID, "template").get_attribute("value") == ""


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_case_page_and_decision_page_fit_the_window(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, prepared: Case, width: int
) -> None:
    owner, agency = actor_with(khonkaen, Role.CASE_OFFICER), create_agency(khonkaen)
    commands.take(prepared, owner, seen_revision=None)
    commands.propose(prepared, owner, seen_revision=None, content=OrderInputs(lead=agency, text="โปรดซ่อม"))
    sign_in(browser, live_server.url, khonkaen, Role.DIRECTOR)
    for path in (f"/desk/cases/{prepared.case_number}", f"/desk/cases/{prepared.case_number}/print", "/desk/decisions"):
        set_viewport(browser, width)
        browser.get(live_server.url + path)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path
    click(browser, 'button[name=decision][value="approve"]')
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.ID, "done"))
    assert Proposal.objects.get().decision == "approved"
    errors = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert errors == [], "no script or style was blocked"
