"""Activities and imports in Chromium: no finding of axe-core, nothing wider than 320 px, the keyboard works."""

import os
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from selenium import webdriver

from central.activities import commands
from central.activities.commands import ActivityContent, clean_photos
from central.centres.models import Centre, Officer
from central.earlier_cases import batches
from central.earlier_cases.columns import Column
from central.earlier_cases.models import ImportBatch
from central.people.roles import Role
from tests.accessibility.page_checks import axe_findings, keyboard_findings, reflow_findings
from tests.unit.central import sample_files
from tests.unit.central.chromium import browser, set_viewport
from tests.unit.central.factories import create_officer_with

__all__ = ["browser"]
_HEADINGS = ["เลขที่รับ", "วันที่รับเรื่อง", "ชื่อ-สกุลผู้ร้อง", "รายละเอียดเรื่องร้องทุกข์", "สถานะเรื่อง", "หมายเหตุของเจ้าหน้าที่"]
_ROWS = [
    ["1/2567", "5 ม.ค. 2567", "นางบุญมา ใจดี", "ไฟทางดับหน้าวัดสว่างอารมณ์ หมู่ที่ 7", "ยุติเรื่อง", ""],
    ["2/2567", "32/1/2567", "นายสมชาย ตัวอย่าง", "", "อยู่ระหว่างดำเนินการ", ""],
]


def _activity_path(director: Officer, centre: Centre) -> str:
    content = ActivityContent(
        title_th="ศูนย์ดำรงธรรมเคลื่อนที่ลงพื้นที่รับเรื่องร้องทุกข์ อำเภอน้ำพอง",
        text_th="ทีมงานรับเรื่องร้องทุกข์และให้คำปรึกษากฎหมายแก่ประชาชน\nครั้งต่อไปจัดที่อำเภอชุมแพ",
        held_on=date(2026, 11, 20),
        place_th="หอประชุมที่ว่าการอำเภอน้ำพอง",
        leader_th="นายสมชาย ตัวอย่างดี ผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรม",
        participants_th="หน่วยงาน 8 แห่ง และประชาชน 120 คน",
    )
    photos = clean_photos([SimpleUploadedFile("a.jpg", sample_files.photo(size=(640, 420)))], "เวทีรับเรื่องร้องทุกข์")
    activity = commands.create_activity(director, centre, content, photos)
    commands.publish(director, activity, activity.revision)
    return f"activities/{activity.pk}"


def _checked_import(director: Officer, centre: Centre) -> ImportBatch:
    rows = [(number, cells) for number, cells in enumerate([_HEADINGS, *_ROWS], start=1)]
    batch = batches.store_file(director, centre, "ทะเบียนเรื่องร้องทุกข์ 2567.xlsx", b"", rows)
    columns = {Column(name): index for name, index in batch.columns.items()}
    return batches.check_rows(director, batch, columns, {})


def test_the_pages_of_activities_and_imports_have_no_finding(
    browser: webdriver.Chrome, live_server: Any, khonkaen: Centre
) -> None:
    director, client = create_officer_with(khonkaen, Role.DIRECTOR), Client()
    activity, batch = _activity_path(director, khonkaen), _checked_import(director, khonkaen)
    client.force_login(director)
    browser.get(f"{live_server.url}/desk/login")
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/desk"})
    visits = [("activities", 320), (activity, 320), (f"{activity}?lang=en", 1280), (f"desk/{activity}", 320)]
    visits += [("desk/activities", 320), (f"desk/{activity}", 1280), ("desk/imports", 320)]
    visits += [(f"desk/imports/{batch.pk}", 320), (f"desk/imports/{batch.pk}", 1280)]
    shown = {}
    for path, width in visits:
        set_viewport(browser, width)
        browser.get(f"{live_server.url}/{path}")
        if directory := os.environ.get("SCREENSHOT_DIR"):
            height = browser.execute_script("return document.documentElement.scrollHeight")
            browser.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": min(height, 3000), "deviceScaleFactor": 1, "mobile": False},
            )
            browser.save_screenshot(str(Path(directory, f"{path.replace('/', '_').partition('?')[0]}-{width}.png")))
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            set_viewport(browser, width)
        shown[path, width] = reflow_findings(browser) + keyboard_findings(browser) + axe_findings(browser)
    assert {visit: findings for visit, findings in shown.items() if findings} == {}
