"""Tables of investigation files. Only the investigators of a case read them (`investigation.access`).

Rows are added and never changed, but for a task that is done and the end of the file: a wrong statement is followed by
a right one, as on paper."""

from django.db import models

from central.cases.limits import MAX_NAME_CHARS
from central.cases.models import Case
from central.centres.models import Officer

MAX_TEXT_CHARS = 20_000
MAX_LINE_CHARS = 300


class Investigation(models.Model):
    """The file of one case."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="investigation")
    opened_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    question = models.TextField()  # what is to be found out
    opinion = models.TextField(blank=True)  # of the investigators, when the file is closed
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"investigation of {self.case_id}"


class Investigator(models.Model):
    """An officer who reads and writes a file, until removed."""

    investigation = models.ForeignKey(Investigation, models.CASCADE, related_name="investigators")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="investigations")
    is_lead = models.BooleanField(default=False)
    added_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-is_lead", "added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["investigation", "officer"],
                condition=models.Q(removed_at=None),
                name="one_row_per_investigator",
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} in {self.investigation_id}"


class FileRecord(models.Model):
    """What every record has: its file, and who entered it when."""

    investigation = models.ForeignKey(Investigation, models.CASCADE, related_name="%(class)ss")
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["entered_at", "id"]

    def __str__(self) -> str:
        return f"{self._meta.model_name} of {self.investigation_id}"


class Task(FileRecord):
    """What an investigator does until when."""

    text = models.CharField(max_length=MAX_LINE_CHARS)
    owner = models.ForeignKey(Officer, models.PROTECT, related_name="investigation_tasks")
    due = models.DateField()
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=MAX_LINE_CHARS, blank=True)

    class Meta(FileRecord.Meta):
        ordering = ["due", "id"]
        indexes = [models.Index(fields=["owner", "due"], condition=models.Q(done_at=None), name="open_tasks")]


class Statement(FileRecord):
    """What somebody has said, as taken down."""

    person = models.CharField(max_length=MAX_NAME_CHARS)
    capacity = models.CharField(max_length=12)  # a Capacity
    taken_on = models.DateField()
    place = models.CharField(max_length=MAX_LINE_CHARS)
    text = models.TextField()


class Evidence(FileRecord):
    """A piece of evidence, numbered within the file, with its file where it is one."""

    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)  # an EvidenceKind
    description = models.CharField(max_length=MAX_LINE_CHARS)
    received_on = models.DateField()
    received_from = models.CharField(max_length=MAX_NAME_CHARS)
    stored_at = models.CharField(max_length=MAX_NAME_CHARS)  # room, cupboard, envelope
    file = models.FileField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the received file, also of a recording encoded since
    encoding = models.CharField(max_length=20, blank=True, default="", db_default="")  # like that of an Attachment

    class Meta(FileRecord.Meta):
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["investigation", "number"], name="one_evidence_per_number")]


class CustodyEntry(models.Model):
    """One handing over of a piece of evidence. `hash` covers the entry before it (`investigation.custody`)."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="custody")
    at = models.DateTimeField()
    giver = models.CharField(max_length=MAX_NAME_CHARS)
    receiver = models.CharField(max_length=MAX_NAME_CHARS)
    purpose = models.CharField(max_length=MAX_LINE_CHARS)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"custody of {self.evidence_id}"


class SiteVisit(FileRecord):
    """Investigators were at a place and saw something."""

    visited_on = models.DateField()
    place = models.CharField(max_length=MAX_LINE_CHARS)
    participants = models.CharField(max_length=MAX_LINE_CHARS)
    observations = models.TextField()


class Mediation(FileRecord):
    """A meeting of the parties with a mediator, and how it ended."""

    held_on = models.DateField()
    place = models.CharField(max_length=MAX_LINE_CHARS)
    mediator = models.CharField(max_length=MAX_NAME_CHARS)
    parties = models.CharField(max_length=MAX_LINE_CHARS)
    result = models.CharField(max_length=12)  # a MediationResult
    terms = models.TextField()  # of the agreement, or why there is none
