"""Who complained, and the pages of the letter."""

from django.db import models

from central.cases.models.case import Case


class Complainant(models.Model):
    """Who complained and how to reach them: a separate table with its own permission. An anonymous case has no row."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="complainant")
    source = models.CharField(max_length=20)
    title = models.TextField(blank=True)
    first_name = models.TextField(blank=True)
    middle_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    birth_date = models.CharField(max_length=16, blank=True)  # B.E. YYYYMMDD
    sex = models.CharField(max_length=8, blank=True)
    address = models.TextField(blank=True)
    address_area = models.CharField(max_length=6, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    # The citizen id: a keyed hash finds the same person again, four digits tell people apart, the number is encrypted.
    citizen_id_hash = models.CharField(max_length=64, blank=True)
    citizen_id_last4 = models.CharField(max_length=4, blank=True)
    citizen_id_encrypted = models.BinaryField(blank=True, default=b"")
    newer_content = models.JSONField(default=dict, blank=True)  # as of a case, for fields that may be personal

    class Meta:
        indexes = [
            # Rows without a citizen id are not searched by it.
            models.Index(fields=["citizen_id_hash"], condition=~models.Q(citizen_id_hash=""), name="same_person"),
            models.Index(fields=["phone"], condition=~models.Q(phone=""), name="same_phone"),
            # A name that was typed at a kiosk is in `first_name` as a whole.
            models.Index(fields=["first_name"], condition=~models.Q(first_name=""), name="same_first_name"),
        ]

    def __str__(self) -> str:
        return f"complainant of {self.case_id}"

    @property
    def full_name(self) -> str:
        """Title and names, as on the card."""
        names = " ".join(name for name in (self.first_name, self.middle_name, self.last_name) if name)
        return f"{self.title}{names}"


class LetterPage(models.Model):
    """One page of a letter: the picture is the record, `text` is what OCR recognised, not to the page's end where
    `is_text_complete` is False."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pages")
    index = models.PositiveSmallIntegerField()
    picture = models.FileField(max_length=200)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    confidence = models.FloatField(null=True)
    is_text_complete = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["case", "index"], name="one_page_per_index")]

    def __str__(self) -> str:
        return f"page {self.index} of {self.case_id}"
