"""A virus scanner looks at each file before it is stored; without its answer no file is accepted."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from prometheus_client.core import Metric

from central import cli, virus_scan
from central.alarms.models import Alarm
from central.alarms.scanner_check import check_virus_scanner
from central.cases import attachments
from central.cases.attachments import prepare_files
from central.cases.errors import NotAllowedError, ScannerAwayError
from central.centres.models import Centre
from central.earlier_cases.batches import receive_file
from central.earlier_cases.refusals import ImportRefusedError
from central.mailboxes.commands import save_mailbox
from central.mailboxes.fetching import fetch_mails
from central.mailboxes.models import Mailbox, ReceivedMail
from central.monitoring import metrics
from central.people.roles import Role
from central.scan_batches import batches
from simulators.virus_scanner import TEST_FILE, VirusScanner
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import upload
from tests.unit.central.factories import create_officer_with
from tests.unit.central.mailboxes.imap_server import PASSWORD, USER, imap_server
from tests.unit.central.page_text import page_text


@pytest.fixture
def scanner(settings: Any) -> Iterator[VirusScanner]:
    with VirusScanner() as running:
        settings.VIRUS_SCANNER = ("127.0.0.1", running.port)
        yield running


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "run_in_child", lambda function, *arguments, **_: function(*arguments))


def infected(name: str = "ใบเสร็จ.pdf") -> SimpleUploadedFile:
    return upload(sample_files.pdf() + TEST_FILE, name)


def test_a_clean_file_is_scanned_whole_and_accepted(scanner: VirusScanner) -> None:
    content = sample_files.photo(size=(900, 900)) + bytes(200_000)
    assert len(prepare_files([upload(content), upload(sample_files.pdf())])) == 2
    assert scanner.scanned == [content, sample_files.pdf()]


def test_a_virus_is_refused_with_its_file_named_in_one_sentence(
    scanner: VirusScanner, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotAllowedError) as refused:
        prepare_files([upload(sample_files.photo()), infected()])
    assert refused.value.sentence.en.startswith("The file “ใบเสร็จ.pdf” contains a virus.")
    assert "Eicar-Test-Signature" in caplog.text and "ใบเสร็จ" not in caplog.text


def test_without_an_answer_no_file_is_accepted(
    scanner: VirusScanner, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virus_scan, "_ANSWER_S", 0.2)
    scanner.hang()
    with pytest.raises(ScannerAwayError, match="cannot be scanned"):
        prepare_files([upload(sample_files.photo())])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.VIRUS_SCANNER = closed.getsockname()
    with pytest.raises(ScannerAwayError):
        prepare_files([upload(sample_files.photo())])


def test_a_file_that_is_too_large_for_the_scanner_is_not_accepted(scanner: VirusScanner) -> None:
    scanner.limit(1000)
    with pytest.raises(ScannerAwayError):
        prepare_files([upload(sample_files.photo() + bytes(2_000_000))])


def test_scans_and_files_of_earlier_cases_are_scanned_too(scanner: VirusScanner, khonkaen: Centre) -> None:
    clerk = create_officer_with(khonkaen, Role.DIRECTOR)
    with pytest.raises(NotAllowedError, match="virus"):
        batches.add_file(batches.create_batch(clerk, khonkaen), infected())
    with pytest.raises(ImportRefusedError) as refused:
        receive_file(clerk, khonkaen, "ทะเบียน.xlsx", TEST_FILE)
    assert "ไวรัส" in refused.value.sentence.th


def test_a_mail_waits_in_its_mailbox_until_its_files_can_be_scanned(
    scanner: VirusScanner, settings: Any, khonkaen: Centre
) -> None:
    from tests.unit.central.mailboxes.test_mailboxes import content_of, mail  # noqa: PLC0415 (its tests are not ours)

    with imap_server() as server:
        address = {"host": "127.0.0.1", "username": USER, "password": PASSWORD, "folder": "INBOX"}
        mailbox = save_mailbox(khonkaen, port=server.port, uses_tls=False, **address)
        server.add(mail(photo=True))
        scanner_address, settings.VIRUS_SCANNER = settings.VIRUS_SCANNER, "/nowhere/clamd.ctl"
        assert fetch_mails.func(mailbox.pk) == "not_scanned"
        assert (ReceivedMail.objects.count(), Mailbox.objects.get().failure) == (0, "not_scanned")
        settings.VIRUS_SCANNER = scanner_address
        assert fetch_mails.func(mailbox.pk) == "1 mails"
        assert len(content_of(ReceivedMail.objects.get()).files) == 1


def test_a_mail_with_a_file_that_cannot_be_scanned_stops_no_other(scanner: VirusScanner, khonkaen: Centre) -> None:
    from tests.unit.central.mailboxes.test_mailboxes import content_of, mail  # noqa: PLC0415 (its tests are not ours)

    scanner.limit(100)
    with imap_server() as server:
        address = {"host": "127.0.0.1", "username": USER, "password": PASSWORD, "folder": "INBOX"}
        mailbox = save_mailbox(khonkaen, port=server.port, uses_tls=False, **address)
        server.add(mail(photo=True))
        server.add(mail())
        assert fetch_mails.func(mailbox.pk) == "2 mails"
    content = content_of(ReceivedMail.objects.order_by("pk")[0])
    assert not content.files and "ตรวจไวรัสไม่ได้" in content.refused[0]


def test_the_command_and_the_metric_say_whether_it_works(
    scanner: VirusScanner, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def up() -> list[float]:
        samples: list[Metric] = [each for each in metrics._readiness() if each.name == "central_virus_scanner_up"]
        return [each.samples[0].value for each in samples]

    assert (cli.main(["virus-scanner"]), up()) == (0, [1.0])
    assert "finds the test file" in capsys.readouterr().err
    settings.VIRUS_SCANNER = "/nowhere/clamd.ctl"
    assert (cli.main(["virus-scanner"]), up()) == (2, [0.0])
    settings.VIRUS_SCANNER = None
    assert (cli.main(["virus-scanner"]), up()) == (0, [])
    assert "not scanned" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://scanner.internal:3310", "('scanner.internal', 3310)"),
        ("unix:///run/clamav/clamd.ctl", "'/run/clamav/clamd.ctl'"),
        ("clamd", "neither"),
        ("tcp://scanner", "neither"),
        ("tcp://scanner:x", "neither"),
    ],
)
def test_the_setting_is_an_address(text: str, expected: str) -> None:
    program = "from central import settings; print(repr(settings.VIRUS_SCANNER))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"CENTRAL_VIRUS_SCANNER": text},
        capture_output=True,
        text=True,
        check=False,
    )
    assert expected in (run.stdout or run.stderr)


def test_an_administrator_sees_that_the_scanner_is_away_until_it_answers(khonkaen: Centre, settings: Any) -> None:
    client = Client()
    client.force_login(create_officer_with(Centre.objects.get(parent=None), Role.ADMINISTRATOR))
    with VirusScanner() as running:
        settings.VIRUS_SCANNER = ("127.0.0.1", running.port)
        check_virus_scanner(timezone.now())
        assert not Alarm.objects.exists()
    for _ in range(2):
        check_virus_scanner(timezone.now())
    alarm = Alarm.objects.get(settled_at=None)
    assert (alarm.kind, alarm.centre.parent) == ("scanner_away", None)
    assert "โปรแกรมตรวจไวรัสไม่ตอบ" in page_text(client.get("/desk/alarms"))
    with VirusScanner() as running:
        settings.VIRUS_SCANNER = ("127.0.0.1", running.port)
        check_virus_scanner(timezone.now())
    assert not Alarm.objects.filter(settled_at=None).exists()
