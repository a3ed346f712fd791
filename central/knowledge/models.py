"""Tables of the articles for officers: law, competence, whom to call. Each change of an article is a version."""

from django.db import models

from central.centres.models import Centre, Officer

MAX_TITLE_CHARS = 200
MAX_TEXT_CHARS = 10_000
MAX_KEYWORDS_CHARS = 500
MAX_CONTACTS_CHARS = 1_000


class Article(models.Model):
    """An article of a centre, for its officers and those of the centres below it.

    `newest` is the last version, `published` the one that officers read; without it the article is a draft."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="articles")
    newest = models.OneToOneField("ArticleVersion", models.SET_NULL, null=True, related_name="+")
    published = models.OneToOneField("ArticleVersion", models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"article {self.pk}"

    @property
    def has_draft(self) -> bool:
        """Whether the newest version is not published."""
        return self.newest_id != self.published_id


class ArticleVersion(models.Model):
    """What an article says, as it was saved once. It is never changed.

    `lead_words` are the words of title and keywords, `text_words` those of the text, segmented when it was saved and
    separated by spaces: a search reads them and segments nothing."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()  # from 1
    title = models.CharField(max_length=MAX_TITLE_CHARS)
    text = models.TextField(max_length=MAX_TEXT_CHARS)
    topics = models.JSONField(default=list)  # codes of topics
    keywords = models.CharField(max_length=MAX_KEYWORDS_CHARS, blank=True)
    contacts = models.TextField(max_length=MAX_CONTACTS_CHARS, blank=True)  # one in each line
    valid_until = models.DateField(null=True)  # the last day, in Thailand
    reviewed_on = models.DateField()  # when somebody has last checked that it is right
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    lead_words = models.TextField()
    text_words = models.TextField()

    class Meta:
        ordering = ["article", "-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"version {self.number} of article {self.article_id}"
