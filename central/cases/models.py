"""Tables of a case: the case, its complainant (kept apart), letter pages, history, name requests and audited reads."""

from django.db import models

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
    consent_sms = models.BooleanField(default=False)
    assisted = models.BooleanField(default=False)
    # What a newer kiosk sent and this version does not know, by field; see protocol.compatibility.
    newer_content = models.JSONField(default=dict, blank=True)
    receipt_confirmed = models.BooleanField(null=True)  # the citizen's reply at the kiosk; None: no reply

    received_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    filing_time_quality = models.CharField(max_length=12)  # a FilingQuality

    # State of the work. `status` has no choices, so that a new CaseStatus needs no migration.
    status = models.CharField(max_length=20, default=CaseStatus.RECEIVED.value)
    agency_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    handler_name = models.CharField(
        max_length=MAX_NAME_CHARS, blank=True
    )  # the agency's person in charge, shown to the citizen
    due = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)  # shown to the citizen

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["centre", "status", "-received_at"], name="case_queue")]
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


class Complainant(models.Model):
    """Who complained and how to reach them: a separate table with its own permission. An anonymous case has no row."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="complainant")
    source = models.CharField(max_length=20)
    title = models.TextField(blank=True)
    first_name = models.TextField(blank=True)
    middle_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    birth_date = models.CharField(max_length=16, blank=True)  # B.E. YYYYMMDD
    sex = models.CharField(max_length=8, blank=True)
    address = models.TextField(blank=True)
    address_area = models.CharField(max_length=6, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    # The citizen id: a keyed hash finds the same person again, four digits tell people apart, the number is encrypted.
    citizen_id_hash = models.CharField(max_length=64, blank=True)
    citizen_id_last4 = models.CharField(max_length=4, blank=True)
    citizen_id_encrypted = models.BinaryField(blank=True, default=b"")
    newer_content = models.JSONField(default=dict, blank=True)  # as of a case, for fields that may be personal

    class Meta:
        indexes = [
            # Rows without a citizen id are not searched by it.
            models.Index(fields=["citizen_id_hash"], condition=~models.Q(citizen_id_hash=""), name="same_person")
        ]

    def __str__(self) -> str:
        return f"complainant of {self.case_id}"

    @property
    def full_name(self) -> str:
        """Title and names, as on the card."""
        names = " ".join(name for name in (self.first_name, self.middle_name, self.last_name) if name)
        return f"{self.title}{names}"


class LetterPage(models.Model):
    """One page of a letter: the picture is the record, `text` is what OCR recognised."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pages")
    index = models.PositiveSmallIntegerField()
    picture = models.FileField(max_length=200)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    confidence = models.FloatField(null=True)

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["case", "index"], name="one_page_per_index")]

    def __str__(self) -> str:
        return f"page {self.index} of {self.case_id}"


class CaseEvent(models.Model):
    """One event of a case. STATUS rows are the history the citizen sees; `note` is internal."""

    class Kind(models.TextChoices):
        STATUS = "status"
        ASSIGNMENT = "assignment"
        DUE = "due"

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.TextField()  # the status code, or what was set
    note = models.TextField(blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: the service itself

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class NameRequest(models.Model):
    """An officer requests a withheld name and a second one decides. Rows are never deleted: they are the log."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="name_requests")
    requested_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.TextField()
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "requested_by"], condition=models.Q(decided_at=None), name="one_open_name_request"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("requested_by")),
                name="a_second_person_decides",
            ),
        ]

    def __str__(self) -> str:
        return f"name of {self.case_id}"


class PersonalDataRead(models.Model):
    """Audit row: an officer read personal data of a case. Rows are only added."""

    class DataKind(models.TextChoices):
        CASE = "case"  # the complaint itself
        PERSON = "person"  # name and contact
        PAGE = "page"  # a picture of the letter

    case = models.ForeignKey(Case, models.PROTECT, related_name="reads")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    data_kind = models.CharField(max_length=10, choices=DataKind.choices)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.data_kind} of {self.case_id}"
