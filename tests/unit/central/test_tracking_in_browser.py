"""The tracking page in a browser: the code after the '#' is sent in a POST body and is never part of a URL."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Case
from central.centres.models import Officer
from protocol import tracking_code
from protocol.submission import Submission
from tests.unit.central.kiosk_client import KioskClient


@pytest.fixture
def submitted(live_server: Any, kiosk: KioskClient) -> Submission:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission


def shows(browser: webdriver.Chrome, what: Callable[[], bool]) -> None:
    WebDriverWait(browser, 15, poll_frequency=0.1, ignored_exceptions=[Exception]).until(lambda _: what())


def status(browser: webdriver.Chrome) -> str | None:
    return browser.find_element(By.ID, "page").get_attribute("data-status")


def requested_urls(browser: webdriver.Chrome) -> list[tuple[str, str]]:
    """Method and URL of every request so far."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]  # type: ignore[no-untyped-call]
    sent = [event["params"]["request"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [(request["method"], request["url"]) for request in sent if not request["url"].startswith("data:")]


def test_a_scanned_code_shows_the_case_in_both_languages_and_again_later(
    browser: webdriver.Chrome, live_server: Any, submitted: Submission, officer: Officer
) -> None:
    address = tracking_code.tracking_url(live_server.url, submitted.tracking_code)
    browser.get(address)
    shows(browser, lambda: status(browser) == "received")
    shows(browser, lambda: submitted.case_number in browser.title)  # the browser's process learns of it a little later
    assert browser.current_url == address, "the page can be bookmarked and opened again"

    browser.find_element(By.CSS_SELECTOR, "button[name=language][value=en]").click()
    shows(browser, lambda: "An officer will take it on" in browser.find_element(By.ID, "sentence").text)
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert browser.current_url == address

    case = Case.objects.get()
    commands.take(case, Actor.of(officer), seen_revision=case.revision)
    browser.refresh()
    shows(browser, lambda: status(browser) == "checking")
    steps = browser.find_elements(By.CSS_SELECTOR, "#ladder li")
    assert [step.get_attribute("class") for step in steps] == ["done", "now", "ahead", "ahead", "ahead"]

    code, requests = tracking_code.display(submitted.tracking_code), requested_urls(browser)
    assert ("POST", f"{live_server.url}/t") in requests
    assert not any(code in url for _, url in requests)
    assert all(url.startswith(live_server.url) for _, url in requests), "no third party"
    browser_log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry["message"] for entry in browser_log] == [], "the policy blocks no resource of this page"


def test_a_wrong_code_can_be_corrected_in_place_and_the_language_stays(
    browser: webdriver.Chrome, live_server: Any, submitted: Submission
) -> None:
    browser.get(f"{live_server.url}/t?lang=en#%E0%A")  # a cut address
    shows(browser, lambda: bool(browser.find_element(By.ID, "page").get_attribute("data-result")))
    browser.get("about:blank")
    browser.get(f"{live_server.url}/t?lang=en#7KQ2-M9XD-4TBVX")
    shows(browser, lambda: browser.find_element(By.ID, "code").get_attribute("value") == "7KQ2-M9XD-4TBVX")
    field = browser.find_element(By.ID, "code")
    field.clear()
    field.send_keys(tracking_code.display(submitted.tracking_code).lower() + Keys.ENTER)
    shows(browser, lambda: status(browser) == "received")
    assert browser.current_url.endswith(f"/t#{tracking_code.display(submitted.tracking_code)}")
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"


def test_a_missing_network_is_reported(browser: webdriver.Chrome, live_server: Any, submitted: Submission) -> None:
    browser.get(f"{live_server.url}/t")
    conditions = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    field = browser.find_element(By.ID, "code")
    field.send_keys(submitted.tracking_code)
    field.submit()
    shows(browser, lambda: browser.find_element(By.ID, "offline").is_displayed())
    assert field.get_attribute("value") == submitted.tracking_code, "the typed code is still there"
