"""Tables of wall screens. Their rows are kept: they say who has let which screen show figures, and until when."""

from django.db import models

from central.centres.models import Centre, Officer

MAX_NAME_CHARS = 80


class PairingRequest(models.Model):
    """A screen that waits for an officer to enter its code. Deleted when it is connected or too old."""

    code = models.CharField(max_length=8, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)  # of what the screen's cookie has
    requested_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"request {self.pk}"


class WallScreen(models.Model):
    """A connected screen. It shows figures of its centre until somebody ends it or it was away for too long."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    name = models.CharField(max_length=MAX_NAME_CHARS)
    language = models.CharField(max_length=2)
    secret_hash = models.CharField(max_length=64, unique=True)
    connected_at = models.DateTimeField()
    connected_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-connected_at", "-id"]

    def __str__(self) -> str:
        return self.name
