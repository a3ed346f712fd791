"""The alarm about a virus scanner that does not answer: until it does, every file and every mail with a file waits."""

from datetime import datetime

from central import virus_scan
from central.alarms.commands import open_alarms
from central.alarms.models import Alarm
from central.centres.models import Centre


def check_virus_scanner(now: datetime) -> None:
    """The recurring job: open the alarm at the topmost centres while the scanner is away, settle it when it answers, or
    when the installation has none any more."""
    if not virus_scan.is_scanning() or virus_scan.answers():
        Alarm.objects.filter(kind=Alarm.Kind.SCANNER_AWAY, settled_at=None).update(settled_at=now)
        return
    open_alarms(
        Alarm(kind=Alarm.Kind.SCANNER_AWAY, centre=centre, detail="clamd (CENTRAL_VIRUS_SCANNER)")
        for centre in Centre.objects.filter(parent=None)
    )
