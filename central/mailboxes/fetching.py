"""Fetches mails by IMAP: new ones by their UID, a few at a time. Nothing is changed at the server, so an office can
read the same mailbox with its own program."""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from central import virus_scan
from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.attachments import MAX_FILES, CleanFile, prepare_files
from central.cases.errors import NotAllowedError, ScannerAwayError
from central.keyring import KeyringError
from central.mailboxes.mail_content import MailContent, MailFile, pack_file, parse_mail
from central.mailboxes.models import Mailbox, ReceivedFile, ReceivedMail
from central.notices.route_secrets import decrypt_secret, encrypt_secret

log = logging.getLogger(__name__)
_TIMEOUT_S = 30.0
MAX_TRIED, _MAX_CLEANING_S = 10, 120.0  # files of a mail; each is checked in a child of up to a minute
_AT_ONCE = 3  # mails of one run: with the slowest files it stays below the time of a task
_MAX_MAIL_BYTES = settings.MAX_UPLOAD_BYTES * 3 // 2  # base64 makes files a third larger
_UID_VALIDITY = re.compile(rb"(\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class FetchFailure(StrEnum):
    """Why a mailbox could not be read."""

    NOT_REACHED = "not_reached"
    REFUSED = "refused"  # user, password or folder
    OTHER_KEY = "other_key"
    NOT_SCANNED = "not_scanned"  # the virus scanner is away: the mail waits in the mailbox


def queue_fetching(now: datetime) -> None:
    """The recurring job: a task for each mailbox, so that a slow server delays no other."""
    unfinished = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    queued = {task.args_kwargs["args"][0] for task in unfinished.filter(task_path=fetch_mails.module_path)}
    for key in Mailbox.objects.filter(is_active=True).exclude(pk__in=queued).values_list("pk", flat=True):
        enqueue(fetch_mails, key)


@background_task(TaskPolicy(max_attempts=1, max_duration_s=600), priority=-4)
def fetch_mails(mailbox_id: int) -> str:
    """Fetch what is new. A mailbox that cannot be read says so on its page, and is tried again a minute later."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id, is_active=True).first()
    if mailbox is None:
        return "no mailbox"
    failure, count = "", 0
    try:
        with _opened(mailbox) as server:
            count = _fetch(mailbox, server)
    except KeyringError:
        failure = FetchFailure.OTHER_KEY.value
    except ScannerAwayError:
        failure = FetchFailure.NOT_SCANNED.value
    except (imaplib.IMAP4.abort, OSError, EOFError):
        failure = FetchFailure.NOT_REACHED.value
    except (imaplib.IMAP4.error, ValueError):  # IMAP has names in ASCII
        failure = FetchFailure.REFUSED.value
    Mailbox.objects.filter(pk=mailbox.pk).update(checked_at=timezone.now(), failure=failure)
    return failure or f"{count} mails"


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    password = decrypt_secret(mailbox.password)
    if mailbox.uses_tls:
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=_TIMEOUT_S)
    else:
        server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=_TIMEOUT_S)
    try:
        server.login(mailbox.username, password)
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _fetch(mailbox: Mailbox, server: imaplib.IMAP4) -> int:
    status, _ = server.select(f'"{mailbox.folder}"', readonly=True)
    if status != "OK":
        raise imaplib.IMAP4.error("The folder does not exist")
    validity = _UID_VALIDITY.search(server.response("UIDVALIDITY")[1][0] or b"0")
    uid_validity = int(validity[1]) if validity else 0
    if uid_validity != mailbox.uid_validity:
        mailbox.uid_validity, mailbox.last_uid = uid_validity, 0
    _, answers = server.uid("SEARCH", f"UID {mailbox.last_uid + 1}:*")
    uids = sorted(int(uid) for answer in answers if answer for uid in answer.split())
    new = [uid for uid in uids if uid > mailbox.last_uid]  # «5:*» also finds the last mail when it is older
    count = 0
    for uid in new[:_AT_ONCE]:
        raw = _mail(server, uid)
        count += _store(mailbox, uid, raw)
    return count


def _mail(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """The whole mail; None when it is too large."""
    _, sizes = server.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = next((match for each in sizes if isinstance(each, bytes) and (match := _SIZE.search(each))), None)
    if size is None or int(size[1]) > _MAX_MAIL_BYTES:
        return None
    _, answers = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((bytes(each[1]) for each in answers if isinstance(each, tuple)), None)


def _store(mailbox: Mailbox, uid: int, raw: bytes | None) -> bool:
    """Store a mail with the progress of its mailbox, in one transaction."""
    content, files = _read(raw)
    with transaction.atomic():
        if content is not None:
            mail, is_new = ReceivedMail.objects.get_or_create(
                mailbox=mailbox,
                uid_validity=mailbox.uid_validity,
                uid=uid,
                defaults={"content": encrypt_secret(content.to_json()), "received_at": timezone.now()},
            )
            if is_new:
                ReceivedFile.objects.bulk_create(
                    ReceivedFile(mail=mail, content=encrypt_secret(pack_file(each.name, each.media_type, each.content)))
                    for each in files
                )
        mailbox.last_uid = uid
        mailbox.save(update_fields=["uid_validity", "last_uid"])
    return content is not None


def _read(raw: bytes | None) -> tuple[MailContent | None, list[CleanFile]]:
    if raw is None:
        text = "อีเมลฉบับนี้ใหญ่เกินไปหรืออ่านไม่ได้ โปรดเปิดในกล่องจดหมายของสำนักงาน"
        return MailContent("", "", text, "", text), []
    try:
        parsed = parse_mail(raw)
    except Exception as error:  # a mail that some parser cannot take must not stop those behind it
        log.warning("A mail cannot be read: %s", type(error).__name__)
        text = "อีเมลฉบับนี้อ่านไม่ได้ โปรดเปิดในกล่องจดหมายของสำนักงาน"
        return MailContent("", "", text, "", text), []
    if parsed is None:
        return None, []
    content, files = parsed
    clean, refused = _clean(files)
    names = tuple(each.name for each in clean)
    return replace(content, files=names, refused=tuple(refused)), clean


def _clean(files: list[MailFile]) -> tuple[list[CleanFile], list[str]]:
    """The files that are accepted, and a sentence for each that is not."""
    clean: list[CleanFile] = []
    refused: list[str] = []
    if len(files) > MAX_TRIED:
        refused.append(f"อีเมลมี {len(files)} ไฟล์ ตรวจเฉพาะ {MAX_TRIED} ไฟล์แรก")
    until = time.monotonic() + _MAX_CLEANING_S
    for file in files[:MAX_TRIED]:
        if len(clean) == MAX_FILES or time.monotonic() > until:
            refused.append(f"«{file.name}»: ไม่ได้เก็บไฟล์นี้ โปรดเปิดในกล่องจดหมายของสำนักงาน")
            continue
        try:
            clean += prepare_files([SimpleUploadedFile(file.name, file.content)])
        except ScannerAwayError:
            if not virus_scan.answers():
                raise  # the mail is fetched again a minute later
            # One file that cannot be scanned, or only in minutes, must not stop the mails behind it.
            refused.append(f"«{file.name}»: ตรวจไวรัสไม่ได้ โปรดเปิดในกล่องจดหมายของสำนักงาน")
        except NotAllowedError as error:
            refused.append(error.sentence.th.removesuffix(" ยังไม่ได้บันทึกสิ่งใด"))
    return clean, refused
