"""Health check of Debian's security updates, by what the update of the night has recorded."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from protocol.bilingual_text import BilingualText

RECORD_FILE = Path("/var/lib/damrongdham-kiosk-update/security-updates.json")  # by provision/debian_update.py, as root
PACKAGE_FILE = Path("/opt/damrongdham-kiosk/package/name")  # a kiosk that was not installed from a package has none
# Twice the time after which the update is also tried by day (decision 0219).
MAX_AGE = timedelta(days=14)


def check_security_updates(_: HealthContext) -> Iterator[Finding]:
    """Whether Debian's security updates have succeeded in the last 14 days."""
    counted_from = _read_record()
    if counted_from is None:  # without a record the update has never run since the package was unpacked
        try:
            counted_from = datetime.fromtimestamp(PACKAGE_FILE.stat().st_ctime, UTC)
        except OSError:
            return
    age = datetime.now(UTC) - counted_from
    if age > MAX_AGE:
        yield Finding(
            "T-15",
            Severity.NOTE,
            BilingualText(
                f"ไม่ได้อัปเดตความปลอดภัยมา {age.days} วัน", f"No security update has succeeded for {age.days} days"
            ),
            cure_of("T-15"),
        )


def _read_record() -> datetime | None:
    """When the last update succeeded, or when the update ran first; None when that is not recorded."""
    try:
        counted_from = datetime.fromisoformat(json.loads(RECORD_FILE.read_bytes())["counted_from"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return counted_from if counted_from.tzinfo else None
