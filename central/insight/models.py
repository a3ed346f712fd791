"""Tables of counted cases. They name nobody: a fact has codes and days, and outlives its case."""

from django.db import models

from central.agencies.models import Agency
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.insight.facts import VALUE_NAMES, FactValues
from central.insight.periods import Period, first_day, fiscal_year_of, month_of

MAX_OBSTACLE_CHARS = 1_000


class CaseFact(models.Model):
    """What is counted of one case (`facts.FactValues`). Written in the transaction that changes the case.

    When a case is deleted after its keeping time, its fact stays: figures of past years do not shrink."""

    case = models.OneToOneField(Case, models.SET_NULL, null=True, related_name="fact")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", db_index=False)
    area = models.CharField(max_length=6, blank=True)
    topic = models.CharField(max_length=20)
    channel = models.CharField(max_length=16)
    outcome = models.CharField(max_length=20, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    sex = models.CharField(max_length=8, blank=True)
    age_band = models.CharField(max_length=8, blank=True)
    received_on = models.DateField()
    closed_on = models.DateField(null=True)
    reopened_on = models.DateField(null=True)
    rated_on = models.DateField(null=True)
    in_time = models.BooleanField(null=True)
    stars = models.PositiveSmallIntegerField(null=True)
    agency_stars = models.PositiveSmallIntegerField(null=True)
    days_to_take = models.SmallIntegerField(null=True)
    days_to_order = models.SmallIntegerField(null=True)
    days_at_agency = models.SmallIntegerField(null=True)
    # Terms of classification.
    subtopic = models.CharField(max_length=20, blank=True, default="", db_default="")
    strategy = models.CharField(max_length=20, blank=True, default="", db_default="")
    reform = models.CharField(max_length=20, blank=True, default="", db_default="")
    reconciliation = models.CharField(max_length=20, blank=True, default="", db_default="")
    sdg = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            # With the columns that pages of a country group by: PostgreSQL then reads the index alone.
            models.Index(fields=["centre", "received_on"], include=["area", "topic"], name="fact_received_by"),
            models.Index(fields=["centre", "closed_on"], include=["area", "received_on"], name="fact_closed_by"),
            models.Index(
                fields=["centre", "received_on"],
                include=["area"],
                condition=models.Q(closed_on=None),
                name="fact_open_by",
            ),
            models.Index(
                fields=["centre", "reopened_on"], condition=models.Q(reopened_on__isnull=False), name="fact_reopened"
            ),
            models.Index(fields=["centre", "rated_on"], condition=models.Q(rated_on__isnull=False), name="fact_rated"),
        ]

    def __str__(self) -> str:
        return f"fact of {self.case_id}"

    @property
    def values(self) -> FactValues:
        """The columns as a value."""
        return FactValues(*(getattr(self, name) for name in VALUE_NAMES))


class FactChange(models.Model):
    """A fact that was added (`sign` 1) or taken away (-1) and is not yet in `MonthlyCount`. Rows are only inserted:
    two officers who close cases of one month wait for no common row."""

    sign = models.SmallIntegerField()
    values = models.JSONField()  # the fields of FactValues by name; days as ISO 8601

    def __str__(self) -> str:
        return f"change {self.pk}"


class MonthlyCount(models.Model):
    """The counts of a month at a centre and everything below it, for one value of one dimension. Only for centres of
    the country and of provinces: a district has so few cases that its facts are counted directly."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+", db_index=False)
    month = models.PositiveIntegerField()  # months since the year 0: year * 12 + month - 1
    dimension = models.CharField(max_length=16)
    value = models.CharField(max_length=20, blank=True)
    received = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    in_indicator = models.IntegerField(default=0)
    settled = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    dated = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)
    stars = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "dimension", "month", "value"], name="one_count_per_value")
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value} of month {self.month}"


class CountState(models.Model):
    """The one row of the state of `MonthlyCount`. Whoever folds changes into it holds its lock."""

    generation = models.PositiveBigIntegerField(default=0)  # grows with each change of MonthlyCount
    needs_rebuild = models.BooleanField(default=False)  # a centre has moved in the tree
    checked_to = models.PositiveBigIntegerField(default=0)  # key of the last case that was compared with its fact
    is_complete = models.BooleanField(default=False)  # every case was compared once

    def __str__(self) -> str:
        return f"generation {self.generation}"


class PeriodicReport(models.Model):
    """The report of a month or a fiscal year as it was made: a memorandum as PDF and as Word file, with hidden small
    cells. `month` is the last month, as in MonthlyCount; `months` how many the period has, 1 or 12."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", db_index=False)
    month = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField(default=1, db_default=1)
    made_on = models.DateField()
    pdf = models.BinaryField()
    word = models.BinaryField()
    mailed_at = models.DateTimeField(null=True)  # to everybody who heads the centre

    class Meta:
        db_table = "insight_monthlyreport"  # its first name
        constraints = [models.UniqueConstraint(fields=["centre", "month", "months"], name="one_report_per_period")]

    def __str__(self) -> str:
        return f"report of {self.months} months to month {self.month}"

    @property
    def period(self) -> Period:
        """What it is about."""
        last = first_day(self.month)
        return month_of(last) if self.months == 1 else fiscal_year_of(last)


class TopicModel(models.Model):
    """A model that suggests topics, as it was trained (`topic_training`). The newest one is used."""

    trained_at = models.DateTimeField()
    content = models.JSONField()  # a topic_model.TopicWeights: words that many cases have, and numbers

    def __str__(self) -> str:
        return f"topic model {self.pk}"


class SavingAssumptions(models.Model):
    """What the savings of a centre are calculated with (`savings.Assumptions`), and who set it last."""

    centre = models.OneToOneField(Centre, models.CASCADE, related_name="+")
    baht_per_km = models.DecimalField(max_digits=6, decimal_places=2)
    km_per_hour = models.PositiveSmallIntegerField()
    hours_at_hall = models.DecimalField(max_digits=4, decimal_places=1)
    days_before = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    trips = models.JSONField(default=dict)  # by channel
    distances = models.JSONField(default=dict)  # km by code of a district, as text
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"assumptions of {self.centre_id}"


class AreaBoundary(models.Model):
    """The boundary of a province, district or tambon, as it was imported and simplified (`boundary_files`)."""

    code = models.CharField(max_length=6, unique=True)  # of DOPA
    rings = models.JSONField()  # of corners: longitude and latitude in degrees
    attribution = models.CharField(max_length=200, blank=True)  # whose work it is

    def __str__(self) -> str:
        return self.code


class OpenDataState(models.Model):
    """The one row of the settings of open data, and who changed them last; nobody: the operator, by a command."""

    is_on = models.BooleanField(default=False)
    licence = models.CharField(max_length=100)  # its name
    licence_url = models.URLField(max_length=300, blank=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"open data, {'on' if self.is_on else 'off'}"


class OpenDataFile(models.Model):
    """The open data of a month, as it was made (`open_data`). Its rows name nobody."""

    month = models.PositiveIntegerField(unique=True)  # as in MonthlyCount
    made_on = models.DateField()
    licence = models.CharField(max_length=100)
    licence_url = models.URLField(max_length=300, blank=True)
    row_count = models.PositiveIntegerField()
    csv = models.BinaryField()
    json = models.BinaryField(default=b"", db_default=b"")  # the same rows, packed by gzip
    made_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: the job or a command

    def __str__(self) -> str:
        return f"open data of month {self.month}"


class Obstacle(models.Model):
    """What hinders the work of a centre, or what it needs, in the words of its officers, and the answer of a
    superior."""

    class Kind(models.TextChoices):
        OBSTACLE = "obstacle"
        NEED = "need"

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="obstacles")
    kind = models.CharField(max_length=8)
    text = models.TextField(max_length=MAX_OBSTACLE_CHARS)  # with masked numbers
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    answer = models.TextField(max_length=MAX_OBSTACLE_CHARS, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["centre"], condition=models.Q(answered_at=None), name="unanswered_obstacles"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
