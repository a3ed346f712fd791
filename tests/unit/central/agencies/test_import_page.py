"""The upload of a file of agencies: checked first, imported by a second step."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from central.agencies import commands
from central.agencies.limits import MAX_IMPORT_BYTES
from central.agencies.models import Agency, ImportDraft
from central.agencies.retention import delete_old_drafts
from central.centres.models import Centre, Officer
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, officer_with_role
from tests.unit.central.conftest import client_of
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text

PATH = "/desk/agencies/of/khonkaen/import"
GOOD = "รหัสหน่วยงาน,ชื่อหน่วยงาน,ประเภทหน่วยงาน,โทรศัพท์\nnew-office,สำนักงานใหม่,ที่ดิน,043000333\n"


def upload(client: Client, text: str | bytes, path: str = PATH) -> ClientResponse:
    content = text.encode() if isinstance(text, str) else text
    response: ClientResponse = client.post(path, {"file": SimpleUploadedFile("agencies.csv", content)})
    return response


def test_a_file_is_previewed_then_imported(admin_client: Client, khonkaen: Centre) -> None:
    commands.create(LAND, khonkaen, None)
    preview = upload(admin_client, f"{GOOD}land-office,{LAND.name_th},ที่ดิน,043000444\n")
    shown = page_text(preview)
    assert preview.status_code == 200
    assert ('id="new">1<' in shown, 'id="changed">1<' in shown, "แก้ไข: โทรศัพท์" in shown) == (True, True, True)
    assert Agency.objects.count() == 1, "nothing is imported yet"
    assert admin_client.post(f"{PATH}/apply")["Location"] == "/desk/agencies"
    assert Agency.objects.get(code="new-office").phone == "043000333"
    assert Agency.objects.get(code="land-office").phone == "043000444"
    assert not ImportDraft.objects.exists()
    again = admin_client.post(f"{PATH}/apply")
    assert again.status_code == 409
    assert "ไม่มีไฟล์ที่ตรวจแล้ว" in page_text(again)


def test_errors_are_shown_by_row_and_column_and_nothing_can_be_imported(admin_client: Client, khonkaen: Centre) -> None:
    response = upload(admin_client, f"{GOOD}Bad Code,,circus,\n")
    shown = page_text(response)
    assert response.status_code == 422
    assert 'data-label="แถว">3</td><td class="nowrap">รหัสหน่วยงาน</td><td>ใช้ได้เฉพาะ a-z' in shown
    assert "ไม่มีประเภทหน่วยงานนี้" in shown
    assert admin_client.post(f"{PATH}/apply").status_code == 409
    admin_client.cookies["desk_language"] = "en"
    assert "There is no such kind of agency" in page_text(upload(admin_client, f"{GOOD}x,y,circus,\n"))
    assert not Agency.objects.exists()


def test_what_changed_between_check_and_import_is_checked_again(admin_client: Client, khonkaen: Centre) -> None:
    upload(admin_client, f"code,name_th,kind,supervising_code\nx,ชื่อ,land,{LAND.code}\n".replace(LAND.code, ""))
    upload(admin_client, "code,name_th,kind\nx,ชื่อ,land\n")
    waiting = commands.register(LAND, khonkaen)
    Agency.objects.filter(pk=waiting.pk).update(code="x")
    refused = admin_client.post(f"{PATH}/apply")
    assert refused.status_code == 409
    assert "รหัสนี้มีหน่วยงานอื่นใช้แล้ว" in page_text(refused)
    assert Agency.objects.count() == 1


def test_files_that_are_none_are_refused_with_a_sentence(admin_client: Client) -> None:
    assert "โปรดเลือกไฟล์ CSV" in page_text(admin_client.post(PATH, {}))
    assert "ไฟล์ใหญ่เกิน 4 MB" in page_text(upload(admin_client, b"x" * (MAX_IMPORT_BYTES + 1)))
    assert "อ่านไฟล์นี้ไม่ได้" in page_text(upload(admin_client, b"\x89PNG\x00\xff"))
    assert upload(admin_client, b"x" * (2 * MAX_IMPORT_BYTES + 100_000)).status_code == 413


def test_a_file_is_for_the_centre_it_was_checked_for_and_for_its_officer(
    admin_client: Client, khonkaen: Centre, mueang: Centre
) -> None:
    upload(admin_client, GOOD)
    assert admin_client.post("/desk/agencies/of/mueang-kk/import/apply").status_code == 409
    other = client_of(officer_with_role(khonkaen, "admin-two", Role.ADMINISTRATOR))
    assert other.post(f"{PATH}/apply").status_code == 409
    assert not Agency.objects.exists()


def test_the_export_is_a_file_that_the_import_reads(admin_client: Client, khonkaen: Centre) -> None:
    commands.create(LAND, khonkaen, None)
    response = admin_client.get("/desk/agencies/of/khonkaen/export")
    assert response["Content-Disposition"] == 'attachment; filename="agencies-khonkaen.csv"'
    assert 'id="unchanged">1<' in page_text(upload(admin_client, response.content))


def test_a_file_that_nobody_imports_is_deleted_after_a_day(admin_client: Client, administrator: Officer) -> None:
    upload(admin_client, GOOD)
    uploaded = ImportDraft.objects.get().uploaded_at
    delete_old_drafts(uploaded + timedelta(hours=23))
    assert ImportDraft.objects.exists()
    delete_old_drafts(uploaded + timedelta(hours=25))
    assert not ImportDraft.objects.exists()
