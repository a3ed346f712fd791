"""Tables of retention: how long each class of cases is kept, what must not be erased, and what was erased."""

from django.db import models

from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Case
from central.centres.models import Centre, Officer

MAX_BASIS_CHARS = 300


class KeepingPeriod(models.Model):
    """How long the cases of a class are kept in this installation, from `since` on. Rows are only added: the newest of
    a class holds, and the others say what held before. A class without a row has the default (`case_classes`)."""

    case_class = models.CharField(max_length=12)  # a CaseClass
    years = models.PositiveSmallIntegerField()  # from the closing
    basis = models.CharField(max_length=MAX_BASIS_CHARS)  # the law or rule
    since = models.DateTimeField()
    set_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-since", "-id"]

    def __str__(self) -> str:
        return f"{self.case_class}: {self.years} years"


class ErasureHold(models.Model):
    """A case that must not be erased, for a court or an inquiry. Lifted holds are kept."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="erasure_holds")
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    placed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(lifted_at=None), name="one_hold_per_case")
        ]

    def __str__(self) -> str:
        return f"hold of {self.case_id}"


class Erasure(models.Model):
    """A list of cases to erase: those whose period has ended, or one at its citizen's request.

    A second person approves it, then a worker erases case by case. The row and its list are kept: they are the record
    of what was erased."""

    class Basis(models.TextChoices):
        SCHEDULE = "schedule"
        REQUEST = "request"

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="erasures")  # its cases, and those of centres below
    basis = models.CharField(max_length=8, choices=Basis.choices)
    reason = models.CharField(max_length=MAX_REASON_CHARS, blank=True)
    periods = models.JSONField(default=dict)  # of each class when the list was made: years and basis
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    finished_at = models.DateTimeField(null=True)  # everything is erased, and no freed space has it any more

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="a_second_person_approves_an_erasure",
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class ErasedCase(models.Model):
    """One case of a list. `kept_because` says why it was not erased although it is listed."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    case_class = models.CharField(max_length=12)  # a CaseClass
    erased_at = models.DateTimeField(null=True)
    kept_because = models.CharField(max_length=12, blank=True)  # a KeptReason

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["erasure", "case"], name="one_row_per_erased_case")]

    def __str__(self) -> str:
        return f"{self.case_id} of erasure {self.erasure_id}"


class ErasedFile(models.Model):
    """The stored name of a file whose row is erased, until the file itself is."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
