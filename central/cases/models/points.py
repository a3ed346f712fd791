"""Where a matter happened, as a point."""

from django.db import models

from central.cases.models.case import Case


class CasePoint(models.Model):
    """The point of the incident, in degrees. Deleted with the texts of an erased case: it can be a home."""

    class Source(models.TextChoices):
        """Who has set it. A point of an officer or a team is never replaced by one of a photo or text."""

        OFFICER = "officer"
        CITIZEN = "citizen"  # wrote it, or added the place of a photo
        AGENCY = "agency"  # added the place of a photo

        @classmethod
        def of_sender(cls, actor: str) -> "CasePoint.Source":
            """Of what this ActorKind has sent."""
            return cls(actor) if actor in cls.values else cls.OFFICER

    case = models.OneToOneField(Case, models.CASCADE, related_name="point")
    latitude = models.FloatField()
    longitude = models.FloatField()
    source = models.CharField(max_length=10)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"point of {self.case_id}"
