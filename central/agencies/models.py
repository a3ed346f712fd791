"""Tables of the register: agencies, their areas and contacts, routing rules, and a record of every change.

Only `agencies.commands` and `agencies.rule_commands` write them. Kinds, levels, topics and natures are columns without
choices, so that a new one needs no migration."""

from django.core.validators import RegexValidator
from django.db import models

from central.agencies.limits import MAX_ADDRESS_CHARS, MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_PHONE_CHARS, MAX_REASON_CHARS
from central.centres.models import Centre, Officer
from protocol.bilingual_text import BilingualText

_AREA_CODE = RegexValidator(r"^\d{2}(\d{2}(\d{2})?)?$")


class Agency(models.Model):
    """An office that may act on a case. It belongs to the register of one centre; `code` names it there.

    A `pending` agency has registered itself and waits for the centre's confirmation: it gets no case."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        PENDING = "pending"

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="agencies")
    code = models.SlugField(max_length=MAX_CODE_CHARS, db_index=False)  # lower case
    name_th = models.CharField(max_length=MAX_NAME_CHARS)
    name_en = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    kind = models.CharField(max_length=20)  # an AgencyKind
    level = models.CharField(max_length=12)  # an AgencyLevel
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=MAX_PHONE_CHARS, blank=True)
    address = models.CharField(max_length=MAX_ADDRESS_CHARS, blank=True)
    declared_days = models.PositiveSmallIntegerField(null=True, blank=True)  # working days; None: the general period
    supervising_agency = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="supervised")
    is_active = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    registered_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)  # counts the changes; a form sends the one it showed

    class Meta:
        ordering = ["name_th", "id"]
        constraints = [models.UniqueConstraint(fields=["centre", "code"], name="one_agency_per_code")]
        indexes = [models.Index(fields=["centre", "kind"], name="agency_kind")]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name_th

    def name_in(self, language: str) -> str:
        """The name in 'th' or 'en'; the Thai one where there is no English one."""
        return self.name_en or self.name_th if language == "en" else self.name_th

    @property
    def name(self) -> BilingualText:
        """The name in both languages."""
        return BilingualText(self.name_th, self.name_in("en"))

    @property
    def takes_cases(self) -> bool:
        """Whether a case may be ordered to it."""
        return self.is_active and self.status == self.Status.ACTIVE


class AgencyArea(models.Model):
    """An area that an agency works in: a province, district or tambon. Without any, it is the centre's whole area."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="areas")
    area_code = models.CharField(max_length=6, validators=[_AREA_CODE])

    class Meta:
        ordering = ["area_code"]
        constraints = [models.UniqueConstraint(fields=["agency", "area_code"], name="one_agency_area")]

    def __str__(self) -> str:
        return f"{self.area_code} of {self.agency_id}"


class AgencyContact(models.Model):
    """A person of an agency, by their office: the contact point, the executive who answers for complaints, others."""

    class Kind(models.TextChoices):
        CONTACT_POINT = "contact_point"
        CCEO = "cceo"
        OTHER = "other"

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    name = models.CharField(max_length=MAX_NAME_CHARS)
    position = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    phone = models.CharField(max_length=MAX_PHONE_CHARS, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind"], condition=~models.Q(kind="other"), name="one_contact_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agency_id}"


class RoutingRule(models.Model):
    """Which agency gets a case. A condition that is '' accepts every case; the first rule that accepts all takes it.

    The lead is either one agency, or the agency of a kind (and level) that is nearest to the area."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="routing_rules")
    position = models.PositiveIntegerField()  # 1, 2, 3 … within the centre
    # Conditions.
    topic = models.CharField(max_length=20, blank=True)
    area_code = models.CharField(max_length=6, blank=True, validators=[_AREA_CODE])  # and every area in it
    nature = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=20, blank=True)
    about_kind = models.CharField(max_length=20, blank=True)  # an AgencyKind
    channel = models.CharField(max_length=20, blank=True)
    # Who gets the case.
    lead_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    lead_kind = models.CharField(max_length=20, blank=True)
    lead_level = models.CharField(max_length=12, blank=True)
    support_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    copy_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    explanation_th = models.CharField(max_length=MAX_REASON_CHARS, blank=True)
    explanation_en = models.CharField(max_length=MAX_REASON_CHARS, blank=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["centre", "position"], name="rules_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lead_agency__isnull=True) ^ models.Q(lead_kind=""),
                name="a_rule_has_one_lead",
            )
        ]

    def __str__(self) -> str:
        return f"rule {self.position} of {self.centre_id}"


class RegisterChange(models.Model):
    """A change of the register or of the rules: who, when, what. Rows are only added."""

    class Kind(models.TextChoices):
        REGISTERED = "registered"  # by the agency itself
        CREATED = "created"
        EDITED = "edited"
        CONFIRMED = "confirmed"
        REFUSED = "refused"
        DEACTIVATED = "deactivated"
        REACTIVATED = "reactivated"
        IMPORTED = "imported"
        RULE_ADDED = "rule_added"
        RULE_EDITED = "rule_edited"
        RULE_MOVED = "rule_moved"
        RULE_DELETED = "rule_deleted"

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="register_changes")
    agency = models.ForeignKey(Agency, models.SET_NULL, null=True, related_name="changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: a command, or the agency
    kind = models.CharField(max_length=15, choices=Kind.choices)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["centre", "-at"], name="register_changes")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agency_id}"


class ImportDraft(models.Model):
    """A file of agencies that an officer has uploaded and checked, until it is imported. One for each officer."""

    officer = models.OneToOneField(Officer, models.CASCADE, related_name="agency_import_draft")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    content = models.BinaryField()  # as uploaded

    def __str__(self) -> str:
        return f"file of {self.officer_id}"
