"""Bad input and a LINE that fails, lies or hangs up: one clear sentence, nothing lost, nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from central.cases.models import Case
from central.centres.models import Centre
from central.jobs import JOBS_BY_NAME
from central.line_account import answering, file_fetching, written_parts
from central.line_account.models import LineChat, LineEvent, LineFile, LineReply
from central.line_account.retention import delete_old_conversations
from central.notices.models import NoticeRoute
from central.people.shared_throttle import SharedThrottle
from simulators.notice_gateways.line_user import LineUser
from simulators.notice_gateways.server import Behaviour
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.line_account.conftest import answer_all
from tests.unit.central.line_account.filled_conversation import write_until_check
from tests.unit.central.notices.conftest import Gateways

ANSWER_LINE = JOBS_BY_NAME["answer-line"].function


def begin_story(user: LineUser) -> None:
    user.follow()
    for label in ("ยื่นเรื่องใหม่", "รับทราบ เริ่มเลย", "ไม่แน่ใจ", "ไม่ทราบหรือไม่มีที่"):
        user.press(label)


def make_due() -> None:
    """As if the pauses were over."""
    LineReply.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    LineChat.objects.update(claimed_until=None)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "sticker", "packageId": "1", "stickerId": "1"},
        {"type": "audio", "duration": 60_000, "contentProvider": {"type": "line"}},
        {"type": "video", "duration": 60_000, "contentProvider": {"type": "line"}},
        {"type": "image", "contentProvider": {"type": "external", "originalContentUrl": "http://127.0.0.1/"}},
        {"type": "location", "latitude": 1e400, "longitude": "x"},
        {"type": "something new"},
        {"type": "text", "text": 5},
    ],
)
def test_other_messages_get_one_sentence_and_the_draft_stays(user: LineUser, message: dict[str, Any]) -> None:
    begin_story(user)
    user.write("เรื่องของฉัน")
    count = len(user.texts)
    assert user.send_message(message) == 200
    assert user.texts[count] == "รับได้เฉพาะข้อความ ภาพถ่าย PDF และตำแหน่ง"
    user.press("เสร็จแล้ว")
    assert "ใครเห็นชื่อท่าน" in user.texts[-1]


@pytest.mark.parametrize("event", [{"type": "beacon"}, {"type": "new"}, {"type": "message"}, {"type": "postback"}, {}])
def test_unknown_events_are_ignored(user: LineUser, event: dict[str, Any]) -> None:
    assert user.send_event(event) == 200
    assert user.texts == []
    assert LineEvent.objects.get().answered_at is not None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (sample_files.png_bomb(), "ล้านพิกเซล"),
        (b"MZ\x90\x00 a program", "ไม่ใช่ภาพถ่าย"),
        (sample_files.pdf_with_script(), "มีโปรแกรม"),
        (sample_files.pdf_with_password(), "มีรหัสผ่าน"),
        (b"\xff\xd8\xff cut off", "เปิดไม่ได้"),
    ],
)
def test_a_bad_file_is_refused_and_the_rest_is_filed(user: LineUser, content: bytes, sentence: str) -> None:
    begin_story(user)
    user.write("เรื่องของฉัน")
    user.send_file("../../a.pdf", content)
    assert sentence in user.texts[-2]
    assert "0 ไฟล์" in user.texts[-1]
    assert not LineFile.objects.exists()


def test_a_file_above_the_limit_is_not_read_to_its_end(user: LineUser, settings: Any) -> None:
    begin_story(user)
    settings.MAX_UPLOAD_BYTES = 100_000
    user.send_photo(b"\xff\xd8\xff" + bytes(5_000_000))
    assert "ใหญ่เกินไป" in user.texts[-2]


def test_no_more_photos_than_the_limit(user: LineUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_parts, "MAX_FILES", 2)
    begin_story(user)
    for number in range(1, 4):
        user.send_photo(sample_files.photo(), number, 3)
    assert "ภาพล่าสุดจึงไม่ได้รับ" in user.texts[-2]
    assert LineFile.objects.count() == 2
    assert len([text for text in user.texts if text.startswith("รับไว้แล้ว")]) == 1  # not one for each photo


def fetched(gateways: Gateways) -> int:
    """How many files the account has fetched from LINE."""
    return sum("/content" in request.path for request in gateways.server.requests)


def test_a_photo_above_the_limit_is_not_fetched(
    user: LineUser, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written_parts, "MAX_FILES", 1)
    begin_story(user)
    for _ in range(3):
        user.send_photo(sample_files.photo())
    assert "ภาพล่าสุดจึงไม่ได้รับ" in user.texts[-2]
    assert fetched(gateways) == 1


def test_many_files_in_a_short_time_are_not_fetched(
    user: LineUser, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (file_fetching._FILES_OF_USER.limit, file_fetching._FILES_OF_USER.window_s) == (15, 300)
    monkeypatch.setattr(file_fetching, "_FILES_OF_USER", SharedThrottle("few files", limit=2, window_s=300))
    begin_story(user)
    for _ in range(3):
        user.send_photo(sample_files.photo())
        user.unsend(user.last_message_id)
    assert any("โปรดรอ 5 นาทีแล้วส่งอีกครั้ง" in text for text in user.texts[-2:])
    assert fetched(gateways) == 2


@pytest.mark.parametrize("begun", [True, False])
def test_a_photo_for_a_closed_case_is_not_fetched(
    user: LineUser, gateways: Gateways, khonkaen: Centre, begun: bool
) -> None:
    citizen = Citizen(khonkaen)
    user.write(citizen.code)
    if begun:
        user.write("ข้อมูลเพิ่ม")
    Case.objects.update(status="resolved", closed_at=timezone.now())
    user.send_photo(sample_files.photo())
    assert fetched(gateways) == 0
    assert not any("รับได้เฉพาะ" in text for text in user.texts)
    assert ("เรื่องนี้ปิดแล้ว" in " ".join(user.texts)) or not begun


def test_a_long_conversation_lets_others_go_first(
    new_user: Callable[..., LineUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = new_user(is_answered=False)
    for _ in range(3):
        user.write("สวัสดี")
    queued: list[int] = []
    monkeypatch.setattr(answering, "enqueue", lambda task, chat_id: queued.append(chat_id))
    assert answering.BUDGET_S == 60
    monkeypatch.setattr(answering, "BUDGET_S", 0)
    chat = LineChat.objects.get()
    assert answering.answer_events(chat.pk) == 1
    assert queued == [chat.pk]
    assert len(user.texts) == 1, "what was answered is sent"
    assert [answering.answer_events(chat.pk) for _ in range(3)] == [1, 1, 0]
    assert queued == [chat.pk] * 2, "nothing is queued when nothing is left"


def test_one_pdf_and_nothing_beside_it(user: LineUser) -> None:
    begin_story(user)
    user.send_file("a.pdf", sample_files.pdf())
    user.send_photo(sample_files.photo())
    assert "PDF 1 ไฟล์" in user.texts[-2]
    assert LineFile.objects.get().media_type == "application/pdf"


def test_twenty_thousand_characters_are_taken_and_no_more(user: LineUser) -> None:
    begin_story(user)
    for part in range(4):
        user.write(f"{part}" + "ก" * 4998)
    user.write("ข" * 20_000)
    assert "ยาวเกิน 20,000" in user.texts[-2]
    user.press("เสร็จแล้ว")
    user.press("ไม่ประสงค์ออกนาม")
    user.press("ส่งให้ศูนย์")
    assert len(Case.objects.get().text) == 4 * 4999 + 3


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ก\x00ข", "กข"),  # PostgreSQL stores no NUL
        ("ก\u202eข", "ก\u202eข"),
        ("{number} %s <script>", "{number} %s <script>"),
        ("👍" * 3000, "👍" * 3000),
        ("  ก\nข  ", "ก\nข"),
    ],
)
def test_any_text_is_taken_as_it_is(user: LineUser, text: str, stored: str) -> None:
    begin_story(user)
    user.write(text)
    user.press("เสร็จแล้ว")
    user.press("ไม่ประสงค์ออกนาม")
    user.press("ส่งให้ศูนย์")
    assert Case.objects.get().text == stored


@pytest.mark.parametrize("behaviour", [Behaviour.FAIL, Behaviour.LIE, Behaviour.TAKE_AND_HANG_UP])
def test_a_file_that_line_does_not_deliver_can_be_sent_again(
    user: LineUser, gateways: Gateways, behaviour: Behaviour
) -> None:
    begin_story(user)
    gateways.server.behaviour = lambda request: behaviour if request.method == "GET" else Behaviour.WORK
    user.send_photo(sample_files.photo())
    assert "รับไฟล์จาก LINE ไม่สำเร็จ" in user.texts[-2] or "ไม่ใช่ภาพถ่าย" in user.texts[-2]
    gateways.server.behaviour = lambda request: Behaviour.WORK
    user.send_photo(sample_files.photo())
    assert "1 ไฟล์" in user.texts[-1]


@pytest.mark.parametrize("behaviour", [Behaviour.TAKE_AND_FAIL, Behaviour.TAKE_AND_HANG_UP])
def test_an_answer_whose_acceptance_was_lost_is_shown_once(
    user: LineUser, gateways: Gateways, behaviour: Behaviour
) -> None:
    gateways.server.behaviour = lambda request: behaviour if request.method == "POST" else Behaviour.WORK
    user.follow()
    assert len(user.texts) == 1
    gateways.server.behaviour = lambda request: Behaviour.WORK
    make_due()
    answer_all()
    assert len(user.texts) == 1
    assert not LineReply.objects.exists()


@pytest.mark.parametrize("behaviour", [Behaviour.FAIL, Behaviour.LIE, Behaviour.LIMIT, Behaviour.REFUSE_KEY])
def test_number_and_code_arrive_when_line_works_again(
    user: LineUser, gateways: Gateways, line_route: NoticeRoute, behaviour: Behaviour
) -> None:
    write_until_check(user)
    gateways.server.behaviour = lambda request: behaviour
    user.press("ส่งให้ศูนย์")
    count = len(user.texts)
    case = Case.objects.get()
    LineReply.objects.update(token_until=timezone.now())  # a minute later: it is pushed
    gateways.server.behaviour = lambda request: Behaviour.WORK
    make_due()
    ANSWER_LINE(timezone.now())
    assert len(user.texts) == count + 3
    assert case.case_number in user.texts[-3]
    line_route.refresh_from_db()
    assert line_route.last_failure == ("unauthorised" if behaviour is Behaviour.REFUSE_KEY else "")


def test_a_pushed_answer_whose_acceptance_was_lost_is_shown_once(user: LineUser, gateways: Gateways) -> None:
    gateways.server.behaviour = lambda request: Behaviour.FAIL
    user.follow()
    LineReply.objects.update(token_until=timezone.now())
    gateways.server.behaviour = lambda request: Behaviour.TAKE_AND_HANG_UP
    make_due()
    answer_all()
    gateways.server.behaviour = lambda request: Behaviour.WORK
    make_due()
    answer_all()
    assert len(user.texts) == 1


def test_a_token_that_line_does_not_know_is_replaced_by_a_push(user: LineUser, gateways: Gateways) -> None:
    gateways.line.now = lambda: 0.0
    user.profile.language = "th"
    gateways.line.issue_token = lambda user_id: "unknown"  # type: ignore[method-assign]
    user.follow()
    assert len(user.texts) == 1
    assert len(gateways.line.messages) == 1


def test_an_answer_that_line_never_accepts_ends(user: LineUser, gateways: Gateways) -> None:
    gateways.server.behaviour = lambda request: Behaviour.FAIL
    user.follow()
    for _ in range(9):
        make_due()
        answer_all()
    assert not LineReply.objects.exists()


def test_an_error_is_tried_again_and_then_admitted(
    user: LineUser, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(answering, "respond", lambda turn: 1 / 0)
        user.write("สวัสดี")
        assert LineEvent.objects.get().answered_at is None
        make_due()
        answer_all()
    make_due()
    answer_all()
    assert "ศูนย์ดำรงธรรม" in user.texts[-1]  # nothing was lost
    with monkeypatch.context() as patch:
        patch.setattr(answering, "respond", lambda turn: 1 / 0)
        user.write("สวัสดี")
        for _ in range(answering.MAX_ATTEMPTS):
            make_due()
            answer_all()
    make_due()
    answer_all()
    assert "โปรดส่งอีกครั้ง" in user.texts[-1]


def test_a_worker_that_is_killed_after_filing_files_nothing_twice(user: LineUser, gateways: Gateways) -> None:
    write_until_check(user)
    gateways.server.behaviour = lambda request: Behaviour.FAIL
    user.press("ส่งให้ศูนย์")
    LineReply.objects.update(attempts=0)
    gateways.server.behaviour = lambda request: Behaviour.WORK
    make_due()
    ANSWER_LINE(timezone.now())
    user.repeat_last()
    assert Case.objects.count() == 1
    assert len([text for text in user.texts if Case.objects.get().case_number in text]) == 1


def test_a_claimed_conversation_is_left_to_its_worker(new_user: Callable[..., LineUser]) -> None:
    user = new_user(is_answered=False)
    user.follow()
    LineChat.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    answer_all()
    assert user.texts == []
    LineChat.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # its worker was killed
    ANSWER_LINE(timezone.now())
    assert len(user.texts) == 1


def test_who_writes_too_fast_reads_it_once(new_user: Callable[..., LineUser], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MAX_EVENTS", 4)
    user = new_user(is_answered=False)
    for _ in range(7):
        user.write("สวัสดี")
    answer_all()
    assert len(user.texts) == 5
    assert "โปรดรอ 5 นาที" in user.texts[-1]
    LineEvent.objects.update(received_at=timezone.now() - timedelta(minutes=6))
    user.write("สวัสดี")
    answer_all()
    assert "ศูนย์ดำรงธรรม" in user.texts[-1]


def test_a_conversation_is_deleted_after_a_day(user: LineUser) -> None:
    write_until_check(user)
    delete_old_conversations(timezone.now() + timedelta(hours=23))
    assert LineFile.objects.exists()
    delete_old_conversations(timezone.now() + timedelta(hours=25))
    assert not LineChat.objects.exists()
    assert not LineFile.objects.exists()
    assert LineEvent.objects.exists()
    delete_old_conversations(timezone.now() + timedelta(days=31))
    assert not LineEvent.objects.exists()


def test_an_event_of_yesterday_says_no_more_whose_it_was(new_user: Callable[..., LineUser]) -> None:
    user = new_user(is_answered=False)
    user.write("สวัสดี")
    answer_all()
    LineEvent.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    user.write("ติดตามเรื่อง")
    user.write("สวัสดี")
    LineEvent.objects.filter(answered_at=None).update(at=timezone.now() - timedelta(hours=30))
    delete_old_conversations(timezone.now())
    assert LineChat.objects.exists()
    assert set(LineEvent.objects.exclude(answered_at=None).values_list("chat", flat=True)) == {None}
    assert LineEvent.objects.filter(answered_at=None).exclude(chat=None).count() == 2, "they still need an answer"
    answer_all()
    assert not LineEvent.objects.filter(answered_at=None).exists()


def test_an_expired_draft_is_not_sent_when_its_button_is_pressed(user: LineUser) -> None:
    write_until_check(user)
    LineChat.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    user.press("ส่งให้ศูนย์")
    assert not Case.objects.exists()
    assert not LineFile.objects.exists()
    assert "ยื่นเรื่องใหม่" in user.buttons


def test_a_worker_that_is_slower_than_its_claim_answers_nothing_twice(
    user: LineUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_story(user)
    fetch, is_first = file_fetching.fetch_file, True

    def fetch_slowly(*arguments: Any) -> Any:
        nonlocal is_first
        if is_first:  # meanwhile the claim runs out, and another worker answers
            is_first = False
            LineChat.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
            answer_all()
        return fetch(*arguments)

    monkeypatch.setattr(answering, "fetch_file", fetch_slowly)
    count = len(user.texts)
    user.write("ไฟดับทั้งซอย")
    assert len(user.texts) == count + 1
    user.press("เสร็จแล้ว")
    user.press("ไม่ประสงค์ออกนาม")
    user.press("ส่งให้ศูนย์")
    assert Case.objects.get().text == "ไฟดับทั้งซอย"
