"""Health checks of the machine: interface, text recognition, confinement, Thai text, clock."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from PIL import features

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from kiosk_app.outbox.clock import clock_quality
from ocr.confined import confine
from ocr.confined.confine import UNCONFINED_ENV_VAR
from ocr.models import find_missing_ocr_cached, has_own_model
from protocol.bilingual_text import BilingualText
from protocol.choices import ClockQuality
from thai.segmentation import has_dictionary

FAULT_PAGE_FILE = Path("/run/damrongdham-kiosk-fault/fault.json")


def check_interface(_: HealthContext) -> Iterator[Finding]:
    """Whether the interface starts; provision/fault_page.py reports when it does not."""
    try:
        page_state = json.loads(FAULT_PAGE_FILE.read_bytes())
        code, detail = str(page_state["code"]), str(page_state["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    yield Finding(
        code,
        Severity.STOPS,
        BilingualText(f"หน้าจอของตู้เปิดไม่ขึ้น ({detail})", f"The interface does not start: {detail}"),
        cure_of(code),
    )


def check_recognition(_: HealthContext) -> Iterator[Finding]:
    """Whether text recognition works."""
    missing = find_missing_ocr_cached()
    if missing is not None:
        yield Finding(
            "S-06",
            Severity.HINDERS,
            BilingualText(f"อ่านหนังสือด้วยเครื่องไม่ได้ ({missing})", f"Letters cannot be read by machine: {missing}"),
            cure_of("S-06"),
        )
    elif not has_own_model():
        yield Finding(
            "S-06",
            Severity.NOTE,
            BilingualText(
                "อ่านเลขไทย ๔ ๖ ๗ ๘ ๙ ไม่ได้ เพราะไม่มีแบบจำลองของตู้",
                "The Thai digits ๔ ๖ ๗ ๘ ๙ cannot be read: the kiosk's own model is missing",
            ),
            cure_of("S-06"),
        )


def check_confinement(_: HealthContext) -> Iterator[Finding]:
    """Whether the process that opens pictures can be confined."""
    missing = confine.find_missing_support()
    if missing is None:
        return
    if os.environ.get(UNCONFINED_ENV_VAR) == "1":
        summary = BilingualText(
            f"เปิดภาพโดยไม่มีการป้องกัน ({missing})", f"Pictures are opened without confinement: {missing}"
        )
        yield Finding("S-09", Severity.NOTE, summary, cure_of("S-09"))
    else:
        summary = BilingualText(
            f"สแกนหนังสือไม่ได้ เพราะเปิดภาพอย่างปลอดภัยไม่ได้ ({missing})", f"No letter can be scanned: {missing}"
        )
        yield Finding("S-09", Severity.HINDERS, summary, cure_of("S-09"))


def check_text_shaping(_: HealthContext) -> Iterator[Finding]:
    """Whether Thai is drawn with its marks in the right places."""
    if not features.check("raqm"):
        yield Finding(
            "P-09",
            Severity.HINDERS,
            BilingualText("พิมพ์ภาษาไทยไม่ได้ (ไม่มี libraqm)", "Thai cannot be printed: libraqm is missing"),
            cure_of("P-09"),
        )


def check_word_breaks(_: HealthContext) -> Iterator[Finding]:
    """Whether lines of Thai break between words."""
    if not has_dictionary():
        yield Finding(
            "T-05",
            Severity.HINDERS,
            BilingualText("ตัดคำไทยไม่ได้ (ไม่มี libthai)", "Lines of Thai break inside words: libthai is missing"),
            cure_of("T-05"),
        )


def check_clock(_: HealthContext) -> Iterator[Finding]:
    """Whether a time server has responded since the machine started."""
    if clock_quality() is not ClockQuality.SYNCHRONISED:
        yield Finding(
            "N-02",
            Severity.HINDERS,
            BilingualText(
                "นาฬิกายังไม่ได้ตั้งจากเครือข่าย ใบติดตามเรื่องจะไม่มีวันที่",
                "The clock is not set by a time server: receipts carry no date",
            ),
            cure_of("N-02"),
        )
