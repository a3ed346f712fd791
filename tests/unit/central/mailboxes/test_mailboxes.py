"""Complaints by mail: fetched from a real IMAP connection, read by an officer, filed once, and gone from the list."""

import io
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from central.cases.limits import MAX_NOTE_CHARS
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.cli import main
from central.mailboxes.commands import files_of, save_mailbox
from central.mailboxes.fetching import MAX_TRIED, fetch_mails
from central.mailboxes.mail_content import MailContent, parse_mail
from central.mailboxes.models import Mailbox, ReceivedFile, ReceivedMail
from central.notices.route_secrets import decrypt_secret
from central.people.roles import Role
from tests.unit.central import sample_files
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.mailboxes.imap_server import PASSWORD, USER, FakeMailbox, imap_server
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD as OFFICER_PASSWORD

STORY = "ไฟถนนหน้าโรงเรียนดับมาสองเดือน"


@pytest.fixture
def server() -> Iterator[FakeMailbox]:
    with imap_server() as running:
        yield running


@pytest.fixture
def mailbox(khonkaen: Centre, server: FakeMailbox) -> Mailbox:
    return save_mailbox(
        khonkaen,
        host="127.0.0.1",
        port=server.port,
        uses_tls=False,
        username=USER,
        password=PASSWORD,
        folder="INBOX",
    )


@pytest.fixture
def intake_client(khonkaen: Centre) -> Client:
    return client_of(signed(khonkaen, Role.INTAKE))


def signed(centre: Centre, role: Role) -> Officer:
    officer = create_officer_with(centre, role)
    officer.set_password(OFFICER_PASSWORD)
    officer.save()
    return officer


def mail(text: str = STORY, *, html: str = "", photo: bool = False, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "สมชาย ใจดี <somchai@example.com>"
    message["Subject"] = "ร้องเรียนไฟถนน"
    message["Date"] = "Fri, 27 Nov 2026 09:00:00 +0700"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.clear_content()
        message.set_content(html, subtype="html")
    if photo:
        message.add_attachment(sample_files.photo(), "image", "jpeg", filename="ไฟ.jpg")
        message.add_attachment(b"MZ", "application", "octet-stream", filename="run.exe")
    return message.as_bytes()


def content_of(mail: ReceivedMail) -> MailContent:
    return MailContent.from_json(decrypt_secret(mail.content))


def fetch(mailbox: Mailbox) -> str:
    return str(fetch_mails.func(mailbox.pk))


def test_new_mails_are_fetched_once_and_nothing_is_changed_at_the_server(server: FakeMailbox, mailbox: Mailbox) -> None:
    server.add(mail(photo=True))
    server.add(mail("สอง"))
    assert [fetch(mailbox), fetch(mailbox)] == ["2 mails", "0 mails"]
    first = ReceivedMail.objects.earliest("pk")
    content = content_of(first)
    assert (content.sender_name, content.sender_address, content.subject) == (
        "สมชาย ใจดี",
        "somchai@example.com",
        "ร้องเรียนไฟถนน",
    )
    assert (content.text, [file.content_type for file in files_of(first)]) == (STORY, ["image/jpeg"])
    assert "run.exe" in content.refused[0]
    assert STORY.encode() not in bytes(first.content), "encrypted"
    assert b"JFIF" not in bytes(first.files.get().content), "encrypted"
    assert not [each for each in server.commands if each.startswith(("SELECT", "UID STORE", "STORE", "EXPUNGE"))]
    server.add(mail("สาม"))
    assert fetch(mailbox) == "1 mails"
    server.uid_validity = 8  # the server numbers its mails anew
    assert fetch(mailbox) == "3 mails"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.c\nContent-Type: text/html\n\n<![foo[x]]>",
        b"From: a@b.c\nContent-Type: text/plain; charset=punycode\n\n" + b"a" * 2_000_000,
        b"From: a@b.c\nContent-Type: text/plain; charset=nothing\n\nx",
    ],
)
def test_a_hostile_mail_stops_none_of_those_behind_it(server: FakeMailbox, mailbox: Mailbox, raw: bytes) -> None:
    server.add(raw)
    server.add(mail())
    started = time.process_time()
    assert fetch(mailbox) == "2 mails"
    assert time.process_time() - started < 5
    assert content_of(ReceivedMail.objects.latest("pk")).text == STORY


def test_few_files_of_a_mail_are_tried(server: FakeMailbox, mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["From"] = "a@b.c"
    message.set_content("x")
    for index in range(MAX_TRIED + 5):
        message.add_attachment(b"MZ", "application", "octet-stream", filename=f"{index}.exe")
    server.add(message.as_bytes())
    assert fetch(mailbox) == "1 mails"
    assert len(content_of(ReceivedMail.objects.get()).refused) == MAX_TRIED + 1


def test_what_no_person_wrote_is_left_out(server: FakeMailbox, mailbox: Mailbox) -> None:
    server.add(mail(Auto_Submitted="auto-replied"))
    server.add(mail(X_Spam_Flag="YES"))
    server.add(b"")
    server.add(mail("x" * 100 + "\n") + b"A" * (settings.MAX_UPLOAD_BYTES * 2))
    fetch(mailbox)
    fetch(mailbox)
    assert ReceivedMail.objects.count() == 2, "one that is no mail, one that is too large: each with a sentence"
    assert all("โปรดเปิดในกล่องจดหมาย" in content_of(each).text for each in ReceivedMail.objects.all())


@pytest.mark.parametrize("fault", ["silent", "password", "folder", "away"])
def test_a_mailbox_that_cannot_be_read_says_why(
    server: FakeMailbox, mailbox: Mailbox, intake_client: Client, fault: str
) -> None:
    server.add(mail())
    if fault == "silent":
        server.is_silent = True
    elif fault == "password":
        save_mailbox(mailbox.centre, host="127.0.0.1", port=server.port, uses_tls=False, username=USER,
                     password="wrong", folder="INBOX")  # fmt: skip
    elif fault == "folder":
        Mailbox.objects.update(folder="Nothing")
    else:
        Mailbox.objects.update(port=1)
    assert fetch(mailbox) in ("not_reached", "refused")
    page = page_text(intake_client.get("/desk/mail"))
    assert ("ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้" in page) is (fault in ("silent", "away"))
    assert ("ไม่รับชื่อผู้ใช้" in page) is (fault in ("password", "folder"))
    assert not ReceivedMail.objects.exists()


def test_an_officer_files_a_mail_once_and_its_content_is_gone(
    server: FakeMailbox, mailbox: Mailbox, intake_client: Client
) -> None:
    server.add(mail(photo=True))
    fetch(mailbox)
    waiting = ReceivedMail.objects.get()
    assert STORY not in page_text(intake_client.get("/desk/mail")), "the list says nothing of a mail"
    shown = page_text(intake_client.get(f"/desk/mail/{waiting.pk}"))
    assert (STORY in shown, "somchai@example.com" in shown, "run.exe" in shown) == (True, True, True)
    form = page_text(intake_client.get(f"/desk/file?mail={waiting.pk}"))
    assert (STORY in form, 'value="สมชาย ใจดี"' in form, 'value="2026-11-27"' in form) == (True, True, True)
    values = {
        "mail": str(waiting.pk),
        "key": str(waiting.key),
        "notice_given": "on_paper",
        "channel": "email",
        "name": "สมชาย ใจดี",
        "naming": "named",
        "topic": "utilities",
        "nature": "complaint",
        "place": "",
        "text": STORY,
        "about": "nobody",
        "for_whom": "self",
        "filed_on": "2026-11-27",
    }
    for _ in range(2):
        response = intake_client.post("/desk/file", values)
        assert response.status_code == 200, page_text(response)
        assert "เนื้อหาอื่น" not in page_text(response), "the same slip"
    case = Case.objects.get()
    assert (case.channel, case.text, case.attachments.count()) == ("email", STORY, 1)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.case, bytes(waiting.content), ReceivedFile.objects.count()) == (
        "filed",
        case,
        b"",
        0,
    )
    assert intake_client.get(f"/desk/mail/{waiting.pk}").status_code == 404
    assert fetch(mailbox) == "0 mails"


def test_a_dismissed_mail_is_gone_and_cannot_be_filed(
    server: FakeMailbox, mailbox: Mailbox, intake_client: Client, khonkaen: Centre, phayao: Centre
) -> None:
    server.add(mail())
    fetch(mailbox)
    waiting = ReceivedMail.objects.get()
    stranger, auditor = client_of(signed(phayao, Role.INTAKE)), client_of(signed(khonkaen, Role.AUDITOR))
    assert [each.get(f"/desk/mail/{waiting.pk}").status_code for each in (stranger, auditor)] == [404, 404]
    assert intake_client.post(f"/desk/mail/{waiting.pk}/dismiss").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, bytes(waiting.content)) == ("dismissed", b"")
    assert intake_client.post(f"/desk/mail/{waiting.pk}/dismiss").status_code == 404


def test_an_html_mail_is_read_as_text_and_nothing_is_fetched() -> None:
    html = "<style>p{}</style><p>ไฟดับ</p><script>alert(1)</script><p>ทุก<b>คืน</b></p><img src='https://evil/x'>"
    parsed = parse_mail(mail(html=html))
    assert parsed is not None
    assert parsed[0].text == "ไฟดับ\nทุกคืน"


_HEADED = st.text(max_size=200).map(lambda text: b"From: a\n" + text.encode("utf-8", "replace"))


@given(st.binary(max_size=400) | _HEADED)
def test_no_mail_ends_the_worker(raw: bytes) -> None:
    with suppress(ValueError):
        parse_mail(raw)


def test_the_command_sets_lists_and_stops(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    assert main(["mailbox", "set", "khonkaen", "mail.example.go.th", "complaints"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    assert main(["mailbox", "set", "khonkaen", "mail.example.go.th", "complaints", "--no-tls"]) != 0
    capsys.readouterr()
    assert main(["mailbox", "list"]) == 0
    assert capsys.readouterr().out == "khonkaen\tcomplaints\tmail.example.go.th:993\tactive\n"
    assert b"secret" not in bytes(Mailbox.objects.get().password)
    assert main(["mailbox", "off", "khonkaen"]) == 0
    assert not Mailbox.objects.get().is_active


@pytest.mark.parametrize(("sender", "kind"), [("complainant", "record_details"), ("other", "add_note")])
def test_a_mail_is_added_to_a_case_that_exists_with_every_word(
    mailbox: Mailbox, server: FakeMailbox, intake_client: Client, khonkaen: Centre, sender: str, kind: str
) -> None:
    case, words = create_case(khonkaen), [f"คำที่{number}" for number in range(700)]
    server.mails = {1: mail(" ".join(words), photo=True)}
    fetch_mails.func(mailbox.pk)
    address = f"/desk/mail/{ReceivedMail.objects.get().pk}/add"
    assert f'action="{address}"' in page_text(intake_client.get(address.removesuffix("/add")))
    refused = intake_client.post(address, {"number": "KKN99Z-999999-99", "sender": sender})
    assert (refused.status_code, "ไม่พบเรื่องเลขที่นี้" in page_text(refused)) == (422, True)
    answer = {"number": case.case_number, "sender": sender, "note": "แจ้งเพิ่ม"}
    assert intake_client.post(address, answer)["Location"] == f"/desk/cases/{case.case_number}"
    events = list(case.events.filter(kind=kind).order_by("seq"))
    notes = [event.texts.note for event in events]
    assert len(notes) > 1 and max(map(len, notes)) <= MAX_NOTE_CHARS
    assert notes[0].startswith("แจ้งเพิ่ม\nสมชาย ใจดี somchai@example.com: ร้องเรียนไฟถนน")
    assert [word for word in " ".join(notes).split() if word.startswith("คำที่")] == words
    assert [file.event_id for file in case.attachments.all()] == [events[0].pk]
    settled = ReceivedMail.objects.get()
    assert (settled.state, settled.case, bytes(settled.content)) == ("filed", case, b"")
    assert intake_client.post(address, answer).status_code == 404, "added once"
    assert not ReceivedFile.objects.exists()


def test_a_mail_is_added_to_no_case_of_others(
    mailbox: Mailbox, server: FakeMailbox, intake_client: Client, phayao: Centre
) -> None:
    server.mails = {1: mail()}
    fetch_mails.func(mailbox.pk)
    waiting, elsewhere = ReceivedMail.objects.get(), create_case(phayao)
    answer = {"number": elsewhere.case_number, "sender": "complainant"}
    assert intake_client.post(f"/desk/mail/{waiting.pk}/add", answer).status_code == 422
    other = client_of(signed(phayao, Role.INTAKE))
    assert other.post(f"/desk/mail/{waiting.pk}/add", answer).status_code == 404
    waiting.refresh_from_db()
    assert (waiting.state, elsewhere.events.filter(kind="record_details").exists()) == ("waiting", False)
