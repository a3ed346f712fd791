"""The history of a case: append-only, hash-chained events and their texts (central/cases/history.py)."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from central.cases.models.case import Case
from central.centres.models import Officer


class CaseEvent(models.Model):
    """One event of a case. Triggers of the database refuse to change or delete it once it is in the chain.

    `seq` counts the events of a case from 1. It is null, and `hash` is '', for a row written by a worker older than the
    chain: `history.chain_older_events` adopts it. `kind` is an EventKind, `status` the status after the event."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    # When the row was written: `at` of the first event is the filing time, which may lie days before.
    recorded_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)
    kind = models.CharField(max_length=24)
    status = models.CharField(max_length=20, blank=True, default="", db_default="")
    value = models.TextField(blank=True, default="", db_default="")  # of rows older than `payload`
    payload = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))  # codes and ids, no text
    is_public = models.BooleanField(default=False, db_default=False)
    actor = models.CharField(max_length=8, default="officer", db_default="officer")  # an ActorKind
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    text_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    previous_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_seq")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class CaseEventText(models.Model):
    """The texts of an event, apart from it: a text may have to be erased by law, and the chain still verifies.

    The event has the SHA-256 of the salt and the texts. Texts are never changed."""

    event = models.OneToOneField(CaseEvent, models.CASCADE, related_name="texts", primary_key=True)
    salt = models.CharField(max_length=32)
    public_text = models.TextField(blank=True)  # the citizen reads it
    note = models.TextField(blank=True)  # internal

    def __str__(self) -> str:
        return f"texts of {self.event_id}"


class HistoryRoot(models.Model):
    """The root of one day: SHA-256 over the root before it and the hashes of the day's events, in their order.

    Published, so that even the owner of the database cannot rewrite an earlier day unnoticed."""

    day = models.DateField(primary_key=True)  # in Bangkok
    event_count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.root[:12]}"
