"""Personal links of referrals, the mails about them, and the codes that open personal data."""

from django.db import models

from central.cases.limits import MAX_REASON_CHARS
from central.cases.models import Referral
from central.centres.models import Officer


class ReferralLink(models.Model):
    """A personal link: it opens one referral without an account. The token is computed from `nonce` and a key of the
    installation (`agency_desk.tokens`), so that a reminder has the same link as the order; a copy of the database alone
    opens nothing. A referral has at most one link that is not revoked."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="links")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: with the order
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="one_link_per_token"),
            models.UniqueConstraint(
                fields=["referral"], condition=models.Q(revoked_at=None), name="one_valid_link_per_referral"
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.referral_id}"


class ReferralMail(models.Model):
    """One mail to an agency about a referral: the order, a new link, or a reminder. The row is written in the
    transaction that causes the mail; `agency_desk.mailing` sends it afterwards."""

    class Purpose(models.TextChoices):
        ORDER = "order"
        NEW_LINK = "new_link"
        NOT_ACCEPTED = "not_accepted"
        BEFORE_DUE = "before_due"
        DUE_TODAY = "due_today"
        OVERDUE = "overdue"

    class Failure(models.TextChoices):
        NO_ADDRESS = "no_address"  # the register has no address that can exist
        NO_MAIL = "no_mail"  # the installation sends no mail
        NO_URL = "no_url"  # the installation does not know its own address
        REFUSED = "refused"  # the agency's mail server refuses the address
        NOT_SENT = "not_sent"  # no mail server takes it at present
        ENDED = "ended"  # the referral ended before the mail was sent

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="mails")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    for_day = models.DateField(null=True)  # of a reminder: the due date, or the day of the order
    created_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=12, choices=Failure.choices, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "purpose", "for_day"], name="one_reminder_of_a_kind_for_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.referral_id}"


class AccessCode(models.Model):
    """A code of six digits, mailed to the registered address of the agency, that opens name and contact of one case.

    The code is computed from `nonce` (`agency_desk.tokens`)."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="access_codes")
    requested_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: by the link
    reason = models.CharField(max_length=MAX_REASON_CHARS)
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"code of {self.referral_id}"
