"""An officer drops two scans, divides them with the keyboard and files the first case; the pages have no finding."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from central.centres.models import Centre
from central.people.roles import Role
from central.scan_batches import page_tasks
from central.scan_batches.models import ScanFile, ScanPage
from central.scan_batches.page_tasks import read_scanned_pages
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central.chromium import browser, set_viewport
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_steps import wait_for
from tests.unit.central.scan_batches.scanned_sheets import blank, letter, pdf_of, separator

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]  # four pages in two widths: 9 s
_PICTURES = os.environ.get("DESK_PICTURES", "")  # a directory for screenshots


def check(page: webdriver.Chrome, name: str) -> None:
    for width in (320, 1280):
        set_viewport(page, width)
        assert reflow_findings(page) + keyboard_findings(page) + axe_findings(page) == [], (name, width)
        if _PICTURES:
            set_viewport(page, width, page.execute_script("return document.documentElement.scrollHeight"))
            page.save_screenshot(f"{_PICTURES}/{name}-{width}.png")
            set_viewport(page, width)


def test_two_scans_are_uploaded_divided_by_keyboard_and_filed(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_tasks, "run_in_child", lambda function, *arguments, **_: function(*arguments))
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.INTAKE))
    browser.get(f"{live_server.url}/desk/login")
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})
    scans = []
    for name, content in (
        ("1.pdf", pdf_of(separator(100), letter(1), blank(), letter(2), letter(3))),
        ("2.pdf", pdf_of(letter(4))),
    ):
        (tmp_path / name).write_bytes(content)
        scans.append(str(tmp_path / name))
    browser.get(f"{live_server.url}/desk/scans")
    check(browser, "scans")
    browser.find_element(By.ID, "files").send_keys("\n".join(scans))
    browser.find_element(By.ID, "upload").click()
    wait_for(browser, "#parts[data-reading]")
    for file in ScanFile.objects.all():
        read_scanned_pages.func(file.pk)
    wait_for(browser, "#parts:not([data-reading]) #part-2")
    check(browser, "scan")
    fourth = ScanPage.objects.get(file__index=0, index=3)
    button = f"#page-{fourth.pk} button[value=begin]"
    browser.find_element(By.CSS_SELECTOR, button).send_keys(Keys.ENTER)
    wait_for(browser, "#part-3")
    focused = "document.activeElement.closest('li')?.id"
    WebDriverWait(browser, 10).until(lambda page: page.execute_script(f"return {focused}") == f"page-{fourth.pk}")
    browser.find_element(By.CSS_SELECTOR, f"#page-{fourth.pk} button[value=turn]").send_keys(Keys.ENTER)
    wait_for(browser, f"#page-{fourth.pk} .turned-1")
    fourth.refresh_from_db()
    assert (fourth.begins_case, fourth.quarter_turns) == (True, 1), "stored without any other step"
    check(browser, "scan-divided")
    gone = ScanPage.objects.get(file__index=0, index=4)
    ScanPage.objects.filter(pk=gone.pk).delete()  # as when a colleague has filed it
    browser.find_element(By.CSS_SELECTOR, f"#page-{gone.pk} button[value=turn]").send_keys(Keys.ENTER)
    assert "บันทึกเป็นเรื่องแล้ว" in wait_for(browser, "#refusals #error").text.replace("\u200b", "")
    assert not browser.find_elements(By.ID, f"page-{gone.pk}")
    check(browser, "scan-409")
    browser.execute_script("document.querySelector('main details').open = true")
    (tmp_path / "3.txt").write_text("no scan")
    browser.find_element(By.ID, "files").send_keys(f"{tmp_path / '3.txt'}\n{scans[1]}")
    browser.find_element(By.ID, "upload").click()
    WebDriverWait(browser, 10).until(
        lambda page: len(page.find_elements(By.CSS_SELECTOR, "#upload-state .danger")) == 2
    )
    browser.find_element(By.CSS_SELECTOR, "#part-2 ~ .part-buttons a.main").send_keys(Keys.ENTER)
    wait_for(browser, "#from-scan img")
    check(browser, "file-scan")
