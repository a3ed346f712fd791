"""Tables of mailboxes: where a centre receives complaints by mail, and the mails that wait for an officer.

A mail is personal data. Its content is encrypted, and deleted once it is a case or was dismissed. The row stays, so
that the same mail is not fetched again."""

import uuid

from django.db import models

from central.cases.models import Case
from central.centres.models import Centre, Officer


class Mailbox(models.Model):
    """An IMAP mailbox of a centre. Mails are read and never changed or deleted at the server."""

    centre = models.OneToOneField(Centre, models.PROTECT, related_name="mailbox")
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    uses_tls = models.BooleanField(default=True)  # False only for a server on the same machine
    username = models.CharField(max_length=200)
    password = models.BinaryField()  # encrypted
    folder = models.CharField(max_length=100, default="INBOX")
    is_active = models.BooleanField(default=True)
    uid_validity = models.PositiveBigIntegerField(default=0)  # the server's; another one numbers the mails anew
    last_uid = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=16, blank=True)  # a FetchFailure

    def __str__(self) -> str:
        return f"mailbox of {self.centre_id}"


class MailState(models.TextChoices):
    """What became of a mail."""

    WAITING = "waiting"
    FILED = "filed"
    DISMISSED = "dismissed"


class ReceivedMail(models.Model):
    """One mail. `key` makes its case: a mail that is filed twice is one case."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="mails")
    uid_validity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    key = models.UUIDField(default=uuid.uuid4)
    content = models.BinaryField()  # encrypted JSON (`mail_content.MailContent`); b'' once it is settled
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["mailbox"], condition=models.Q(state="waiting"), name="waiting_mails")]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="one_row_per_mail"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class ReceivedFile(models.Model):
    """A checked photo or PDF of a mail, until it is settled: name, type and bytes, encrypted."""

    mail = models.ForeignKey(ReceivedMail, models.CASCADE, related_name="files")
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"file of mail {self.mail_id}"


class MailRead(models.Model):
    """Audit row: an officer has opened a mail that waits. Rows are only added, and go with the mail's row."""

    mail = models.ForeignKey(ReceivedMail, models.CASCADE, related_name="reads")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"read of mail {self.mail_id}"
