"""Tables of what people write in public: sources, posts without authors, warnings about rising topics."""

from uuid import uuid4

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer

MAX_NAME_CHARS = 100
MAX_URL_CHARS = 500
MAX_POST_CHARS = 4_000


class ListeningSource(models.Model):
    """Where posts come from: a feed that is fetched, a page that posts to a webhook, or files that officers upload.

    `token` is in the address of a webhook, `secret` signs its requests (encrypted)."""

    class Kind(models.TextChoices):
        FEED = "feed"
        WEBHOOK = "webhook"
        FILE = "file"

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="listening_sources")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=MAX_NAME_CHARS)
    url = models.CharField(max_length=MAX_URL_CHARS, blank=True)  # of a feed
    token = models.UUIDField(default=uuid4, unique=True)
    secret = models.BinaryField(default=b"")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["centre", "name"], name="one_listening_source_per_name")]

    def __str__(self) -> str:
        return self.name


class SocialPost(models.Model):
    """What somebody wrote, without who: no author, no address of the post, names after @ and numbers masked.

    `content_hash` recognises a post that arrives again. `key` is that of the case that is filed from it."""

    class State(models.TextChoices):
        NEW = "new"
        DISMISSED = "dismissed"
        FILED = "filed"

    source = models.ForeignKey(ListeningSource, models.CASCADE, related_name="posts")
    content_hash = models.CharField(max_length=64)
    key = models.UUIDField(default=uuid4, unique=True)
    text = models.TextField(max_length=MAX_POST_CHARS)
    published_on = models.DateField()  # in Thailand
    received_at = models.DateTimeField()
    topic = models.CharField(max_length=20, blank=True)  # by the topic model; '' when it is not sure
    area = models.CharField(max_length=6, blank=True)  # the code of a place that the text names
    is_classified = models.BooleanField(default=True, db_default=True)  # False: topic and area come by a job
    state = models.CharField(max_length=9, default=State.NEW.value)
    case = models.OneToOneField(Case, models.SET_NULL, null=True, related_name="social_post")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-published_on", "-id"]
        indexes = [
            models.Index(fields=["published_on", "topic"], name="posts_by_day"),
            models.Index(fields=["source"], condition=models.Q(is_classified=False), name="unclassified_posts"),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "content_hash"], name="one_post_of_a_source")]

    def __str__(self) -> str:
        return f"post {self.pk}"


class TopicWarning(models.Model):
    """That a topic rises in a district: the posts of seven days against the weeks before."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="topic_warnings")  # of the sources
    district = models.CharField(max_length=4)
    topic = models.CharField(max_length=20)
    last_day = models.DateField()  # of the seven days
    count = models.PositiveIntegerField()
    weekly_mean = models.FloatField()  # of the weeks before
    probability = models.FloatField()  # of so many posts or more, had nothing changed
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [models.Index(fields=["centre"], condition=models.Q(settled_at=None), name="open_topic_warnings")]

    def __str__(self) -> str:
        return f"{self.topic} in {self.district}"
