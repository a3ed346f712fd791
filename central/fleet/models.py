"""Tables of the fleet: enrolments, last heartbeats, staff calls, past boots, remote commands, permits, releases."""

from django.db import models
from uuid6 import uuid7

from central.centres.models import Centre, Officer
from protocol.messages import EnrolmentStatus
from protocol.remote_command import CommandKind, CommandOutcome
from protocol.staff_call import StaffCallResponse


class Enrolment(models.Model):
    """One key pair of one kiosk. A kiosk that is reinstalled enrols again and gets the next series letter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kiosk_id = models.CharField(max_length=5, db_index=True)
    stated_centre_name = models.CharField(max_length=200, blank=True)  # the location the kiosk states
    signing_key = models.BinaryField()  # Ed25519 public key, raw
    fingerprint = models.CharField(max_length=32, unique=True)
    compare_code = models.CharField(max_length=9)
    # The centre's keys that this kiosk uses: first those of the compare code, later those its heartbeats report.
    sealing_fingerprint = models.CharField(max_length=32)
    receipt_fingerprint = models.CharField(max_length=32)
    status = models.CharField(max_length=10, default=EnrolmentStatus.PENDING.value, db_index=True)
    series = models.CharField(max_length=1, blank=True)
    centre = models.ForeignKey(Centre, models.PROTECT, null=True, related_name="enrolments")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kiosk_id", "series"], condition=~models.Q(series=""), name="one_enrolment_per_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kiosk_id}{self.series}"

    @property
    def enrolment_status(self) -> EnrolmentStatus:
        """The status as an enum member."""
        return EnrolmentStatus(self.status)

    @property
    def required_centre(self) -> Centre:
        """The centre that approved it. Raises ValueError before the approval."""
        if self.centre is None:
            raise ValueError("An enrolment that was not approved belongs to no centre")
        return self.centre


class KioskState(models.Model):
    """The last heartbeat of an enrolled kiosk."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="state")
    last_heartbeat_at = models.DateTimeField()
    version = models.CharField(max_length=64)
    clock_quality = models.CharField(max_length=16)
    outbox_count = models.PositiveIntegerField()
    oldest_unsent = models.DateTimeField(null=True)
    devices = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    consumables = models.JSONField(null=True)  # as in the heartbeat; None from an older kiosk
    release = models.JSONField(null=True)  # a ReleaseReport, as in the heartbeat; None from an older kiosk
    staff_called = models.BooleanField(default=False)
    disk_free_bytes = models.BigIntegerField(null=True)
    rejected_count = models.PositiveIntegerField(default=0)  # rows of the outbox that this centre refuses now
    versions = models.JSONField(default=dict)
    # Position in the order of the kiosk's heartbeats: a heartbeat that is not later than this is a replay.
    boot_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    monotonic_ms = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.enrolment} at {self.last_heartbeat_at:%Y-%m-%d %H:%M}"


class StaffCall(models.Model):
    """A citizen at this kiosk is calling for staff."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="call")
    call_id = models.CharField(max_length=64, blank=True)  # assigned by the kiosk; '' from an older kiosk
    since = models.DateTimeField()
    answer = models.CharField(max_length=16, default=StaffCallResponse.RECEIVED.value)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.enrolment} since {self.since:%Y-%m-%d %H:%M}"


class PastBoot(models.Model):
    """An ended boot of an enrolled kiosk: a heartbeat from it is a replay."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="past_boots")
    boot_id = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "boot_id"], name="one_row_per_past_boot")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.boot_id}"


class RemoteCommand(models.Model):
    """A command to one kiosk. The row is also the record of who gave it, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="remote_commands")
    kind = models.CharField(max_length=32)  # a CommandKind
    given_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    # Grows with each command of a kiosk, also when this machine's clock is set back: the kiosk refuses an older one.
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)  # a CommandOutcome; '' while it has none
    detail = models.CharField(max_length=200, blank=True)
    bundle = models.FileField(max_length=200, blank=True)  # the sealed support bundle

    class Meta:
        ordering = ["-issued_at"]
        indexes = [models.Index(fields=["enrolment", "-issued_at"], name="commands_of_kiosk")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.enrolment_id}"

    @property
    def command_kind(self) -> CommandKind:
        """The kind as an enum member."""
        return CommandKind(self.kind)

    @property
    def command_outcome(self) -> CommandOutcome | None:
        """The outcome as an enum member; None while the command has none."""
        return CommandOutcome(self.outcome) if self.outcome else None


class ReleasePlan(models.Model):
    """The release that the kiosks of a centre, and of the centres below without a plan, should run.

    `version` '': the plan ended at `changed_at`."""

    centre = models.OneToOneField(Centre, models.CASCADE, related_name="release_plan")
    version = models.CharField(max_length=60)
    percentage = models.PositiveSmallIntegerField()  # of the kiosks, 0 to 100
    from_hour = models.PositiveSmallIntegerField()
    until_hour = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["centre__path"]

    def __str__(self) -> str:
        return f"{self.centre} {self.version}"


class IssuedPermit(models.Model):
    """A permit that was issued: who may open which kiosks' USB ports until when, and why. Rows are never changed."""

    serial = models.BigIntegerField(primary_key=True)
    kiosks = models.JSONField()  # kiosk ids
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-serial"]

    def __str__(self) -> str:
        return f"permit {self.serial}"
