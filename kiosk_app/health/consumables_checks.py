"""Health checks of what wears out and is replaced before it fails: cutter and disk. Paper is a state of the printer."""

from collections.abc import Iterator

from kiosk_app.health.consumables import estimate_consumables, read_disk
from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from protocol.bilingual_text import BilingualText

CUTTER_WARNING_PERCENT, DISK_WARNING_PERCENT = 90, 80


def check_cutter(context: HealthContext) -> Iterator[Finding]:
    """Whether the printer's cutter is near the number of cuts that its maker promises."""
    percent = estimate_consumables(context.settings).cutter_percent
    if percent is not None and percent >= CUTTER_WARNING_PERCENT:
        yield Finding(
            "P-10",
            Severity.NOTE,
            BilingualText(
                f"มีดของเครื่องพิมพ์ใช้ไป {percent} % ของอายุ",
                f"The cutter has made {percent} % of its cuts",
            ),
            cure_of("P-10"),
        )


def check_disk(_: HealthContext) -> Iterator[Finding]:
    """Whether the disk reports that it is worn or expects to fail."""
    percent, is_failing = read_disk()
    if is_failing or (percent or 0) >= DISK_WARNING_PERCENT:
        state = BilingualText("ดิสก์แจ้งว่าใกล้เสีย", "The disk reports that it is failing")
        if not is_failing:
            state = BilingualText(f"ดิสก์สึกไป {percent} %", f"The disk is worn by {percent} %")
        yield Finding(
            "T-14",
            Severity.HINDERS if is_failing else Severity.NOTE,
            state,
            cure_of("T-14"),
        )
