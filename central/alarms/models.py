"""The table of alarms."""

from django.db import models

from central.centres.models import Centre, Officer


class Alarm(models.Model):
    """An event at a kiosk, in what it sent or in the background work that a person must settle.

    `case_number` is the name of the task where `kind` is TASK_FAILED."""

    class Kind(models.TextChoices):
        QUARANTINED = "quarantined"  # a delivery is accepted, but cannot become a case yet
        CONFLICT = "conflict"  # one submission id with two contents
        FULL = "full"  # the quarantine of this kiosk is full: its delivery was refused
        SILENT = "silent"  # no contact with the kiosk for too long
        TASK_FAILED = "task_failed"  # every attempt of a background task has failed
        SCANNER_AWAY = "scanner_away"  # the virus scanner does not answer, so files are refused

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="alarms")
    kiosk_id = models.CharField(max_length=5)
    case_number = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=500)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    mailed_at = models.DateTimeField(null=True)  # when the mail to CENTRAL_ALERT_TO was sent

    class Meta:
        db_table = "intake_alarm"  # the table was created by central.intake
        ordering = ["-at"]
        indexes = [models.Index(fields=["centre"], condition=models.Q(settled_at=None), name="open_alarms")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "centre", "kiosk_id", "case_number"],
                condition=models.Q(settled_at=None),
                name="one_open_alarm_of_a_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_number}"
