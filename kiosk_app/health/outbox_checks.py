"""Health checks of enrolment and outbox: can complaints be saved, and are they delivered?"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError, OutboxError, OutboxFullError, revocation
from kiosk_app.outbox.state_directory import outbox_directory
from protocol.bilingual_text import BilingualText

LATE_AFTER = timedelta(hours=24)  # a night without network is normal


def check_enrolment(context: HealthContext) -> Iterator[Finding]:
    """Is this kiosk enrolled at a centre?"""
    try:
        enrolment = Enrolment.load(context.settings.paths.state)
    except OutboxBrokenError as error:
        yield Finding("K-01", Severity.STOPS, BilingualText("ข้อมูลการลงทะเบียนเสียหาย", f"{error}"), cure_of("K-01"))
        return
    if enrolment is None:
        yield Finding(
            "K-01",
            Severity.STOPS,
            BilingualText("ตู้นี้ยังไม่ได้ลงทะเบียนกับศูนย์", "This kiosk is not enrolled at a centre"),
            cure_of("K-01"),
        )
    elif revocation.is_revoked(context.settings.paths.state, enrolment):
        yield Finding(
            "K-13",
            Severity.STOPS,
            BilingualText("ศูนย์เพิกถอนตู้นี้แล้ว", "The centre has revoked this kiosk"),
            cure_of("K-13"),
        )
    elif differences := list(_differences(context, enrolment)):
        yield Finding(
            "K-10",
            Severity.NOTE,
            BilingualText(
                ", ".join(f"{name} คือ {here} แต่ลงทะเบียนเป็น {enrolled}" for name, here, enrolled in differences),
                ", ".join(f"{name} is {here}, but enrolled is {enrolled}" for name, here, enrolled in differences),
            ),
            cure_of("K-10"),
        )


def _differences(context: HealthContext, enrolment: Enrolment) -> Iterator[tuple[str, str, str]]:
    """Each option with its value, and the one of the enrolment, which is used."""
    settings = context.settings
    if settings.kiosk.id != enrolment.kiosk_id:
        yield "kiosk.id", settings.kiosk.id, enrolment.kiosk_id
    # `kiosk enrol` at another centre changes the address while an interface runs.
    has_address = context.are_settings_current and settings.centre.url
    if has_address and settings.centre.url.rstrip("/") != enrolment.centre_url:
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
            BilingualText("ผู้ใช้นี้เปิดดูที่เก็บเรื่องไม่ได้", "This user cannot read the outbox"),
            cure_of("K-11"),
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
            cure_of("K-02"),
        )
    except OutboxError as error:
        yield Finding(
            "K-03",
            Severity.STOPS,
            BilingualText("เปิดที่เก็บเรื่องไม่ได้", f"The complaint store cannot be used: {error}"),
            cure_of("K-03"),
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
            cure_of("K-05"),
        )
    refused = sum(1 for row in outbox.pending() if row.refused)
    if refused:
        yield Finding(
            "K-06",
            Severity.NOTE,
            BilingualText(f"ศูนย์ไม่รับ {refused} เรื่อง", f"The centre refuses {refused} complaints"),
            cure_of("K-06"),
        )
    for name in outbox.list_damaged_stores():
        yield Finding(
            "K-07",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องเสียหายถูกกันไว้: {name}", f"A damaged store was set aside: {name}"),
            cure_of("K-07"),
        )
    for name in outbox.list_lost_stores():
        yield Finding(
            "K-12",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องหายไป: {name}", f"A store of complaints was removed: {name}"),
            cure_of("K-12"),
        )
    numbers = ", ".join(row.case_number for row in outbox.unconfirmed())
    if numbers:
        yield Finding(
            "K-08",
            Severity.NOTE,
            BilingualText(
                f"ไม่แน่ว่าประชาชนได้รหัสติดตาม: {numbers}", f"These citizens may have no tracking code: {numbers}"
            ),
            cure_of("K-08"),
        )
