"""A citizen files with a phone in Chromium: by touch, without network in the middle, back; and without scripts."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from central.cases.models import Attachment, Case, Complainant
from central.centres.models import Centre
from central.public import proof_of_work
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central import sample_files
from tests.unit.central.chromium import set_viewport
from tests.unit.central.test_tracking_in_browser import requested_urls

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("CITIZEN_PICTURES", "")  # a directory for screenshots
NAME, PHONE, STORY = "บุญมา ใจดี", "0812345678", "ถนนหน้าหมู่บ้านเป็นหลุมลึก รถล้มหลายคัน ขอให้ช่วยซ่อม"


class Phone:
    """A phone of 320 pixels with a touch screen."""

    def __init__(self, browser: webdriver.Chrome, url: str, *, has_scripts: bool = True) -> None:
        self.browser, self._url, self._has_scripts, self._pictures = browser, url, has_scripts, 0
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not has_scripts})
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        self.set_online(is_online=True)
        set_viewport(browser, 320, 700)

    def set_online(self, *, is_online: bool) -> None:
        """Switch the network on or off. A service worker has connections of its own, and the server counts them too."""
        conditions = {"offline": not is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def open(self, query: str = "") -> None:
        self.browser.get(f"{self._url}/file{query}")

    def find(self, selector: str) -> WebElement:
        """The first visible element, once it is there."""
        wait = WebDriverWait(self.browser, 60, poll_frequency=0.1, ignored_exceptions=[Exception])
        element: WebElement = wait.until(
            lambda page: next(each for each in page.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed())
        )
        return element

    def tap(self, selector: str) -> None:
        element = self.find(selector)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block:'center'})", element
        ) if self._has_scripts else None
        element.click()

    def wait(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, 20, poll_frequency=0.1, ignored_exceptions=[Exception]).until(lambda _: condition())

    def choose(self, field: str, value: str) -> None:
        """Choose from a list, once it has the value."""
        self.find(f"#{field} option[value='{value}']")
        Select(self.find(f"#{field}")).select_by_value(value)

    def be_at(self, latitude: float, longitude: float) -> None:
        """Carry the phone to this place, and let the page ask for it."""
        permission = {"origin": self._url, "permissions": ["geolocation"]}
        self.browser.execute_cdp_cmd("Browser.grantPermissions", permission)
        place = {"latitude": latitude, "longitude": longitude, "accuracy": 10}
        self.browser.execute_cdp_cmd("Emulation.setGeolocationOverride", place)

    def go_on(self, step: str) -> None:
        """Press the one filled button and wait for the next question."""
        self.check(step)
        self.tap("#next")
        self.find(f"#{step}.current")

    def check(self, name: str) -> None:
        """The page has no finding."""
        page = self.browser
        if _PICTURES:
            self._pictures += 1
            height = page.execute_script("return document.documentElement.scrollHeight")
            set_viewport(page, 320, height)
            page.save_screenshot(f"{_PICTURES}/web-filing-{self._url[-5:]}-{self._pictures:02}-before-{name}.png")
            set_viewport(page, 320, 700)
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})  # for the checks
        assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == []
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not self._has_scripts})


def test_a_phone_without_network_loses_and_doubles_nothing(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, tmp_path: Path
) -> None:
    (tmp_path / "หลุม.jpg").write_bytes(sample_files.photo(size=(3300, 2200), position=True))
    phone = Phone(browser, live_server.url)
    phone.open()
    phone.wait(lambda: browser.execute_script("return document.documentElement.dataset.offline"))
    phone.go_on("topic")
    phone.tap("#next")
    assert phone.find("#error").text
    phone.tap(".tile:nth-child(1)")
    phone.go_on("place")
    phone.choose("district", "4001")
    phone.choose("tambon", "400101")
    phone.find("#spot").send_keys("หน้าวัด")
    phone.be_at(16.44167, 102.83333)
    phone.tap("#position")
    phone.wait(lambda: "102.83333" in str(phone.find("#spot").get_attribute("value")))

    phone.set_online(is_online=False)
    phone.go_on("story")
    phone.find("#text").send_keys(STORY)
    browser.find_element(By.ID, "files").send_keys(str(tmp_path / "หลุม.jpg"))
    phone.go_on("person")
    phone.find("#name").send_keys(NAME)
    phone.find("#phone").send_keys(PHONE)
    phone.wait(lambda: browser.execute_async_script(_DRAFT)["values"].get("phone") == PHONE)

    browser.execute_async_script(_MADE_OLDER, "draft", 2 * 3600 * 1000)
    phone.open()  # two hours later, still without network
    phone.find("#older")
    assert NAME not in browser.page_source and not browser.find_element(By.ID, "filing").is_displayed()
    phone.check("resuming")
    phone.tap("#resume")
    phone.wait(lambda: browser.find_element(By.ID, "filing").get_attribute("data-saved") == "yes")
    phone.open()  # and at once again: it continues without a question
    phone.find("#resumed")
    assert phone.find("#name").get_attribute("value") == NAME
    phone.go_on("check")
    assert STORY in phone.find("#summary").text
    assert "หลุม.jpg" in phone.find("#summary").text
    phone.check("send")
    phone.tap("#next")
    phone.wait(lambda: "ยังส่งไม่ได้" in phone.find("#waiting").text)
    assert not Case.objects.exists()
    phone.check("waiting")

    phone.set_online(is_online=True)
    number = phone.find("#number").text  # by itself
    case = Case.objects.get()
    assert (case.case_number, case.text, case.area) == (number, STORY, "400101")
    assert case.location_note == "หน้าวัด\nพิกัด 16.44167, 102.83333"
    assert Complainant.objects.get().full_name == NAME
    attachment = Attachment.objects.get()
    assert attachment.latitude is None
    with Image.open(attachment.file) as picture:
        assert picture.size == (2400, 1600), "made smaller by the phone; the centre keeps up to 3200"
    phone.check("receipt")
    phone.open()
    assert phone.find("#number").text == number, "the code is shown until the citizen has kept it"
    phone.tap("#has-code")
    phone.find("#code-form")
    phone.open()
    phone.find("#notice.current")
    assert browser.execute_async_script(_DRAFT) is None, "nothing is left on the device"
    urls = " ".join(url for _, url in requested_urls(browser))
    assert [each for each in (NAME, PHONE, STORY, case.case_number) if each in urls] == []


# Moves the time of what is stored back by some milliseconds.
_MADE_OLDER = """
const [name, age, done] = arguments, request = indexedDB.open("filing", 1);
request.onsuccess = () => {
  const store = request.result.transaction("kept", "readwrite").objectStore("kept"), got = store.get(name);
  got.onsuccess = () => { store.put({...got.result, at: got.result.at - age}, name).onsuccess = () => done(); };
};
"""
# The stored draft.
_DRAFT = """
const done = arguments[0], request = indexedDB.open("filing", 1);
request.onsuccess = () => {
  const got = request.result.transaction("kept").objectStore("kept").get("draft");
  got.onsuccess = () => done(got.result ? {values: got.result.values} : null);
};
"""


def test_a_lost_answer_is_fetched_again_with_the_same_code(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre
) -> None:
    """The case is stored, and its answer is lost: the phone sends again and gets the same case."""
    phone = Phone(browser, live_server.url)
    phone.open("?lang=en")
    browser.execute_script(
        "const send = window.fetch; let count = 0;"
        "window.fetch = async (...all) => {"
        "  const response = await send(...all);"
        "  if (all[1] && count++ === 0) { window.dispatchEvent(new Event('lost')); throw new TypeError('lost'); }"
        "  return response; };"
    )
    phone.tap("#next")
    phone.tap(".tile:nth-child(2)")
    phone.tap("#next")
    phone.find("#place.current")
    phone.tap("#next")
    phone.find("#text").send_keys(STORY)
    phone.tap("#next")
    phone.tap("label[for=naming_2]")
    phone.wait(lambda: not browser.find_element(By.ID, "contact").is_displayed())
    phone.tap("#next")
    phone.find("#check.current")
    phone.tap("#next")
    phone.wait(lambda: "Not sent yet" in phone.find("#waiting").text)
    number = Case.objects.get().case_number
    phone.tap("#next")
    assert phone.find("#number").text == number
    assert Case.objects.get().name_disclosure == "anonymous"
    browser.execute_async_script(_MADE_OLDER, "receipt", 25 * 3600 * 1000)
    phone.open()
    phone.find("#notice.current")
    assert number not in browser.page_source, "the code is shown for a day at most"


def test_the_form_works_without_scripts(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(proof_of_work, "MIN_AGE_S", 0)
    (tmp_path / "a.jpg").write_bytes(sample_files.photo())
    phone = Phone(browser, live_server.url, has_scripts=False)
    phone.open()
    phone.check("form")
    phone.tap("#accepted")
    phone.tap(".tile:nth-child(1)")
    phone.tap("button[value=places]")
    Select(phone.find("#district")).select_by_value("4001")
    phone.find("#text").send_keys(STORY)
    phone.find("#name").send_keys(NAME)
    phone.tap(".button.main[value=check]")
    assert STORY in phone.find("#summary").text
    phone.check("check")
    phone.find("#files").send_keys(str(tmp_path / "a.jpg"))
    phone.tap("button[value=send]")
    assert phone.find("#number").text == Case.objects.get().case_number
    assert (Case.objects.get().area, Attachment.objects.count()) == ("4001", 1)
    phone.check("receipt")
