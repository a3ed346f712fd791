"""Tables of the activities that a centre reports to the public, with their photos."""

from django.db import models

from central.centres.models import Centre, Officer

MAX_LINE_CHARS = 200  # of a title, a place, a person or the participants
MAX_TEXT_CHARS = 10_000


class Activity(models.Model):
    """What a centre has done or will do: a visit, a mobile service day, a training.

    Each text is in Thai; an empty English one falls back to Thai. A draft has no `published_at`. `revision` counts the
    changes: an editor saves the one that its page has shown."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="activities")
    title_th = models.CharField(max_length=MAX_LINE_CHARS)
    title_en = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    text_th = models.TextField(max_length=MAX_TEXT_CHARS)
    text_en = models.TextField(max_length=MAX_TEXT_CHARS, blank=True)
    held_on = models.DateField()  # the day of the activity in Thailand
    place_th = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    place_en = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    leader_th = models.CharField(max_length=MAX_LINE_CHARS, blank=True)  # name and position
    leader_en = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    participants_th = models.CharField(max_length=MAX_LINE_CHARS, blank=True)  # who took part, or how many
    participants_en = models.CharField(max_length=MAX_LINE_CHARS, blank=True)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["centre", "-held_on", "-id"], name="activity_by_day")]

    def __str__(self) -> str:
        return self.title_th

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def in_language(self, name: str, language: str) -> str:
        """A text by its name without language, such as 'title', in 'th' or 'en'."""
        thai, english = getattr(self, f"{name}_th"), getattr(self, f"{name}_en")
        return str(english or thai if language == "en" else thai)


class ActivityPhoto(models.Model):
    """A photo, encoded again before it was stored: it has no position and no camera data. `key` is its public name,
    which nobody can guess while the activity is a draft."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="photos")
    key = models.CharField(max_length=32, unique=True)
    file = models.FileField(upload_to="activities/", max_length=200)
    size = models.PositiveIntegerField()
    description_th = models.CharField(max_length=MAX_LINE_CHARS)  # what is on it, for people who do not see it

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"photo {self.pk} of {self.activity_id}"
