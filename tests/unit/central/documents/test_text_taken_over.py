"""The recognised text of a letter is offered beside its picture, and becomes the statement of the case."""

import hashlib

import pytest
from django.test import Client

from central.cases import commands, history
from central.cases.commands import ClosingInputs
from central.cases.models import Case
from central.centres.models import Centre
from central.documents.commands import read_letter_page
from central.documents.models import Document
from central.people.roles import Role
from protocol.choices import MAX_TEXT_CHARS, NameDisclosure
from tests.unit.central import sample_files
from tests.unit.central.documents.stored_files import SECRET, add_letter_page, add_text, attach
from tests.unit.central.factories import actor_with, create_case, create_officer_with
from tests.unit.central.page_text import page_text


@pytest.fixture
def clerk(khonkaen: Centre) -> Client:
    client = Client()
    client.cookies["desk_language"] = "en"
    client.force_login(create_officer_with(khonkaen, Role.INTAKE, name="clerk"))
    return client


def letter(centre: Centre) -> tuple[Case, str]:
    """A case from the post whose letter was read, and the address of its page beside the text."""
    case = create_case(centre, channel="post", text="")
    page = add_letter_page(case)
    read_letter_page(page)
    add_text(Document.objects.get(letter_page=page))
    return case, f"/desk/cases/{case.case_number}/pages/0/text"


def test_the_text_is_offered_beside_the_picture_and_taken_over(khonkaen: Centre, clerk: Client) -> None:
    case, address = letter(khonkaen)
    shown = page_text(clerk.get(address))
    assert SECRET in shown[shown.index('id="statement"') :], "the field has what was read"
    corrected = "ถนนหน้าวัดชำรุด\r\nขอให้ซ่อม\x07"
    answer = clerk.post(address, {"text": corrected})
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/cases/{case.case_number}")
    case.refresh_from_db()
    assert case.text == "ถนนหน้าวัดชำรุด\nขอให้ซ่อม"
    event = case.events.get(kind="take_over_text")
    digest = hashlib.sha256(case.text.encode()).hexdigest()
    assert (str(event.by), event.is_public, event.payload["sha256"]) == ("clerk", False, digest)
    assert history.verify_case(case) is None
    again = clerk.post(address, {"text": "ขอให้ซ่อม"})
    assert (again.status_code, "has this text already" in page_text(again)) == (422, True)
    clerk.post(address, {"text": "หน้าสอง"})
    case.refresh_from_db()
    assert case.text == "ถนนหน้าวัดชำรุด\nขอให้ซ่อม\nหน้าสอง", "the next page follows; nothing is replaced"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" \n ", "There is no text"), ("ก" * (MAX_TEXT_CHARS + 1), "longer than 20,000")],
)
def test_bad_text_is_one_sentence_and_stays_in_the_field(
    khonkaen: Centre, clerk: Client, text: str, sentence: str
) -> None:
    case, address = letter(khonkaen)
    answer = clerk.post(address, {"text": text})
    page = page_text(answer)
    assert (answer.status_code, sentence in page, text.strip()[:50] in page) == (422, True, True)
    case.refresh_from_db()
    assert case.text == ""


def test_a_withheld_name_a_closed_case_and_an_agencys_file_offer_nothing(khonkaen: Centre, clerk: Client) -> None:
    case, address = letter(khonkaen)
    Case.objects.filter(pk=case.pk).update(name_disclosure=NameDisclosure.WITHHELD.value)
    assert clerk.post(address, {"text": "x"}).status_code == 403, "the letter itself is covered"
    owner = actor_with(khonkaen, Role.CASE_OFFICER)
    with pytest.raises(commands.NotAllowedError, match="withheld"):
        commands.take_over_text(case, owner, seen_revision=None, text="x")
    closed, address = letter(khonkaen)
    commands.take(closed, owner, seen_revision=None)
    director = actor_with(khonkaen, Role.DIRECTOR)
    commands.close(closed, director, seen_revision=None, inputs=ClosingInputs("resolved", "ซ่อมแล้ว"))
    assert 'id="take-over"' not in page_text(clerk.get(address))
    assert clerk.post(address, {"text": "x"}).status_code == 403
    report = attach(khonkaen, sample_files.pdf(1))
    add_text(Document.objects.get(attachment=report))
    address = f"/desk/cases/{report.case.case_number}/files/{report.pk}/text"
    assert 'id="take-over"' not in page_text(clerk.get(address))
    assert clerk.post(address, {"text": "x"}).status_code == 403


def test_who_only_reads_cases_takes_nothing_over(khonkaen: Centre) -> None:
    _, address = letter(khonkaen)
    chief = Client()
    chief.force_login(create_officer_with(khonkaen, Role.CHIEF))
    assert 'id="take-over"' not in page_text(chief.get(address))
    assert chief.post(address, {"text": "x"}).status_code == 403
