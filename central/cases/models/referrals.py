"""What a centre orders and proposes: referrals to agencies, proposals up the approval ladder, attached files."""

from django.db import models

from central.agencies.models import Agency
from central.cases.limits import MAX_NAME_CHARS
from central.cases.models.case import Case
from central.cases.models.events import CaseEvent
from central.centres.models import Officer


class Referral(models.Model):
    """A case ordered to an agency. `kind` is a ReferralKind, `state` a ReferralState (central/cases/codes.py)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="referrals")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    order_text = models.TextField(blank=True)
    handler_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)  # the agency's person, shown to the citizen
    due = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    last_report_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    proposed_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["agency", "state", "due"], name="agency_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(kind="lead", ended_at=None), name="one_active_lead"
            ),
            models.UniqueConstraint(
                fields=["case", "agency"], condition=models.Q(ended_at=None), name="one_active_referral_per_agency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id} at {self.agency_id}"


class Proposal(models.Model):
    """What an officer asks a superior to decide: an order to agencies, or the closing of the case.

    `status` is the step of the approval ladder where it waits or was decided."""

    class Kind(models.TextChoices):
        ORDER = "order"
        CLOSE = "close"

    class Decision(models.TextChoices):
        APPROVED = "approved"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"

    case = models.ForeignKey(Case, models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8)
    status = models.CharField(max_length=20)
    content = models.JSONField()  # the inputs of the order or of the closing: codes, ids and dates
    text = models.TextField(blank=True)  # the order, or the sentence about the outcome
    opinion = models.TextField(blank=True)  # of the proposing officer, internal
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)  # of a returned one

    class Meta:
        ordering = ["proposed_at", "id"]
        indexes = [models.Index(fields=["status"], condition=models.Q(decided_at=None), name="open_proposals")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(decided_at=None), name="one_open_proposal")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Attachment(models.Model):
    """A file attached to an event: decoded and stored anew before it arrives here (central/cases/attachments.py).

    A recording arrives as it was sent, and a worker encodes it (central/documents/recordings.py). Until then, and when
    that fails, `file` is the received one, which no page plays. `sha256` stays that of the received recording."""

    WAITING, GIVEN_UP = "waiting", "given_up"

    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="attachments")
    file = models.FileField(max_length=200)
    media_type = models.CharField(max_length=100)  # that of Word has 71 characters
    name = models.CharField(max_length=MAX_NAME_CHARS)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    # Where a photo was taken, degrees: only when its sender has added it.
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    # '' for a file that is ready; WAITING for a recording that is not encoded yet; otherwise why it could not be: a
    # Refusal, or GIVEN_UP.
    encoding = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"attachment of {self.case_id}"

    @property
    def position(self) -> str:
        """Where the photo was taken, '16.441667,102.833333'; '' for a file without a position."""
        return f"{self.latitude:.6f},{self.longitude:.6f}" if self.latitude is not None else ""


class CaseView(models.Model):
    """The revision of a case that an officer has seen last, and when that page was last open: for unseen marks, and
    the note that somebody else has the case open."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="views")
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    open_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "officer"], name="one_view_per_officer")]

    def __str__(self) -> str:
        return f"view of {self.case_id}"
