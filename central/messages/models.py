"""Tables of messages: answer templates, and what citizens send. Messages themselves are events of a case."""

from django.db import models

from central.agencies.models import Agency
from central.cases.models import Case, CaseEvent
from central.centres.models import Centre, Officer

MAX_NAME_CHARS = 100
MAX_TEXT_CHARS = 2000  # as long as a message may be


class AnswerTemplate(models.Model):
    """A text that officers of a centre, and of the centres below it, insert into a step of a case.

    `step` is an Action: the text of an order fills the order to the agency, any other one the message to the citizen.
    The citizen's language chooses the text; an empty English one falls back to Thai. With a `topic` it is offered for
    cases of this topic only; the one of a closing may have an `outcome`, which it then chooses."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="answer_templates")
    step = models.CharField(max_length=20)
    name = models.CharField(max_length=MAX_NAME_CHARS)
    text_th = models.TextField(max_length=MAX_TEXT_CHARS)
    text_en = models.TextField(max_length=MAX_TEXT_CHARS, blank=True)
    topic = models.CharField(max_length=20, blank=True, default="", db_default="")
    outcome = models.CharField(max_length=20, blank=True, default="", db_default="")  # an Outcome

    class Meta:
        ordering = ["step", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["centre", "step", "name"], name="one_template_per_name")]

    def __str__(self) -> str:
        return self.name

    def text_in(self, language: str) -> str:
        """The text in 'th' or 'en'."""
        return self.text_en or self.text_th if language == "en" else self.text_th


class SentForm(models.Model):
    """The token of a citizen's form that was carried out (central/messages/sent_forms.py)."""

    token = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"form of {self.case_id}"


class Rating(models.Model):
    """One to five stars of a citizen for an agency that worked on the case, or for the centre (`agency` None).

    `round` counts the closings of the case from 0; each can be rated once. The comment is the text of `event`."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings")
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="ratings")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["agency", "at"], name="ratings_of_agency")]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "agency"], name="one_rating_per_closing"),
            models.UniqueConstraint(
                fields=["case", "round"], condition=models.Q(agency=None), name="one_rating_of_the_centre"
            ),
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"rating of {self.case_id}"


class DataRequest(models.Model):
    """A request of a data subject about a case (`DataRight`). Its text and its answer are those of the events."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="data_requests")
    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="+")
    right = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = [models.F("answered_at").desc(nulls_first=True), "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(answered_at=None), name="one_open_data_request")
        ]

    def __str__(self) -> str:
        return f"{self.right} of {self.case_id}"


class EndedCode(models.Model):
    """A tracking code that a new one has replaced; only its hash is stored. Who types it reads that it has ended."""

    code_hash = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"former code of {self.case_id}"
