"""What is kept and where it goes: enrolment, outbox, the way to the centre."""

import os
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from kiosk_app.health.call_deadline import within
from kiosk_app.health.finding import BilingualText, Finding, HealthContext, Severity
from kiosk_app.outbox import Enrolment, Outbox, OutboxBrokenError, OutboxError, OutboxFullError, revocation
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.outbox.state_directory import outbox_directory

LATE_AFTER = timedelta(hours=24)  # a night without network is normal, a day is worth a call
CENTRE_TIMEOUT_S = 5.0

_ENROL_ADVICE = BilingualText("kiosk enrol ที่อยู่ของศูนย์", "Run: kiosk enrol ADDRESS-OF-THE-CENTRE")


def check_enrolment(kiosk: HealthContext) -> Iterator[Finding]:
    """Does this kiosk belong to a centre."""
    try:
        found = Enrolment.load(kiosk.settings.paths.state)
    except OutboxBrokenError as error:
        yield Finding("K-01", Severity.STOPS, BilingualText("ข้อมูลการลงทะเบียนเสียหาย", f"{error}"), _ENROL_ADVICE)
        return
    if found is None:
        yield Finding(
            "K-01",
            Severity.STOPS,
            BilingualText("ตู้นี้ยังไม่ได้ลงทะเบียนกับศูนย์", "This kiosk is not enrolled at a centre"),
            _ENROL_ADVICE,
        )
    elif revocation.is_revoked(kiosk.settings.paths.state, found):
        yield Finding(
            "K-13",
            Severity.STOPS,
            BilingualText("ศูนย์เพิกถอนตู้นี้แล้ว", "The centre has revoked this kiosk"),
            BilingualText(
                "ถามศูนย์ แล้วลงทะเบียนใหม่ด้วย kiosk enrol --new-key เรื่องที่รอส่งยังอยู่",
                "Ask the centre, then enrol again: kiosk enrol --new-key. What waits to be sent is kept",
            ),
        )
    elif found.kiosk_id != kiosk.settings.kiosk.id:
        yield Finding(
            "K-10",
            Severity.NOTE,
            BilingualText(
                f"kiosk.id คือ {kiosk.settings.kiosk.id} แต่ลงทะเบียนเป็น {found.kiosk_id}",
                f"kiosk.id is {kiosk.settings.kiosk.id}, but the centre knows this kiosk as {found.kiosk_id}",
            ),
            BilingualText("แก้ kiosk.toml หรือลงทะเบียนใหม่", "Correct kiosk.toml, or enrol again"),
        )


def outbox(kiosk: HealthContext) -> Iterator[Finding]:
    """Can the next complaint be kept, and do the kept ones leave."""
    directory = outbox_directory(kiosk.settings.paths.state)
    try:
        if not directory.is_dir():
            return  # nothing was ever kept here; enrolment says what is missing
        may_look = os.access(directory, os.W_OK)
    except PermissionError:  # not even into the state directory
        may_look = False
    if not may_look:
        yield Finding(
            "K-11",
            Severity.NOTE,
            BilingualText("ผู้ใช้นี้เปิดดูกล่องขาออกไม่ได้", "This user cannot read the outbox"),
            BilingualText("ใช้ sudo", "Run this with sudo"),
        )
        return
    try:
        known = Enrolment.load(kiosk.settings.paths.state)
        with Outbox.open(directory, known) as store:
            yield from _check_delivery(store)
            if known is not None:
                store.check()
    except OutboxFullError as error:
        yield Finding(
            "K-02",
            Severity.STOPS,
            BilingualText("ที่เก็บเรื่องเต็ม", f"No complaint can be kept: {error}"),
            BilingualText(
                "ต่อเครือข่ายให้ส่งออก หรือ kiosk outbox export", "Let it deliver, or use: kiosk outbox export DIR"
            ),
        )
    except OutboxError as error:
        yield Finding(
            "K-03",
            Severity.STOPS,
            BilingualText("เปิดที่เก็บเรื่องไม่ได้", f"The complaint store cannot be used: {error}"),
            BilingualText("ตรวจดิสก์และสิทธิ์ของไฟล์", "Check the disk and the files' permissions"),
        )


def _check_delivery(store: Outbox) -> Iterator[Finding]:
    oldest = store.oldest()
    if oldest is not None and datetime.now(UTC) - oldest > LATE_AFTER:
        count = store.count()
        yield Finding(
            "K-05",
            Severity.NOTE,
            BilingualText(
                f"มี {count} เรื่องรอส่งเกิน 24 ชั่วโมง", f"{count} complaints wait, the first for more than 24 hours"
            ),
            BilingualText(
                "ตรวจเครือข่าย แล้วดู kiosk outbox status", "Check the network, then look at: kiosk outbox status"
            ),
        )
    refused = sum(1 for row in store.pending() if row.refused)
    if refused:
        yield Finding(
            "K-06",
            Severity.NOTE,
            BilingualText(f"ศูนย์ไม่รับ {refused} เรื่อง", f"The centre does not take {refused} complaints"),
            BilingualText("แจ้งศูนย์ แล้ว kiosk outbox retry", "Tell the centre, then: kiosk outbox retry"),
        )
    for name in store.list_damaged_stores():
        yield Finding(
            "K-07",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องเสียหายถูกกันไว้: {name}", f"A damaged store was set aside: {name}"),
            BilingualText("สำเนาไฟล์นี้ส่งศูนย์", "Copy this file and give it to the centre"),
        )
    for name in store.list_lost_stores():
        yield Finding(
            "K-12",
            Severity.NOTE,
            BilingualText(f"ที่เก็บเรื่องหายไป: {name}", f"A store of complaints was removed: {name}"),
            BilingualText(
                "แจ้งศูนย์ว่าอาจมีเรื่องหาย แล้วลบไฟล์นี้", "Tell the centre that complaints may be missing, then remove this file"
            ),
        )
    numbers = ", ".join(row.case_number for row in store.unconfirmed())
    if numbers:
        yield Finding(
            "K-08",
            Severity.NOTE,
            BilingualText(
                f"ไม่แน่ว่าประชาชนได้รหัสติดตาม: {numbers}", f"These citizens may have no tracking code: {numbers}"
            ),
            BilingualText("ศูนย์ออกรหัสใหม่ให้ได้", "The desk can give them a new code"),
        )


def check_report_written(kiosk: HealthContext) -> Iterator[Finding]:
    """Does the centre hear how this kiosk is: the heartbeat carries what the interface could write down."""
    if kiosk.report_error:
        yield Finding(
            "K-14",
            Severity.HINDERS,
            BilingualText(
                f"บันทึกสถานะตู้ไม่ได้ ศูนย์จึงไม่เห็นอุปกรณ์ ({kiosk.report_error})",
                f"The state of this kiosk cannot be written, so the centre does not see it: {kiosk.report_error}",
            ),
            BilingualText("ตรวจพื้นที่ดิสก์และสิทธิ์ของไฟล์", "Look with: df -h and df -i, and check the files' permissions"),
        )


def centre(kiosk: HealthContext) -> Iterator[Finding]:
    """Does the centre answer: as the forwarder found last, or asked now."""
    state, url = kiosk.settings.paths.state, kiosk.settings.centre.url
    link = LinkReport.read(state)
    if link is not None:
        if not link.centre_answers:
            yield _unreachable_finding(link.trouble)
    elif kiosk.may_contact_centre:
        try:
            known = Enrolment.load(state)
        except OutboxBrokenError:  # what is wrong with it is said under Enrolment
            known = None
        address = known.centre_url if known else url
        if not address:
            yield Finding(
                "N-03",
                Severity.STOPS,
                BilingualText("ยังไม่ได้ตั้งที่อยู่ของศูนย์", "The address of the centre is not set"),
                BilingualText("ใส่ centre.url ใน kiosk.toml", "Set centre.url in kiosk.toml"),
            )
        else:
            try:
                _request_head(address, kiosk.settings.centre.ca_file, known.authority if known else "")
            except HTTPError:
                pass  # whatever it says, it answers
            except OSError as error:
                yield _unreachable_finding(str(getattr(error, "reason", error)))
    else:
        yield Finding(
            "N-04",
            Severity.HINDERS,
            BilingualText("โปรแกรมส่งเรื่องไม่ทำงาน", "The forwarder does not report"),
            BilingualText(
                "systemctl status damrongdham-kiosk-forwarder", "systemctl status damrongdham-kiosk-forwarder"
            ),
        )


def _request_head(address: str, ca_file: str, authority: str) -> None:
    """Send the centre a HEAD request, trusting the authority that delivery trusts. Raises OSError; TimeoutError, which
    is one, when the whole exchange takes longer than CENTRE_S."""
    trusted = ssl.create_default_context(cafile=ca_file or None, cadata=None if ca_file else authority or None)
    request = Request(address, method="HEAD")
    try:
        within(CENTRE_TIMEOUT_S, lambda: urlopen(request, timeout=CENTRE_TIMEOUT_S, context=trusted).close())
    except HTTPException as error:
        raise OSError(f"no answer of a web server ({type(error).__name__})") from error


def _unreachable_finding(trouble: str) -> Finding:
    return Finding(
        "N-01",
        Severity.HINDERS,
        BilingualText(f"ส่งถึงศูนย์ไม่ได้ ({trouble})", f"Nothing reaches the centre: {trouble}"),
        BilingualText(
            "ตรวจสายเครือข่าย centre.url และถามว่าศูนย์เพิกถอนตู้นี้หรือไม่",
            "Check the network cable, centre.url, and that the centre has not revoked this kiosk",
        ),
    )
