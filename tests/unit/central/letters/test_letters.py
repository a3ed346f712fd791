"""Letters of a case: drafts with the values of the case, numbers without gaps or doubles, who may read them, names."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from central.cases.commands import Actor, correct_person, erase_case
from central.cases.models import Case, Complainant, NameRequest, PersonalDataRead
from central.cases.withheld_names import decide_request, request_name
from central.centres.models import Centre, Officer
from central.letters import commands
from central.letters.commands import LetterContent
from central.letters.errors import LetterError
from central.letters.kinds import KINDS, Audience, LetterKind
from central.letters.models import Letter, LetterOffice, LetterTemplate, NumberSeries
from central.letters.numbering import continue_after, take_number
from central.letters.page import letter_page
from central.letters.pdf import final_pdf
from central.letters.templates import save_version
from central.letters.texts import LetterText
from central.people.roles import Role
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.moments import SetClock, set_clock
from tests.unit.central.page_text import page_text
from tests.unit.central.step_posts import post_step

__all__ = ["set_clock"]
URL = "https://dk.example.go.th"


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CASE_OFFICER)


@pytest.fixture
def client(clerk: Officer) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def office(khonkaen: Centre) -> LetterOffice:
    return LetterOffice.objects.create(centre=khonkaen, code="ขก 0018", name="ศูนย์ดำรงธรรม", section="กลุ่มงานศูนย์ดำรงธรรม")


def named_case(centre: Centre, **fields: Any) -> Case:
    case = create_case(centre, **fields)
    Complainant.objects.create(case=case, source="typed", title="นาง", first_name="บุญมา", last_name="ใจดี")
    return case


def content_of(letter: Letter, **changes: str) -> LetterContent:
    return LetterContent(LetterText(**{**vars(letter.text), **changes}), letter.signer_name, letter.signer_position)


def written(letter: Letter) -> str:
    return "\n".join(vars(letter.text).values())


@pytest.mark.parametrize("kind", LetterKind)
def test_one_click_makes_a_draft_of_each_kind(khonkaen: Centre, client: Client, kind: LetterKind) -> None:
    case = named_case(khonkaen)
    assert client.post(f"/desk/cases/{case.case_number}/letters", {"kind": kind.value}).status_code == 302
    letter = Letter.objects.get()
    assert case.case_number in letter.subject
    assert "{" not in written(letter)
    assert ("บุญมา" in letter.addressee) == (KINDS[kind].audience is Audience.COMPLAINANT)
    page = client.get(f"/desk/cases/{case.case_number}/letters/{letter.pk}")
    assert letter.subject in page_text(page)
    assert client.get(f"/desk/cases/{case.case_number}/letters/{letter.pk}/pdf").content.startswith(b"%PDF")
    assert client.get(f"/desk/cases/{case.case_number}/letters/{letter.pk}/docx").content.startswith(b"PK")


def test_an_order_has_agency_text_and_due_date_of_the_referral(
    khonkaen: Centre, client: Client, clerk: Officer
) -> None:
    case, agency = create_case(khonkaen), create_agency(khonkaen, "banped", name_th="เทศบาลเมืองบ้านเป็ด")
    post_step(client, case.case_number, "order", agency=agency.code, order_text="ซ่อมไฟฟ้า\nแจ้งผลพร้อมภาพ")
    letter = commands.create_draft(clerk, Case.objects.get(), LetterKind.ORDER)
    assert (letter.addressee, letter.agency) == ("เทศบาลเมืองบ้านเป็ด", agency)
    assert "\nซ่อมไฟฟ้า\nแจ้งผลพร้อมภาพ\n" in letter.body


def test_numbers_follow_each_other_and_begin_again_in_the_next_year(
    khonkaen: Centre, clerk: Officer, office: LetterOffice, set_clock: SetClock
) -> None:
    case, numbers = create_case(khonkaen), []
    for moment in ("2026-12-30 10:00", "2026-12-31 23:59", "2027-01-01 00:01"):
        set_clock(moment)
        draft = commands.create_draft(clerk, case, LetterKind.MEMO)
        deleted = commands.create_draft(clerk, case, LetterKind.MEMO)
        commands.delete_draft(clerk, deleted, deleted.version)
        issued = commands.issue(clerk, draft, draft.version)
        numbers.append((issued.year, issued.number))
    assert numbers == [(2569, "ขก 0018/1"), (2569, "ขก 0018/2"), (2570, "ขก 0018/1")]
    assert "ที่ ขก ๐๐๑๘/๑" not in issued.number
    assert letter_page(issued, URL).number == "ขก ๐๐๑๘/๑"
    assert letter_page(issued, URL).dated == "๑ มกราคม ๒๕๗๐"


def test_a_failed_issue_gives_its_number_back(
    khonkaen: Centre, clerk: Officer, office: LetterOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = create_case(khonkaen)
    first, second = (commands.create_draft(clerk, case, LetterKind.MEMO) for _ in range(2))

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(commands, "note_on_letter", fail)
        commands.issue(clerk, first, first.version)
    assert commands.issue(clerk, second, second.version).sequence == 1


def test_a_series_continues_the_paper_register_and_never_goes_back(khonkaen: Centre, set_clock: SetClock) -> None:
    today = set_clock("2026-11-30 10:00").date()
    assert continue_after(khonkaen, today, 1250)
    assert take_number(khonkaen, today) == (2569, 1251)
    assert not continue_after(khonkaen, today, 1250)
    assert NumberSeries.objects.get().last == 1251


def test_an_issued_letter_does_not_change_and_a_cancelled_one_keeps_its_number(
    khonkaen: Centre, clerk: Officer, office: LetterOffice
) -> None:
    case = create_case(khonkaen)
    draft = commands.create_draft(clerk, case, LetterKind.MEMO)
    changed = commands.save_draft(clerk, draft, draft.version, content_of(draft, subject="เรื่องใหม่"))
    with pytest.raises(LetterError, match="changed this letter"):
        commands.save_draft(clerk, draft, draft.version, content_of(draft, subject="ของเก่า"))
    issued = commands.issue(clerk, changed, changed.version)
    pdf = final_pdf(issued, URL)
    office.name = "ชื่อใหม่"
    office.save()
    assert final_pdf(Letter.objects.get(), URL) == pdf
    with pytest.raises(LetterError, match="cannot be changed"):
        commands.save_draft(clerk, issued, issued.version, content_of(issued))
    commands.cancel(clerk, issued, "พิมพ์ผิด")
    following = commands.create_draft(clerk, case, LetterKind.MEMO)
    assert commands.issue(clerk, following, following.version).sequence == 2
    kinds = list(case.events.filter(kind__startswith="letter").values_list("kind", "payload__number"))
    assert kinds == [("letter_issued", "ขก 0018/1"), ("letter_cancelled", "ขก 0018/1"), ("letter_issued", "ขก 0018/2")]


def test_erasing_a_case_leaves_number_and_day_of_its_letters(
    khonkaen: Centre, clerk: Officer, office: LetterOffice
) -> None:
    case = named_case(khonkaen)
    commands.create_draft(clerk, case, LetterKind.RECEIPT)
    draft = commands.create_draft(clerk, case, LetterKind.RECEIPT)
    issued = commands.issue(clerk, draft, draft.version)
    final_pdf(issued, URL)
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=case.received_at)
    erase_case(case.pk, Actor.system(), erasure_id=1)
    left = Letter.objects.get()
    assert (left.number, left.dated, left.pdf, "".join(vars(left.text).values())) == (
        "ขก 0018/1",
        issued.dated,
        None,
        "",
    )
    with pytest.raises(LetterError, match="erased"):
        commands.create_draft(clerk, case, LetterKind.MEMO)


def test_without_a_letter_code_nothing_is_issued(khonkaen: Centre, clerk: Officer) -> None:
    draft = commands.create_draft(clerk, create_case(khonkaen), LetterKind.MEMO)
    with pytest.raises(LetterError, match="no letter code"):
        commands.issue(clerk, draft, draft.version)


def test_a_withheld_name_is_in_no_letter_to_an_agency(khonkaen: Centre, clerk: Officer) -> None:
    case = named_case(khonkaen, name_disclosure="withheld")
    draft = commands.create_draft(clerk, case, LetterKind.EXTERNAL)
    body = "นางบุญมา ใจดี แจ้งว่าไฟดับ\nตามที่บุญมาแจ้ง"
    saved = commands.save_draft(clerk, draft, draft.version, content_of(draft, body=body, reference="หนังสือของนางใจดี"))
    assert "บุญมา" not in written(saved)
    assert "ใจดี" not in written(saved)
    assert not saved.names_complainant


def test_a_letter_with_a_withheld_name_needs_the_permission_for_the_name(
    khonkaen: Centre, client: Client, clerk: Officer
) -> None:
    case = named_case(khonkaen, name_disclosure="withheld")
    nameless = commands.create_draft(clerk, case, LetterKind.ANSWER)
    assert (nameless.addressee, nameless.names_complainant) == (f"ผู้ร้องเรื่องเลขที่ {case.case_number}", False)
    request_name(clerk, case, "ส่งหนังสือ")
    second = create_officer_with(khonkaen, Role.DIRECTOR)
    decide_request(second, case, NameRequest.objects.get().pk, granted=True)
    named = commands.create_draft(clerk, case, LetterKind.ANSWER)
    assert (named.addressee, named.names_complainant) == ("นางบุญมา ใจดี", True)
    path = f"/desk/cases/{case.case_number}/letters/{named.pk}"
    assert client.get(path).status_code == 200
    assert PersonalDataRead.objects.filter(data_kind="letter", officer=clerk).exists()
    others = Client()
    others.force_login(create_officer_with(khonkaen, Role.CASE_OFFICER))
    for address in (path, f"{path}/pdf", f"{path}/docx"):
        refused = others.get(address)
        assert (refused.status_code, "บุญมา" in page_text(refused)) == (403, False)


def test_a_draft_with_the_name_before_a_correction_still_names_the_complainant(
    khonkaen: Centre, clerk: Officer
) -> None:
    case = named_case(khonkaen)
    draft = commands.create_draft(clerk, case, LetterKind.ANSWER)
    dpo = Actor.of(create_officer_with(khonkaen, Role.DPO))
    with transaction.atomic():
        correct_person(case, dpo, values={"first_name": "มานี", "last_name": "มีชัย"}, reason="คำขอของผู้ร้อง")
    saved = commands.save_draft(clerk, draft, 1, content_of(draft, subject="แจ้งผล"))
    assert "บุญมา" in saved.addressee
    assert saved.names_complainant


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DPO, Role.OPERATOR])
def test_who_may_not_write_letters_makes_none(khonkaen: Centre, role: Role) -> None:
    client = Client()
    client.force_login(create_officer_with(khonkaen, role))
    case = create_case(khonkaen)
    assert client.post(f"/desk/cases/{case.case_number}/letters", {"kind": "memo"}).status_code == 403
    assert 'id="add-letter"' not in page_text(client.get(f"/desk/cases/{case.case_number}"))


def test_another_centre_sees_nothing_of_a_letter(khonkaen: Centre, phayao: Centre, clerk: Officer) -> None:
    letter = commands.create_draft(clerk, create_case(khonkaen), LetterKind.MEMO)
    client = Client()
    client.force_login(create_officer_with(phayao, Role.DIRECTOR))
    assert client.get(f"/desk/cases/{letter.case.case_number}/letters/{letter.pk}").status_code == 404
    assert client.get(f"/desk/l/{letter.token}").status_code == 404


def test_a_letter_keeps_the_version_of_the_template_it_was_made_from(khonkaen: Centre, ministry: Centre) -> None:
    director, case = create_officer_with(ministry, Role.DIRECTOR), create_case(khonkaen)
    versions = []
    for body in ("ฉบับแรก", "ฉบับที่สอง"):
        save_version(director, ministry, LetterKind.MEMO, LetterText("เรื่อง {case}", "{head}", body))
        versions.append(commands.create_draft(director, case, LetterKind.MEMO))
    assert [(each.template.version, each.body) for each in versions if each.template] == [(1, "ฉบับแรก"), (2, "ฉบับที่สอง")]
    assert LetterTemplate.objects.count() == 2
    clerk = create_officer_with(khonkaen, Role.CASE_OFFICER)
    with pytest.raises(LetterError):
        save_version(clerk, khonkaen, LetterKind.MEMO, LetterText("ก", "ข", "ค"))


def test_an_administrator_writes_letterhead_and_template_with_a_preview(khonkaen: Centre) -> None:
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.ADMINISTRATOR))
    fields = {"code": "ขก ๐๐๑๘/", "name": "ศูนย์", "section": "กลุ่มงาน", "last_number": "40", "uses_thai_digits": "on"}
    assert client.post("/desk/letters/of/khonkaen/office", fields).status_code == 302
    assert LetterOffice.objects.get().code == "ขก 0018"
    assert client.post("/desk/letters/of/khonkaen/office", {**fields, "last_number": "39"}).status_code == 422
    text = {"subject": "เรื่อง {case}", "addressee": "{agency}", "body": "ข้อความ {due}"}
    template = "/desk/letters/of/khonkaen/templates/order"
    preview = client.post(template, {**text, "step": "preview"})
    assert (preview["Content-Type"], LetterTemplate.objects.count()) == ("application/pdf", 0)
    assert client.post(template, {**text, "step": "save"}).status_code == 302
    assert "ข้อความ {due}" in page_text(client.get(template))
    assert client.get("/desk/letters/of/khonkaen/templates/unknown").status_code == 404
