"""Lost codes in Chromium: a citizen at 320 pixels, and an officer who prints a slip; no page has a finding."""

import os
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By

from central.cases.models import Complainant
from central.centres.models import Centre
from central.identity_crypto import one_time_code
from central.notices.models import NoticeRoute, PhoneCode
from central.people.roles import Role
from protocol.case_number import CaseNumber
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central.chromium import set_viewport
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_steps import press, text_of, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("DESK_PICTURES", "")  # a directory for screenshots


def check(page: webdriver.Chrome, name: str, width: int = 320) -> None:
    assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == [], name
    if _PICTURES:
        set_viewport(page, width, page.execute_script("return document.documentElement.scrollHeight"))
        page.save_screenshot(f"{_PICTURES}/{name}.png")
        set_viewport(page, width)


@pytest.fixture
def citizen(khonkaen: Centre) -> Citizen:
    citizen = Citizen(khonkaen, case_number=str(CaseNumber("KKN07", "B", 1)), channel="phone_1567")
    Complainant.objects.create(case=citizen.case, source="typed", first_name="สมชาย ใจดี", phone="0812345678")
    return citizen


def test_a_citizen_gets_a_new_code_with_the_phone(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, citizen: Citizen
) -> None:
    NoticeRoute.objects.create(centre=khonkaen, channel="sms", url="http://127.0.0.1:9/")
    set_viewport(browser, 320)
    browser.get(f"{live_server.url}/t")
    press(browser, "a[href='/t/lost']")
    wait_for(browser, "#phone").send_keys("081 234 5678")
    check(browser, "lost-1-number")
    press(browser, "#lost-form .main")
    wait_for(browser, "#sms").send_keys(one_time_code("phone code", PhoneCode.objects.get().nonce, 6))
    check(browser, "lost-2-sms")
    press(browser, "#lost-form .main")
    code = text_of(browser, "#new-code")
    wait_for(browser, "#is_kept").click()
    check(browser, "lost-3-keep")
    press(browser, "#lost-form .main")
    assert text_of(browser, "#done") == code
    check(browser, "lost-4-done")
    assert browser.current_url == f"{live_server.url}/t/lost", "nothing is in the address"
    press(browser, "#lost-form .main")
    assert text_of(browser, "#number") == citizen.case.case_number
    assert not browser.find_elements(By.ID, "own-code")


def test_an_officer_finds_the_case_and_prints_a_slip(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, citizen: Citizen
) -> None:
    desk = Client()
    desk.force_login(create_officer_with(khonkaen, Role.OPERATOR))
    browser.get(f"{live_server.url}/desk/login")
    browser.add_cookie({"name": "sessionid", "value": desk.cookies["sessionid"].value, "path": "/desk"})
    for width in (320, 1280):
        set_viewport(browser, width)
        browser.get(f"{live_server.url}/desk/find")
        wait_for(browser, "input[name=way][value=phone]").click()
        wait_for(browser, "#term").send_keys("0812345678")
        wait_for(browser, "#reason").send_keys("ผู้ร้องโทรถาม ทำใบติดตามเรื่องหาย")
        press(browser, "#find-form .main")
        wait_for(browser, "#found")
        check(browser, f"find-{width}", width)
        press(browser, "#found td .button")
        wait_for(browser, "input[name=way][value=phone_and_name]").click()
        wait_for(browser, "#phone").send_keys("0812345678")
        wait_for(browser, "#name").send_keys("สมชาย ใจดี")
        wait_for(browser, "#reason").send_keys("ผู้ร้องโทรถาม ทำใบติดตามเรื่องหาย")
        check(browser, f"new-code-{width}", width)
        press(browser, "#new-code-form .main")
        code = text_of(browser, "#slip-code")
        check(browser, f"slip-{width}", width)
        assert browser.current_url.endswith("/code")
    citizen.code = code
    browser.delete_all_cookies()
    set_viewport(browser, 320)
    browser.get("about:blank")
    browser.get(f"{live_server.url}/t#{code}")
    wait_for(browser, "#own-code")
    check(browser, "own-code")
