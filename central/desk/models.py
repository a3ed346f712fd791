"""What the desk stores of its own: the filters that officers save."""

from django.db import models

from central.centres.models import Officer

MAX_FILTER_NAME_CHARS, MAX_QUERY_CHARS, MAX_FILTERS = 40, 400, 20


class SavedFilter(models.Model):
    """A filter of the list of cases under the name that an officer gave it. `query` is the query of its URL."""

    officer = models.ForeignKey(Officer, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=MAX_FILTER_NAME_CHARS)
    query = models.CharField(max_length=MAX_QUERY_CHARS, blank=True)
    is_default = models.BooleanField(default=False)  # shown when the list is opened without a filter

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "name"], name="one_filter_per_name"),
            models.UniqueConstraint(fields=["officer"], condition=models.Q(is_default=True), name="one_default_filter"),
        ]

    def __str__(self) -> str:
        return self.name
