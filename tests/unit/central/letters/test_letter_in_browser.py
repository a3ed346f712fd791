"""An officer answers a complainant by letter: edits it, gives it a number, downloads it, files the signed scan; no page
has a finding at 320 and 1280 px."""

import os
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By

from central.cases.models import Attachment, Complainant
from central.centres.models import Centre
from central.letters.models import Letter, LetterOffice
from central.letters.pdf import final_pdf
from central.people.roles import Role
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central.chromium import set_viewport
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_steps import press, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
_PICTURES = os.environ.get("DESK_PICTURES", "")  # a directory for screenshots
_WIDTHS = (320, 1280)


def check(page: webdriver.Chrome, name: str) -> None:
    for width in _WIDTHS:
        set_viewport(page, width)
        assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == [], (name, width)
        if _PICTURES:
            set_viewport(page, width, page.execute_script("return document.documentElement.scrollHeight"))
            page.save_screenshot(f"{_PICTURES}/{name}-{width}.png")
            set_viewport(page, width)


def test_an_officer_answers_a_complainant_by_letter(
    browser: webdriver.Chrome, live_server: Any, tmp_path: Path
) -> None:
    centre = Centre.objects.create(slug="khonkaen", area_code="40", name_th="ศูนย์ดำรงธรรมจังหวัดขอนแก่น", name_en="KK")
    LetterOffice.objects.create(centre=centre, code="ขก 0018", name=centre.name_th, section="กลุ่มงานศูนย์ดำรงธรรม")
    case, client = create_case(centre), Client()
    Complainant.objects.create(case=case, source="typed", title="นาง", first_name="บุญมา", last_name="ใจดี")
    client.force_login(create_officer_with(centre, Role.DIRECTOR))
    browser.get(f"{live_server.url}/desk/login")
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})
    set_viewport(browser, 1280)
    browser.get(f"{live_server.url}/desk/cases/{case.case_number}")
    check(browser, "case-with-letters")
    press(browser, "#add-letter button[value=answer]")
    wait_for(browser, "#letter-form")
    assert browser.find_element(By.ID, "addressee").get_attribute("value") == "นางบุญมา ใจดี"
    check(browser, "letter-draft")
    subject = browser.find_element(By.ID, "subject")
    subject.clear()
    subject.send_keys("แจ้งผลการซ่อมไฟฟ้าสาธารณะ")
    press(browser, "#letter-form button[value=issue]")
    assert "ยังมีที่ว่าง" in wait_for(browser, "#error").text
    body = browser.find_element(By.ID, "body")
    text = body.get_attribute("value") or ""
    body.clear()
    body.send_keys(text.replace("………………", "เทศบาลซ่อมแล้ว"))
    press(browser, "#letter-form button[value=issue]")
    wait_for(browser, "#state[data-state=issued]")
    letter = Letter.objects.get()
    assert (letter.number, letter.subject) == ("ขก 0018/1", "แจ้งผลการซ่อมไฟฟ้าสาธารณะ")
    check(browser, "letter-issued")
    printed = client.get(f"/desk/cases/{case.case_number}/letters/{letter.pk}/pdf").content
    assert printed == final_pdf(Letter.objects.get(), "")
    scan = tmp_path / "signed.png"
    pypdfium2.PdfDocument(printed)[0].render(scale=200 / 72).to_pil().convert("L").save(scan)
    browser.get(f"{live_server.url}/desk/letters")
    check(browser, "letters")
    browser.find_element(By.CSS_SELECTOR, "#scan-form input[type=file]").send_keys(str(scan))
    press(browser, "#scan-form button.main")
    wait_for(browser, "#notice a")
    assert Attachment.objects.get().event.payload["number"] == "ขก 0018/1"
    browser.find_element(By.CSS_SELECTOR, "#notice a").click()
    wait_for(browser, "#signed")
    browser.get(f"{live_server.url}/desk/letters/of/khonkaen/office")
    check(browser, "letter-office")
    browser.get(f"{live_server.url}/desk/letters/of/khonkaen/templates/answer")
    check(browser, "letter-template")
