"""Name requests and audited reads of personal data."""

from django.db import models

from central.agencies.models import Agency
from central.cases.models.case import Case
from central.centres.models import Officer


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
    """Audit row: somebody read personal data of a case: an officer, or an agency. Rows are only added.

    A personal link of an agency has no officer; an officer of an agency has both."""

    class DataKind(models.TextChoices):
        CASE = "case"  # the complaint itself
        PERSON = "person"  # name and contact
        PAGE = "page"  # a picture of the letter
        ATTACHMENT = "attachment"  # a file of an agency or of the citizen
        FOUND = "found"  # the case was found by name, phone or citizen id of its complainant
        CITIZEN_ID = "citizen_id"  # the number itself
        COPY = "copy"  # everything, as a copy for the complainant
        INQUIRY = "inquiry"  # the investigation file
        LETTER = "letter"  # an official letter to the complainant
        COMPARED = "compared"  # what somebody says of themselves was compared with the complainant

    case = models.ForeignKey(Case, models.PROTECT, related_name="reads")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    data_kind = models.CharField(max_length=10, choices=DataKind.choices)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(officer__isnull=False) | models.Q(agency__isnull=False), name="a_read_has_a_reader"
            )
        ]
        indexes = [models.Index(fields=["-at"], name="reads_by_time")]

    def __str__(self) -> str:
        return f"{self.data_kind} of {self.case_id}"

    @property
    def reader(self) -> str:
        """Who read it: the account of the officer, the name of the agency, or both."""
        names = [self.officer.get_username()] if self.officer else []
        return " · ".join([*names, self.agency.name_th] if self.agency else names)


class PersonSearch(models.Model):
    """Audit row: an officer searched for cases of a person. What was typed is not kept. Rows are only added."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    way = models.CharField(max_length=12)  # a SearchWay
    reason = models.TextField()
    matches = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at"], name="searches_by_time")]

    def __str__(self) -> str:
        return f"search by {self.officer_id}"
