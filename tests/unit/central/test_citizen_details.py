"""A citizen answers a question or adds details and files on the tracking page, and officers read them."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from central.cases import commands, history
from central.cases.commands import Actor, ClosingInputs, citizen_steps
from central.cases.models import Attachment, CaseEvent, PersonalDataRead
from central.centres.models import Centre
from central.messages.models import SentForm
from central.messages.sent_forms import carry_out_once
from central.people.roles import Role
from central.tracking import action_views
from protocol import tracking_code
from protocol.case_status import CaseStatus
from tests.unit.central import sample_files
from tests.unit.central.at_once import succeeded
from tests.unit.central.citizen_page import Citizen, upload
from tests.unit.central.factories import actor_with, create_officer_with
from tests.unit.central.page_text import page_text

QUESTION, ANSWER = "เสาไฟต้นไหน", "ต้นหน้าวัด บ้านนางสมใจ"


@pytest.fixture
def owner(khonkaen: Centre) -> Actor:
    return actor_with(khonkaen, Role.CASE_OFFICER)


@pytest.fixture
def citizen(khonkaen: Centre, owner: Actor) -> Citizen:
    """The citizen of a case that an officer has taken."""
    citizen = Citizen(khonkaen)
    commands.take(citizen.case, owner, seen_revision=None)
    return citizen


def send_question(citizen: Citizen, owner: Actor) -> None:
    commands.ask_details(citizen.reload(), owner, seen_revision=None, question=QUESTION)


def test_an_answer_with_photos_ends_the_pause_and_reaches_the_owner(citizen: Citizen, owner: Actor) -> None:
    due = citizen.reload().due
    send_question(citizen, owner)
    assert citizen.reload().due is None, "the clock waits"
    assert 'formaction="/t/details"' in citizen.page()
    assert QUESTION in page_text(citizen.form("details"))
    files = [upload(sample_files.photo(position=True)), upload(sample_files.photo("PNG"), "ป้าย.png")]
    sent = citizen.send("details", text=ANSWER, files=files)
    assert (sent.status_code, 'id="done"' in page_text(sent)) == (200, True)
    case = citizen.reload()
    assert (case.current_status, case.attention, case.due) == (CaseStatus.CHECKING, "citizen_answered", due)
    event = case.events.get(kind="record_details")
    assert (event.actor, event.texts.note, event.texts.public_text, event.is_public) == ("citizen", ANSWER, "", True)
    assert [each["type"] for each in event.payload["files"]] == ["image/jpeg"] * 2
    assert Attachment.objects.exclude(latitude=None).count() == 0, "the position was not added"
    assert history.verify_case(case) is None
    desk = Client()
    assert owner.officer is not None
    desk.force_login(owner.officer)
    assert case.case_number in page_text(desk.get("/desk/cases?queue=citizen_answered"))
    shown = page_text(desk.get(f"/desk/cases/{case.case_number}"))
    conversation = shown.split('id="messages"')[1].split("</section>")[0]
    assert conversation.index(QUESTION) < conversation.index(ANSWER) < conversation.index("ป้าย.jpg")
    picture = desk.get(f"/desk/cases/{case.case_number}/files/{Attachment.objects.first().pk}")  # type: ignore[union-attr]
    assert picture["Content-Type"] == "image/jpeg"
    assert PersonalDataRead.objects.filter(data_kind="attachment").count() == 1


def test_the_place_of_a_photo_is_kept_only_when_it_is_added(citizen: Citizen) -> None:
    for choice in ({}, {"with_place": "on"}):
        sent = citizen.send("details", files=[upload(sample_files.photo(position=True))], **choice)
        assert sent.status_code == 200
    positions = list(Attachment.objects.order_by("pk").values_list("latitude", "longitude"))
    assert positions == [(None, None), (16.441667, 102.833333)]
    for attachment in Attachment.objects.all():
        assert b"Exif" not in attachment.file.read()


def test_details_are_added_in_every_open_status_and_change_none(citizen: Citizen, owner: Actor) -> None:
    commands.propose(citizen.case, owner, seen_revision=None, content=ClosingInputs("explained", "ชี้แจงแล้ว"))
    assert citizen.send("details", text="ไฟดับอีกแล้ว").status_code == 200
    assert (citizen.reload().current_status, citizen.case.attention) == (CaseStatus.TO_DIRECTOR, "citizen_answered")
    fresh = Citizen(citizen.case.centre)
    assert fresh.send("details", text="ลืมบอกหมายเลขเสา").status_code == 200
    assert (fresh.reload().current_status, fresh.case.attention) == (CaseStatus.RECEIVED, "new")


def test_a_form_that_is_sent_twice_counts_once(citizen: Citizen) -> None:
    token = str(uuid4())
    for _ in range(2):
        assert 'id="done"' in page_text(citizen.send("details", text=ANSWER, token=token))
    assert CaseEvent.objects.filter(kind="record_details").count() == SentForm.objects.count() == 1
    other = Citizen(citizen.case.centre)
    assert other.send("details", text=ANSWER, token=token).status_code == 200
    assert SentForm.objects.count() == 2, "the tokens of another case are others"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([upload(sample_files.png_bomb())], "megapixels"),
        ([upload(b"MZ\x90" + b"\0" * 500, "a.exe")], "neither a photo"),
        ([upload(sample_files.photo())] * 6, "At most 5"),
        ([upload(sample_files.photo()), upload(sample_files.pdf(), "a.pdf")], "or one PDF"),
        ([], "Please write the details, or attach"),
    ],
)
def test_bad_files_are_refused_with_a_sentence_and_the_text_stays(
    citizen: Citizen, files: list[Any], reason: str
) -> None:
    typed = ANSWER if files else ""
    refused = citizen.send("details", text=typed, files=files)
    assert refused.status_code == 409
    shown = page_text(refused)
    assert reason in shown.split('id="error"')[1].split("</p>")[0]
    assert typed in shown
    assert ("choose the files again" in shown) is bool(files)
    assert not Attachment.objects.exists()
    assert not SentForm.objects.exists(), "the same form may be sent again"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "ไฟ\0ดับ"}, "รายละเอียด: มีอักขระที่ส่งไม่ได้ โปรดลบแล้วพิมพ์ใหม่"),
        ({"text": ANSWER, "token": "x"}, "แบบฟอร์มนี้ไม่สมบูรณ์ โปรดเปิดหน้านี้ใหม่แล้วส่งอีกครั้ง"),
    ],
)
def test_a_damaged_form_is_refused_with_a_sentence_in_thai(
    citizen: Citizen, fields: dict[str, str], sentence: str
) -> None:
    refused = citizen.send("details", **({"language": "th"} | fields))
    assert refused.status_code == 422
    assert sentence in page_text(refused).replace("\u200b", "").replace("<wbr>", "")


def test_a_text_of_20000_characters_is_refused_and_kept(citizen: Citizen) -> None:
    refused = citizen.send("details", text="ก" * 20_000)
    assert refused.status_code == 409
    assert "longer than 2,000" in page_text(refused)
    assert "ก" * 20_000 in page_text(refused)


def test_a_closed_case_takes_nothing_and_says_so(citizen: Citizen, owner: Actor) -> None:
    commands.close(citizen.case, owner, seen_revision=None, inputs=ClosingInputs("explained", "ชี้แจงแล้ว"))
    assert "/t/details" not in citizen.page()
    assert "is closed" in page_text(citizen.form("details"))
    refused = citizen.send("details", text=ANSWER)
    assert (refused.status_code, ANSWER in page_text(refused)) == (409, True)


def test_a_guessed_code_opens_no_form_and_is_counted(citizen: Citizen) -> None:
    citizen.code = tracking_code.generate()
    for _ in range(60):
        assert 'data-result="not_here"' in page_text(citizen.form("details"))
    refused = citizen.send("details", text=ANSWER)
    assert (refused.status_code, ANSWER in page_text(refused)) == (429, False)
    assert not CaseEvent.objects.filter(kind="record_details").exists()
    assert Client().get("/t/details").status_code == 302


def test_a_stolen_code_sends_a_limited_number_of_forms(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citizen_steps, "MAX_CITIZEN_MESSAGES", 11)
    answers = [citizen.send("details", text=str(number)).status_code for number in range(13)]
    assert answers == [200] * 11 + [409, 429]
    last = citizen.send("details", text=ANSWER)
    assert "Wait 10 minutes" in page_text(last)
    assert ANSWER in page_text(last)
    assert action_views._FORM_THROTTLE.limit == 12


def test_the_pages_have_no_cookie_no_code_in_a_url_and_no_words_of_the_citizen(citizen: Citizen) -> None:
    code = tracking_code.display(citizen.code)
    for response in (citizen.form("details"), citizen.send("details", text=ANSWER)):
        assert not response.cookies
        assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
        shown = page_text(response)
        assert shown.count(f'type="hidden" name="code" value="{code}"') == shown.count(code)
        assert shown.count("<script") == shown.count('<script nonce="')
    assert ANSWER not in citizen.page()
    assert "ต้นหน้าวัด" not in page_text(citizen.send("details", text=ANSWER))


@pytest.mark.parametrize("disclosure", ["named", "withheld"])
def test_the_words_of_the_citizen_are_covered_like_a_letter(citizen: Citizen, owner: Actor, disclosure: str) -> None:
    case = citizen.case
    type(case).objects.filter(pk=case.pk).update(name_disclosure=disclosure)
    citizen.send("details", text=ANSWER, files=[upload(sample_files.photo(), "บ้านนางสมใจ.jpg")])
    path, auditor = f"/desk/cases/{case.case_number}", create_officer_with(case.centre, Role.AUDITOR)
    file_path = f"{path}/files/{Attachment.objects.get().pk}"
    assert owner.officer is not None
    for officer, may_read in ((owner.officer, disclosure == "named"), (auditor, False)):
        desk = Client()
        desk.force_login(officer)
        for page in (path, f"{path}/print"):
            assert ("นางสมใจ" in page_text(desk.get(page))) is may_read
        assert desk.get(file_path).status_code == (200 if may_read else 403)
    assert PersonalDataRead.objects.filter(data_kind="attachment").count() == (1 if disclosure == "named" else 0)


def test_a_form_sent_twice_at_the_same_moment_counts_once(transactional_db: None, khonkaen: Centre) -> None:
    citizen, token = Citizen(khonkaen), uuid4()

    def send() -> bool:
        case = citizen.case
        add = partial(commands.record_details, case, Actor.citizen(), seen_revision=None, details=ANSWER)
        carry_out_once(case, token, add)
        return True

    assert succeeded(send, send, send) == 3
    assert CaseEvent.objects.filter(kind="record_details").count() == 1
