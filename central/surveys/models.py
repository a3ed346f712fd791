"""Tables of the yearly survey of satisfaction and trust.

An answer is not linked to a case: `SurveyResponse` has no key of one, no time finer than its month, and a random key
of its own. That somebody has answered for a case is in `SurveyParticipation`, which has no answer (decision 0117)."""

from uuid import uuid4

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer

MAX_TITLE_CHARS = 150
MAX_INTRO_CHARS = 600
MAX_QUESTION_CHARS = 200
MAX_CHOICES_CHARS = 600
MAX_ANSWER_CHARS = 1_000


class Survey(models.Model):
    """One version of the survey of a centre and a fiscal year, for it and the centres below without one of their own.

    A draft has no `opened_at`. One version of a centre is open at a time."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="surveys")
    year = models.PositiveSmallIntegerField()  # the fiscal year, by the year in which it ends
    version = models.PositiveSmallIntegerField(default=1)
    title_th = models.CharField(max_length=MAX_TITLE_CHARS)
    title_en = models.CharField(max_length=MAX_TITLE_CHARS, blank=True)
    intro_th = models.CharField(max_length=MAX_INTRO_CHARS, blank=True)
    intro_en = models.CharField(max_length=MAX_INTRO_CHARS, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "year", "version"], name="one_survey_per_version"),
            models.UniqueConstraint(
                fields=["centre"],
                condition=models.Q(opened_at__isnull=False, closed_at=None),
                name="one_open_survey_per_centre",
            ),
        ]

    def __str__(self) -> str:
        return f"survey {self.year} of {self.centre_id}, version {self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it is offered to citizens."""
        return self.opened_at is not None and self.closed_at is None

    def in_language(self, name: str, language: str) -> str:
        """'title' or 'intro' in 'th' or 'en'; an empty English one falls back to Thai."""
        thai, english = getattr(self, f"{name}_th"), getattr(self, f"{name}_en")
        return str(english or thai if language == "en" else thai)


class SurveyQuestion(models.Model):
    """A question. `code` is the same in later versions and years while its kind and Thai text are: figures are compared
    by it. The choices are lines, those of both languages in the same order."""

    class Kind(models.TextChoices):
        SCALE = "scale"  # 1 to 5
        CHOICE = "choice"
        TEXT = "text"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    code = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6)
    text_th = models.CharField(max_length=MAX_QUESTION_CHARS)
    text_en = models.CharField(max_length=MAX_QUESTION_CHARS, blank=True)
    choices_th = models.TextField(max_length=MAX_CHOICES_CHARS, blank=True)
    choices_en = models.TextField(max_length=MAX_CHOICES_CHARS, blank=True)
    is_trust = models.BooleanField(default=False)  # counts for the index of trust

    class Meta:
        ordering = ["survey", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["survey", "code"], name="one_question_per_code")]

    def __str__(self) -> str:
        return self.text_th

    def text_in(self, language: str) -> str:
        """The question in 'th' or 'en'."""
        return self.text_en or self.text_th if language == "en" else self.text_th

    def choices_in(self, language: str) -> list[str]:
        """The choices in 'th' or 'en'."""
        return (self.choices_en or self.choices_th if language == "en" else self.choices_th).splitlines()


class SurveyResponse(models.Model):
    """One filled-in survey, with as much about its case as reports need."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")  # of the case
    agency_group = models.CharField(max_length=20, blank=True)  # the kind of the lead agency
    topic = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)  # by which the case was filed
    month = models.DateField()  # the first day of the month of the answer
    at_kiosk = models.BooleanField(default=False)
    was_invited = models.BooleanField(default=False)  # by a notice

    class Meta:
        indexes = [models.Index(fields=["centre", "month"], name="responses_of_centre")]

    def __str__(self) -> str:
        return f"response to {self.survey_id}"


class SurveyAnswer(models.Model):
    """The answer to one question: 1 to 5, the number of a choice from 1, or a text with masked numbers and names.
    Texts are deleted later (`free_texts`)."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="answers")
    value = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(max_length=MAX_ANSWER_CHARS, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"answer to {self.question_id}"


class SurveyParticipation(models.Model):
    """That the citizen of a case was invited to the survey of a year, or has answered it. It is deleted with the year,
    and with the case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="survey_participations")
    year = models.PositiveSmallIntegerField()
    is_invited = models.BooleanField(default=False)
    has_answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "year"], name="one_participation_per_year")]

    def __str__(self) -> str:
        return f"participation of {self.case_id} in {self.year}"


class InvitedPerson(models.Model):
    """A person who was invited in a year, by a keyed hash of an address: nobody is invited twice a year."""

    year = models.PositiveSmallIntegerField()
    person_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "person_hash"], name="one_invitation_per_person")]

    def __str__(self) -> str:
        return f"invited in {self.year}"


class InvitationCount(models.Model):
    """How many citizens of a centre's cases were invited in a month: what remains for the response rate."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitation_counts")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "centre", "month"], name="one_invitation_count_per_month")
        ]

    def __str__(self) -> str:
        return f"{self.count} invitations of {self.centre_id}"
