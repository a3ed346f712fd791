"""The case: one matter, confidential by default."""

from django.db import models
from django.db.models.functions import Coalesce, Substr

from central.cases.limits import MAX_NAME_CHARS
from central.centres.models import Centre, Officer
from protocol.case_status import CaseStatus
from protocol.choices import NameDisclosure


class Case(models.Model):
    """One submission as the centre works on it. Confidential: reading one is audited (see `cases.reading`).

    A column with the name of a field of `protocol.submission.Submission` is filled from that field."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="cases")
    submission_id = models.UUIDField()
    case_number = models.CharField(max_length=20)
    tracking_hash = models.CharField(max_length=64)  # the code itself is not stored

    # As submitted (protocol.submission).
    nature = models.CharField(max_length=20)
    topic = models.CharField(max_length=20)
    topic_note = models.TextField(blank=True)
    about = models.CharField(max_length=20)
    about_note = models.TextField(blank=True)
    area = models.CharField(max_length=6, blank=True)
    location_note = models.TextField(blank=True)
    for_whom = models.CharField(max_length=20)
    for_whom_note = models.TextField(blank=True)
    text = models.TextField(blank=True)
    name_disclosure = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    notice_version = models.CharField(max_length=64)
    notice_accepted_at = models.DateTimeField()
    # How an officer gave the notice: a NoticeGiven; '' where a screen showed it, and for imported cases.
    notice_given = models.CharField(max_length=12, blank=True, default="", db_default="")
    consent_sms = models.BooleanField(default=False)
    assisted = models.BooleanField(default=False)
    # What a newer kiosk sent and this version does not know, by field; see protocol.compatibility.
    newer_content = models.JSONField(default=dict, blank=True)
    receipt_confirmed = models.BooleanField(null=True)  # the citizen's reply at the kiosk; None: no reply

    received_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    filing_time_quality = models.CharField(max_length=12)  # a FilingQuality

    # How it arrived and how officers classify it. Codes without choices, so that a new one needs no migration.
    channel = models.CharField(max_length=16, default="kiosk", db_default="kiosk")
    subtopic = models.CharField(max_length=MAX_NAME_CHARS, blank=True, default="", db_default="")
    terms = models.JSONField(default=dict, db_default={}, blank=True)  # that officers chose, by classification.Scheme
    about_kind = models.CharField(max_length=20, blank=True, default="", db_default="")  # an AgencyKind
    urgency = models.CharField(max_length=12, default="normal", db_default="normal")
    mission = models.CharField(max_length=16, blank=True, default="", db_default="")

    # State of the work. `status` has no choices, so that a new CaseStatus needs no migration.
    status = models.CharField(max_length=20, default=CaseStatus.RECEIVED.value)
    revision = models.PositiveIntegerField(default=0, db_default=0)  # counts the changes
    owner = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="owned_cases")
    attention = models.CharField(max_length=20, blank=True, default="new", db_default="new")  # an Attention
    last_activity_at = models.DateTimeField(null=True, blank=True)
    agency_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)  # of the lead agency, shown to the citizen
    handler_name = models.CharField(
        max_length=MAX_NAME_CHARS, blank=True
    )  # the agency's person in charge, shown to the citizen
    outcome_code = models.CharField(max_length=20, blank=True, default="", db_default="")  # an Outcome
    outcome = models.TextField(blank=True)  # shown to the citizen
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # personal data and texts are gone since then
    reopened_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")

    # The clock (central/deadlines). Pauses are read from the history: the periods in `unclear`.
    clock_start = models.DateField(null=True, blank=True)
    period_days = models.PositiveSmallIntegerField(null=True, blank=True)  # working days; None for a complex case
    period_basis = models.CharField(max_length=12, blank=True, default="", db_default="")
    is_complex = models.BooleanField(default=False, db_default=False)
    progress_every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    next_report_due = models.DateField(null=True, blank=True)
    last_report_at = models.DateTimeField(null=True, blank=True)
    # Silence of the lead agency (central/deadlines/escalation.py): the level that it has reached, the level that was
    # mailed, and the day on which the next one is reached.
    escalation_level = models.PositiveSmallIntegerField(default=0, db_default=0)
    escalation_mailed = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_escalation = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["centre", "status", "-received_at"], name="case_queue"),
            # With what pages of a country count of open cases: PostgreSQL then reads the index alone.
            models.Index(
                fields=["centre", "due"],
                include=["owner", "last_activity_at", "received_at", "agency_name"],
                condition=models.Q(closed_at=None),
                name="case_open_due",
            ),
            models.Index(
                fields=["centre", "next_report_due"],
                condition=models.Q(closed_at=None, next_report_due__isnull=False),
                name="case_report_due",
            ),
            models.Index(
                fields=["centre", "escalation_level"],
                condition=models.Q(closed_at=None, escalation_level__gt=0),
                name="case_silent",
            ),
            models.Index(
                fields=["next_escalation"],
                condition=models.Q(closed_at=None, next_escalation__isnull=False),
                name="case_next_escalation",
            ),
            models.Index(
                fields=["centre", "attention", "-received_at"],
                condition=~models.Q(attention=""),
                name="case_attention",
            ),
            # Lists of the desk read the first rows of an index and no others (decision 0058). Those without a centre
            # serve officers of every centre.
            models.Index(fields=["centre", "-received_at"], name="case_recent"),
            models.Index(fields=["centre", "-received_at"], condition=models.Q(closed_at=None), name="case_open"),
            models.Index(fields=["-received_at"], name="case_recent_everywhere"),
            models.Index(fields=["-received_at"], condition=models.Q(closed_at=None), name="case_open_everywhere"),
            models.Index(
                "centre",
                Coalesce("last_activity_at", "received_at").desc(),
                condition=models.Q(closed_at=None),
                name="case_activity",
            ),
            models.Index(Substr("case_number", 8, 6), name="case_running_number"),
            models.Index(fields=["owner", "status"], condition=models.Q(closed_at=None), name="case_owner"),
        ]
        # Not `unique=True`: on PostgreSQL that adds a second index for LIKE. Nothing uses it, and it costs one random
        # page write per case.
        constraints = [
            models.UniqueConstraint(fields=["submission_id"], name="one_case_per_submission"),
            models.UniqueConstraint(fields=["case_number"], name="one_case_per_number"),
            models.UniqueConstraint(fields=["tracking_hash"], name="one_case_per_code"),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def current_status(self) -> CaseStatus:
        """The status as an enum member."""
        return CaseStatus(self.status)

    @property
    def is_name_withheld(self) -> bool:
        """Whether the complainant's name must stay within the centre."""
        return NameDisclosure(self.name_disclosure) is NameDisclosure.WITHHELD
