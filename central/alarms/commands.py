"""Opens and settles alarms. The database allows one open alarm per kind, centre, kiosk and case number."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from central import database_values
from central.alarms.models import Alarm
from central.centres.models import Centre, Officer
from central.people.permission import permitted_centres
from central.people.roles import Action


def open_alarm(kind: Alarm.Kind, centre: Centre, kiosk_id: str, detail: str, case_number: str = "") -> None:
    """Open this alarm, unless the same one is open already. `case_number` may be any text a kiosk sent."""
    number = database_values.clean_text(case_number, 64)
    open_alarms([Alarm(kind=kind, centre=centre, kiosk_id=kiosk_id, detail=detail, case_number=number)])


def open_alarms(alarms: Iterable[Alarm]) -> None:
    """Open those of these alarms that are not open already, in one statement however many they are."""
    Alarm.objects.bulk_create(alarms, ignore_conflicts=True)


def visible_alarms(officer: Officer) -> QuerySet[Alarm]:
    """The alarms of the centres this officer works at, newest first."""
    return Alarm.objects.filter(centre__in=permitted_centres(officer, Action.VIEW_ALARMS))


def settle_alarm(officer: Officer, alarm_id: int) -> None:
    """Mark an alarm as settled by this officer. Does nothing for a settled alarm or one of another centre."""
    unsettled = visible_alarms(officer).filter(pk=alarm_id, settled_at=None)
    unsettled.update(settled_at=timezone.now(), settled_by=officer)


def settle_quarantine_alarm(centre: Centre, kiosk_id: str, case_number: str) -> None:
    """Settle the alarm about a quarantined delivery that has become a case."""
    unsettled = Alarm.objects.filter(kind=Alarm.Kind.QUARANTINED, settled_at=None)
    unsettled.filter(centre=centre, kiosk_id=kiosk_id, case_number=case_number).update(settled_at=timezone.now())
