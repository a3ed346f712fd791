"""What officers and administrators do with mailboxes and mails."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.cases.attachments import prepare_files
from central.cases.commands import Actor, add_received
from central.cases.errors import NotAllowedError
from central.cases.models import Case, CaseEvent
from central.centres.models import Centre, Officer
from central.mailboxes.mail_content import MailContent, unpack_file
from central.mailboxes.models import Mailbox, MailRead, MailState, ReceivedMail
from central.notices.route_secrets import decrypt_secret, encrypt_secret
from central.people.permission import permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

ROWS_KEPT = timedelta(days=365)  # of settled mails, whose content is gone: so long the same mail is not fetched again
_SETTLED = BilingualText("อีเมลฉบับนี้จัดการแล้ว", "This mail is settled already")


def save_mailbox(
    centre: Centre, *, host: str, port: int, uses_tls: bool, username: str, password: str, folder: str
) -> Mailbox:
    """Set the mailbox of a centre. An empty password keeps the stored one."""
    mailbox = Mailbox.objects.filter(centre=centre).first() or Mailbox(centre=centre)
    if (mailbox.host, mailbox.username, mailbox.folder) != (host, username, folder):
        mailbox.last_uid = mailbox.uid_validity = 0
    mailbox.host, mailbox.port, mailbox.uses_tls = host, port, uses_tls
    mailbox.username, mailbox.folder, mailbox.is_active = username, folder, True
    if password:
        mailbox.password = encrypt_secret(password)
    mailbox.save()
    return mailbox


def visible_mails(officer: Officer) -> QuerySet[ReceivedMail]:
    """The mails that this officer files or dismisses: who may enter cases and read people."""
    centres = permitted_centres(officer, Action.FILE_CASES) & permitted_centres(officer, Action.READ_PEOPLE)
    return ReceivedMail.objects.filter(mailbox__centre__in=centres).select_related("mailbox__centre", "case")


def read_mail(mail: ReceivedMail, officer: Officer) -> MailContent:
    """The content of a mail that waits; the reading is recorded. Raises KeyringError for another key."""
    MailRead.objects.create(mail=mail, officer=officer)
    return MailContent.from_json(decrypt_secret(mail.content))


def files_of(mail: ReceivedMail) -> list[SimpleUploadedFile]:
    """The files of a mail that waits, as a form would send them. Raises KeyringError."""
    unpacked = (unpack_file(decrypt_secret(file.content)) for file in mail.files.all())
    return [SimpleUploadedFile(name, content, media_type) for name, media_type, content in unpacked]


def settle(mail: ReceivedMail, officer: Officer, case: Case | None) -> None:
    """Note that a mail is a case, or that it is none, and delete its content. What is a case stays one, also when a
    colleague has dismissed the mail meanwhile. Raises NotAllowedError for dismissing a mail that is settled."""
    with transaction.atomic():
        locked = ReceivedMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
        if locked.state == MailState.FILED and case is not None:
            return
        if locked.state != MailState.WAITING and case is None:
            raise NotAllowedError(_SETTLED)
        locked.state = MailState.FILED if case is not None else MailState.DISMISSED
        locked.case, locked.settled_by, locked.settled_at = case, officer, timezone.now()
        locked.content = b""
        locked.save()
        locked.files.all().delete()


def add_to_case(mail: ReceivedMail, officer: Officer, case: Case, *, is_from_complainant: bool, note: str) -> CaseEvent:
    """Add words and files of a mail that waits to a case that exists, and delete them here. `case` comes from
    `reading.visible_cases` of this officer. Raises KeyringError, and NotAllowedError, and then nothing has changed."""
    content = MailContent.from_json(decrypt_secret(mail.content))
    files = prepare_files(files_of(mail))
    sender = " ".join(filter(None, (content.sender_name, content.sender_address)))
    text = "\n".join(filter(None, (note, f"{sender}: {content.subject}", content.text, *content.refused)))
    with transaction.atomic():
        waiting = ReceivedMail.objects.select_for_update(of=("self",)).filter(pk=mail.pk, state=MailState.WAITING)
        if not waiting.exists():
            raise NotAllowedError(_SETTLED)
        by = Actor.of(officer)
        event = add_received(case, by, is_from_complainant=is_from_complainant, text=text, attachments=files)
        settle(mail, officer, case)
        return event


def delete_old_mails(now: datetime) -> int:
    """The recurring job: delete rows of mails that were settled a year ago; returns their number."""
    deleted, _ = ReceivedMail.objects.filter(settled_at__lt=now - ROWS_KEPT).delete()
    return deleted
