"""Tables of the import of earlier cases: the file, its rows until they are imported, and which case came from where."""

import uuid

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer


class BatchState(models.TextChoices):
    """Where an import is."""

    READING = "reading"  # the worker reads the file
    UNREADABLE = "unreadable"  # with a problem; it can only be deleted
    UPLOADED = "uploaded"  # the columns are being chosen
    CHECKING = "checking"  # the worker tries the rows
    CHECKED = "checked"  # every row was tried; nothing is imported
    RUNNING = "running"
    STOPPED = "stopped"  # by an officer; what was imported stays
    DONE = "done"


class RowState(models.TextChoices):
    """What became of a row."""

    WAITING = "waiting"
    REFUSED = "refused"  # with errors
    DUPLICATE = "duplicate"  # of a row before it, or of a case that was imported before
    IMPORTED = "imported"


class ImportBatch(models.Model):
    """One file of earlier cases. `key` makes the tracking codes of its rows: as secret as they are."""

    key = models.UUIDField(default=uuid.uuid4)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="import_batches")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # None: the command line
    file_name = models.CharField(max_length=100)
    file_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    progressed_at = models.DateTimeField(null=True)  # last start, run or stop of the import
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.UPLOADED)
    headings = models.JSONField()
    columns = models.JSONField(default=dict)  # a Column -> index in `headings`
    statuses = models.JSONField(default=dict)  # word of the status column -> code of a choice
    default_status = models.CharField(max_length=40, default="")
    problem = models.JSONField(null=True)  # of reading or trying: a sentence in Thai and English
    trial = models.PositiveIntegerField(default=0, db_default=0)  # number of the trial: a later one replaces it
    tried_rows = models.PositiveIntegerField(default=0, db_default=0)  # of the present trial
    letters_until = models.PositiveIntegerField(default=0)  # number of the row that got the last letter with a code

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportFile(models.Model):
    """The content of a file until the worker has read it, encrypted like the cells of its rows."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, related_name="file", primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.batch_id}"


class ImportRow(models.Model):
    """One row of a file. `cells` are encrypted: they hold what a complainant's own table protects. They are deleted
    when the row is imported, and with the batch."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the spreadsheet counts
    cells = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    errors = models.JSONField(default=list)  # a Column or '' for the row, and the sentence in Thai and English
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_import_per_row")]
        indexes = [models.Index(fields=["batch", "state", "number"], name="import_row_state")]

    def __str__(self) -> str:
        return f"row {self.number} of {self.batch_id}"


class ImportedCase(models.Model):
    """Where a case came from. `content_hash` is a keyed hash of person, filing day and text: an equal row is a
    duplicate."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="imported")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")  # that brought it
    earlier_number = models.CharField(max_length=100, blank=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "earlier_number"], condition=~models.Q(earlier_number=""), name="one_case_per_earlier"
            )
        ]
        indexes = [models.Index(fields=["centre", "content_hash"], name="imported_content")]

    def __str__(self) -> str:
        return f"{self.case_id} from {self.centre_id}"
