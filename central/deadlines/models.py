"""Tables: changes of the calendar of holidays, and periods set by a law."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from central.centres.models import Officer
from central.deadlines.periods import MAX_PERIOD_DAYS

MAX_HOLIDAY_NAME_CHARS = 200
MAX_SUBTOPIC_CHARS = 100
MAX_LAW_CHARS = 200


class HolidayChange(models.Model):
    """A day that became a holiday, or stopped being one, after the calendar of the library was made.

    Rows are only added: the newest row of a day is valid, and the older ones say who declared what before."""

    day = models.DateField()
    is_holiday = models.BooleanField()
    name_th = models.CharField(max_length=MAX_HOLIDAY_NAME_CHARS)  # of a cancelled day: of what it was
    name_en = models.CharField(max_length=MAX_HOLIDAY_NAME_CHARS)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: by command line
    applied_at = models.DateTimeField(null=True)  # when the deadlines of all open cases were calculated with it

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(applied_at=None), name="holiday_changes_to_apply"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {'is' if self.is_holiday else 'is no'} holiday"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises ValueError for an update: other workers would not notice it."""
        if not self._state.adding:
            raise ValueError("a change of the calendar is not edited; a newer one replaces it")
        super().save(*args, **kwargs)


class LawPeriod(models.Model):
    """The period that a law sets for a topic, or for one of its sub-topics ('': the whole topic)."""

    topic = models.CharField(max_length=20)
    subtopic = models.CharField(max_length=MAX_SUBTOPIC_CHARS, blank=True)
    days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MAX_PERIOD_DAYS)])
    law_th = models.CharField(max_length=MAX_LAW_CHARS)  # the law and section, shown to officers
    law_en = models.CharField(max_length=MAX_LAW_CHARS)

    class Meta:
        ordering = ["topic", "subtopic"]
        constraints = [models.UniqueConstraint(fields=["topic", "subtopic"], name="one_law_period_per_subtopic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.subtopic}: {self.days}"
