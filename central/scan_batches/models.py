"""Tables of scan batches: the files of a stack, their pages, and which cases were made of them.

The files and pages are personal data that is no case yet. What is filed leaves the batch at once, and the rest is
deleted by an officer, or by the recurring job (`batches.delete_old_batches`). The row of the batch has no personal data
of a citizen; it stays for the audit."""

import uuid

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer

MAX_BATCH_FILES, MAX_BATCH_PAGES = 200, 500  # the page of a batch shows every page
BATCH_FULL = "batch_full"  # refusal of a file whose pages do not fit; the others are values of OcrErrorReason


class ScanState(models.TextChoices):
    """How far a file is read."""

    READING = "reading"
    READ = "read"
    REFUSED = "refused"  # with a reason; the pages before stay


class ScanBatch(models.Model):
    """One stack of scanned letters."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="scan_batches")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")  # who has uploaded it
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)  # then it has no files any more

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"scan batch {self.pk}"


class ScanFile(models.Model):
    """One uploaded file. `content` is in the store until the worker has read it; then its pages are."""

    batch = models.ForeignKey(ScanBatch, models.CASCADE, related_name="files")
    index = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.FileField(blank=True)
    state = models.CharField(max_length=10, choices=ScanState.choices, default=ScanState.READING)
    refusal = models.CharField(max_length=20, blank=True)  # an OcrErrorReason, or BATCH_FULL
    page_count = models.PositiveIntegerField(null=True)  # None until it was opened
    pages_read = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # of the page that is next

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "index"], name="scan_files_in_order"),
            models.UniqueConstraint(fields=["batch", "sha256"], name="a_scan_file_once"),
        ]

    def __str__(self) -> str:
        return f"file {self.index} of {self.batch_id}"


class ScanPage(models.Model):
    """One page: its picture (a JPEG of `ocr.prepare_page`), and what the officer has decided about it.

    `key` makes the case that begins here: filed twice, it is one case. `begins_case` of a page that is left out counts
    for the next one. `picture` is '' for a page that could not be read."""

    file = models.ForeignKey(ScanFile, models.CASCADE, related_name="pages")
    index = models.PositiveIntegerField()
    key = models.UUIDField(default=uuid.uuid4)
    picture = models.FileField(blank=True)
    thumbnail = models.BinaryField(default=b"")  # JPEG
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    is_separator = models.BooleanField(default=False)
    is_blank = models.BooleanField(default=False)
    begins_case = models.BooleanField(default=False)
    is_left_out = models.BooleanField(default=False)
    quarter_turns = models.PositiveSmallIntegerField(default=0)  # clockwise

    class Meta:
        ordering = ["file__index", "index"]
        constraints = [models.UniqueConstraint(fields=["file", "index"], name="one_row_per_scanned_page")]

    def __str__(self) -> str:
        return f"page {self.index} of {self.file_id}"


class FiledPart(models.Model):
    """Pages that became a case, or a file of one. `key` is that of their first page."""

    batch = models.ForeignKey(ScanBatch, models.CASCADE, related_name="filed_parts")
    key = models.UUIDField(unique=True)
    page_count = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["filed_at", "id"]

    def __str__(self) -> str:
        return f"case of {self.batch_id}"


class BatchRead(models.Model):
    """Audit row: an officer has opened a batch, or it was deleted. Rows are only added."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        DELETED = "deleted"

    batch = models.ForeignKey(ScanBatch, models.CASCADE, related_name="reads")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # None: the recurring job
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OPENED, db_default=Kind.OPENED)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["-at"], name="batch_reads_by_time")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.batch_id}"
