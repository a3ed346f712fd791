"""Investigation files: who reads them, what can be entered, the chain of custody, the report, and their erasure."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from docx import Document

from central.cases.commands import Actor, erase_case
from central.cases.errors import NotAllowedError
from central.cases.history import verify_case
from central.cases.models import Case, PersonalDataRead
from central.centres.models import Centre, Officer
from central.investigation import commands
from central.investigation.custody import is_intact
from central.investigation.models import CustodyEntry, Evidence, Investigation, Mediation, Statement, Task
from central.investigation.report import build_report, report_pdf, report_word
from central.people.roles import Role
from central.search.indexing import index_marked
from central.search.models import IndexWord
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import upload
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

TODAY = timezone.localdate()
SECRET = "พยานเห็นรถบรรทุก"


def person(centre: Centre, role: Role, name: str) -> Officer:
    officer = create_officer_with(centre, role, name=name)
    officer.first_name = name
    officer.set_password(PASSWORD)
    officer.save()
    return officer


@pytest.fixture
def chief(khonkaen: Centre) -> Officer:
    return person(khonkaen, Role.CHIEF, "chief")


@pytest.fixture
def lead(khonkaen: Centre) -> Officer:
    return person(khonkaen, Role.CASE_OFFICER, "lead")


@pytest.fixture
def case(khonkaen: Centre) -> Case:
    return create_case(khonkaen)


@pytest.fixture
def file(case: Case, chief: Officer, lead: Officer) -> Investigation:
    return commands.open_file(chief, case, question="ใครทิ้งขยะ", investigators=[lead])


def fill(file: Investigation, lead: Officer) -> None:
    commands.add_task(lead, file, text="สอบถามผู้ใหญ่บ้าน", owner=lead, due=TODAY)
    commands.finish_task(lead, file, Task.objects.get().pk, "สอบแล้ว")
    commands.add_statement(
        lead, file, person="นางสาวมะลิ", capacity="witness", taken_on=TODAY, place="ศาลาประชาคม", text=SECRET
    )
    commands.add_visit(
        lead, file, visited_on=TODAY, place="หมู่ 5", participants="ผู้ใหญ่บ้าน", observations="พบกองขยะ 3 กอง"
    )
    commands.add_mediation(
        lead,
        file,
        held_on=TODAY,
        place="อำเภอ",
        mediator="ปลัดอำเภอ",
        parties="ผู้ร้อง ผู้ถูกร้อง",
        result="agreed",
        terms="เก็บขยะภายใน 7 วัน",
    )


def evidence(file: Investigation, lead: Officer) -> Evidence:
    from central.cases.attachments import prepare_files  # noqa: PLC0415

    (photo,) = prepare_files([upload(sample_files.photo())])
    return commands.add_evidence(
        lead,
        file,
        kind="picture",
        description="ภาพกองขยะ",
        received_on=TODAY,
        received_from="นางสาวมะลิ",
        stored_at="ตู้ 2",
        file=photo,
    )


def test_only_named_investigators_read_and_write(
    khonkaen: Centre, case: Case, chief: Officer, lead: Officer, file: Investigation
) -> None:
    fill(file, lead)
    address = f"/desk/cases/{case.case_number}/investigation"
    assert SECRET in page_text(client_of(lead).get(address))
    assert PersonalDataRead.objects.filter(data_kind="inquiry", officer=lead).exists()
    page = page_text(client_of(chief).get(address))
    assert (SECRET in page, "lead" in page) == (False, True), "who orders it sees who investigates"
    for role in (Role.CASE_OFFICER, Role.DIRECTOR, Role.GOVERNOR, Role.AUDITOR, Role.DPO, Role.ADMINISTRATOR):
        client = client_of(person(khonkaen, role, f"other-{role.value}"))
        response = client.get(address)
        assert SECRET not in response.content.decode().replace("\u200b", "")
        for path in ("report/pdf", "evidence/1/file"):
            assert client.get(f"{address}/{path}").status_code in (403, 404)
        assert client.post(f"{address}/visits", {"place": "x"}).status_code in (403, 404)
    index_marked()
    assert not IndexWord.objects.filter(word__contains="บรรทุก").exists()


def test_a_superior_opens_names_and_removes(
    khonkaen: Centre, case: Case, chief: Officer, lead: Officer, file: Investigation
) -> None:
    second = person(khonkaen, Role.CASE_OFFICER, "second")
    with pytest.raises(NotAllowedError, match="does not allow"):
        commands.name_investigator(lead, file, second)
    with pytest.raises(NotAllowedError, match="already"):
        commands.open_file(chief, case, question="x", investigators=[lead])
    with pytest.raises(NotAllowedError, match="Choose an investigator"):
        commands.name_investigator(chief, file, person(khonkaen, Role.AUDITOR, "auditor"))
    with pytest.raises(NotAllowedError, match="at least one"):
        commands.remove_investigator(chief, file, lead)
    commands.name_investigator(chief, file, second)
    commands.remove_investigator(chief, file, lead)
    address = f"/desk/cases/{case.case_number}/investigation"
    assert [client_of(each).get(address).status_code for each in (lead, second)] == [403, 200]
    kinds = list(case.events.order_by("seq").values_list("kind", "is_public"))
    assert kinds[1:] == [
        ("investigation_opened", False),
        ("investigator_named", False),
        ("investigator_removed", False),
    ]
    assert verify_case(case) is None
    assert file.investigators.get(removed_at=None).is_lead, "somebody leads"
    second.memberships.update(role=Role.AUDITOR.value)
    assert client_of(second).get(address).status_code == 403, "a role that does not investigate"


def test_a_tambon_team_mediates_in_its_own_tambon(khonkaen: Centre, case: Case, chief: Officer) -> None:
    head = person(khonkaen, Role.TEAM_HEAD, "team")
    head.memberships.update(tambons=case.area)
    file = commands.open_file(chief, case, question="ไกล่เกลี่ยแนวเขต", investigators=[head])
    fill(file, head)
    assert Mediation.objects.get().entered_by == head
    head.memberships.update(tambons="409999")
    with pytest.raises(NotAllowedError, match="does not allow"):
        commands.finish_task(Officer.objects.get(pk=head.pk), file, 1, "เสร็จ")


def test_the_chain_of_custody_shows_a_changed_entry(lead: Officer, file: Investigation) -> None:
    piece = evidence(file, lead)
    commands.hand_over(lead, file, piece.pk, giver="lead", receiver="พิสูจน์หลักฐาน", purpose="ตรวจภาพ")
    assert (piece.number, default_storage.exists(piece.file.name)) == (1, True)
    assert [entry.giver for entry in piece.custody.all()] == ["นางสาวมะลิ", "lead"]
    assert is_intact(piece, piece.custody.all())
    CustodyEntry.objects.filter(giver="lead").update(receiver="คนอื่น")
    assert not is_intact(piece, piece.custody.all())


def test_bad_input_is_one_sentence_and_stores_nothing(lead: Officer, file: Investigation) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(NotAllowedError, match="future"):
        commands.add_statement(lead, file, person="ก", capacity="witness", taken_on=tomorrow, place="ข", text="ค")
    with pytest.raises(NotAllowedError, match="past"):
        commands.add_task(lead, file, text="x", owner=lead, due=date(2020, 1, 1))
    with pytest.raises(NotAllowedError, match="every field"):
        commands.add_visit(lead, file, visited_on=TODAY, place=" ", participants="ก", observations="ข")
    with pytest.raises(NotAllowedError, match="too long"):
        commands.add_visit(lead, file, visited_on=TODAY, place="ก" * 301, participants="ก", observations="ข")
    assert (Statement.objects.count(), Task.objects.count(), file.sitevisits.count()) == (0, 0, 0)


def test_the_report_is_built_from_the_records_and_a_closed_file_stays(lead: Officer, file: Investigation) -> None:
    fill(file, lead)
    evidence(file, lead)
    commands.add_task(lead, file, text="ส่งรายงาน", owner=lead, due=TODAY)
    with pytest.raises(NotAllowedError, match="not done"):
        commands.close_file(lead, file, "ควรยุติเรื่อง")
    commands.finish_task(lead, file, Task.objects.get(done_at=None).pk, "ส่งแล้ว")
    commands.close_file(lead, file, "ควรยุติเรื่อง")
    with pytest.raises(NotAllowedError, match="closed"):
        fill(file, lead)
    report = build_report(Investigation.objects.get())
    assert [section.title for section in report.sections] == [
        "ความเป็นมา",
        "ประเด็นที่สืบสวน",
        "การดำเนินการ",
        "ถ้อยคำ",
        "พยานหลักฐาน",
        "การลงพื้นที่",
        "การไกล่เกลี่ย",
        "ความเห็น",
    ]
    assert "กองขยะ ๓ กอง" in report.sections[5].paragraphs[0]
    assert report_pdf(report).startswith(b"%PDF")
    words = "\n".join(each.text for each in Document(BytesIO(report_word(report))).paragraphs)
    assert all(text in words for text in (SECRET, "ควรยุติเรื่อง", "(lead)"))


def test_an_erased_case_loses_its_file(lead: Officer, file: Investigation) -> None:
    fill(file, lead)
    name = evidence(file, lead).file.name
    Case.objects.update(closed_at=timezone.now())
    assert erase_case(file.case_id, Actor.system(), erasure_id=1) == [name]
    assert not Investigation.objects.exists()


def test_the_pages_from_opening_to_the_report(khonkaen: Centre, case: Case, chief: Officer, lead: Officer) -> None:
    address = f"/desk/cases/{case.case_number}/investigation"
    boss, investigator = client_of(chief), client_of(lead)
    assert f"{address}" in page_text(boss.get(f"/desk/cases/{case.case_number}"))
    assert boss.post(address, {"question": "", "lead": lead.pk}).status_code == 422
    assert boss.post(address, {"question": "ใครทิ้งขยะ", "lead": lead.pk}).status_code == 302
    due = {"text": "ลงพื้นที่", "owner": lead.pk, "due": TODAY.isoformat()}
    assert investigator.post(f"{address}/tasks", due).status_code == 302
    again = investigator.post(f"{address}/tasks", due | {"due": "2020-01-01"})
    assert (again.status_code, "ลงพื้นที่" in page_text(again)) == (409, True), "what was typed is shown again"
    assert "ลงพื้นที่" in page_text(investigator.get("/desk/investigations"))
    assert _add_evidence(investigator, address).status_code == 302
    piece = Evidence.objects.get()
    assert investigator.get(f"{address}/evidence/{piece.pk}/file")["Content-Type"] == "image/jpeg"
    handed = {"giver": "ก", "receiver": "ข", "purpose": "ตรวจ"}
    assert investigator.post(f"{address}/evidence/{piece.pk}/hand-over", handed).status_code == 302
    assert investigator.post(f"{address}/tasks/{Task.objects.get().pk}/done", {"result": "เสร็จ"}).status_code == 302
    assert investigator.post(f"{address}/opinion", {"opinion": "ยุติ"}).status_code == 302
    assert investigator.get(f"{address}/report/pdf").content.startswith(b"%PDF")
    assert investigator.get(f"{address}/report/docx").content.startswith(b"PK")


def _add_evidence(client: Client, address: str) -> ClientResponse:
    values = {
        "kind": "picture",
        "description": "ภาพ",
        "received_on": TODAY.isoformat(),
        "received_from": "ก",
        "stored_at": "ตู้",
        "attached": upload(sample_files.photo()),
    }
    response: ClientResponse = client.post(f"{address}/evidence", values)
    return response
