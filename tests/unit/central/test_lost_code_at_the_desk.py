"""An officer finds the case of somebody who asks, identifies the citizen and gives a new code; all is recorded."""

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from central.cases import history
from central.cases.identification import MAX_WRONG_ANSWERS
from central.cases.models import Case, Complainant, NameRequest, PersonalDataRead, PersonSearch
from central.cases.person_search import REASONS_KEPT, delete_old_reasons
from central.centres.models import Centre
from central.identity_crypto import citizen_id_hash, tracking_hash
from central.messages.models import EndedCode
from central.people.roles import Role
from protocol import tracking_code
from protocol.case_number import CaseNumber
from protocol.choices import NameDisclosure
from tests.unit.central.citizen_page import Citizen
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text

CITIZEN_ID, PHONE, NAME = "9876543210121", "0812345678", "สมชาย ใจดี"
REASON = "ผู้ร้องโทร 1567 ทำใบติดตามเรื่องหาย"


@pytest.fixture
def citizen(khonkaen: Centre) -> Citizen:
    """Somebody who filed with the card, and wants the name withheld."""
    number = str(CaseNumber("KKN07", "B", 1))
    citizen = Citizen(khonkaen, case_number=number, name_disclosure=NameDisclosure.WITHHELD.value)
    Complainant.objects.create(
        case=citizen.case,
        source="card",
        title="นาย",
        first_name="สมชาย",
        last_name="ใจดี",
        phone=PHONE,
        citizen_id_hash=citizen_id_hash(CITIZEN_ID),
    )
    return citizen


@pytest.fixture
def operator(khonkaen: Centre) -> Client:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.OPERATOR, name="operator1"))
    return client


def open_case_of(centre: Centre, **fields: str) -> Case:
    case = create_case(centre, case_number=str(CaseNumber("KKN07", "C", Case.objects.count() + 1)))
    Complainant.objects.create(case=case, source="typed", **fields)
    return case


def search(client: Client, way: str, term: str, reason: str = REASON) -> list[str]:
    response = client.post("/desk/find", {"way": way, "term": term, "reason": reason})
    assert response.status_code == 200
    return re.findall(r'<tr data-case="([^"]+)"', page_text(response))


def claim(client: Client, case: Case, **fields: str) -> tuple[int, str]:
    """Open the form of a new code and send it; status and page."""
    address = f"/desk/cases/{case.case_number}/code"
    proposed = re.search(r'name="proposed" value="([^"]+)"', page_text(client.get(address)))
    assert proposed is not None
    response = client.post(address, {"proposed": proposed[1], "reason": REASON, **fields})
    return response.status_code, page_text(response)


def test_a_case_is_found_by_number_phone_citizen_id_and_name(khonkaen: Centre, operator: Client) -> None:
    by_card = open_case_of(
        khonkaen, first_name="มาลี", last_name="สุขใจ", phone="043123456", citizen_id_hash=citizen_id_hash(CITIZEN_ID)
    ).case_number
    typed = open_case_of(khonkaen, first_name="นางมาลี สุขใจ").case_number
    open_case_of(khonkaen, first_name="มาลี", last_name="สุขสม")
    assert search(operator, "number", by_card.lower()) == [by_card]
    assert search(operator, "phone", "043-123 456") == [by_card]
    assert search(operator, "citizen_id", "๙-8765-43210-12-1") == [by_card]
    assert sorted(search(operator, "name", "มาลี สุขใจ")) == sorted([by_card, typed])
    assert search(operator, "phone", "0899999999") == []
    kinds = list(PersonalDataRead.objects.values_list("data_kind", "reason"))
    assert kinds == [("found", REASON)] * 4, "what was found by person is a reading"
    searches = list(PersonSearch.objects.order_by("pk").values_list("way", "matches", "reason"))
    assert searches[-1] == ("phone", 0, REASON), "a search without a result is recorded too"
    assert PHONE not in str(list(PersonSearch.objects.values()))


@pytest.mark.parametrize(
    ("way", "term", "reason", "sentence"),
    [
        ("phone", "12", REASON, "9 or 10 digits"),
        ("citizen_id", "9876543210128", REASON, "not a citizen ID"),
        ("number", "KKN", REASON, "not a case number"),
        ("name", "มาลี", REASON, "both the first and the last name"),
        ("phone", PHONE, "  ", "Give the reason"),
    ],
)
def test_a_bad_search_is_one_sentence_and_keeps_what_was_typed(
    operator: Client, way: str, term: str, reason: str, sentence: str
) -> None:
    operator.cookies["desk_language"] = "en"
    response = operator.post("/desk/find", {"way": way, "term": term, "reason": reason})
    assert (response.status_code, sentence in page_text(response), term in page_text(response)) == (422, True, True)
    assert not PersonSearch.objects.exists()


def test_a_withheld_name_is_found_by_its_number_only(citizen: Citizen, operator: Client, khonkaen: Centre) -> None:
    for way, term in (("phone", PHONE), ("name", NAME), ("citizen_id", CITIZEN_ID)):
        assert search(operator, way, term) == []
    assert search(operator, "number", citizen.case.case_number) == [citizen.case.case_number]
    director, clerk = create_officer_with(khonkaen, Role.DIRECTOR), create_officer_with(khonkaen, Role.INTAKE)
    NameRequest.objects.create(
        case=citizen.case, requested_by=clerk, requested_at=citizen.case.received_at, reason="x",
        decided_by=director, decided_at=citizen.case.received_at, granted=True,
    )  # fmt: skip
    allowed = Client()
    allowed.force_login(clerk)
    assert search(allowed, "phone", PHONE) == [citizen.case.case_number], "a second officer has opened the name"


def test_other_centres_and_other_roles_find_nothing(citizen: Citizen, phayao: Centre, khonkaen: Centre) -> None:
    stranger = Client()
    stranger.force_login(create_officer_with(phayao, Role.OPERATOR))
    assert search(stranger, "number", citizen.case.case_number) == []
    assert stranger.get(f"/desk/cases/{citizen.case.case_number}/code").status_code == 404
    for role in (Role.AUDITOR, Role.TECHNICIAN):
        client = Client()
        client.force_login(create_officer_with(khonkaen, role))
        assert client.get("/desk/find").status_code == 403
    chief = Client()
    chief.force_login(create_officer_with(khonkaen, Role.CHIEF))
    assert chief.get(f"/desk/cases/{citizen.case.case_number}/code").status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"way": "card", "citizen_id": "9-8765-43210-12-1"},
        {"way": "phone_and_name", "phone": "081 234 5678", "name": "นายสมชาย  ใจดี"},
    ],
)
def test_an_identified_citizen_gets_a_slip_and_the_old_code_ends(
    citizen: Citizen, operator: Client, fields: dict[str, str]
) -> None:
    status, page = claim(operator, citizen.case, **fields)
    assert status == 200
    shown = re.search(r'id="slip-code">([^<]+)<', page)
    assert shown is not None
    assert "สมชาย" not in page
    old = citizen.code
    assert "This code has ended" in citizen.page(language="en")
    citizen.code = tracking_code.parse(shown[1])
    after = citizen.page(language="en")
    assert citizen.case.case_number in after
    assert 'id="own-code"' in after, "an officer has seen it: the citizen is offered one of their own"
    event = citizen.reload().events.get(kind="renew_code")
    assert (event.actor, str(event.by), event.payload) == ("officer", "operator1", {"identified_by": fields["way"]})
    assert event.texts.note == REASON
    assert EndedCode.objects.get().code_hash == tracking_hash(old)
    assert PersonalDataRead.objects.get(data_kind="compared").reason == REASON
    assert history.verify_case(citizen.case) is None


def test_a_form_that_is_sent_twice_shows_the_same_slip(citizen: Citizen, operator: Client) -> None:
    address = f"/desk/cases/{citizen.case.case_number}/code"
    fields = {"way": "card", "citizen_id": CITIZEN_ID, "reason": REASON}
    proposals = [
        match[1]
        for _ in range(2)
        if (match := re.search(r'name="proposed" value="([^"]+)"', page_text(operator.get(address))))
    ]
    first, again = (
        re.findall(r'id="slip-code">([^<]+)<', page_text(operator.post(address, {**fields, "proposed": proposals[0]})))
        for _ in range(2)
    )
    assert first == again != []
    assert citizen.reload().events.filter(kind="renew_code").count() == 1
    late = operator.post(address, {**fields, "proposed": proposals[1]})
    assert (late.status_code, "slip-code" in page_text(late)) == (409, False), "another page made a code meanwhile"


def test_wrong_answers_give_no_code_and_end_after_five(citizen: Citizen, operator: Client) -> None:
    operator.cookies["desk_language"] = "en"
    wrong = {"way": "phone_and_name", "phone": PHONE, "name": "สมชาย ใจร้าย"}
    for _ in range(MAX_WRONG_ANSWERS):
        status, page = claim(operator, citizen.case, **wrong)
        assert (status, "does not match" in page, wrong["name"] in page) == (409, True, True)
    status, page = claim(operator, citizen.case, way="card", citizen_id=CITIZEN_ID)
    assert (status, "Too many wrong answers" in page) == (409, True)
    assert citizen.case.case_number in citizen.page(), "the code still works"
    assert PersonalDataRead.objects.filter(data_kind="compared").count() == MAX_WRONG_ANSWERS


def test_nobody_is_identified_without_a_complainant_a_reason_or_what_the_case_has(
    khonkaen: Centre, operator: Client
) -> None:
    operator.cookies["desk_language"] = "en"
    anonymous = create_case(khonkaen, name_disclosure=NameDisclosure.ANONYMOUS.value)
    assert "no complainant on file" in claim(operator, anonymous, way="card", citizen_id=CITIZEN_ID)[1]
    letter = open_case_of(khonkaen, first_name="มาลี", last_name="สุขใจ")
    assert claim(operator, letter, way="phone_and_name", phone="", name="มาลี สุขใจ")[0] == 409, "no phone on file"
    assert claim(operator, letter, way="card", citizen_id=CITIZEN_ID, name="มาลี สุขใจ", reason=" ")[0] == 422
    assert claim(operator, letter, way="card", citizen_id=CITIZEN_ID, name="มาลี สุขใจ")[0] == 200, "the card's name"


def test_the_audit_shows_searches_and_no_log_has_what_was_typed(
    citizen: Citizen, operator: Client, khonkaen: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    search(operator, "name", NAME)
    search(operator, "citizen_id", CITIZEN_ID)
    _, page = claim(operator, citizen.case, way="card", citizen_id=CITIZEN_ID)
    code = re.findall(r'id="slip-code">([^<]+)<', page)[0]
    for canary in ("สมชาย", CITIZEN_ID, PHONE, code, code.replace("-", "")):
        assert canary not in caplog.text
    auditor = Client()
    auditor.force_login(create_officer_with(khonkaen, Role.AUDITOR))
    shown = page_text(auditor.get("/desk/audit", {"view": "searches"}))
    assert (shown.count('data-who="operator1"'), REASON in shown, NAME in shown) == (2, True, False)
    assert 'data-who="operator1"' not in page_text(auditor.get("/desk/audit", {"view": "searches", "kind": "phone"}))
    history_of_case = page_text(operator.get(f"/desk/cases/{citizen.case.case_number}"))
    assert "บัตรประชาชน (ผู้ร้องมาเอง)" in history_of_case


def test_reasons_of_searches_are_deleted_after_two_years(khonkaen: Centre) -> None:
    officer = create_officer_with(khonkaen, Role.OPERATOR)
    old, new = (
        PersonSearch.objects.create(officer=officer, way="phone", reason="ตามคำขอ", matches=1) for _ in range(2)
    )
    now = timezone.now()
    PersonSearch.objects.filter(pk=old.pk).update(at=now - REASONS_KEPT - timedelta(days=1))
    delete_old_reasons(now)
    assert dict(PersonSearch.objects.values_list("pk", "reason")) == {old.pk: "", new.pk: "ตามคำขอ"}
