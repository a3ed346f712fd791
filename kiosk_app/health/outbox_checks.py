"""Health checks of enrolment and outbox: can complaints be saved, and are they delivered?"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError, OutboxError, OutboxFullError, revocation
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.settings import Settings
from protocol.bilingual_text import BilingualText

LATE_AFTER = timedelta(hours=24)  # a night without network is normal

_ENROL_ADVICE = BilingualText("kiosk enrol ที่อยู่ของศูนย์", "Run: kiosk enrol ADDRESS-OF-THE-CENTRE")


def check_enrolment(context: HealthContext) -> Iterator[Finding]:
    """Is this kiosk enrolled at a centre?"""
    try:
        enrolment = Enrolment.load(context.settings.paths.state)
    except OutboxBrokenError as error:
        yield Finding("K-01", Severity.STOPS, BilingualText("ข้อมูลการลงทะเบียนเสียหาย", f"{error}"), _ENROL_ADVICE)
        return
    if enrolment is None:
        yield Finding(
            "K-01",
            Severity.STOPS,
            BilingualText("ตู้นี้ยังไม่ได้ลงทะเบียนกับศูนย์", "This kiosk is not enrolled at a centre"),
            _ENROL_ADVICE,
        )
    elif revocation.is_revoked(context.settings.paths.state, enrolment):
        yield Finding(
            "K-13",
            Severity.STOPS,
            BilingualText("ศูนย์เพิกถอนตู้นี้แล้ว", "The centre has revoked this kiosk"),
            BilingualText(
                "ถามศูนย์ แล้วลงทะเบียนใหม่ด้วย kiosk enrol --new-key เรื่องที่รอส่งยังอยู่",
                "Ask the centre, then enrol again: kiosk enrol --new-key. Unsent complaints are kept",
            ),
        )
    elif differences := list(_differences(context.settings, enrolment)):
        yield Finding(
            "K-10",
            Severity.NOTE,
            BilingualText(
                ", ".join(f"{name} คือ {here} แต่ลงทะเบียนเป็น {enrolled}" for name, here, enrolled in differences),
                ", ".join(f"{name} is {here}, but enrolled is {enrolled}" for name, here, enrolled in differences),
            ),
            cure_of("K-10"),
        )


def _differences(settings: Settings, enrolment: Enrolment) -> Iterator[tuple[str, str, str]]:
    """Each option with its value, and the one of the enrolment, which is used."""
    if settings.kiosk.id != enrolment.kiosk_id:
        yield "kiosk.id", settings.kiosk.id, enrolment.kiosk_id
    if settings.centre.url and settings.centre.url.rstrip("/") != enrolment.centre_url:
        yield "centre.url", settings.centre.url, enrolment.centre_url


def check_outbox(context: HealthContext) -> Iterator[Finding]:
    """Can the next complaint be saved, and are the saved ones delivered?"""
    directory = outbox_directory(context.settings.paths.state)
    try:
        if not directory.is_dir():
            return  # nothing was ever saved here; the check of the enrolment reports the reason
        is_readable = os.access(directory, os.W_OK)
    except PermissionError:  # no access to the state directory itself
        is_readable = False
    if not is_readable:
        yield Finding(
            "K-11",
            Severity.NOTE,
            BilingualText("ผู้ใช้นี้เปิดดูกล่องขาออกไม่ได้", "This user cannot read the outbox"),
            BilingualText("ใช้ sudo", "Run this with sudo"),
        )
        return
    try:
        enrolment = Enrolment.load(context.settings.paths.state)
        with Outbox.open(directory, enrolment) as outbox:
            yield from _check_delivery(outbox)
            if enrolment is not None:
                outbox.check()
    except OutboxFullError as error:
        yield Finding(
            "K-02",
            Severity.STOPS,
            BilingualText("ที่เก็บเรื่องเต็ม", f"No complaint can be saved: {error}"),
            BilingualText(
                "ต่อเครือข่ายให้ส่งออก หรือ kiosk outbox export",
                "Connect the network so that it delivers, or use: kiosk outbox export DIR",
            ),
        )
    except OutboxError as error:
        yield Finding(
            "K-03",
            Severity.STOPS,
            BilingualText("เปิดที่เก็บเรื่องไม่ได้", f"The complaint store cannot be used: {error}"),
            BilingualText("ตรวจดิสก์และสิทธิ์ของไฟล์", "Check the disk and the files' permissions"),
        )


def _check_delivery(outbox: Outbox) -> Iterator[Finding]:
    oldest = outbox.oldest()
    if oldest is not None and datetime.now(UTC) - oldest > LATE_AFTER:
        count = outbox.count()
        yield Finding(
            "K-05",
            Severity.NOTE,
            BilingualText(
                f"มี {count} เรื่องรอส่งเกิน 24 ชั่วโมง", f"{count} complaints wait, the first for more than 24 hours"
            ),
            BilingualText("ตรวจเครือข่าย แล้วดู kiosk outbox status", "Check the network, then: kiosk outbox status"),
        )
    refused = sum(1 for row in outbox.pending() if row.refused)
    if refused:
        yield Finding(
            "K-06",
            Severity.NOTE,
            BilingualText(f"ศูนย์ไม่รับ {refused} เรื่อง", f"The centre refuses {refused} complaints"),
            BilingualText("แจ้งศูนย์ แล้ว kiosk outbox retry", "Tell the centre, then: kiosk outbox retry"),
        )
    for name in outbox.list_damaged_stores():
        yield Finding(
            "K-07",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องเสียหายถูกกันไว้: {name}", f"A damaged store was set aside: {name}"),
            BilingualText("สำเนาไฟล์นี้ส่งศูนย์", "Copy this file and give it to the centre"),
        )
    for name in outbox.list_lost_stores():
        yield Finding(
            "K-12",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องหายไป: {name}", f"A store of complaints was removed: {name}"),
            BilingualText(
                "แจ้งศูนย์ว่าอาจมีเรื่องหาย แล้วลบไฟล์นี้", "Tell the centre that complaints may be missing, then remove this file"
            ),
        )
    numbers = ", ".join(row.case_number for row in outbox.unconfirmed())
    if numbers:
        yield Finding(
            "K-08",
            Severity.NOTE,
            BilingualText(
                f"ไม่แน่ว่าประชาชนได้รหัสติดตาม: {numbers}", f"These citizens may have no tracking code: {numbers}"
            ),
            BilingualText("ศูนย์ออกรหัสใหม่ให้ได้", "The desk can give them a new code"),
        )
