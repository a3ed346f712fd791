"""Tables: the terms of each scheme, and every change of them. Only `classification.commands` writes them."""

from django.db import models

from central.centres.models import Officer

MAX_CODE_CHARS = 20
MAX_NAME_CHARS = 100  # as the sub-topic of a case


class Term(models.Model):
    """One term of a scheme. It is never deleted: cases and figures of past years have it."""

    scheme = models.CharField(max_length=16)  # a Scheme
    code = models.CharField(max_length=MAX_CODE_CHARS)  # in counts and files; never changes
    position = models.PositiveSmallIntegerField(default=0)  # in lists of the scheme
    name_th = models.CharField(max_length=MAX_NAME_CHARS)
    name_en = models.CharField(max_length=MAX_NAME_CHARS)
    # Of a sub-topic: its topic. Of another scheme: the topics whose cases have the term, unless an officer chose
    # another one.
    topics = models.JSONField(default=list, blank=True)
    former_names = models.JSONField(
        default=list, blank=True
    )  # cases have a sub-topic by its name, perhaps an older one
    is_active = models.BooleanField(default=True)  # otherwise it is not offered any more

    class Meta:
        ordering = ["scheme", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_term_per_code")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class TermChange(models.Model):
    """A change of a term. Rows are only added."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    before = models.JSONField(null=True)  # names, topics, position and state; null: it was added
    after = models.JSONField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"change of {self.term_id}"
