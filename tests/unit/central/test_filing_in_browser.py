"""An officer enters a case from the telephone with the keyboard alone, in under a minute; no page has a finding."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.documents.models import Document
from central.people.roles import Role
from kiosk_app.desk_bridge.devices import DeskDevices
from kiosk_app.desk_bridge.pairing import Pairing
from kiosk_app.desk_bridge.server import BridgeServer
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central import sample_files
from tests.unit.central.chromium import set_viewport
from tests.unit.central.documents.stored_files import SECRET, add_text
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_steps import press, wait_for
from tests.unit.desk_bridge.fake_devices import CARD, MemoryPrinter, MemoryReader

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("DESK_PICTURES", "")  # a directory for screenshots
_SENTENCE = "ไฟถนนหน้าวัดกลางดับมาสองสัปดาห์ กลางคืนมืดมาก เกิดอุบัติเหตุแล้วสองครั้ง ขอให้ซ่อม"
# The keystroke-level model of Card, Moran and Newell (1980): an average typist of 40 words a minute.
_SECONDS_PER_KEY = 0.28


def check(page: webdriver.Chrome, name: str, width: int) -> None:
    assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == [], (name, width)
    if _PICTURES:
        set_viewport(page, width, page.execute_script("return document.documentElement.scrollHeight"))
        page.save_screenshot(f"{_PICTURES}/{name}-{width}.png")
        set_viewport(page, width)


def page_loads(page: webdriver.Chrome) -> int:
    """Documents requested since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]  # type: ignore[no-untyped-call]
    requests = [each["params"] for each in messages if each["method"] == "Network.requestWillBeSent"]
    return sum(each.get("type") == "Document" for each in requests)


def sign_in(page: webdriver.Chrome, url: str, centre: Centre, role: Role) -> None:
    client = Client()
    client.force_login(create_officer_with(centre, role))
    page.get(f"{url}/desk/login")
    page.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})


class Keyboard:
    """Presses keys and counts them. A Thai vowel or tone mark is a key of its own."""

    def __init__(self, page: webdriver.Chrome) -> None:
        self._page, self.count = page, 0

    def type(self, text: str) -> None:
        ActionChains(self._page).send_keys(text).perform()
        self.count += len(text)

    def tab(self, times: int = 1) -> None:
        self.type(Keys.TAB * times)

    def tab_to(self, name: str) -> None:
        """Tab until the field has the focus."""
        for _ in range(12):
            self.tab()
            if self._page.switch_to.active_element.get_attribute("name") == name:
                return
        raise AssertionError(f"{name} is not reached")

    def save(self) -> None:
        ActionChains(self._page).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        self.count += 2


def test_a_telephone_case_takes_less_than_a_minute_of_typing(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre
) -> None:
    sign_in(browser, live_server.url, khonkaen, Role.OPERATOR)
    set_viewport(browser, 1280, 800)
    page_loads(browser)
    browser.get(f"{live_server.url}/desk/file")
    wait_for(browser, "#filing-form")
    keys = Keyboard(browser)
    keys.type("อ")  # read out
    keys.tab_to("phone")
    keys.type("0812345678")
    keys.tab_to("name")
    keys.type("สมชาย ใจดี")
    keys.tab_to("topic")
    keys.type("ส")
    keys.tab_to("place")
    keys.type("บ้านเป็ด")
    keys.tab_to("text")
    keys.type(_SENTENCE)
    check(browser, "file-typed", 1280)
    keys.save()
    wait_for(browser, "#slip-code")
    assert page_loads(browser) == 2, "the form and the slip"
    assert keys.count <= 150, keys.count
    assert keys.count * _SECONDS_PER_KEY < 60
    case = Case.objects.get()
    assert (case.channel, case.topic, case.area, case.text) == ("phone_1567", "utilities", "400115", _SENTENCE)
    assert Complainant.objects.get().phone == "0812345678"
    assert browser.switch_to.active_element.get_attribute("id") == "print", "Enter prints the slip"
    assert browser.current_url == f"{live_server.url}/desk/file"
    print(f"a telephone case: 2 page loads, 0 clicks, {keys.count} keystrokes, {len(_SENTENCE)} of them the statement")


def test_a_letter_is_dropped_and_the_pages_fit_a_phone(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, tmp_path: Path
) -> None:
    sign_in(browser, live_server.url, khonkaen, Role.DIRECTOR)
    letter = tmp_path / "หนังสือ.jpg"
    letter.write_bytes(sample_files.photo())
    for width in (320, 1280):
        set_viewport(browser, width)
        browser.get(f"{live_server.url}/desk/file?channel=post")
        wait_for(browser, "#files").send_keys(str(letter))
        assert "หนังสือ.jpg" in wait_for(browser, "#chosen li").text
        wait_for(browser, "#notice_given").send_keys("อ")
        wait_for(browser, "#topic").send_keys("ส")
        wait_for(browser, "#filing-form summary").click()
        check(browser, "file-letter", width)
        press(browser, "#save")
        wait_for(browser, "#slip-code")
        check(browser, "filed", width)
        browser.get(f"{live_server.url}/desk/channels")
        check(browser, "channels", width)
    assert [case.pages.count() for case in Case.objects.all()] == [1, 1]
    document = Document.objects.earliest("pk")
    add_text(document)
    for width in (320, 1280):
        set_viewport(browser, width)
        browser.get(f"{live_server.url}/desk/cases/{document.case.case_number}/pages/0/text")
        wait_for(browser, "#take-over summary").click()
        check(browser, "letter-taken-over", width)
    press(browser, "#take-over .main")
    wait_for(browser, "#text")
    assert SECRET in Case.objects.get(pk=document.case_id).text
    browser.get(f"{live_server.url}/desk/file")
    wait_for(browser, "#notice_given").send_keys("อ")
    wait_for(browser, "#topic").send_keys("ส")
    press(browser, "#save")
    wait_for(browser, "#error")
    check(browser, "file-refused", 1280)


def test_the_card_is_read_and_the_slip_printed_by_the_bridge_of_this_computer(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, tmp_path: Path, settings: Any
) -> None:
    reader, printer = MemoryReader(), MemoryPrinter()
    pairing = Pairing(tmp_path / "bridge" / "pairings.json")
    sign_in(browser, live_server.url, khonkaen, Role.INTAKE)
    set_viewport(browser, 1280, 800)
    with BridgeServer(DeskDevices(reader, printer), pairing, live_server.url, 0) as bridge:
        settings.DESK_BRIDGE_URL = bridge.url
        browser.get(f"{live_server.url}/desk/file")
        wait_for(browser, "#pairing summary").click()
        wait_for(browser, "#pairing-code").send_keys(pairing.new_code())
        check(browser, "file-pairing", 1280)
        wait_for(browser, "#pair").click()
        WebDriverWait(browser, 15).until(lambda page: page.find_element(By.ID, "read-card").is_displayed())
        assert reader.reads == 0, "nothing is read before somebody presses"
        wait_for(browser, "#read-card").click()
        name = wait_for(browser, "#name")
        WebDriverWait(browser, 15).until(lambda page: name.get_attribute("value"))
        assert (name.get_attribute("value"), reader.reads) == ("นายสมชาย ใจดี", 1)
        wait_for(browser, "#notice_given").send_keys("อ")
        wait_for(browser, "#topic").send_keys("ส")
        wait_for(browser, "#text").send_keys("ไฟดับ")
        check(browser, "file-card", 1280)
        wait_for(browser, "#save").click()
        wait_for(browser, "#bridge-print").click()
        WebDriverWait(browser, 15).until(lambda page: page.find_element(By.ID, "bridge-state").text)
        assert len(printer.printed) == 1
        check(browser, "filed-printed", 1280)
        reader.card = None
        browser.get(f"{live_server.url}/desk/cases/{Case.objects.get().case_number}/code")
        wait_for(browser, "#read-card").click()
        WebDriverWait(browser, 15).until(lambda page: "บัตร" in page.find_element(By.ID, "bridge-state").text)
        reader.card = CARD
        wait_for(browser, "#read-card").click()
        WebDriverWait(browser, 15).until(lambda page: page.find_element(By.ID, "citizen_id").get_attribute("value"))
        wait_for(browser, "#reason").send_keys("มาที่เคาน์เตอร์ ทำใบหาย")
        wait_for(browser, "#new-code-form .main").click()
        wait_for(browser, "#slip-code")
    person = Complainant.objects.get()
    assert (person.source, person.last_name, person.citizen_id_last4) == ("officer-stated", "ใจดี", "0121")
    browser.get(f"{live_server.url}/desk/file")
    wait_for(browser, "#read-card").click()
    WebDriverWait(browser, 15).until(lambda page: "desk-bridge" in page.find_element(By.ID, "bridge-state").text)
    policy = Client().get("/desk/login")["Content-Security-Policy"]
    assert bridge.url not in policy, "only the pages with the devices may speak to them"
