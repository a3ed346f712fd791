"""Whom or what a case is about, as officers have entered it."""

from django.db import models

from central.cases.limits import MAX_RESPONDENT_CHARS
from central.cases.models.case import Case
from central.centres.models import Officer


class Respondent(models.Model):
    """A person, an agency, a shop, a vehicle or a place that the case is about. What the citizen wrote is in
    `Case.about_note`."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="respondents")
    type = models.CharField(max_length=8)  # a RespondentType
    name = models.CharField(max_length=MAX_RESPONDENT_CHARS)  # or plate, or address
    added_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"respondent of {self.case_id}"
