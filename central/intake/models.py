"""What kiosks have handed over: sealed parts, accepted deliveries with their receipts, and alarms.

Sealed bytes stand in the database, so that accepting a delivery is one transaction whichever worker does it.
"""

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.fleet.models import Enrolment


class Accepted(models.Model):
    """A delivery that was receipted. Placed: `case` is set, and the sealed bytes are gone. Quarantined: `reason` says
    why, and the whole delivery waits, sealed, under its case number."""

    submission_id = models.UUIDField()
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="accepted")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=64)  # as the delivery says; not checked when quarantined
    content_hash = models.CharField(max_length=64)  # what must be equal for a repeat to be a repeat
    receipt = models.TextField()  # JSON, given byte for byte on every repeat
    received_at = models.DateTimeField()
    carried = models.BooleanField(default=False)  # by hand, not over the network
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="accepted")
    delivery = models.BinaryField(blank=True, default=b"")  # the delivery as JSON, while quarantined
    reason = models.CharField(max_length=500, blank=True)  # no personal data

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["received_at"], condition=models.Q(case=None), name="quarantine")]
        constraints = [
            # One kiosk cannot take up the id of another one's submission before that arrives.
            models.UniqueConstraint(fields=["submission_id", "enrolment"], name="one_acceptance_per_submission")
        ]

    def __str__(self) -> str:
        return self.case_number


class Part(models.Model):
    """A sealed page on its way in or waiting for its submission. Once that is placed, only this row stays."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="parts")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # bytes, when whole
    held = models.PositiveIntegerField(default=0)  # bytes held so far
    touched_at = models.DateTimeField(auto_now=True)
    accepted = models.ForeignKey(Accepted, models.CASCADE, null=True, related_name="parts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "sha256"], name="one_part_per_hash")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.held}/{self.size}"

    @property
    def whole(self) -> bool:
        """Have all bytes arrived (and been checked against the hash)?"""
        return self.held == self.size


class PartChunk(models.Model):
    """Some bytes of a part."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="chunks")
    offset = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["part", "offset"], name="one_chunk_per_offset")]

    def __str__(self) -> str:
        return f"{self.part_id}+{self.offset}"


class Alarm(models.Model):
    """Something about a kiosk or what it sent that a person must look at."""

    class Kind(models.TextChoices):
        QUARANTINED = "quarantined"  # accepted, but cannot be opened, parsed or placed
        CONFLICT = "conflict"  # one submission id, two contents
        FULL = "full"  # too much of one kiosk is quarantined already: refused
        SILENT = "silent"  # the kiosk has not been heard for too long

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="alarms")
    kiosk_id = models.CharField(max_length=5)
    case_number = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=500)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)  # to those of CENTRAL_ALERT_TO

    class Meta:
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
