"""Tables of filing: the last case number of each province, and which sending became which case."""

from django.db import models

from central.cases.models import Case


class CaseNumberSeries(models.Model):
    """The case numbers that the centres of one province issue themselves: 'KKN00', the series letter, and the last
    running number of this letter."""

    issuer = models.CharField(max_length=5, primary_key=True)
    series = models.CharField(max_length=1)
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.issuer}{self.series}"


class FiledSubmission(models.Model):
    """A case that was filed at the centre, under the key of its sending. A sending with the same key finds this row.

    Only a keyed hash of the key is stored, and one of the content: the tracking code is derived from the key, and a
    copy of the database must not lead to it."""

    channel = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    case = models.OneToOneField(Case, models.CASCADE, related_name="filed_submission")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key_hash"], name="one_case_per_sending")]

    def __str__(self) -> str:
        return f"{self.channel} of {self.case_id}"
