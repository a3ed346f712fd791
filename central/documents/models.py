"""Tables of recognition: one row for each file that is read, and one for each of its pages with the recognised text.

The text is personal data: `documents.reading` reads it, under the permission and the audit of the file itself. Deleting
the row of a file deletes its text."""

from django.db import models

from central.cases.models import Attachment, Case, LetterPage
from central.centres.models import Officer
from central.documents.states import UNFINISHED, DocumentState, PageState, Refusal

MAX_TEXT_CHARS = 20_000  # of a page, as in protocol.submission


class Document(models.Model):
    """A letter page or an attached file, and how far it is read.

    `run` counts the readings: a queued task of an earlier one does nothing. A worker that reads a page has its id in
    `reader`, and a random `claim`: what it read is stored only while the claim is its own."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    letter_page = models.OneToOneField(LetterPage, models.CASCADE, null=True, related_name="document")
    attachment = models.OneToOneField(Attachment, models.CASCADE, null=True, related_name="document")
    state = models.CharField(max_length=12, default=DocumentState.WAITING.value)  # a DocumentState
    refusal = models.CharField(max_length=20, blank=True)  # a Refusal
    run = models.PositiveIntegerField(default=1)
    is_backlog = models.BooleanField(default=False)  # this reading gives way to those of new files
    page_count = models.PositiveSmallIntegerField(null=True)  # None until the file was opened
    pages_read = models.PositiveSmallIntegerField(default=0)  # in this run
    failures = models.PositiveSmallIntegerField(default=0)  # of the page that is next
    reader = models.CharField(max_length=64, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)  # by the clock of the database
    model = models.CharField(max_length=60, blank=True)  # version of the model of the last finished run
    thumbnail = models.BinaryField(default=b"", db_default=b"")  # JPEG of the first page; b'' before it is read
    typed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # of the text of a recording
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(letter_page=None, attachment__isnull=False)
                | models.Q(letter_page__isnull=False, attachment=None),
                name="a_document_is_one_file",
            )
        ]
        indexes = [
            models.Index(
                fields=["state", "requested_at"],
                condition=models.Q(state__in=[state.value for state in UNFINISHED]),
                name="documents_to_read",
            ),
            models.Index(fields=["model"], name="documents_by_model"),
        ]

    def __str__(self) -> str:
        return f"document of {self.case_id}"

    @property
    def current_state(self) -> DocumentState:
        """The state as an enum member."""
        return DocumentState(self.state)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens without a new request."""
        return self.current_state not in UNFINISHED


class DocumentPage(models.Model):
    """What was read on one page. `lines` are those of `documents.lines`, `text` the printed ones joined. `is_complete`
    False: the reading was ended before the last line."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages")
    index = models.PositiveSmallIntegerField()  # from 0
    state = models.CharField(max_length=12)  # a PageState
    refusal = models.CharField(max_length=20, blank=True)  # a Refusal
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    confidence = models.FloatField(null=True)  # 0 to 100
    is_complete = models.BooleanField(default=True, db_default=True)
    quarter_turns = models.PositiveSmallIntegerField(default=0)  # clockwise, until the page is upright
    width = models.PositiveIntegerField(default=0)  # pixels of the picture that was read
    height = models.PositiveIntegerField(default=0)
    model = models.CharField(max_length=60, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["document", "index"], name="one_reading_per_page")]

    def __str__(self) -> str:
        return f"page {self.index} of document {self.document_id}"

    @property
    def current_state(self) -> PageState:
        """The state as an enum member."""
        return PageState(self.state)

    @property
    def current_refusal(self) -> Refusal | None:
        """The refusal as an enum member."""
        return Refusal(self.refusal) if self.refusal else None
