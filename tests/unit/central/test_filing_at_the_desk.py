"""Officers enter cases for others: from the telephone, the counter, a letter, another agency, also days later."""

import logging
import re
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from central.cases import clock, history
from central.cases.models import Case, Complainant
from central.centres.models import Centre
from central.desk.place_field import codes_of
from central.documents.models import Document
from central.filing.notice_texts import OFFICE_NOTICE, OFFICE_NOTICES
from central.identity_crypto import tracking_hash
from central.insight.models import CaseFact
from central.notices.models import NoticeConsent
from central.people.roles import Role
from protocol import case_number, tracking_code
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import upload
from tests.unit.central.factories import create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from thai.dates import day_in_thailand

CITIZEN_ID, PHONE, NAME = "9876543210121", "0812345678", "สมชาย ใจดี"
TEXT = "ไฟถนนหน้าวัดดับมาสองสัปดาห์"


@pytest.fixture
def operator(khonkaen: Centre) -> Client:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.OPERATOR, name="operator1"))
    return client


def form_of(client: Client, **query: str) -> dict[str, str]:
    """The values with which the empty form is sent."""
    page = page_text(client.get("/desk/file", query))
    fields = dict(re.findall(r'<input type="hidden" name="(key)" value="([^"]+)"', page))
    selected = re.findall(r'<select name="(\w+)"(?:(?!</select>).)*?value="(\w+)" selected>', page, re.DOTALL)
    return {**fields, **dict(selected)}


def send(client: Client, files: list[SimpleUploadedFile] | None = None, **fields: Any) -> ClientResponse:
    data = {**form_of(client), "topic": "utilities", "place": "บ้านเป็ด", "text": TEXT, "notice_given": "read_out"}
    data = {**data, **fields}
    response: ClientResponse = client.post("/desk/file", {**data, "files": files or []})
    return response


def code_on(response: ClientResponse) -> str:
    match = re.search(r'id="slip-code">([^<]+)<', page_text(response))
    assert match is not None, page_text(response)
    return tracking_code.parse(match[1])


def test_a_telephone_case_is_one_form_and_one_slip(operator: Client) -> None:
    code = code_on(send(operator, phone="081-234 5678", name=NAME, sms="on"))
    case = Case.objects.get()
    assert (case.channel, case.area[:4], case.text, case.assisted) == ("phone_1567", "4001", TEXT, True)
    assert case.tracking_hash == tracking_hash(code)
    assert str(case_number.parse(case.case_number)) == case.case_number
    person = Complainant.objects.get()
    assert (person.phone, person.full_name, person.source) == (PHONE, NAME, "typed")
    consent = NoticeConsent.objects.get()
    assert (consent.given_by, consent.text != "") == ("counter", True)
    event = case.events.get()
    assert (event.kind, event.actor, str(event.by)) == ("received", "officer", "operator1")
    assert history.verify_case(case) is None
    tracked = page_text(Client().post("/t", {"code": code, "language": "en"}))
    assert case.case_number in tracked
    assert 'id="own-code"' in tracked, "the officer has seen the code"
    listed = page_text(operator.get("/desk/cases", {"channel": "phone_1567"}))
    assert case.case_number in listed
    assert "โทร 1567" in page_text(operator.get(f"/desk/cases/{case.case_number}"))


def test_a_form_that_is_sent_twice_makes_one_case_and_the_same_slip(operator: Client) -> None:
    key = form_of(operator)["key"]
    codes = {code_on(send(operator, key=key)) for _ in range(2)}
    assert len(codes) == Case.objects.count() == 1
    changed = send(operator, key=key, text="อื่น")
    assert 'id="other-content"' in page_text(changed)
    assert Case.objects.get().text == TEXT


def test_a_day_in_the_past_starts_the_clock_there(operator: Client) -> None:
    day = clock.today() - timedelta(days=9)
    send(operator, channel="mobile_unit", filed_on=day.isoformat())
    case = Case.objects.get()
    assert day_in_thailand(case.filed_at) == case.clock_start == day
    assert (case.filing_time_quality, case.channel) == ("stated", "mobile_unit")
    assert day_in_thailand(case.received_at) == clock.today()
    send(operator, filed_on=clock.today().isoformat())
    assert Case.objects.latest("pk").filing_time_quality == "centre_clock", "today is now"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"filed_on": (date.today() + timedelta(days=2)).isoformat()}, "in the future"),
        ({"filed_on": "1901-01-01"}, "too long ago"),
        ({"phone": "12"}, "9 or 10 digits"),
        ({"citizen_id": "9876543210129"}, "not a citizen ID"),
        ({"place": "ไม่มีที่นี่"}, "This place is not known"),
        ({"place": "ในเมือง"}, "Several places have this name"),
        ({"text": "  "}, "Type what the case is about"),
        ({"text": "ก" * 20_001}, "20000"),
        ({"topic": ""}, "Topic"),
        ({"notice_given": ""}, "Privacy notice given"),
        ({"notice_given": "nobody"}, "Give the notice to the complainant"),
        ({"channel": "kiosk"}, "Channel"),
        ({"key": "x"}, "This form is incomplete"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_lost(
    operator: Client, fields: dict[str, Any], sentence: str
) -> None:
    operator.cookies["desk_language"] = "en"
    response = send(operator, name=NAME, **fields)
    page = page_text(response)
    assert (response.status_code, sentence in page, NAME in page) == (422, True, True)
    assert not Case.objects.exists()


def test_an_anonymous_case_keeps_nobody_and_a_withheld_one_covers_the_name(operator: Client) -> None:
    send(operator, phone=PHONE, name=NAME, naming="anonymous", sms="on")
    assert not Complainant.objects.exists()
    send(operator, phone=PHONE, name=NAME, naming="withheld")
    case = Case.objects.latest("pk")
    assert case.is_name_withheld
    assert NAME not in page_text(operator.get(f"/desk/cases/{case.case_number}"))


def test_a_letter_is_stored_as_pages_and_read(operator: Client) -> None:
    files = [upload(sample_files.photo(position=True), "หน้า 1.jpg"), upload(sample_files.pdf(2), "แนบ.pdf")]
    page = page_text(send(operator, files, channel="post", text="", is_letter="on"))
    assert 'id="reading"' in page
    case = Case.objects.get()
    assert (case.channel, case.pages.count(), case.attachments.count()) == ("post", 1, 1)
    assert Document.objects.count() == 2, "both wait to be recognised"
    shown = page_text(operator.get(f"/desk/cases/{case.case_number}"))
    assert f"/desk/cases/{case.case_number}/pages/0/text" in shown, "picture beside text"
    photos = [upload(sample_files.photo(), "ภาพ.jpg")]
    send(operator, photos)
    assert Case.objects.latest("pk").attachments.count() == 1, "not a letter: a photo of the place"


def test_a_bad_file_is_refused_and_the_text_stays(operator: Client) -> None:
    response = send(operator, [upload(b"MZ\x90", "letter.exe")])
    assert (response.status_code, TEXT in page_text(response), "letter.exe" in page_text(response)) == (422, True, True)
    assert not Case.objects.exists()


def test_the_notice_that_was_given_is_recorded_with_its_text(operator: Client) -> None:
    operator.cookies["desk_language"] = "en"
    thai, english = (OFFICE_NOTICES[OFFICE_NOTICE].in_language(each) for each in ("th", "en"))
    assert english in page_text(operator.get("/desk/file"))
    given_ways: list[tuple[str, dict[str, Any], str, str]] = [
        ("read_out", {}, "Read out", thai),
        ("on_paper", {"english": "on"}, "Given on paper", english),
        ("nobody", {"naming": "anonymous", "channel": "post"}, "Nobody to tell", ""),
    ]
    for way, fields, name, text in given_ways:
        send(operator, notice_given=way, **fields)
        case = Case.objects.latest("pk")
        assert (case.notice_given, case.notice_version) == (way, OFFICE_NOTICE if text else "")
        page = page_text(operator.get(f"/desk/cases/{case.case_number}"))
        assert name in page
        assert [each in page for each in (thai, english)] == [text == thai, text == english]


def test_the_notice_is_printed_for_the_complainant(operator: Client, khonkaen: Centre) -> None:
    answer = operator.get("/desk/file/privacy-notice")
    with pypdfium2.PdfDocument(answer.content) as document:
        printed = document[0].get_textpage().get_text_bounded()
        assert (len(document), OFFICE_NOTICE in printed, "call 1567" in printed) == (1, True, True)
    assert client_with(khonkaen, Role.AUDITOR).get("/desk/file/privacy-notice").status_code == 403


def test_a_text_of_the_notice_never_changes() -> None:
    """Cases refer to it by its version: a new wording gets a new version, and the earlier one stays."""
    digests = {
        version: sha256(f"{text.th}\n{text.en}".encode()).hexdigest() for version, text in OFFICE_NOTICES.items()
    }
    assert digests == {"office-1": "5e8ce5037a36ce192ce6fcd92d5431f9bbe147c36a6ec1bc9f45d8a17ce7150b"}


def test_the_slip_is_kept_as_the_pdf_that_the_web_gives(operator: Client) -> None:
    page = page_text(send(operator, english="on"))
    form = re.search(r'<form[^>]+action="([^"]+)" id="slip-pdf">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', form[2]))
    answer = operator.post(form[1], fields)
    assert answer["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(answer.content) as document:
        printed = document[0].get_textpage().get_text_bounded()
    assert all(each in printed for each in (fields["code"], Case.objects.get().case_number, "Tracking code"))


def test_what_the_page_says_of_a_card_is_kept_as_stated_by_the_officer(operator: Client) -> None:
    card = (
        f'{{"citizen_id":"{CITIZEN_ID}","title":"นาย","first_name":"สมชาย","middle_name":"","last_name":"ใจดี",'
        '"birth_date":"25200115","sex":"1","address":"9 หมู่ 1","address_area":"400101"}'
    )
    send(operator, card=card, citizen_id=CITIZEN_ID, name="นายสมชาย ใจดี")
    person = Complainant.objects.get()
    assert (person.source, person.last_name, person.birth_date) == ("officer-stated", "ใจดี", "25200115")
    send(operator, card=card, citizen_id=CITIZEN_ID, name="นายสมหมาย ใจดี")
    assert Complainant.objects.latest("pk").source == "typed", "the officer has typed another name"
    for broken in ("[]", "{", '{"citizen_id":1}'):
        assert send(operator, card=broken, name=NAME).status_code == 200


def test_a_place_of_another_centre_of_the_province_leads_the_case_there(khonkaen: Centre, phayao: Centre) -> None:
    district = Centre.objects.create(
        parent=khonkaen, slug="nam-phong", area_code="4007", name_th="ศูนย์ดำรงธรรมอำเภอน้ำพอง", name_en="Nam Phong"
    )
    clerk = client_with(district, Role.INTAKE)
    page = page_text(send(clerk, place="ต.บ้านเป็ด อ.เมืองขอนแก่น"))
    assert 'id="other-centre"' in page
    assert Case.objects.get().centre == khonkaen
    send(clerk, place="ต.แม่กา อ.เมืองพะเยา จ.พะเยา")
    assert Case.objects.latest("pk").centre == district, "another province: an officer moves it after reading"


def test_only_who_may_file_sees_the_page(khonkaen: Centre) -> None:
    for role, status in ((Role.INTAKE, 200), (Role.DIRECTOR, 200), (Role.CHIEF, 403), (Role.AUDITOR, 403)):
        client = Client()
        client.force_login(create_officer_with(khonkaen, role))
        assert client.get("/desk/file").status_code == status
    assert form_of(client_with(khonkaen, Role.INTAKE))["channel"] == "counter"
    assert form_of(client_with(khonkaen, Role.INTAKE), channel="post")["channel"] == "post"


def client_with(centre: Centre, role: Role) -> Client:
    client = Client()
    client.force_login(create_officer_with(centre, role))
    return client


def test_channels_are_counted_by_month_within_the_centres_of_the_officer(
    khonkaen: Centre, phayao: Centre, operator: Client
) -> None:
    for channel in ("post", "post", "counter"):
        send(operator, channel=channel)
    send(client_with(phayao, Role.INTAKE), place="")
    CaseFact.objects.filter(channel="counter").update(received_on=clock.today() - timedelta(days=400))
    page = page_text(operator.get("/desk/channels"))
    counts = dict(re.findall(r'data-channel="(\w+)" data-sum="(\d+)"', page))
    assert {channel: count for channel, count in counts.items() if count != "0"} == {"post": "2"}
    assert "100.0 %" in page


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ต.บ้านเป็ด อ.เมืองขอนแก่น จ.ขอนแก่น", 1),
        ("ต.บ้านเป็ด อ.เมืองขอนแก่น", 1),
        ("บ้านเป็ด เมืองขอนแก่น", 1),
        ("บ้านเป็ด", 1),
        ("น้ำพอง", 1),
        ("ในเมือง", 3),
        ("พะเยา", 1),
        ("400101", 1),
        ("นอกโลก", 0),
    ],
)
def test_a_place_is_typed_in_many_ways(text: str, codes: int) -> None:
    assert len(codes_of(text, "40")) == codes


def test_no_log_and_no_address_has_what_was_typed(operator: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    response = send(operator, phone=PHONE, name=NAME, citizen_id=CITIZEN_ID)
    code = code_on(response)
    for canary in (PHONE, NAME, "สมชาย", CITIZEN_ID, TEXT, code, tracking_code.display(code)):
        assert canary not in caplog.text
    assert response.request["QUERY_STRING"] == ""
