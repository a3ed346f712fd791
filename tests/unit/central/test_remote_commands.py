"""Commands to kiosks: who may give them, what the kiosk gets, how they end, and who has opened a support bundle."""

import gzip
import io
import re
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from central.abandoned_pictures import delete_abandoned_pictures
from central.centres.models import Centre, Officer
from central.cli import main
from central.fleet import enrolments, remote_commands
from central.fleet.models import RemoteCommand
from central.keyring import keyring
from central.people.models import OfficerEvent
from protocol import signing
from protocol.encoding import from_base64
from protocol.messages import CommandResult, RemoteCommands
from protocol.remote_command import HEADER, CommandKind, CommandOutcome, parse_header
from protocol.support_bundle import Origin, seal_bundle
from tests.unit.central.conftest import create_officer
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.test_fleet_monitor import kiosk_of, send_heartbeat


def page_of(kiosk: KioskClient) -> str:
    return f"/desk/fleet/{kiosk.enrolment().id}"


def give(client: Client, kiosk: KioskClient, kind: str) -> int:
    return client.post(f"{page_of(kiosk)}/command", {"kind": kind}).status_code


def open_ids(kiosk: KioskClient) -> tuple[UUID, ...]:
    """The commands that the response to a heartbeat names."""
    response = send_heartbeat(kiosk)
    return parse_header(response.headers.get(HEADER, ""))


def fetch(kiosk: KioskClient) -> RemoteCommands:
    response = kiosk.send_signed_request("GET", f"/api/v1/enrolments/{kiosk.enrolment().id}/commands")
    return RemoteCommands.model_validate_json(response.content)


def report(kiosk: KioskClient, command_id: UUID, outcome: CommandOutcome, detail: str = "") -> int:
    body = CommandResult(outcome=outcome, detail=detail).model_dump_json().encode()
    path = f"/api/v1/enrolments/{kiosk.enrolment().id}/commands/{command_id}/result"
    return kiosk.send_signed_request("POST", path, body).status_code


def send_bundle(kiosk: KioskClient, command_id: UUID, content: bytes) -> int:
    path = f"/api/v1/enrolments/{kiosk.enrolment().id}/commands/{command_id}/bundle"
    return kiosk.send_signed_request("PUT", path, content).status_code


def sealed_bundle(kiosk: KioskClient, text: bytes = b"ready") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("doctor.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    origin = Origin(kiosk_id=kiosk.kiosk_id, enrolment_id=kiosk.enrolment().id, made_at=timezone.now())
    ring = keyring()
    public = ring.load_sealing_key(ring.current_fingerprint("sealing")).public_key().public_bytes_raw()
    return seal_bundle(packed.getvalue(), origin, public)


def test_a_command_goes_to_its_kiosk_signed_and_ends_with_the_result(
    kiosk: KioskClient, officer: Officer, desk_client: Client, khonkaen: Centre
) -> None:
    other = kiosk_of(khonkaen, officer, "KKN08")
    assert give(desk_client, kiosk, "restart_interface") == 302
    (command_id,) = open_ids(kiosk)
    assert open_ids(other) == ()
    (command,) = fetch(kiosk).commands
    public = from_base64(kiosk.enrolment_response.receipt_key)
    statement = signing.verify_command(command, public, kiosk.enrolment().id)
    assert (statement.command_id, statement.kind) == (command_id, "restart_interface")
    with pytest.raises(signing.RemoteCommandError):
        signing.verify_command(command, public, other.enrolment().id)
    assert report(other, command_id, CommandOutcome.DONE) == 404, "another kiosk cannot end it"
    assert report(kiosk, command_id, CommandOutcome.FAILED, "A visit was running") == 204
    assert report(kiosk, command_id, CommandOutcome.DONE) == 204, "repeated: the first result stays"
    assert open_ids(kiosk) == ()
    text = page_text(desk_client.get(page_of(kiosk)))
    assert "A visit was running" in text
    event = OfficerEvent.objects.get(kind=OfficerEvent.Kind.KIOSK_COMMANDED)
    assert (event.officer, event.detail) == (officer, "KKN07A restart_interface")


def test_a_support_bundle_is_kept_sealed_and_its_opening_is_recorded(
    kiosk: KioskClient, officer: Officer, desk_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    give(desk_client, kiosk, "support_bundle")
    (command_id,) = open_ids(kiosk)
    bundle = sealed_bundle(kiosk)
    assert send_bundle(kiosk, command_id, bundle) == send_bundle(kiosk, command_id, bundle) == 204
    assert report(kiosk, command_id, CommandOutcome.DONE) == 204
    assert send_bundle(kiosk, command_id, bundle) == 404, "the command has ended"
    command = RemoteCommand.objects.get()
    with command.bundle.open() as file:
        assert file.read() == bundle
    response = desk_client.get(f"{page_of(kiosk)}/bundle/{command_id}")
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/gzip", "no-store")
    with tarfile.open(fileobj=io.BytesIO(response.content)) as archive:
        assert archive.getnames() == ["doctor.json"]
    assert OfficerEvent.objects.get(kind=OfficerEvent.Kind.BUNDLE_OPENED).detail == "KKN07A"
    with django_capture_on_commit_callbacks(execute=True):
        remote_commands.end_old_commands(timezone.now() + timedelta(days=31))
        assert default_storage.exists(command.bundle.name), "the transaction may still be rolled back"
    assert not default_storage.exists(command.bundle.name)
    assert desk_client.get(f"{page_of(kiosk)}/bundle/{command_id}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"rubbish", b'{"format":"damrongdham-support-1"}\n' + b"x" * 100])
def test_a_bundle_of_rubbish_is_one_sentence(kiosk: KioskClient, desk_client: Client, content: bytes) -> None:
    give(desk_client, kiosk, "support_bundle")
    (command_id,) = open_ids(kiosk)
    send_bundle(kiosk, command_id, content)
    for language, sentence in (("th", "ชุดข้อมูล"), ("en", "support bundle")):
        desk_client.cookies["desk_language"] = language
        response = desk_client.get(f"{page_of(kiosk)}/bundle/{command_id}")
        assert response.status_code == 409
        (error,) = re.findall('<p class="error" role="alert">(.*?)</p>', page_text(response))
        assert sentence in error
        assert bool(re.search("[a-z]", error)) is (language == "en")


def test_a_missing_file_of_a_bundle_is_one_sentence(kiosk: KioskClient, desk_client: Client) -> None:
    give(desk_client, kiosk, "support_bundle")
    (command_id,) = open_ids(kiosk)
    send_bundle(kiosk, command_id, sealed_bundle(kiosk))
    default_storage.delete(RemoteCommand.objects.get().bundle.name)
    response = desk_client.get(f"{page_of(kiosk)}/bundle/{command_id}")
    assert response.status_code == 409
    assert "โปรดขอชุดใหม่" in page_text(response)
    assert not OfficerEvent.objects.filter(kind=OfficerEvent.Kind.BUNDLE_OPENED).exists()


def test_a_bundle_of_a_failed_transaction_is_deleted_after_a_week(kiosk: KioskClient, desk_client: Client) -> None:
    give(desk_client, kiosk, "support_bundle")
    (command_id,) = open_ids(kiosk)
    send_bundle(kiosk, command_id, sealed_bundle(kiosk))
    stored = RemoteCommand.objects.get().bundle.name
    abandoned = default_storage.save("support/abandoned.support", ContentFile(b"x"))
    delete_abandoned_pictures(timezone.now() + timedelta(days=8))
    assert default_storage.exists(stored)
    assert not default_storage.exists(abandoned)


def test_a_bundle_above_the_limit_is_refused(kiosk: KioskClient, desk_client: Client) -> None:
    give(desk_client, kiosk, "support_bundle")
    (command_id,) = open_ids(kiosk)
    assert send_bundle(kiosk, command_id, bytes(4 * 1024 * 1024 + 1)) == 413
    assert RemoteCommand.objects.get().bundle == ""


def test_each_kind_waits_once_and_ends_after_a_day(kiosk: KioskClient, desk_client: Client) -> None:
    assert give(desk_client, kiosk, "reboot") == 302
    response = desk_client.post(f"{page_of(kiosk)}/command", {"kind": "reboot"})
    assert response.status_code == 409
    assert give(desk_client, kiosk, "dance") == 404
    remote_commands.end_old_commands(timezone.now() + timedelta(days=1, minutes=1))
    command = RemoteCommand.objects.get()
    assert command.command_outcome is CommandOutcome.FAILED
    assert "ตู้ไม่ตอบภายในหนึ่งวัน" in page_text(desk_client.get(page_of(kiosk)))
    assert open_ids(kiosk) == ()
    assert give(desk_client, kiosk, "reboot") == 302


def test_the_order_of_commands_grows_though_the_clock_is_set_back(
    kiosk: KioskClient, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = remote_commands.give_command(kiosk.enrolment().id, CommandKind.REBOOT, officer, "")
    earlier = timezone.now() - timedelta(hours=2)
    monkeypatch.setattr("central.fleet.remote_commands.timezone.now", lambda: earlier)
    second = remote_commands.give_command(kiosk.enrolment().id, CommandKind.SUPPORT_BUNDLE, officer, "")
    assert second.issued_at > first.issued_at


def test_only_who_runs_the_kiosks_of_the_centre_may_command(
    kiosk: KioskClient, khonkaen: Centre, phayao: Centre, officer: Officer
) -> None:
    clerk, stranger = create_officer(khonkaen, "clerk", fleet=False), create_officer(phayao, "stranger")
    for person, status in ((clerk, 403), (stranger, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(page_of(kiosk)).status_code == status
        assert give(client, kiosk, "reboot") == status
        assert client.get(f"{page_of(kiosk)}/bundle/{uuid7()}").status_code == status
    assert not RemoteCommand.objects.exists()
    enrolments.revoke(kiosk.enrolment().id, officer)
    with pytest.raises(remote_commands.CommandRefusedError):
        remote_commands.give_command(kiosk.enrolment().id, CommandKind.REBOOT, officer, "")


def test_the_command_line_opens_a_bundle_from_a_stick(
    kiosk: KioskClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "KKN07.support"
    file.write_bytes(sealed_bundle(kiosk, b"from a stick"))
    assert main(["support-bundle", str(file)]) == 0
    assert b"from a stick" in gzip.decompress((tmp_path / "KKN07.tar.gz").read_bytes())
    capsys.readouterr()
    for content in (b"", b"rubbish\n", file.read_bytes()[:-1]):
        file.write_bytes(content)
        assert main(["support-bundle", str(file)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
