"""A passkey in a browser with a virtual authenticator: set-up, sign-in, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from central.centres.models import Officer
from central.people.models import OfficerEvent
from tests.unit.central.served_installation import PASSWORD


@pytest.fixture(autouse=True)
def second_factor_is_required(installation: None, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def phone(browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser with an authenticator that confirms every request, as a finger on the sensor does."""
    options = VirtualAuthenticatorOptions()
    options.transport = VirtualAuthenticatorOptions.Transport.INTERNAL
    options.has_resident_key = True
    options.has_user_verification = True
    options.is_user_verified = True
    browser.add_virtual_authenticator(options)
    yield browser


def enter_password(browser: webdriver.Chrome, url: str) -> None:
    browser.get(f"{url}/desk/login")
    browser.find_element(By.ID, "username").send_keys("somsri")
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "main form .button").click()


def press_passkey(browser: webdriver.Chrome) -> None:
    """Press the button when its page is there."""
    button = expected_conditions.element_to_be_clickable((By.CSS_SELECTOR, "#passkey .button"))
    WebDriverWait(browser, 15, poll_frequency=0.1).until(button).click()


def path_becomes(browser: webdriver.Chrome, url: str, path: str) -> None:
    WebDriverWait(browser, 15, poll_frequency=0.1).until(lambda _: browser.current_url == url + path)


def test_a_passkey_is_added_and_signs_in(phone: webdriver.Chrome, live_server: Any, officer: Officer) -> None:
    enter_password(phone, live_server.url)
    path_becomes(phone, live_server.url, "/desk/second-factor/set-up")
    press_passkey(phone)
    WebDriverWait(phone, 15).until(lambda _: phone.find_elements(By.ID, "codes"))
    assert len(phone.find_elements(By.CSS_SELECTOR, "#codes li")) == 10

    phone.delete_all_cookies()
    enter_password(phone, live_server.url)
    path_becomes(phone, live_server.url, "/desk/second-factor")
    press_passkey(phone)
    path_becomes(phone, live_server.url, "/desk/")
    kinds = list(OfficerEvent.objects.order_by("id").values_list("kind", "detail"))
    assert kinds == [("factor_added", "passkey"), ("signed_in", "passkey"), ("signed_in", "passkey")]
    messages = [entry["message"] for entry in phone.get_log("browser")]  # type: ignore[no-untyped-call]
    assert messages == [], "the policy blocks nothing of these pages"


def test_an_answer_is_accepted_once(phone: webdriver.Chrome, live_server: Any, officer: Officer) -> None:
    enter_password(phone, live_server.url)
    press_passkey(phone)
    WebDriverWait(phone, 15).until(lambda _: phone.find_elements(By.ID, "codes"))
    phone.delete_all_cookies()
    enter_password(phone, live_server.url)
    path_becomes(phone, live_server.url, "/desk/second-factor")
    # The answer is made and kept, and the page is loaded again: its challenge is another one.
    phone.execute_script("document.getElementById('passkey').submit=()=>{}")
    press_passkey(phone)
    field = "document.querySelector('#passkey [name=answer]')"
    WebDriverWait(phone, 15).until(lambda _: phone.execute_script(f"return {field}.value"))
    answer = phone.execute_script(f"return {field}.value")
    phone.refresh()
    script = f"{field}.value=arguments[0];document.getElementById('passkey').submit()"
    phone.execute_script(script, answer)
    WebDriverWait(phone, 15).until(lambda _: phone.find_elements(By.ID, "error"))
    assert phone.current_url == f"{live_server.url}/desk/second-factor"
    assert OfficerEvent.objects.filter(kind="factor_failed", detail="passkey").count() == 1


def test_an_invitation_link_fills_in_its_code_and_leaves_the_address(
    browser: webdriver.Chrome, live_server: Any
) -> None:
    browser.get(f"{live_server.url}/desk/invitation#AAAAA-BBBBB-CCCCC-DDDDD")
    path_becomes(browser, live_server.url, "/desk/invitation")
    assert browser.find_element(By.ID, "code").get_attribute("value") == "AAAAA-BBBBB-CCCCC-DDDDD"
