"""Health check of settings that `load` accepts: what depends on something outside kiosk.toml, and unknown options."""

from collections.abc import Iterator
from pathlib import Path

from journey.pin import is_weak
from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from protocol.bilingual_text import BilingualText
from thai import places


def check_settings(context: HealthContext) -> Iterator[Finding]:
    """Are centre name, area, certificate file and PIN usable, and is every option known?"""
    kiosk_settings, ca_file = context.settings.kiosk, context.settings.centre.ca_file
    if context.settings.unknown:
        names = ", ".join(option.name for option in context.settings.unknown)
        yield Finding(
            "T-16",
            Severity.NOTE,
            BilingualText(f"kiosk.toml มีค่าที่โปรแกรมรุ่นนี้ไม่รู้จัก ({names})", f"This release does not know: {names}"),
            cure_of("T-16"),
        )
    if kiosk_settings.area and not places.full_name(kiosk_settings.area, "th"):
        yield Finding(
            "T-01",
            Severity.NOTE,
            BilingualText(f"ไม่มีพื้นที่รหัส {kiosk_settings.area}", f"kiosk.area: there is no area {kiosk_settings.area}"),
            cure_of("T-01"),
        )
    if not (kiosk_settings.centre_name_th and kiosk_settings.centre_name_en and kiosk_settings.area):
        yield Finding(
            "T-02",
            Severity.NOTE,
            BilingualText("ยังไม่ได้บอกว่าตู้อยู่ที่ไหน", "kiosk.centre_name_th, centre_name_en or area is empty"),
            cure_of("T-02"),
        )
    if not kiosk_settings.technician_pin_hash:
        yield Finding(
            "T-03",
            Severity.NOTE,
            BilingualText(
                "ยังไม่ได้ตั้ง PIN ของช่าง จึงเปิดหน้าช่างไม่ได้",
                "No technician PIN is set: the technician’s screen does not open",
            ),
            cure_of("T-03"),
        )
    elif is_weak(kiosk_settings.technician_pin_hash):
        yield Finding(
            "T-06",
            Severity.NOTE,
            BilingualText(
                "PIN ของช่างเก็บแบบเก่า เดาได้ง่าย", "The technician PIN is stored with an old hash that is easy to guess"
            ),
            cure_of("T-06"),
        )
    if ca_file and not Path(ca_file).is_file():
        yield Finding(
            "T-04",
            Severity.HINDERS,
            BilingualText(f"ไม่พบไฟล์ใบรับรอง {ca_file}", f"centre.ca_file: there is no file {ca_file}"),
            cure_of("T-04"),
        )
