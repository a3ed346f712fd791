"""The pages for agencies in Chromium: no page is wider than its screen, and an answer needs no JavaScript."""

import os
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from central.agencies.models import Agency
from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Referral
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.agency_desk.conftest import link_of, send_case
from tests.unit.central.chromium import set_viewport
from tests.unit.central.factories import create_agency, create_officer_with
from tests.unit.central.page_steps import press, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("AGENCY_PICTURES", "")  # a directory for screenshots


def check_widths(driver: webdriver.Chrome, url: str, name: str) -> None:
    for width in (320, 360, 1280):
        set_viewport(driver, width)
        driver.get(url)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width, (name, width)
        ids = driver.execute_script("return [...document.querySelectorAll('[id]')].map(each => each.id)")
        assert len(ids) == len(set(ids)), (name, ids)
        if _PICTURES:
            height = driver.execute_script("return document.documentElement.scrollHeight")
            set_viewport(driver, width, height)
            driver.save_screenshot(f"{_PICTURES}/{name}-{width}.png")


def sign_in(driver: webdriver.Chrome, live_server: Any, officer: Officer) -> None:
    """Give the browser a session of this officer."""
    client = Client()
    client.force_login(officer)
    driver.get(f"{live_server.url}/desk/login")
    driver.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})


def test_the_page_of_a_link_fits_every_screen(browser: webdriver.Chrome, live_server: Any, referral: Referral) -> None:
    link = live_server.url + link_of(referral)
    check_widths(browser, link, "link")
    commands.accept(referral, Actor.agency_link(referral), seen_revision=None, handler_name="นางสาวมาลี แสงทอง")
    commands.report(referral, Actor.agency_link(referral), seen_revision=None, text="สั่งหม้อแปลงใหม่แล้ว", is_done=False)
    check_widths(browser, f"{link}?lang=en", "link-reported")
    check_widths(browser, f"{live_server.url}/a/forged", "link-forged")


def test_a_report_is_sent_without_javascript(browser: webdriver.Chrome, live_server: Any, referral: Referral) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(live_server.url + link_of(referral))
    browser.find_element(By.ID, "accept-handler").send_keys("นายประเสริฐ ดีงาม")
    press(browser, "form[action$='/accept'] button")  # the form for a report is on the page before it too
    wait_for(browser, "#report-text").send_keys("เปลี่ยนหม้อแปลงแล้ว")
    wait_for(browser, "input[name=done][value=yes]").click()
    press(browser, "form[action$='/report'] button")
    WebDriverWait(browser, 20).until(lambda page: "รายงานผลแล้วเสร็จ" in page.page_source.replace("<wbr>", ""))
    assert Referral.objects.get().state == "done"


def test_the_pages_for_accounts_fit_every_screen(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, electricity: Agency, legal_officer: Actor
) -> None:
    for _ in range(3):
        referral = send_case(khonkaen, electricity, legal_officer)
    worker = create_officer_with(khonkaen, Role.AGENCY_OFFICER, name="prasert", agency=electricity)
    sign_in(browser, live_server, worker)
    check_widths(browser, f"{live_server.url}/desk/agency/", "queue")
    check_widths(browser, f"{live_server.url}/desk/agency/{referral.pk}", "account")
    inspector = create_agency(khonkaen, "inspector", name_th="สำนักงานจเรตำรวจ")
    Agency.objects.filter(pk=electricity.pk).update(supervising_agency=inspector)
    sign_in(browser, live_server, create_officer_with(khonkaen, Role.SUPERVISOR, name="jare", agency=inspector))
    check_widths(browser, f"{live_server.url}/desk/agency/supervision", "supervision")
    assert legal_officer.officer is not None
    sign_in(browser, live_server, legal_officer.officer)
    check_widths(browser, f"{live_server.url}/desk/referrals/{referral.pk}", "delivery")
