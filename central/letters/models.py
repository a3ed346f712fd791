"""Tables of official letters. Written by `letters.commands`, `letters.offices`, `letters.templates` and `letters.scans`
only; the text of a letter is read by `letters.reading`."""

from django.db import models

from central.agencies.models import Agency
from central.cases.models import Case, CaseEvent
from central.centres.models import Centre, Officer
from central.letters.kinds import LetterKind, LetterState
from central.letters.texts import MAX_BODY_CHARS, MAX_LINE_CHARS, MAX_LINES_CHARS, LetterText


class LetterOffice(models.Model):
    """The letterhead of a centre. `code` stands before the number: «ขก 0018» of «ที่ ขก 0018/123»."""

    centre = models.OneToOneField(Centre, models.CASCADE, primary_key=True, related_name="letter_office")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=MAX_LINE_CHARS)  # ส่วนราชการเจ้าของหนังสือ, in the head of external letters
    address = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    section = models.CharField(max_length=MAX_LINE_CHARS, blank=True)  # ส่วนราชการเจ้าของเรื่อง, at the foot
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    signer_name = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    signer_position = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    uses_thai_digits = models.BooleanField(default=True)
    emblem = models.BinaryField(blank=True, default=b"")  # a JPEG; empty: a clean place for it

    def __str__(self) -> str:
        return f"letterhead of {self.centre_id}"


class NumberSeries(models.Model):
    """The last number of an office in a calendar year (Buddhist era). The row is locked while a number is given."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "year"], name="one_number_series_a_year")]

    def __str__(self) -> str:
        return f"{self.year} of {self.centre_id}: {self.last}"


class WrittenText(models.Model):
    """The columns of a LetterText."""

    subject = models.CharField(max_length=MAX_LINE_CHARS)
    addressee = models.CharField(max_length=MAX_LINE_CHARS)
    body = models.TextField(max_length=MAX_BODY_CHARS)
    closing = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    reference = models.TextField(max_length=MAX_LINES_CHARS, blank=True)
    enclosures = models.TextField(max_length=MAX_LINES_CHARS, blank=True)

    class Meta:
        abstract = True

    @property
    def text(self) -> LetterText:
        """The written parts."""
        return LetterText(self.subject, self.addressee, self.body, self.closing, self.reference, self.enclosures)

    @text.setter
    def text(self, text: LetterText) -> None:
        for name, value in vars(text).items():
            setattr(self, name, value)


class LetterTemplate(WrittenText):
    """A version of the words of one kind at a centre and the centres below it. Rows are only added: the newest one is
    in use, and a letter keeps the one that it was made from."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="letter_templates")
    kind = models.CharField(max_length=12)  # a LetterKind
    version = models.PositiveIntegerField()
    written_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "kind", "version"], name="one_letter_template_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} of {self.centre_id}"


class Letter(WrittenText):
    """A letter of a case. Its text is that of the draft until it gets a number, and does not change after that.

    `token` is in its QR code. `template` None: made from the standard text. `pdf` is the file with the number, stored
    when it is first made. `names_complainant`: reading it needs what reading the name needs."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="letters")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)  # a LetterKind
    state = models.CharField(max_length=10, default=LetterState.DRAFT.value)  # a LetterState
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    template = models.ForeignKey(LetterTemplate, models.PROTECT, null=True, related_name="+")
    token = models.CharField(max_length=16, unique=True)
    signer_name = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    signer_position = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    names_complainant = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # counts the changes; a form sends the one it showed
    created_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    year = models.PositiveSmallIntegerField(null=True)  # Buddhist era
    sequence = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True)  # «ขก 0018/123», in Arabic digits
    dated = models.DateField(null=True)  # the day of its number
    issued_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    pdf = models.BinaryField(null=True)
    cancel_reason = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    signed = models.ForeignKey(CaseEvent, models.PROTECT, null=True, related_name="+")  # that filed the last scan

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "year", "sequence"],
                condition=models.Q(sequence__isnull=False),
                name="one_letter_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", sequence=None) | (~models.Q(state="draft") & models.Q(year__gt=0)),
                name="a_number_from_issue_on",
            ),
        ]
        indexes = [models.Index(fields=["centre", "-year", "-sequence"], name="letter_register")]

    def __str__(self) -> str:
        return f"letter {self.pk} of {self.case_id}"

    @property
    def current_kind(self) -> LetterKind:
        """The kind as an enum member."""
        return LetterKind(self.kind)

    @property
    def current_state(self) -> LetterState:
        """The state as an enum member."""
        return LetterState(self.state)
