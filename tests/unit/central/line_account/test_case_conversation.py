"""Following a case on LINE: its code, its question, notices, and the end of what is stored."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central.cases.commands import Actor, ask_details, take
from central.cases.models import Attachment, Case, CaseEvent
from central.cases.models.events import CaseEventText
from central.centres.models import Centre
from central.line_account.case_steps import looks_like_code
from central.line_account.chat_content import ChatContent
from central.line_account.models import LineChat, LineEvent, LineFile
from central.notices.delivery import deliver_due
from central.notices.models import Notice, NoticeConsent
from protocol.tracking_code import display, generate
from simulators.notice_gateways.line_user import LineUser
from simulators.notice_gateways.server import Behaviour
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.line_account.conftest import answer_all
from tests.unit.central.line_account.filled_conversation import write_until_check
from tests.unit.central.notices.conftest import Gateways, make_all_due


@pytest.fixture
def citizen(khonkaen: Centre) -> Citizen:
    return Citizen(khonkaen)


def details_of(citizen: Citizen) -> list[str]:
    """What the citizen has sent, as officers read it."""
    events = CaseEvent.objects.filter(case=citizen.case, kind="record_details").order_by("seq")
    return [CaseEventText.objects.get(event=each).note for each in events]


def test_a_code_shows_the_case(user: LineUser, citizen: Citizen, intake: Actor) -> None:
    take(citizen.case, intake, seen_revision=None)
    user.follow()
    user.press("ติดตามเรื่อง")
    user.write(display(citizen.code).lower())
    shown = user.texts[-1]
    assert citizen.case.case_number in shown
    assert "ต.ในเมือง" in shown
    assert citizen.code not in shown
    assert "เพิ่มข้อความหรือภาพ" in user.buttons


def test_a_question_is_answered_with_text_photo_and_place(
    user: LineUser, citizen: Citizen, intake: Actor, director: Actor
) -> None:
    take(citizen.case, intake, seen_revision=None)
    ask_details(citizen.case, director, seen_revision=None, question="เกิดที่ไหนแน่")
    user.write(citizen.code)
    assert "ศูนย์ถามท่าน: เกิดที่ไหนแน่" in user.texts[-1]
    user.press("ตอบคำถาม")
    user.write("หน้าวัด")
    user.send_place(16.7, 102.8, "วัดกลาง")
    user.send_photo(sample_files.photo(position=True), 1, 2)
    user.send_photo(sample_files.photo(position=True), 2, 2)
    user.press("ส่งให้ศูนย์")
    assert "ได้รับสิ่งที่ท่านส่งแล้ว" in user.texts[-1]
    assert details_of(citizen) == ["หน้าวัด\nตำแหน่ง: 16.70000, 102.80000 วัดกลาง"]
    attachments = Attachment.objects.filter(case=citizen.case)
    assert [each.latitude for each in attachments] == [None, None]
    assert citizen.reload().status == "checking"
    assert citizen.case.attention == "citizen_answered"
    assert not LineFile.objects.exists()


def test_a_photo_alone_answers_at_once_when_the_case_is_open(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    user.send_photo(sample_files.photo())
    assert "1 ไฟล์" in user.texts[-1]
    user.press("ส่งให้ศูนย์")
    assert Attachment.objects.filter(case=citizen.case).count() == 1


def test_a_draft_keeps_its_photos_while_a_case_is_read(user: LineUser, citizen: Citizen) -> None:
    write_until_check(user)
    user.write("เมนู")
    user.write(citizen.code)
    user.send_photo(sample_files.photo())
    user.press("ส่งให้ศูนย์")
    user.press("เมนูหลัก")
    user.press("ทำเรื่องเดิมต่อ")
    user.press("ส่งให้ศูนย์")
    filed = Case.objects.get(channel="line")
    assert Attachment.objects.filter(case=filed).count() == 1
    assert Attachment.objects.filter(case=citizen.case).count() == 1


def test_cancelling_an_answer_keeps_the_case_open(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    user.press("เพิ่มข้อความหรือภาพ")
    user.send_photo(sample_files.photo())
    user.press("ยกเลิก")
    assert not LineFile.objects.exists()
    user.press("เพิ่มข้อความหรือภาพ")
    user.write("เพิ่มเติม")
    user.press("ส่งให้ศูนย์")
    assert details_of(citizen) == ["เพิ่มเติม"]
    assert not Attachment.objects.exists()


def test_a_button_of_an_earlier_message_changes_nothing(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    user.send_event({"type": "postback", "postback": {"data": "yes"}})
    assert citizen.case.case_number in user.texts[-1]
    assert not NoticeConsent.objects.exists()


def test_what_is_sent_twice_is_recorded_once(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    user.write("เพิ่มเติม")
    user.press("ส่งให้ศูนย์")
    LineEvent.objects.latest("pk").delete()  # its id is forgotten: the worst case of a replay
    user.repeat_last()
    assert details_of(citizen) == ["เพิ่มเติม"]


def test_notices_begin_with_consent_and_end_by_the_same_account(
    user: LineUser, citizen: Citizen, intake: Actor, director: Actor, gateways: Gateways
) -> None:
    user.write(citizen.code)
    user.press("รับแจ้งทาง LINE")
    assert not NoticeConsent.objects.exists()
    user.press("ตกลง")
    take(citizen.case, intake, seen_revision=None)
    deliver_due()
    assert citizen.case.case_number in user.texts[-1]
    assert citizen.code not in user.texts[-1]
    user.write(citizen.code)
    user.press("เลิกรับแจ้งเรื่องนี้")
    consent = NoticeConsent.objects.get()
    assert (consent.withdrawn_by, consent.address) == ("line", "")
    count = len(user.texts)
    ask_details(citizen.case, director, seen_revision=None, question="ถาม")
    make_all_due()
    deliver_due()
    assert len(user.texts) == count


def test_another_account_takes_nothing_away(
    user: LineUser, new_user: Callable[..., LineUser], citizen: Citizen
) -> None:
    user.write(citizen.code)
    user.press("รับแจ้งทาง LINE")
    user.press("ตกลง")
    stranger = new_user()
    stranger.write("ยกเลิก")
    stranger.press("ตกลง")
    stranger.block()
    assert NoticeConsent.objects.get().withdrawn_at is None


@pytest.mark.parametrize("by_blocking", [True, False])
def test_everything_of_an_account_is_erased(user: LineUser, citizen: Citizen, *, by_blocking: bool) -> None:
    user.write(citizen.code)
    user.press("รับแจ้งทาง LINE")
    user.press("ตกลง")
    user.send_photo(sample_files.photo())
    if by_blocking:
        user.block()
    else:
        user.press("ยกเลิก")
        user.write("ยกเลิก")
        user.press("ตกลง")
        assert "ลบสิ่งที่เก็บไว้ของบัญชีนี้แล้ว" in user.texts[-1]
    assert not LineChat.objects.exists()
    assert not LineFile.objects.exists()
    assert NoticeConsent.objects.get().address == ""
    assert set(LineEvent.objects.values_list("chat", "content")) == {(None, b"")}


def test_an_open_case_closes_after_half_an_hour(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    chat = LineChat.objects.get()
    content = ChatContent.of(chat, timezone.now())
    content.case_until = timezone.now() - timedelta(seconds=1)
    content.store(chat, timezone.now(), is_over=False)
    user.write("เพิ่มเติม")
    assert "หมดเวลาแล้ว" in user.texts[-2]
    assert details_of(citizen) == []


def test_a_replaced_code_closes_the_case(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    citizen.case.tracking_hash = "f" * 64
    citizen.case.save()
    user.write("เพิ่มเติม")
    assert "หมดเวลาแล้ว" in user.texts[-2]


def test_codes_cannot_be_guessed(user: LineUser, citizen: Citizen) -> None:
    for _ in range(10):
        user.write(generate())
        assert "ยังไม่พบเรื่องนี้" in user.texts[-1]
    user.write(citizen.code)
    assert "หลายครั้งเกินไป" in user.texts[-1]
    assert citizen.case.case_number not in "".join(user.texts)


def test_a_mistyped_code_is_no_guess(user: LineUser, citizen: Citizen) -> None:
    for _ in range(12):
        user.write("7KQ2-M9XD-4TBVZ")
        assert "รหัสติดตามนี้ไม่ถูกต้อง" in user.texts[-1]
    user.write(citizen.code)
    assert citizen.case.case_number in user.texts[-1]


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("AAAAAAAAAAAAP", True),  # without a digit
        ("7KQ2-M9XD-4TBVZ", True),
        ("https://track.example.go.th/t#AAAA-AAAA-AAAAP", True),
        ("7kq2m9xd4tbv", True),
        ("hello", False),
        ("ไฟดับ 3 วันแล้วครับ", False),
        ("081-234-5678", False),
        ("understanding", False),
    ],
)
def test_what_is_read_as_a_code(text: str, is_code: bool) -> None:
    assert looks_like_code(text) is is_code


def test_a_closed_case_takes_nothing_and_says_where_to_go_on(user: LineUser, citizen: Citizen) -> None:
    citizen.case.closed_at = timezone.now()
    citizen.case.status, citizen.case.outcome = "closed", "ซ่อมไฟแล้ว"
    citizen.case.save()
    user.write(citizen.code)
    assert "ผล: ซ่อมไฟแล้ว" in user.texts[-1]
    assert "https://track.example.go.th/t" in user.texts[-1]
    user.write("ขอบคุณ")
    assert "https://track.example.go.th/t" in user.texts[-1]
    assert details_of(citizen) == []


def test_two_thousand_characters_fit_and_more_is_refused(user: LineUser, citizen: Citizen) -> None:
    user.write(citizen.code)
    user.write("ก" * 1990)
    user.write("ข" * 20)
    assert "ยาวเกิน 2,000" in user.texts[-2]
    user.press("ส่งให้ศูนย์")
    assert details_of(citizen) == ["ก" * 1990]
    answer_all()


def test_no_canary_of_a_case_is_in_a_notice_log_url_or_task(
    user: LineUser,
    khonkaen: Centre,
    intake: Actor,
    director: Actor,
    gateways: Gateways,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A code, a question with its answer, a place, a photo, and notices about them, while LINE fails in each way."""
    caplog.set_level(logging.DEBUG)
    citizen = Citizen(khonkaen, text="คานารีข้อความ", location_note="คานารีสถานที่")
    take(citizen.case, intake, seen_revision=None)
    user.write(citizen.code)
    user.press("รับแจ้งทาง LINE")
    user.press("ตกลง")
    ask_details(citizen.case, director, seen_revision=None, question="คานารีคำถาม")
    for behaviour in (Behaviour.FAIL, Behaviour.LIE, Behaviour.TAKE_AND_HANG_UP, Behaviour.WORK):
        gateways.server.behaviour = lambda request, each=behaviour: each  # type: ignore[misc]
        make_all_due()
        deliver_due()
    notice = Notice.objects.get(state="accepted")
    assert notice.body == user.texts[-1]
    user.write(citizen.code)
    user.press("ตอบคำถาม")
    user.write("คานารีคำตอบ")
    user.send_place(16.7, 102.8, "คานารีตำแหน่ง")
    user.send_file("คานารี.jpg", sample_files.photo())
    user.press("ส่งให้ศูนย์")
    assert details_of(citizen) == ["คานารีคำตอบ\nตำแหน่ง: 16.70000, 102.80000 คานารีตำแหน่ง"]
    secret = ["คานารี", citizen.code, display(citizen.code), citizen.code[:8], "102.8"]
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    tasks = [json.dumps(task.args_kwargs) for task in DBTaskResult.objects.all()]
    urls = [request.path for request in gateways.server.requests]
    for text in [notice.body, *logged, *tasks, *urls]:
        assert not [canary for canary in secret if canary in text], text
    stored = [
        bytes(content) for model in (LineEvent, LineChat) for content in model.objects.values_list("content", flat=True)
    ]
    assert not [content for content in stored if any(canary.encode() in content for canary in secret)]
