"""A whole complaint by conversation, against a LINE that checks what it gets."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from central.cases.models import Attachment, Case, Complainant
from central.centres.models import Centre
from central.identity_crypto import tracking_hash
from central.line_account.consent_texts import NOTICES_CONSENT, NOTICES_VERSION, PRIVACY_NOTICE_VERSION
from central.line_account.filing_check import FILINGS_OF_A_DAY
from central.line_account.models import LineChat, LineEvent, LineFile, LineReply
from central.notices.models import NoticeConsent, NoticeRoute
from protocol import tracking_code
from simulators.notice_gateways.line_user import LineUser
from simulators.notice_gateways.server import Behaviour
from tests.unit.central import sample_files
from tests.unit.central.line_account.filled_conversation import file_case_by_line, write_until_check
from tests.unit.central.notices.conftest import Gateways
from tests.unit.central.page_text import page_text


def test_a_case_is_filed_by_conversation(user: LineUser, khonkaen: Centre, desk_client: Any) -> None:
    write_until_check(user)
    shown = "\n".join(user.texts[-2:])
    for part in ("ไฟฟ้า ประปา ถนน", "ต.ในเมือง อ.เมืองขอนแก่น", "สมศรี ใจดี", "081-234-5678", "ไฟดับทั้งซอย", "เปิดเผยชื่อ"):
        assert part in shown
    assert not Case.objects.exists()
    user.press("ส่งให้ศูนย์")
    case = Case.objects.get()
    assert (case.channel, case.topic, case.area, case.text) == ("line", "utilities", "400101", "ไฟดับทั้งซอย")
    assert case.location_note.startswith("16.44190, 102.83600")
    assert (case.centre, case.language, case.notice_version) == (khonkaen, "th", PRIVACY_NOTICE_VERSION)
    person = Complainant.objects.get(case=case)
    assert (person.first_name, person.phone, person.source) == ("สมศรี ใจดี", "0812345678", "typed")
    assert Attachment.objects.get(case=case).media_type == "image/jpeg"
    assert case.case_number in user.texts[-3]
    code = tracking_code.parse(user.texts[-1])
    assert case.tracking_hash == tracking_hash(code)
    consent = NoticeConsent.objects.get(case=case)
    assert (consent.channel, consent.address, consent.given_by) == ("line", user.user_id, "line")
    assert (consent.text, consent.text_version) == (NOTICES_CONSENT.th, NOTICES_VERSION)
    assert not LineFile.objects.exists()
    assert "ไลน์" in page_text(desk_client.get(f"/desk/cases/{case.case_number}"))


def test_every_question_is_in_english_for_a_phone_in_english(
    new_user: Callable[..., LineUser], gateways: Gateways
) -> None:
    user = new_user(language="en-GB")
    user.follow()
    for label in ("File a complaint", "I understand, start", "Pollution", "No place"):
        user.press(label)
    user.write("Smoke every night")
    for label in ("Done", "Hide from the agency", "Skip", "Skip", "No"):
        user.press(label)
    user.press("Send to the centre")
    case = Case.objects.get()
    assert (case.language, case.name_disclosure, case.area) == ("en", "withheld", "")
    assert not NoticeConsent.objects.exists()
    thai = [text for text in user.texts if any("\u0e00" <= letter <= "\u0e7f" for letter in text)]
    assert thai == []


def test_an_anonymous_case_leaves_nothing_that_leads_to_the_account(user: LineUser) -> None:
    code = file_case_by_line(user, naming="ไม่ประสงค์ออกนาม")
    case = Case.objects.get()
    assert case.name_disclosure == "anonymous"
    assert not Complainant.objects.exists()
    assert not NoticeConsent.objects.exists()
    assert "ขอดูรหัสอีกครั้ง" not in user.buttons
    user.write(code)
    assert case.case_number in user.texts[-1]
    assert "รับแจ้งทาง LINE" not in user.buttons


def test_labels_can_be_typed_where_line_shows_no_buttons(user: LineUser) -> None:
    user.write("สวัสดี")
    user.write("ยื่นเรื่องใหม่")
    user.write("รับทราบ เริ่มเลย")
    user.write("หนี้สิน  เงินกู้")
    user.write("อำเภอน้ำพอง")
    user.write("ถูกทวงหนี้")
    user.write("เสร็จแล้ว")
    user.write("ไม่ประสงค์ออกนาม")
    user.write("ส่งให้ศูนย์")
    case = Case.objects.get()
    assert (case.topic, case.area, case.text) == ("debt", "4007", "ถูกทวงหนี้")


def test_a_district_is_chosen_from_the_list(user: LineUser) -> None:
    user.follow()
    for label in ("ยื่นเรื่องใหม่", "รับทราบ เริ่มเลย", "ยาเสพติด อบายมุข", "เลือกจากรายชื่อ", "ถัดไป", "ถัดไป", "ก่อนหน้า"):
        user.press(label)
    district = next(label for label in user.buttons if label not in ("ก่อนหน้า", "ถัดไป", "ยกเลิก"))
    user.press(district)
    assert "เล่าเรื่อง" in user.texts[-1]


def test_a_name_that_occurs_twice_is_chosen_by_number(user: LineUser) -> None:
    user.follow()
    for label in ("ยื่นเรื่องใหม่", "รับทราบ เริ่มเลย", "ไม่แน่ใจ"):
        user.press(label)
    user.write("ในเมือง")
    assert "2. ต.ในเมือง อ.บ้านไผ่" in user.texts[-1]
    user.write("2")
    user.write("เรื่อง")
    user.press("เสร็จแล้ว")
    user.press("ไม่ประสงค์ออกนาม")
    user.press("ส่งให้ศูนย์")
    assert Case.objects.get().area == "401002"


def test_an_answer_is_changed_after_the_check(user: LineUser) -> None:
    write_until_check(user)
    user.press("แก้หัวข้อ")
    user.press("ที่ดิน ที่สาธารณะ")
    user.press("แก้รายละเอียด")
    user.write("เพิ่มเติม")
    user.press("เสร็จแล้ว")
    user.press("แก้ชื่อหรือเบอร์")
    user.press("ปิดชื่อต่อหน่วยงาน")
    user.press("ข้าม")
    user.write("12345")
    assert "10 หลัก" in user.texts[-2]
    user.press("ข้าม")
    user.press("ไม่")
    user.press("ส่งให้ศูนย์")
    case = Case.objects.get()
    assert (case.topic, case.text, case.name_disclosure) == ("land", "ไฟดับทั้งซอย\nเพิ่มเติม", "withheld")
    assert Complainant.objects.get().phone == ""


def test_a_message_that_is_taken_back_is_not_filed(user: LineUser) -> None:
    user.follow()
    for label in ("ยื่นเรื่องใหม่", "รับทราบ เริ่มเลย", "ไม่แน่ใจ", "ไม่ทราบหรือไม่มีที่"):
        user.press(label)
    user.write("ข้อความที่ถอน")
    user.unsend(user.last_message_id)
    user.send_photo(sample_files.photo())
    user.unsend(user.last_message_id)
    user.write("ข้อความจริง")
    user.press("เสร็จแล้ว")
    user.press("ไม่ประสงค์ออกนาม")
    user.press("ส่งให้ศูนย์")
    assert Case.objects.get().text == "ข้อความจริง"
    assert not Attachment.objects.exists()


def test_the_code_is_shown_again_for_a_day(user: LineUser) -> None:
    code = file_case_by_line(user)
    user.press("เมนูหลัก")
    user.press("ขอดูรหัสอีกครั้ง")
    assert user.texts[-1] == code


def test_one_account_files_six_cases_a_day(user: LineUser, line_route: NoticeRoute) -> None:
    for _ in range(6):
        FILINGS_OF_A_DAY.count_attempt(f"{line_route.pk}:{user.user_id}")
    write_until_check(user)
    user.press("ส่งให้ศูนย์")
    assert not Case.objects.exists()
    assert "ครบ 6 เรื่อง" in user.texts[-1]
    assert "ส่งให้ศูนย์" in user.buttons  # the draft is still there tomorrow morning


def test_cancelling_erases_the_draft(user: LineUser) -> None:
    write_until_check(user)
    user.write("ยกเลิก")
    assert "ลบแล้ว" in user.texts[-1]
    assert not LineFile.objects.exists()
    user.press("ยื่นเรื่องใหม่")
    assert "ก่อนเริ่ม" in user.texts[-1]


def test_no_canary_is_in_a_log_url_or_task(
    user: LineUser, gateways: Gateways, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for behaviour in (Behaviour.FAIL, Behaviour.LIE, Behaviour.TAKE_AND_HANG_UP, Behaviour.WORK):
        gateways.server.behaviour = lambda request, each=behaviour: each  # type: ignore[misc]
        user.write("คานารีทักทาย")
    LineReply.objects.update(due_at="2026-01-01T00:00Z")
    code = file_case_by_line(user, text="คานารีเรื่อง")
    user.write(code)
    assert Case.objects.count() == 1
    plain = code.replace("-", "")
    secret = ["คานารี", code, plain, plain[:8], "สมศรี", "0812345678"]
    records = [record for record in caplog.records if not record.name.startswith("django.db")]
    tasks = [json.dumps(task.args_kwargs) for task in DBTaskResult.objects.all()]
    urls = [request.path for request in gateways.server.requests]
    for text in [*(record.getMessage() for record in records), *tasks, *urls]:
        assert not [canary for canary in secret if canary in text], text
    # LINE's own address of a profile has the id of the user; nothing of this service logs it.
    logged = [record.getMessage() for record in records if record.name.startswith("central")]
    assert not [text for text in [*logged, *tasks] if user.user_id in text]
    stored = [
        bytes(content) for model in (LineEvent, LineChat) for content in model.objects.values_list("content", flat=True)
    ]
    for canary in secret:
        assert not any(canary.encode() in content for content in stored)


def test_the_complaint_goes_to_the_centre_of_the_account(
    user: LineUser, line_route: NoticeRoute, phayao: Centre
) -> None:
    line_route.centre = phayao
    line_route.save()
    file_case_by_line(user)
    assert Case.objects.get().centre == phayao
