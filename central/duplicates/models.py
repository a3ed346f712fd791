"""Tables of the search for duplicates. Nothing here can be read back into a name, a number or a word."""

from django.db import models

from central.cases.models import Case
from central.centres.models import Officer


class ChangedCase(models.Model):
    """A case that is to be compared again. No foreign key: the case may be deleted meanwhile. Rows are never updated,
    so two changes do not wait for one another."""

    case_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"change of {self.case_id}"


class ComparedFeatures(models.Model):
    """What was compared of a case: its hashed words, and a digest that tells whether anything has changed."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    compared_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    words = models.BinaryField()
    is_letter = models.BooleanField()  # the words are of a letter, and covered like it

    def __str__(self) -> str:
        return f"features of {self.case_id}"


class CaseToken(models.Model):
    """A keyed hash of something that cases may share (`tokens`). The primary key is the index that it is sought by."""

    pk = models.CompositePrimaryKey("token", "case_id")
    token = models.BigIntegerField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    kind = models.PositiveSmallIntegerField()  # a TokenKind

    def __str__(self) -> str:
        return f"token of {self.case_id}"


class DuplicateCandidate(models.Model):
    """Two cases that may be about one matter, with the reasons. `earlier` has the smaller key.

    An officer who has looked at both and found two matters dismisses the pair: it is kept and not shown again."""

    earlier = models.ForeignKey(Case, models.CASCADE, related_name="+")
    later = models.ForeignKey(Case, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()  # of all reasons; an officer sees that of the reasons shown
    reasons = models.JSONField()  # [Match.to_json()]
    compared_at = models.DateTimeField()
    dismissed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="one_candidate_per_pair"),
            models.CheckConstraint(condition=models.Q(earlier__lt=models.F("later")), name="earlier_before_later"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} and {self.later_id}"
