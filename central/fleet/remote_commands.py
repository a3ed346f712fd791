"""Commands to kiosks: given by an officer, signed for one kiosk, fetched with a heartbeat, ended by its result."""

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central import database_values
from central.centres.models import Officer
from central.fleet.models import Enrolment, RemoteCommand
from central.keyring import KeyringError, keyring
from central.people.events import record_event
from central.people.models import OfficerEvent
from protocol import messages, signing
from protocol.bilingual_text import BilingualText
from protocol.messages import CommandResult, EnrolmentStatus
from protocol.remote_command import EXPIRED, MAX_COMMANDS, CommandKind, CommandOutcome
from protocol.support_bundle import SupportBundleError, open_bundle, read_origin

log = logging.getLogger(__name__)

TIME_LIMIT = timedelta(days=1)  # a kiosk that is off for longer does not restart when it returns
KEEP_BUNDLES = timedelta(days=30)
KEEP_COMMANDS = timedelta(days=365)
_NOT_ENROLLED = BilingualText("ตู้นี้ไม่อยู่ในระบบแล้ว", "This kiosk is not enrolled any more")
_NO_BUNDLE = BilingualText("คำสั่งนี้ไม่มีชุดข้อมูล", "This command has no support bundle")
_FILE_MISSING = BilingualText(
    "ไม่พบไฟล์ชุดข้อมูลในที่เก็บ โปรดขอชุดใหม่", "The file of this support bundle is missing; please ask for a new one"
)
_OTHER_KEY = BilingualText("ชุดข้อมูลนี้ปิดผนึกด้วยกุญแจของศูนย์อื่น", "This support bundle is sealed to another centre's key")
_IS_OPEN = BilingualText("มีคำสั่งนี้ค้างอยู่แล้ว โปรดรอผล", "This command is already waiting; please wait for its result")
_TOO_MANY = BilingualText(
    "มีคำสั่งค้างหลายรายการ โปรดรอผลก่อน", "Several commands are waiting; please wait for their results"
)


class CommandRefusedError(Exception):
    """The command cannot be given; `sentence` is for people."""

    def __init__(self, sentence: BilingualText) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def give_command(enrolment_id: UUID, kind: CommandKind, officer: Officer, address: str) -> RemoteCommand:
    """Give a command to an enrolled kiosk. The caller has checked the officer's permission; `address` is the officer's
    network address, for the record. Raises CommandRefusedError."""
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id)
        if enrolment.enrolment_status is not EnrolmentStatus.APPROVED:
            raise CommandRefusedError(_NOT_ENROLLED)
        open_kinds = list(open_commands(enrolment).values_list("kind", flat=True))
        if kind.value in open_kinds:
            raise CommandRefusedError(_IS_OPEN)
        if len(open_kinds) >= MAX_COMMANDS:
            raise CommandRefusedError(_TOO_MANY)
        last = enrolment.remote_commands.values_list("issued_at", flat=True).first()
        now = timezone.now()
        issued_at = now if last is None else max(now, last + timedelta(milliseconds=1))
        record_event(OfficerEvent.Kind.KIOSK_COMMANDED, officer, address, f"{enrolment} {kind.value}")
        return RemoteCommand.objects.create(enrolment=enrolment, kind=kind.value, given_by=officer, issued_at=issued_at)


def open_commands(enrolment: Enrolment) -> QuerySet[RemoteCommand]:
    """The commands without a result that the kiosk may still carry out, the oldest first."""
    rows = RemoteCommand.objects.filter(enrolment=enrolment, outcome="", issued_at__gt=timezone.now() - TIME_LIMIT)
    return rows.order_by("issued_at")


def sign_open_commands(enrolment: Enrolment) -> messages.RemoteCommands:
    """The open commands of a kiosk, signed by the receipt key that it uses."""
    key = keyring().load_receipt_key(enrolment.receipt_fingerprint)
    statements = (
        messages.RemoteCommandStatement(
            enrolment_id=enrolment.id, command_id=command.id, kind=command.kind, issued_at=command.issued_at
        )
        for command in open_commands(enrolment)[:MAX_COMMANDS]
    )
    return messages.RemoteCommands(commands=tuple(signing.sign_command(each, key) for each in statements))


def store_bundle(enrolment: Enrolment, command_id: UUID, content: bytes) -> bool:
    """Store the sealed support bundle that a command has asked for. False when no such command is open."""
    command = open_commands(enrolment).filter(pk=command_id, kind=CommandKind.SUPPORT_BUNDLE.value).first()
    if command is None:
        return False
    name = default_storage.save(f"support/{command.id}.support", ContentFile(content))
    before, command.bundle = command.bundle.name, name
    command.save(update_fields=["bundle"])
    if before:  # sent twice: the first response was lost
        transaction.on_commit(partial(default_storage.delete, before))
    return True


def record_result(enrolment: Enrolment, command_id: UUID, result: CommandResult) -> bool:
    """Store how a command ended; the first result stays. False when the kiosk has no such command."""
    commands = RemoteCommand.objects.filter(enrolment=enrolment, pk=command_id)
    commands.filter(outcome="").update(
        outcome=result.outcome.value, detail=database_values.clean_text(result.detail, 200), ended_at=timezone.now()
    )
    return commands.exists()


def read_bundle(command: RemoteCommand, officer: Officer, address: str) -> bytes:
    """The archive of a support bundle (tar.gz), opened with this centre's key. Recorded. Raises SupportBundleError."""
    if not command.bundle:
        raise SupportBundleError(_NO_BUNDLE)
    try:
        with command.bundle.open() as file:
            content = file.read()
    except FileNotFoundError as error:
        log.warning("The file of a support bundle is missing: %s", command.bundle.name)
        raise SupportBundleError(_FILE_MISSING) from error
    archive = unseal_bundle(content)
    record_event(OfficerEvent.Kind.BUNDLE_OPENED, officer, address, str(command.enrolment))
    return archive


def unseal_bundle(content: bytes) -> bytes:
    """The archive (tar.gz) in a sealed support bundle. Raises SupportBundleError."""
    try:
        key = keyring().load_sealing_key(read_origin(content).sealing_key)
    except KeyringError as error:
        raise SupportBundleError(_OTHER_KEY) from error
    return open_bundle(content, key)


def end_old_commands(now: datetime) -> None:
    """Job: commands that no kiosk has answered fail after a day; bundles are deleted after a month, commands after a
    year. A file is deleted when its row no longer names it; if that fails, `abandoned_pictures` deletes it later."""
    expired = RemoteCommand.objects.filter(outcome="", issued_at__lte=now - TIME_LIMIT)
    expired.update(outcome=CommandOutcome.FAILED.value, detail=EXPIRED.en, ended_at=now)
    for command in RemoteCommand.objects.exclude(bundle="").filter(issued_at__lte=now - KEEP_BUNDLES):
        RemoteCommand.objects.filter(pk=command.pk).update(bundle="")
        transaction.on_commit(partial(default_storage.delete, command.bundle.name))
    RemoteCommand.objects.filter(issued_at__lte=now - KEEP_COMMANDS).delete()
