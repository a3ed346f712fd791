"""The search box of the desk: what is found by whom, and what the page shows of it."""

import re
import time
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from central.cases import commands, withheld_names
from central.cases.case_filter import CaseFilter
from central.cases.commands import Actor
from central.cases.models import Case, Complainant, LetterPage, PersonalDataRead, PersonSearch
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role
from central.search.finding import groups_with_words, search
from central.search.indexing import index_marked
from central.search.passages import find_passage
from central.search.questions import names_person, numbers_in, read_question, running_number
from central.search.vocabulary import count_words
from central.search.word_index import TextGroup
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

POLLUTION = "โรงงานปล่อยน้ำเสียลงคลองทุกคืน"


def matching(officer: Officer, text: str, **wanted: object) -> list[int]:
    """The cases that the search has for this officer, best first."""
    index_marked()
    result = search(officer, text, CaseFilter(**({"status": "all"} | wanted)), timezone.localdate())  # type: ignore[arg-type]
    return [match.case_id for match in result.matches]


def search_page(client: Client, words: str, **filters: str) -> HttpResponse:
    """The page with the results, as the box in the header leads to it."""
    index_marked()
    return client.post("/desk/search", {"words": words, **filters}, follow=True)  # type: ignore[return-value]


def add_letter(case: Case, text: str) -> None:
    values = {"picture": "none", "media_type": "image/jpeg", "width": 1, "height": 1}
    LetterPage.objects.create(case=case, index=case.pages.count(), text=text, **values)


def test_results_are_within_the_centres_of_the_officer(
    officer: Officer, khonkaen: Centre, phayao: Centre, ministry: Centre
) -> None:
    own, other = create_case(khonkaen, text=POLLUTION), create_case(phayao, text=POLLUTION)
    assert matching(officer, "น้ำเสีย") == [own.pk]
    assert set(matching(create_officer(ministry, "moi"), "น้ำเสีย")) == {own.pk, other.pk}
    administrator = create_officer_with(khonkaen, Role.ADMINISTRATOR)
    assert matching(administrator, "น้ำเสีย") == []


def test_a_tambon_team_finds_the_cases_of_its_tambons_and_no_letters(khonkaen: Centre) -> None:
    team = Officer.objects.create_user(username="team")
    Membership.objects.create(officer=team, centre=khonkaen, role=Role.TEAM_HEAD.value, tambons="400107")
    inside = create_case(khonkaen, text=POLLUTION, area="400107")
    create_case(khonkaen, text=POLLUTION, area="400101")
    add_letter(inside, "สะพานหัก")
    assert matching(team, "น้ำเสีย") == [inside.pk]
    assert matching(team, "สะพาน") == []


def test_letters_of_a_withheld_name_are_found_after_a_second_officer_has_allowed_it(
    officer: Officer, khonkaen: Centre
) -> None:
    case = create_case(khonkaen, text=POLLUTION, name_disclosure="withheld")
    Complainant.objects.create(case=case, source="typed", first_name="บุญมา", last_name="ใจดี")
    add_letter(case, "ข้าพเจ้าบุญมาเป็นครูโรงเรียนบ้านหนองแวง สะพานหัก")
    assert matching(officer, "สะพาน") == []
    assert matching(officer, "น้ำเสีย") == [case.pk]
    request = withheld_names.request_name(officer, case, "ศาลขอ")
    withheld_names.decide_request(create_officer(khonkaen, "malee"), case, request.pk, granted=True)
    assert matching(officer, "สะพาน") == [case.pk]
    assert matching(officer, "บุญมา") == matching(officer, "บุญมา ใจดี") == []


def test_the_page_says_where_a_word_is_and_shows_no_letter_and_no_name(
    desk_client: Client, khonkaen: Centre, owner: Actor
) -> None:
    named = create_case(khonkaen, text=f"ข้าพเจ้า นายสมชาย ใจกล้า โทร 0812345678 แจ้งว่า {POLLUTION} สมชายป่วย")
    Complainant.objects.create(case=named, source="typed", first_name="สมชาย", last_name="ใจกล้า")
    withheld = create_case(khonkaen, text=f"ลับมาก {POLLUTION}", name_disclosure="withheld")
    lettered = create_case(khonkaen, text="")
    add_letter(lettered, f"หนังสือของข้าพเจ้า {POLLUTION} ลงชื่อมานี")
    commands.take(withheld, owner, seen_revision=None, note="น้ำเสียจริง ตรวจแล้ว")
    page = page_text(search_page(desk_client, "น้ำเสีย"))
    assert {named.case_number, withheld.case_number, lettered.case_number} <= set(
        re.findall(r'data-number="(.*?)"', page)
    )
    assert "<mark>น้ำ" in page
    for secret in ("สมชาย", "ใจกล้า", "0812345678", "ลับมาก", "ตรวจแล้ว", "ลงชื่อ", "มานี"):
        assert secret not in page, secret
    assert "หนังสือ" in page
    assert not PersonalDataRead.objects.exists(), "a list is no reading of a case"


def test_a_case_number_anywhere_in_the_box_leads_to_the_case(
    desk_client: Client, khonkaen: Centre, phayao: Centre
) -> None:
    case, hidden = create_case(khonkaen), create_case(phayao)
    number = case.case_number
    for typed in (number, f"เรื่อง {number} ไปถึงไหน", number.lower().replace("-", " "), number[7:13], number[:13]):
        response = desk_client.post("/desk/search", {"words": typed})
        assert response.url == f"/desk/cases/{number}", typed  # type: ignore[attr-defined]
    page = page_text(search_page(desk_client, hidden.case_number))
    assert "ไม่พบเรื่องเลขที่นี้ที่ท่านเปิดได้" in page


def test_words_are_never_in_an_address(desk_client: Client, khonkaen: Centre) -> None:
    create_case(khonkaen, text=POLLUTION)
    response = search_page(desk_client, "น้ำเสีย สมชาย", topic="utilities")
    address = response.request["PATH_INFO"] + "?" + response.request["QUERY_STRING"]  # type: ignore[attr-defined]
    assert re.fullmatch(r"/desk/search\?s=[\w-]+&topic=utilities", address)
    assert page_text(Client().get(address)) != page_text(response)
    other = page_text(desk_client.get("/desk/search?s=unknown"))
    assert "โปรดพิมพ์อีกครั้ง" in other


def test_people_are_searched_with_a_reason_by_the_page_that_records_it(desk_client: Client, khonkaen: Centre) -> None:
    case = create_case(khonkaen, text=POLLUTION)
    Complainant.objects.create(case=case, source="typed", first_name="บุญมา", last_name="ใจดี", phone="0812345678")
    page = page_text(search_page(desk_client, "๐๘๑-๒๓๔-๕๖๗๘"))
    assert 'id="person-search"' in page and case.case_number not in page
    assert not PersonSearch.objects.exists()
    way, term = (re.search(rf'name="{name}" value="(.*?)"', page)[1] for name in ("way", "term"))  # type: ignore[index]
    answer = page_text(desk_client.post("/desk/find", {"way": way, "term": term, "reason": "โทรมาถาม"}))
    assert case.case_number in answer
    assert PersonSearch.objects.get().way == "phone"
    assert 'id="person-search"' in page_text(search_page(desk_client, "นางบุญมา ใจดี"))


def test_filters_narrow_the_results(officer: Officer, khonkaen: Centre) -> None:
    old = timezone.now() - timedelta(days=400)
    cases = {
        "old": create_case(khonkaen, text=POLLUTION, at=old),
        "web": create_case(khonkaen, text=POLLUTION, channel="web"),
        "land": create_case(khonkaen, text=POLLUTION, topic="land"),
        "place": create_case(khonkaen, text=POLLUTION, area="400701"),
    }
    today = timezone.localdate()
    assert matching(officer, "น้ำเสีย", until=today - timedelta(days=300)) == [cases["old"].pk]
    assert cases["old"].pk not in matching(officer, "น้ำเสีย", since=today - timedelta(days=1))
    assert matching(officer, "น้ำเสีย", channel="web") == [cases["web"].pk]
    assert matching(officer, "น้ำเสีย", topic="land") == [cases["land"].pk]
    assert matching(officer, "น้ำเสีย", areas=("4007",)) == [cases["place"].pk]
    assert len(matching(officer, "น้ำเสีย", status="received")) == 4


def test_the_page_filters_closed_and_open_cases(desk_client: Client, khonkaen: Centre) -> None:
    closed = create_case(khonkaen, text=POLLUTION, status="closed", closed_at=timezone.now())
    open_one = create_case(khonkaen, text=POLLUTION)

    def numbers(**filters: str) -> set[str]:
        return set(re.findall(r'data-number="(.*?)"', page_text(search_page(desk_client, "น้ำเสีย", **filters))))

    assert numbers() == {closed.case_number, open_one.case_number}
    assert numbers(status="open") == {open_one.case_number}
    assert numbers(status="closed") == {closed.case_number}
    assert numbers(since="2001-01-01", until="2001-02-01") == set()
    assert numbers(since="0001-01-01", until="9999-12-31") == {closed.case_number, open_one.case_number}


def test_cases_with_every_word_come_first_then_those_with_some(officer: Officer, khonkaen: Centre) -> None:
    every = create_case(khonkaen, text=POLLUTION)
    some = create_case(khonkaen, text="คลองตื้นเขิน")
    create_case(khonkaen, text="สุนัขจรจัด")
    assert matching(officer, "โรงงาน น้ำเสีย คลอง")[0] == every.pk
    assert matching(officer, "น้ำเสีย คลอง") == [every.pk, some.pk]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ทุจริด", "ทุจริต"), ("โรงพยาบาน", "โรงพยาบาล"), ("เทศบาร", "เทศบาล"), ("สพาน", "สะพาน"), ("มลพิด", "มลพิษ")],
)
def test_a_misspelt_word_is_also_searched_as_it_is_meant(
    desk_client: Client, officer: Officer, khonkaen: Centre, typed: str, meant: str
) -> None:
    cases = {create_case(khonkaen, text=f"เรื่อง{meant}ในหมู่บ้าน {number}").pk for number in range(3)}
    for text in ("สุนัขจรจัดกัดเด็ก", "ไฟถนนดับ", "น้ำประปาไม่ไหล"):
        for _ in range(3):
            create_case(khonkaen, text=text)
    index_marked()
    count_words(timezone.now())
    assert set(matching(officer, typed)) == cases
    page = page_text(search_page(desk_client, typed))
    assert re.search(rf'id="added-words">.*{meant}', page)
    assert 'id="added-words"' not in page_text(search_page(desk_client, meant)), "a known word is searched as typed"


def test_the_group_of_a_letter_is_not_named_to_who_may_not_read_it(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="สะพานหัก")
    add_letter(case, "สะพานหัก")
    for role, groups in ((Role.AUDITOR, {TextGroup.COMPLAINT}), (Role.INTAKE, {TextGroup.COMPLAINT, TextGroup.LETTER})):
        index_marked()
        reader = create_officer_with(khonkaen, role)
        result = search(reader, "สะพาน", CaseFilter(status="all"), timezone.localdate())
        assert groups_with_words(result.matches, result.question) == {case.pk: groups}


@pytest.mark.parametrize(
    "words", ["", " ", "ที่ และ", '"', "'; DROP TABLE", "* OR :*", "a" * 500, "&|!()<->", "🙂", "NEAR("]
)
def test_any_text_gets_a_page(desk_client: Client, khonkaen: Centre, words: str) -> None:
    create_case(khonkaen, text=POLLUTION)
    assert search_page(desk_client, words).status_code == 200


def test_who_sees_no_cases_has_no_box(khonkaen: Centre) -> None:
    technician = Officer.objects.create_user(username="tech", password=PASSWORD)
    Membership.objects.create(officer=technician, centre=khonkaen, role=Role.TECHNICIAN.value)
    client = client_of(technician)
    assert client.post("/desk/search", {"words": "น้ำเสีย"}).status_code == 403
    assert "search-words" not in page_text(client.get("/desk/"))


def test_pages_of_results_have_addresses_of_their_own(desk_client: Client, khonkaen: Centre) -> None:
    for _ in range(27):
        create_case(khonkaen, text=POLLUTION)
    page = page_text(search_page(desk_client, "น้ำเสีย"))
    assert len(re.findall(r'data-number="', page)) == 25
    following = re.search(r'rel="next" href="(\?.*?)"', page)[1].replace("&amp;", "&")  # type: ignore[index]
    assert len(re.findall(r'data-number="', page_text(desk_client.get(f"/desk/search{following}")))) == 2


def test_a_question_is_read_without_a_database() -> None:
    assert numbers_in("เรื่องที่ KKN07A-000123-41 และ kkn07a 000124") == ["KKN07A-000123-41", "kkn07a 000124"]
    assert numbers_in("โทร 0812345678") == []
    assert running_number("๐๐๐๑๒๓") == "000123"
    assert [names_person(text) for text in ("081-234-5678", "นายสมชาย ใจดี", "น้ำเสียโรงงาน")] == ["phone", "name", ""]
    assert names_person("นายกเทศมนตรี ทุจริต") == ""
    assert read_question("นายสมชาย ใจดี 0812345678").terms == ()
    assert read_question('"ไฟ ถนน" ดับ').terms[0].phrases == (("ไฟ", "ถนน"),)
    passage = find_passage(["ก่อนหน้า " * 40 + POLLUTION + " หลังจาก" * 40], {"คลอง"})
    assert [segment.text for segment in passage if segment.is_marked] == ["คลอง"]
    assert sum(len(segment.text) for segment in passage) < 160


def test_a_word_that_a_text_repeats_without_end_has_its_passage_at_once() -> None:
    started_s = time.process_time()
    find_passage(["ไฟ " * 4_000] * 5, {"ไฟ"})
    assert time.process_time() - started_s < 1.0  # 2 s when each place is compared with every other


def test_a_passage_covers_names_that_begin_with_another_one_or_have_other_capital_letters() -> None:
    text = "ทองดีสุข กับ somchai และทองดี บุกรุกคลองสาธารณะ"
    shown = "".join(segment.text for segment in find_passage([text], {"คลอง"}, ("ทองดี", "ทองดีสุข", "Somchai")))
    assert "คลอง" in shown
    assert not any(part in shown for part in ("ทอง", "สุข", "somchai"))
