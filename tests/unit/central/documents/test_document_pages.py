"""Recognised text at the desk: beside the picture, under the permission and the audit of its file."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from central.cases.attachments import CleanFile
from central.cases.commands import Actor, record_details
from central.cases.models import Attachment, Case, LetterPage, NameRequest, PersonalDataRead
from central.centres.models import Centre, Officer
from central.documents import commands
from central.documents.models import Document
from central.documents.states import DocumentState
from central.people.roles import Role
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import SECRET, add_letter_page, add_text, attach
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


@pytest.fixture
def client(khonkaen: Centre) -> Client:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    return client


@pytest.fixture
def letter_page(case: Case) -> LetterPage:
    """A page that only this service has read."""
    page = add_letter_page(case)
    add_text(commands.read_letter_page(page))
    return page


@pytest.fixture
def attachment(case: Case, khonkaen: Centre) -> Attachment:
    attachment = attach(khonkaen, sample_files.pdf(3), "รายงาน.pdf", case)
    add_text(Document.objects.get(attachment=attachment), pages=3, read=2, state=DocumentState.READING)
    return attachment


def test_a_letter_page_without_text_shows_what_was_read_with_unsure_words_marked(
    client: Client, case: Case, letter_page: LetterPage
) -> None:
    page = client.get(f"/desk/cases/{case.case_number}")
    html = page.content.decode()
    assert html.count('<mark class="unsure">') == 3, "a doubtful word, also as an offer, and a line unsure as a whole"
    assert SECRET in page_text(page) and "ลายมือ" in page_text(page)
    assert f"/desk/cases/{case.case_number}/pages/0/text" in html


def test_a_page_that_was_not_read_to_its_end_says_so(client: Client, case: Case, letter_page: LetterPage) -> None:
    path = f"/desk/cases/{case.case_number}"
    assert "อ่านหน้านี้ไม่ครบ" not in page_text(client.get(path))
    Document.objects.get(letter_page=letter_page).pages.update(is_complete=False)
    assert "อ่านหน้านี้ไม่ครบ" in page_text(client.get(path))
    assert "อ่านหน้านี้ไม่ครบ" in page_text(client.get(f"{path}/pages/0/text"))
    letter_page.text, letter_page.is_text_complete = "ข้อความที่ตรวจแล้ว", True
    letter_page.save()
    assert "อ่านหน้านี้ไม่ครบ" not in page_text(client.get(path)), "the citizen's text is another one"
    LetterPage.objects.update(is_text_complete=False)
    assert "อ่านหน้านี้ไม่ครบ" in page_text(client.get(path))


def test_offers_are_shown_beside_the_text_and_fill_nothing(client: Client, case: Case) -> None:
    add_letter_page(case, text="ที่ ขก ๐๐๑๗/๑๒๓\nเรื่อง ขอให้ซ่อมถนน\nโทร. ๐๘๑ ๒๓๔ ๕๖๗๘ หรือ 0812345678")
    shown = client.get(f"/desk/cases/{case.case_number}").content.decode()
    offers = shown[shown.index('class="letter-offers"') :].split("</dl>")[0].replace("<wbr>", "")
    assert "ขก ๐๐๑๗/๑๒๓" in offers and "<mark" not in offers
    assert offers.count("๐๘๑ ๒๓๔ ๕๖๗๘") == 1 and "0812345678" not in offers, "one number once"
    case.refresh_from_db()
    assert "ซ่อมถนน" not in case.text


def test_the_text_that_the_citizen_checked_stays_the_record(client: Client, case: Case) -> None:
    page = add_letter_page(case, text="ข้อความที่ตรวจแล้ว")
    path = f"/desk/cases/{case.case_number}"
    add_text(commands.read_letter_page(page))
    shown = client.get(path)
    assert "ข้อความที่ตรวจแล้ว" in page_text(shown) and SECRET not in page_text(shown)
    beside = page_text(client.get(f"{path}/pages/0/text"))
    assert "ข้อความที่ตรวจแล้ว" in beside and SECRET in beside, "on demand both are shown"


def test_progress_is_shown_without_a_script(client: Client, case: Case, attachment: Attachment) -> None:
    path = f"/desk/cases/{case.case_number}"
    assert "2 จาก 3 หน้า" in page_text(client.get(path))
    shown = client.get(f"{path}/files/{attachment.pk}/text?page=2")
    html = shown.content.decode()
    assert '<progress max="3" value="2"' in html and html.count("<script") == 1, "the header's search box"
    assert SECRET in page_text(shown)
    assert html.count("<rect") == 3, "the unsure and the handwritten lines are marked on the picture"
    assert f"{path}/files/{attachment.pk}/pages/1" in html, "the picture of the same page"
    assert client.get(f"{path}/files/{attachment.pk}/text?page=3").status_code == 200
    for page in ("4", "0", "x", "-1", "99999"):
        assert client.get(f"{path}/files/{attachment.pk}/text", {"page": page}).status_code == 404


def test_a_page_of_a_pdf_is_shown_as_a_picture(client: Client, case: Case, attachment: Attachment) -> None:
    path = f"/desk/cases/{case.case_number}/files/{attachment.pk}/pages"
    picture = client.get(f"{path}/2")
    assert picture["Content-Type"] == "image/jpeg" and picture.content.startswith(b"\xff\xd8")
    assert PersonalDataRead.objects.latest("pk").data_kind == "attachment"
    assert client.get(f"{path}/3").status_code == 404


def test_reading_a_text_is_recorded_as_reading_its_file(
    client: Client, case: Case, letter_page: LetterPage, attachment: Attachment
) -> None:
    client.get(f"/desk/cases/{case.case_number}/pages/0/text")
    client.get(f"/desk/cases/{case.case_number}/files/{attachment.pk}/text")
    reads = PersonalDataRead.objects.order_by("pk").values_list("data_kind", "reason")
    assert list(reads) == [("page", "1"), ("attachment", str(attachment.pk))]


def test_a_covered_name_covers_the_recognised_text(
    client: Client, khonkaen: Centre, case: Case, letter_page: LetterPage
) -> None:
    Case.objects.update(name_disclosure="withheld")
    path = f"/desk/cases/{case.case_number}"
    assert SECRET not in page_text(client.get(path))
    assert client.get(f"{path}/pages/0/text").status_code == 403
    assert client.post(f"{path}/pages/0/text").status_code == 403
    assert not PersonalDataRead.objects.filter(data_kind="page").exists()
    officer = Officer.objects.get(pk=client.session["_auth_user_id"])
    now, second = timezone.now(), create_officer_with(khonkaen, Role.DIRECTOR)
    NameRequest.objects.create(
        case=case,
        requested_by=officer,
        requested_at=now,
        reason="ติดต่อ",
        decided_by=second,
        decided_at=now,
        granted=True,
    )
    assert SECRET in page_text(client.get(f"{path}/pages/0/text"))
    assert "ติดต่อ" in PersonalDataRead.objects.get(data_kind="page").reason


def test_a_covered_name_covers_the_text_of_the_citizens_own_files(client: Client, case: Case) -> None:
    details = record_details(
        case,
        Actor.citizen(),
        seen_revision=None,
        details="x",
        attachments=[CleanFile("a.pdf", "application/pdf", b"%PDF")],
    )
    add_text(Document.objects.get(attachment__event=details))
    path = f"/desk/cases/{case.case_number}"
    files = f"{path}/files/{Attachment.objects.get().pk}"
    assert SECRET in page_text(client.get(f"{files}/text"))
    Case.objects.update(name_disclosure="withheld")
    assert files not in client.get(path).content.decode()
    assert [client.get(f"{files}/{each}").status_code for each in ("text", "pages/0")] == [403, 403]


def test_who_only_reads_requests_nothing(khonkaen: Centre, case: Case, attachment: Attachment) -> None:
    Document.objects.update(state="refused", refusal="timeout")
    client, path = Client(), f"/desk/cases/{case.case_number}/files/{attachment.pk}/text"
    client.force_login(create_officer_with(khonkaen, Role.AUDITOR))
    assert "ให้เครื่องอ่าน" not in page_text(client.get(path))
    assert client.post(path).status_code == 403
    assert Document.objects.get().run == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TEAM_HEAD])
def test_who_may_not_read_people_reads_no_recognised_letter(
    khonkaen: Centre, case: Case, letter_page: LetterPage, role: Role
) -> None:
    officer, client = create_officer_with(khonkaen, role), Client()
    officer.memberships.update(may_read_people=False, tambons=case.area)
    client.force_login(officer)
    assert SECRET not in page_text(client.get(f"/desk/cases/{case.case_number}"))
    assert client.get(f"/desk/cases/{case.case_number}/pages/0/text").status_code == 403


def test_texts_of_another_centre_or_case_do_not_exist(
    client: Client, khonkaen: Centre, phayao: Centre, letter_page: LetterPage, attachment: Attachment
) -> None:
    other = create_case(khonkaen)
    for path in ("pages/0/text", f"files/{attachment.pk}/text", f"files/{attachment.pk}/pages/0"):
        assert client.get(f"/desk/cases/{other.case_number}/{path}").status_code == 404
    Case.objects.update(centre=phayao)
    for path in ("pages/0/text", f"files/{attachment.pk}/text", f"files/{attachment.pk}/pages/0"):
        assert client.get(f"/desk/cases/{letter_page.case.case_number}/{path}").status_code == 404


def test_a_reading_is_requested_once_and_again_where_that_helps(client: Client, case: Case) -> None:
    page = add_letter_page(case, text="ข้อความที่ตรวจแล้ว")
    path = f"/desk/cases/{case.case_number}/pages/0/text"
    assert "ยังไม่ได้ให้เครื่องอ่าน" in page_text(client.get(path))
    assert client.post(path).status_code == 302
    document = Document.objects.get(letter_page=page)
    assert (document.state, document.run) == ("waiting", 1)
    waiting = client.get(path)
    assert "ดูความคืบหน้า" in page_text(waiting) and f'action="{path}"' not in waiting.content.decode()
    Document.objects.update(state="refused", refusal="timeout")
    refused = page_text(client.get(path))
    assert "นานเกินกำหนด" in refused and "ให้เครื่องอ่านอีกครั้ง" in refused
    client.post(path)
    document.refresh_from_db()
    assert (document.state, document.run) == ("waiting", 2)


def test_opening_a_case_takes_two_queries_more_for_recognised_pages_however_many(
    client: Client, case: Case, django_assert_max_num_queries: Any
) -> None:
    path = f"/desk/cases/{case.case_number}"
    for _ in range(2):
        add_text(commands.read_letter_page(add_letter_page(case)))
    client.get(path)
    with django_assert_max_num_queries(100) as few:
        client.get(path)
    for _ in range(4):
        add_text(commands.read_letter_page(add_letter_page(case)))
    with django_assert_max_num_queries(len(few)):
        client.get(path)
