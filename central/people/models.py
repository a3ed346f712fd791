"""Tables of failure counts shared by all workers, and of the recorded events of officers' accounts."""

from django.db import models

from central.centres.models import Officer


class FailureCount(models.Model):
    """Failures of one caller within a time window. The key is a keyed hash: it contains no name and no address."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)
    strikes = models.PositiveIntegerField(default=0)  # exhausted windows in a row; each doubles the next window

    def __str__(self) -> str:
        return f"{self.key[:12]}: {self.count}"


class OfficerEvent(models.Model):
    """A recorded event of an account. Failures that a stranger can repeat without limit share one row with a count."""

    class Kind(models.TextChoices):  # labels as in the migration
        SIGNED_IN = "signed_in"
        SIGNED_OUT = "signed_out"
        SIGN_IN_FAILED = "failed", "Failed"  # a wrong name or password
        SIGN_IN_THROTTLED = "refused", "Refused"  # too many attempts
        PASSWORD_CHANGED = "password_changed", "Password Changed"
        OLD_PASSWORD_WRONG = "password_wrong", "Password Wrong"  # the old one, when changing it
        COMPARE_CODE_WRONG = "code_wrong", "Code Wrong"  # the compare code of a kiosk
        SUSPENDED = "suspended"
        ACTIVATED = "activated"
        PASSWORD_RESET = "reset", "Reset"

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="events")  # null: no such account
    address = models.CharField(max_length=64, blank=True)  # '': a command
    detail = models.CharField(max_length=100, blank=True)
    occurrences = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["officer", "-at"], name="events_of_officer"), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.officer_id}"
