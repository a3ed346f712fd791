"""Tables of notices: consents, what the citizen was told, the outbox, and each centre's routes, hours and costs."""

from datetime import time
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from central.cases.limits import MAX_NAME_CHARS
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.notices.codes import NoticeState

MAX_BODY_CHARS = 600
_QUEUED = models.Q(state=NoticeState.QUEUED.value)


class NoticeConsent(models.Model):
    """A citizen's consent to notices about one case by one channel, with the text that was agreed to.

    `address` is personal data: a phone number in E.164 form, a LINE user id, a mail address, or a push subscription as
    JSON. No page shows it. It is erased when the consent is withdrawn; the consent itself is kept as the record."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notice_consents")
    channel = models.CharField(max_length=8)  # a NoticeChannel
    address = models.TextField(blank=True)
    text = models.TextField()  # as the citizen read it
    text_version = models.CharField(max_length=32)
    language = models.CharField(max_length=2)
    given_by = models.CharField(max_length=16)  # where: kiosk, web, line, counter
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=16, blank=True)  # as `given_by`; 'gateway' when the recipient is gone
    last_notice_at = models.DateTimeField(null=True)  # when the last notice was closed for further news

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "channel"], condition=models.Q(withdrawn_at=None), name="one_consent_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.case_id}"


class ReportedFacts(models.Model):
    """What was reported last to the citizen of a case with consents: the difference to the case is news."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="reported_facts", primary_key=True)
    status = models.CharField(max_length=20)
    agency_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    handler_name = models.CharField(max_length=MAX_NAME_CHARS, blank=True)
    due = models.DateField(null=True)

    def __str__(self) -> str:
        return f"reported facts of {self.case_id}"


class NoticeRoute(models.Model):
    """How a centre sends by one channel; centres below it without a route of their own use it too.

    Secrets are encrypted with a key of the installation (`notices.route_secrets`). `pause_until` and `failures` are the
    circuit breaker: no notice is tried while the gateway is known to be away."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="notice_routes")
    channel = models.CharField(max_length=8)  # a NoticeChannel
    is_active = models.BooleanField(default=True)
    url = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=100, blank=True)
    body_template = models.TextField(blank=True)  # of an SMS gateway: JSON with placeholders
    id_field = models.CharField(max_length=60, blank=True)  # of an SMS gateway's response: 'message_id', 'data.id'
    secret = models.BinaryField(default=b"")
    receipt_secret = models.BinaryField(default=b"")
    receipt_id = models.UUIDField(default=uuid4, unique=True)  # in the address to which the gateway posts receipts
    price_satang = models.PositiveIntegerField(default=0)  # per part of a message
    pause_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    last_failure = models.CharField(max_length=16, blank=True)
    last_accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "channel"], name="one_route_per_channel")]

    def __str__(self) -> str:
        return f"{self.channel} of {self.centre_id}"


class Notice(models.Model):
    """One notice in the outbox. `key` is its idempotency key at the gateway.

    `body` is '' while further news may join; it is fixed with the first attempt, because a gateway that knows the key
    expects the same text. A worker that sends it holds it until `claimed_until`."""

    class Priority(models.IntegerChoices):
        FRESH = 0
        HELD = 1  # by quiet hours, or to gather news
        RETRY = 2

    consent = models.ForeignKey(NoticeConsent, models.CASCADE, related_name="notices")
    case = models.ForeignKey(Case, models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=8)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")  # of the case, when it was queued
    route = models.ForeignKey(NoticeRoute, models.SET_NULL, null=True, related_name="notices")  # that was tried last
    key = models.UUIDField(default=uuid4, unique=True)
    news = models.JSONField(default=list)
    body = models.CharField(max_length=MAX_BODY_CHARS, blank=True)
    state = models.CharField(max_length=9, default=NoticeState.QUEUED.value)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.FRESH)
    created_at = models.DateTimeField(db_default=Now())
    queued_at = models.DateTimeField(db_default=Now())  # or queued again by an officer
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, blank=True)
    gateway_id = models.CharField(max_length=100, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    cost_satang = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    receipt_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # who sent it again

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["priority", "due_at"], condition=_QUEUED, name="notice_outbox"),
            models.Index(fields=["centre", "-created_at"], condition=models.Q(state="dead"), name="notice_dead"),
            models.Index(fields=["route", "gateway_id"], condition=~models.Q(gateway_id=""), name="notice_gateway_id"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consent"], condition=_QUEUED & models.Q(body=""), name="one_open_notice_per_consent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} notice {self.pk}"


class NoticeRules(models.Model):
    """The hours of a centre and the time in which news is gathered. Centres below it use them too."""

    centre = models.OneToOneField(Centre, models.CASCADE, related_name="notice_rules", primary_key=True)
    quiet_from = models.TimeField(default=time(20, 0))  # in Thailand
    quiet_until = models.TimeField(default=time(8, 0))
    gather_minutes = models.PositiveSmallIntegerField(default=10)

    def __str__(self) -> str:
        return f"notice rules of {self.centre_id}"


class NoticeCost(models.Model):
    """What a centre has sent by one channel in one month. Counted when the gateway accepts a notice."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="notice_costs")
    channel = models.CharField(max_length=8)
    month = models.DateField()  # its first day, in Thailand
    notices = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    satang = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-month", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "channel", "month"], name="one_cost_per_channel_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.channel} of {self.centre_id}"


class PhoneCode(models.Model):
    """A one-time code by SMS to somebody who has lost the tracking code (`notices.phone_codes`).

    There is a row for each request, also for a number that no case has. `case` is the newest one with this number; the
    number itself is stored with its complainant only."""

    phone_hash = models.CharField(max_length=64, db_index=True)  # `identity_crypto.phone_hash`
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    key = models.UUIDField(default=uuid4)  # idempotency key at the gateway; new when the citizen asks for it again
    page_key = models.UUIDField(null=True, unique=True)  # of the page that requested it, the only one that enters it
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    wrong_attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"phone code {self.pk}"
