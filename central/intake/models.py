"""Tables of what kiosks send: sealed parts, and accepted deliveries with their receipts.

Sealed bytes are stored in the database, so that any worker can accept a delivery in one transaction.
"""

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre
from central.fleet.models import Enrolment


class AcceptedDelivery(models.Model):
    """A delivery with a receipt. Either it became a case: `case` is set and the sealed bytes are deleted. Or it is in
    quarantine: `quarantine_reason` says why, and the whole sealed delivery is kept under its case number."""

    submission_id = models.UUIDField()
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="accepted")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=64)  # as the delivery states; unchecked when quarantined
    content_hash = models.CharField(max_length=64)  # equal for every repetition of the same delivery
    receipt = models.TextField()  # JSON; each repetition gets the same bytes
    received_at = models.DateTimeField()
    carried_by_hand = models.BooleanField(default=False)  # imported from a directory, not sent over the network
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="accepted")
    delivery = models.BinaryField(blank=True, default=b"")  # the delivery as JSON, while quarantined
    quarantine_reason = models.CharField(max_length=500, blank=True)  # no personal data

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["received_at"], condition=models.Q(case=None), name="quarantine")]
        constraints = [
            # Per enrolment: one kiosk cannot occupy the submission id of another kiosk before that delivery arrives.
            models.UniqueConstraint(fields=["submission_id", "enrolment"], name="one_acceptance_per_submission")
        ]

    def __str__(self) -> str:
        return self.case_number


class Part(models.Model):
    """The sealed bytes of one letter page. Once the submission is a case, the bytes are deleted and this row stays."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="parts")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()  # of the complete part
    received_bytes = models.PositiveIntegerField(default=0)  # so far
    touched_at = models.DateTimeField(auto_now=True)
    accepted = models.ForeignKey(AcceptedDelivery, models.CASCADE, null=True, related_name="parts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "sha256"], name="one_part_per_hash")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.received_bytes}/{self.size_bytes}"

    @property
    def is_complete(self) -> bool:
        """Whether all bytes have arrived and match the hash."""
        return self.received_bytes == self.size_bytes


class PartChunk(models.Model):
    """The bytes of one upload request of a part."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="chunks")
    offset = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["part", "offset"], name="one_chunk_per_offset")]

    def __str__(self) -> str:
        return f"{self.part_id}+{self.offset}"
