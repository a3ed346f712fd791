"""The keys of the list in a browser: move, open, select, search; no key acts while somebody types. The results of a
search have the same keys, and no finding of axe-core."""

from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from central.centres.models import Centre, Officer
from central.search.indexing import index_marked
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central.chromium import set_viewport
from tests.unit.central.factories import create_case
from tests.unit.central.served_installation import PASSWORD


def focused_row(browser: webdriver.Chrome) -> str | None:
    """The case number of the row that has the focus."""
    script = "return document.activeElement.closest('tr')?.dataset.number ?? null"
    number: str | None = browser.execute_script(script)
    return number


def press(browser: webdriver.Chrome, keys: str) -> None:
    browser.switch_to.active_element.send_keys(keys)


def test_keys_move_select_open_and_search(
    browser: webdriver.Chrome, live_server: Any, officer: Officer, khonkaen: Centre
) -> None:
    newest_first = [create_case(khonkaen).case_number for _ in range(4)][::-1]
    index_marked()
    set_viewport(browser, 1280, 800)
    browser.get(f"{live_server.url}/desk/login?next=/desk/cases")
    browser.find_element(By.ID, "username").send_keys(officer.username)
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "button.main").click()
    wait = WebDriverWait(browser, 15)
    wait.until(expected_conditions.presence_of_element_located((By.ID, "cases")))
    wait.until(lambda page: page.execute_script("return document.readyState") == "complete")  # its script listens
    press(browser, "j")
    assert focused_row(browser) == newest_first[0]
    press(browser, "jj")
    assert focused_row(browser) == newest_first[2]
    press(browser, "k")
    assert focused_row(browser) == newest_first[1]
    press(browser, "x")
    checked = browser.find_elements(By.CSS_SELECTOR, "#cases tbody input:checked")
    assert [box.get_attribute("value") for box in checked] == [f"{newest_first[1]}:0"]
    press(browser, "/")
    assert browser.switch_to.active_element.get_attribute("id") == "search-words"
    press(browser, "jx")
    assert browser.switch_to.active_element.get_attribute("value") == "jx", "keys are text in a field"
    press(browser, Keys.TAB)
    browser.execute_script("document.activeElement.blur()")
    browser.find_element(By.CSS_SELECTOR, "#cases th.pick input").click()
    assert len(browser.find_elements(By.CSS_SELECTOR, "#cases tbody input:checked")) == 4
    browser.find_element(By.CSS_SELECTOR, "#cases tbody a").send_keys(Keys.ENTER)
    wait.until(expected_conditions.url_contains(f"/desk/cases/{newest_first[0]}"))
    press(browser, "/")
    press(browser, "ไฟฟ้าดับ" + Keys.ENTER)
    wait.until(expected_conditions.presence_of_element_located((By.CSS_SELECTOR, "#cases.results mark")))
    press(browser, "j")
    assert focused_row(browser) in newest_first
    for width in (320, 1280):
        set_viewport(browser, width, 800)
        assert reflow_findings(browser) + keyboard_findings(browser) + axe_findings(browser) == []
    errors = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert not errors
