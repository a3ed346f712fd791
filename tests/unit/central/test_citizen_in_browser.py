"""Stories of a citizen with a phone in Chromium, in which every page fits the screen and has no finding of axe-core."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from central.cases import commands
from central.cases.commands import ClosingInputs, OrderInputs
from central.cases.models import Attachment
from central.centres.models import Centre, Officer
from central.messages.models import Rating
from central.people.roles import Role
from protocol import tracking_code
from protocol.case_status import CaseStatus
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central import sample_files
from tests.unit.central.chromium import set_viewport
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import actor_with, create_agency, create_officer_with

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("CITIZEN_PICTURES", "")  # a directory for screenshots


class Phone:
    """A browser of 320 pixels, in the hands of a citizen."""

    def __init__(self, browser: webdriver.Chrome, url: str, *, has_scripts: bool = True) -> None:
        self._browser, self._url, self._has_scripts, self._pictures = browser, url, has_scripts, 0
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not has_scripts})
        set_viewport(browser, 320, 700)

    def open(self, citizen: Citizen) -> None:
        """Scan the code of the receipt; without scripts, type it."""
        if self._has_scripts:
            self._browser.get("about:blank")  # another fragment alone loads no page
            self._browser.get(tracking_code.tracking_url(self._url, citizen.code))
        else:
            self._browser.get(f"{self._url}/t")
            self.wait_for("#code").send_keys(citizen.code)
            self.wait_for("#code-form button").click()
        self.wait_for("#number, [data-result=ended]")

    def wait_for(self, selector: str) -> WebElement:
        """The first element that fits, once it is there."""
        wait = WebDriverWait(self._browser, 15, poll_frequency=0.1)
        elements: list[WebElement] = wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, selector))
        return elements[0]

    def press(self, selector: str, then: str) -> None:
        """Press a button and wait for what the next page has."""
        self.check()
        self.wait_for(selector).click()
        self.wait_for(then)
        assert "#" not in self._browser.current_url.removeprefix(f"{self._url}/t#")

    def fail_to_press(self, selector: str, then: str) -> None:
        """Press a button without network."""
        for is_offline in (True, False):
            conditions = {"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
            self._browser.execute_cdp_cmd("Network.enable", {})
            self._browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
            if is_offline:
                self.wait_for(selector).click()
                self.wait_for(then)
                self.check()

    def check(self) -> None:
        """The page has no finding."""
        page = self._browser
        if not self._has_scripts:
            return  # nor can the checks run
        assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == []
        if _PICTURES:
            self._pictures += 1
            height = page.execute_script("return document.documentElement.scrollHeight")
            set_viewport(page, 320, height)
            page.save_screenshot(f"{_PICTURES}/{self._url[-5:]}-{self._pictures}.png")
            set_viewport(page, 320, 700)


def sign_in(browser: webdriver.Chrome, officer: Officer) -> None:
    """Give the browser a session of this officer."""
    client = Client()
    client.force_login(officer)
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_question_is_answered_with_a_photo(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, tmp_path: Path, has_scripts: bool
) -> None:
    citizen, owner = Citizen(khonkaen), actor_with(khonkaen, Role.CASE_OFFICER)
    commands.take(citizen.case, owner, seen_revision=None)
    commands.ask_details(citizen.case, owner, seen_revision=None, question="เสาไฟต้นไหน โปรดส่งภาพ")
    (tmp_path / "เสา.jpg").write_bytes(sample_files.photo(size=(3300, 2200), position=True))
    phone = Phone(browser, live_server.url, has_scripts=has_scripts)
    phone.open(citizen)
    phone.press("button[formaction='/t/details']", "#action-form")
    phone.wait_for("#text").send_keys("ต้นหน้าวัด")
    phone.wait_for("#files").send_keys(str(tmp_path / "เสา.jpg"))
    if has_scripts:
        phone.fail_to_press("#action-form .main", "#offline:not([hidden])")
        assert phone.wait_for("#text").get_attribute("value") == "ต้นหน้าวัด"
    phone.press("#action-form .main", "#done")
    phone.press(".back button", "#ladder")
    case = citizen.reload()
    assert (case.current_status, case.attention) == (CaseStatus.CHECKING, "citizen_answered")
    attachment = Attachment.objects.get()
    assert attachment.latitude is None
    with Image.open(attachment.file) as picture:
        assert picture.width == (2400 if has_scripts else 3200), "made smaller by the phone, or by the centre"
    assert case.events.get(kind="record_details").texts.note == "ต้นหน้าวัด"
    if has_scripts:
        sign_in(browser, create_officer_with(khonkaen, Role.DIRECTOR))
        browser.get(f"{live_server.url}/desk/cases/{case.case_number}")
        assert "ต้นหน้าวัด" in phone.wait_for("#messages .from-citizen").text
        phone.check()


def test_a_closed_case_is_rated_and_reopened(browser: webdriver.Chrome, live_server: Any, khonkaen: Centre) -> None:
    citizen, director = Citizen(khonkaen), actor_with(khonkaen, Role.DIRECTOR)
    commands.order(citizen.case, director, seen_revision=None, inputs=OrderInputs(lead=create_agency(khonkaen)))
    commands.close(citizen.case, director, seen_revision=None, inputs=ClosingInputs("resolved", "ซ่อมไฟแล้ว"))
    phone = Phone(browser, live_server.url)
    phone.open(citizen)
    phone.press("button[formaction='/t/history']", "#events")
    phone.press(".back button", "#ladder")
    phone.press("button[formaction='/t/rating']", "#action-form")
    phone.press("#action-form .main", "#error")  # without stars
    phone.wait_for("input[name=stars_0][value='2']").click()
    phone.wait_for("#comment").send_keys("ไฟยังติด ๆ ดับ ๆ")
    phone.press("#action-form .main", "#done")
    phone.press(".back button", "#ladder")
    phone.press("button[formaction='/t/reopening']", "#action-form")
    phone.wait_for("#reason").send_keys("ไฟดับอีกแล้ว")
    phone.press("#action-form .main", "#done")
    phone.press(".back button", "#reopening")
    assert citizen.reload().attention == "reopening_requested"
    commands.reopen(citizen.case, director, seen_revision=None, reason="ตรวจแล้วยังดับ")
    phone.open(citizen)
    assert phone.wait_for("#page").get_attribute("data-status") == "ordered"
    assert Rating.objects.get().stars == 2


def test_code_and_personal_data_are_behind_a_fold_in_english_too(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre
) -> None:
    citizen, phone = Citizen(khonkaen, language="en"), Phone(browser, live_server.url)
    phone.open(citizen)
    phone.wait_for("#page summary").click()
    phone.press("button[formaction='/t/data']", "#action-form")
    phone.wait_for("input[name=right][value=access]").click()
    phone.press("#action-form .main", "#done")
    phone.press(".back button", "#ladder")
    phone.wait_for("#page summary").click()
    phone.press("button[formaction='/t/new-code']", "#new-code")
    code = phone.wait_for("#new-code").text
    phone.wait_for("#is_kept").click()
    phone.press("#action-form .main", "#done")
    phone.press(".back button", "#ladder")
    phone.open(citizen)
    assert phone.wait_for("#page").get_attribute("data-result") == "ended"
    citizen.code = tracking_code.parse(code)
    phone.open(citizen)
    sign_in(browser, create_officer_with(khonkaen, Role.DPO))
    browser.get(f"{live_server.url}/desk/data-requests")
    assert citizen.case.case_number in phone.wait_for("#data-requests").text
    phone.check()
