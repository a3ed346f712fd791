"""Files of agencies: encodings and headings, errors by row and column, all or nothing, by code, round trip."""

import csv
import io
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central import cli
from central.agencies import commands
from central.agencies.csv_columns import COLUMNS
from central.agencies.csv_file import write_file
from central.agencies.csv_import import ImportPlan, plan_import, run_import
from central.agencies.details import AgencyDetails, ContactDetails, details_of
from central.agencies.errors import RegisterError
from central.agencies.limits import MAX_IMPORT_BYTES
from central.agencies.models import Agency, RegisterChange, RoutingRule
from central.agencies.register import confirmed_agencies, with_details
from central.centres.models import Centre, Officer
from central.csv_files import MAX_ROWS, read_rows, write_rows
from central.people.roles import Role
from tests.unit.central.agencies.conftest import LAND, STATION, officer_with_role

THAI = "รหัสหน่วยงาน,ชื่อหน่วยงาน,ประเภทหน่วยงาน,พื้นที่รับผิดชอบ,กำหนดแล้วเสร็จ (วันทำการ)\n"
ROWS = (
    "pea-kk,การไฟฟ้าส่วนภูมิภาคจังหวัดขอนแก่น,ไฟฟ้า,,10\n"
    "ban-phai,สถานีตำรวจภูธรบ้านไผ่,ตำรวจ,อ.บ้านไผ่,\n"
    "ban-pet,องค์การบริหารส่วนตำบลบ้านเป็ด,Local government,ต.บ้านเป็ด อ.เมืองขอนแก่น,15\n"
)


def stored(centre: Centre) -> dict[str, AgencyDetails]:
    return {agency.code: details_of(agency) for agency in with_details(confirmed_agencies(centre))}


def error_list(plan: ImportPlan) -> list[tuple[int, str, str]]:
    return [(error.row, error.column.en if error.column else "", error.sentence.en) for error in plan.errors]


def import_text(text: str, centre: Centre) -> ImportPlan:
    return run_import(text.encode(), centre, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_thai_spreadsheets_write_is_read(khonkaen: Centre, encoding: str, separator: str) -> None:
    lines = csv.reader(io.StringIO(THAI + ROWS))
    text = "\r\n".join(separator.join(cells) for cells in lines)
    plan = run_import(text.encode(encoding), khonkaen, None)
    assert (len(plan.new), plan.errors) == (3, ())
    agencies = stored(khonkaen)
    assert agencies["pea-kk"] == AgencyDetails(
        code="pea-kk",
        name_th="การไฟฟ้าส่วนภูมิภาคจังหวัดขอนแก่น",
        kind="electricity",
        level="province",
        declared_days=10,
    )
    assert (agencies["ban-phai"].areas, agencies["ban-phai"].level) == (("4010",), "district")
    assert (agencies["ban-pet"].areas, agencies["ban-pet"].level) == (("400115",), "tambon")
    assert agencies["ban-pet"].kind == "local_government"


def test_importing_twice_changes_nothing_and_a_changed_cell_only_its_field(
    khonkaen: Centre, administrator: Officer
) -> None:
    commands.create(replace(LAND, other_contacts=(ContactDetails("นายทดสอบ ระบบ"),)), khonkaen, None)
    run_import((THAI + ROWS).encode(), khonkaen, administrator)
    again = run_import((THAI + ROWS).encode(), khonkaen, administrator)
    assert (len(again.new), len(again.changed), again.unchanged_count) == (0, 0, 3)
    assert run_import(f"รหัส,ชื่อ,ประเภท,พื้นที่,declared days\n{ROWS}".encode(), khonkaen, None).unchanged_count == 3
    text = "Code,Name TH,KIND,email\nPEA-KK,การไฟฟ้าส่วนภูมิภาคจังหวัดขอนแก่น,electricity,pea@example.go.th\n"
    (row,) = import_text(text, khonkaen).changed
    assert row.changed == ("email",)
    assert stored(khonkaen)["pea-kk"].declared_days == 10, "a column that the file does not have changes nothing"
    assert stored(khonkaen)["land-office"].other_contacts, "an agency that the file does not name stays"
    assert Agency.objects.get(code="pea-kk").version == 2
    recorded = RegisterChange.objects.filter(kind="imported").values_list("by__username", "detail")
    assert sorted(recorded, key=str)[-1] == (None, "email")
    assert len(recorded) == 4


def test_every_error_has_its_row_and_column_and_nothing_is_imported(khonkaen: Centre) -> None:
    header = "code,name_th,kind,areas,email,declared_days,contact_phone,supervising_code,in_use,level\n"
    rows = (
        "good-one,หน่วยงานหนึ่ง,land,,,,,,,\n"
        "\n"
        "Bad Code,,circus,จ.พะเยา,x,สิบ,081,nobody,maybe,moon\n"
        "good-one,หน่วยงานสอง,land,แม่ริม,,0,,,,\n"
    )
    plan = import_text(header + rows, khonkaen)
    assert error_list(plan) == [
        (4, "code", "Use a to z, 0 to 9 and hyphens only, such as land-office"),
        (4, "name_th", "Please fill this in"),
        (4, "kind", "There is no such kind of agency"),
        (4, "level", "There is no such level"),
        (4, "areas", "Phayao is outside the centre's area"),
        (4, "email", "This is not an e-mail address"),
        (4, "contact_name", "Please state the contact's name"),
        (4, "declared_days", "Must be a whole number"),
        (4, "in_use", "Must be yes or no"),
        (5, "declared_days", "Must be a number of working days, 1 to 365"),
        (5, "areas", "There is no area «แม่ริม»"),
        (5, "code", "Row 2 has the same code"),
    ]
    assert not plan.rows
    assert not Agency.objects.exists()
    assert not RegisterChange.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file has no rows"),
        (b"code,name_th,kind\n", "The file has no rows"),
        (b"code,name_th\nx,y\n", "The column «kind» is missing"),
        (b"code,name_th,kind,colour\nx,y,land,red\n", "found “colour”"),
        (b"code,name_th,kind,code\nx,y,land,z\n", "found “code”"),
        (b"PK\x03\x04\x00\x00\xff\xfe", "This file cannot be read; please save it as CSV (UTF-8)"),
        (b"code,name_th,kind\n" + b"x,y,land\n" * (MAX_ROWS + 1), "more than 5,000 rows"),
        (b"x" * (MAX_IMPORT_BYTES + 1), "larger than 4 MB"),
        (b'code,name_th,kind\n"x,y,land\n', "cannot be read"),
        (b"code,name_th,kind\nx,y,land,more\n", "Line 2 cannot be read"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_one_sentence(khonkaen: Centre, content: bytes, sentence: str) -> None:
    ((row, column, text),) = error_list(run_import(content, khonkaen, None))
    assert (row, column) == (0, "")
    assert sentence in text


def test_supervising_agencies_are_resolved_within_the_file_and_above(khonkaen: Centre, ministry: Centre) -> None:
    commands.create(replace(STATION, code="igp", areas=(), level="national"), ministry, None)
    header = "code,name_th,kind,supervising_code\n"
    import_text(f"{header}station,สถานี,police,province\nprovince,ภูธรจังหวัด,police,igp\n", khonkaen)
    assert {code: details.supervising_code for code, details in stored(khonkaen).items()} == {
        "station": "province",
        "province": "igp",
    }
    circle = import_text(f"{header}province,ภูธรจังหวัด,police,station\n", khonkaen)
    assert error_list(circle) == [(2, "supervising_code", "An agency cannot supervise itself, directly or in a circle")]
    itself = import_text(f"{header}other,อื่น,police,other\n", khonkaen)
    assert error_list(itself) == error_list(circle)
    missing = import_text(f"{header}other,อื่น,police,nobody\n", khonkaen)
    assert error_list(missing) == [(2, "supervising_code", "There is no agency with this code to supervise it")]
    import_text(f"{header}igp,จเรตำรวจในทะเบียนจังหวัด,police,igp\n", khonkaen)
    copy = Agency.objects.get(centre=khonkaen, code="igp")
    assert copy.supervising_agency == Agency.objects.get(centre=ministry, code="igp"), "the one above with its code"


def test_an_agency_that_rules_name_is_not_taken_out_of_use_by_a_file(khonkaen: Centre) -> None:
    agency = commands.create(LAND, khonkaen, None)
    RoutingRule.objects.create(centre=khonkaen, position=1, lead_agency=agency, copy_agency=agency)
    text = f"code,name_th,kind,in_use\nland-office,{LAND.name_th},land,ไม่ใช่\n"
    ((row, column, sentence),) = error_list(import_text(text, khonkaen))
    assert (row, column) == (2, "in_use")
    assert "Routing rules that name this agency: 1" in sentence
    RoutingRule.objects.all().delete()
    assert import_text(text, khonkaen).changed
    assert not Agency.objects.get().is_active


def test_a_code_of_a_waiting_registration_is_not_taken_by_a_file(khonkaen: Centre) -> None:
    waiting = commands.register(LAND, khonkaen)
    ((_, column, sentence),) = error_list(import_text(f"code,name_th,kind\n{waiting.code},ชื่อ,land\n", khonkaen))
    assert (column, sentence) == ("code", commands.CODE_TAKEN.en)


def test_only_who_manages_agencies_imports(khonkaen: Centre) -> None:
    with pytest.raises(RegisterError, match="may not"):
        run_import((THAI + ROWS).encode(), khonkaen, officer_with_role(khonkaen, "intake", Role.INTAKE))


FULL = replace(
    LAND,
    areas=("4001", "400115"),
    name_en='Land "office", Khon Kaen; =1+1',
    address="=HYPERLINK(A1)",
    phone="+66 43 000 111",
    supervising_code="police-mueang",
    is_active=False,
)


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_export_is_read_back_without_a_change(khonkaen: Centre, phayao: Centre, language: str) -> None:
    commands.create(STATION, khonkaen, None)
    commands.create(FULL, khonkaen, None)
    commands.register(LAND, khonkaen)
    before = stored(khonkaen)
    content = write_file(before.values(), language)
    assert plan_import(content, khonkaen).unchanged_count == 2
    Agency.objects.filter(centre=khonkaen).update(supervising_agency=None)
    Agency.objects.all().delete()
    assert len(run_import(content, khonkaen, None).new) == 2
    assert stored(khonkaen) == before


def test_a_cell_that_would_be_a_formula_is_marked_as_text(khonkaen: Centre) -> None:
    cells = list(csv.reader(io.StringIO(write_file([FULL], "en").decode("utf-8-sig"))))[1]
    by_name = dict(zip([column.name for column in COLUMNS], cells, strict=True))
    assert by_name["address"] == "'=HYPERLINK(A1)"
    assert by_name["phone"] == "'+66 43 000 111"
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@settings(deadline=None)
@given(st.lists(st.text("=+-@' ก1,;\"\n", max_size=8), min_size=1, max_size=4))
def test_every_cell_is_read_back_and_none_is_a_formula(texts: list[str]) -> None:
    texts = [f"x{texts[0]}", *(text.strip() for text in texts[1:])]
    columns = [f"c{index}" for index in range(len(texts))]
    content = write_rows(columns, [texts])
    assert list(read_rows(content, columns)[0].cells.values()) == [text.strip() for text in texts]
    for cells in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_number_that_a_spreadsheet_shortened_gets_its_zero_back(khonkaen: Centre) -> None:
    import_text("code,name_th,kind,phone,contact_name,contact_phone\nx,ชื่อ,land,43000111,นางทดสอบ,810000000\n", khonkaen)
    details = stored(khonkaen)["x"]
    assert (details.phone, details.contact_point.phone) == ("043000111", "0810000000")


def test_the_largest_file_is_imported_with_few_statements(
    khonkaen: Centre, django_assert_max_num_queries: object
) -> None:
    rows = [
        replace(STATION, code=f"agency-{number}", contact_point=ContactDetails("นางทดสอบ"))
        for number in range(MAX_ROWS)
    ]
    content = write_file(rows, "th")
    started = time.process_time()
    with django_assert_max_num_queries(300):  # type: ignore[operator]
        assert len(run_import(content, khonkaen, None).new) == MAX_ROWS
    changed = write_file((replace(row, areas=("4002",), supervising_code="agency-0") for row in rows[1:]), "th")
    assert len(run_import(changed, khonkaen, None).changed) == MAX_ROWS - 1
    assert time.process_time() - started < 60


def test_the_command_imports_exports_and_installs(
    khonkaen: Centre, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "agencies.csv"
    file.write_bytes((THAI + ROWS).encode())

    def run(*arguments: str) -> tuple[int, str, bytes]:
        status = cli.main(["agencies", *arguments, "--centre", "khonkaen"])
        output = capfdbinary.readouterr()
        return status, output.err.decode(), output.out

    assert run("import", str(file), "--dry-run") == (0, "Would import: 3 new, 0 changed, 0 unchanged.\n", b"")
    assert not Agency.objects.exists()
    assert run("import", str(file)) == (0, "Imported: 3 new, 0 changed, 0 unchanged.\n", b"")
    status, _, exported = run("export")
    assert status == 0
    assert "การไฟฟ้าส่วนภูมิภาคจังหวัดขอนแก่น" in exported.decode("utf-8-sig")
    assert plan_import(exported, khonkaen).unchanged_count == 3
    status, message, _ = run("install-rules", "police")
    assert status == 0
    assert "4 added to khonkaen" in message
    assert "Police (Region or bureau)" in message
    file.write_text("code,name_th,kind\nX Y,ชื่อ,land\n")
    status, message, _ = run("import", str(file))
    assert status == 2
    assert "row 2, code: Use a to z" in message
    assert "nothing was imported" in message
    assert run("import", str(tmp_path / "none.csv"))[0] == 2
