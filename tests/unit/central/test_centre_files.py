"""Centres from CSV files and from official codes: planned, applied whole or not at all, and fast for the country."""

import time
from pathlib import Path

import pytest

from central import cli, csv_files
from central.centres import importing
from central.centres.importing import COLUMNS, Effect, PlanRefusedError
from central.centres.models import Centre, CentreChange, Officer
from central.centres.names import country_areas
from central.csv_files import CsvFileError
from provision.central.setup import is_centre_listed

HEADER = ",".join(COLUMNS)


def file_of(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def test_the_country_has_76_provinces_and_878_districts_without_bangkok() -> None:
    areas = country_areas()
    assert [sum(len(area) == length for area in areas) for length in (2, 4)] == [76, 878]
    assert not [area for area in areas if area.startswith("10")]


def test_all_centres_of_the_country_are_created_in_ten_seconds_and_only_once(db: None) -> None:
    started = time.monotonic()
    assert cli.main(["centres", "generate", "--all"]) == 0
    assert time.monotonic() - started < 10  # 0.3 s on a desktop processor
    assert Centre.objects.count() == 955
    assert Centre.objects.filter(path__startswith="/moi/khonkaen/").count() == 27
    paths = list(Centre.objects.values_list("path", flat=True))
    plan = importing.create_country()
    assert plan.count(Effect.NOTHING) == 955
    assert list(Centre.objects.values_list("path", flat=True)) == paths


def test_one_province_is_completed_around_what_exists(khonkaen: Centre) -> None:
    own = Centre.objects.create(parent=khonkaen, slug="np", area_code="4007", name_th="น้ำพอง", name_en="NP")
    plan = importing.create_country(["40"])
    assert (plan.count(Effect.CREATE), plan.count(Effect.NOTHING)) == (25, 2)
    own.refresh_from_db()
    assert (own.slug, own.name_en) == ("np", "NP")
    assert importing.create_country(["40"]).count(Effect.CREATE) == 0


def test_a_slug_that_another_centre_has_gets_the_code(ministry: Centre, khonkaen: Centre) -> None:
    Centre.objects.create(parent=ministry, slug="nam-phong", area_code="56", name_th="พะเยา", name_en="Phayao")
    importing.create_country(["40"])
    assert Centre.objects.get(area_code="4007").slug == "nam-phong-4007"


def test_a_province_at_the_top_goes_below_the_new_ministry(db: None, officer: Officer) -> None:
    Centre.objects.filter(slug="khonkaen").update(parent=None, path="/khonkaen/")
    Centre.objects.filter(slug="moi").delete()
    importing.create_country()
    assert Centre.objects.get(area_code="40").path == "/moi/khonkaen/"
    assert Centre.objects.get(area_code="4007").path == "/moi/khonkaen/nam-phong/"
    assert officer.memberships.get().centre == Centre.objects.get(area_code="40")


@pytest.mark.parametrize("province", ["10", "99", "4007", "x", ""])
def test_only_a_province_with_district_centres_is_generated(
    province: str, khonkaen: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["centres", "generate", "--province", province]) == 2
    assert "is not one of the 76 provinces" in capsys.readouterr().err


def test_an_exported_file_imports_as_unchanged(db: None) -> None:
    importing.create_country()
    changes = CentreChange.objects.count()
    plan = importing.import_file(importing.export_file(), by=None)
    assert plan.count(Effect.NOTHING) == 955
    assert CentreChange.objects.count() == changes


def test_a_file_builds_the_same_country_in_any_order(db: None) -> None:
    importing.create_country()
    header, *lines = importing.export_file().decode("utf-8-sig").splitlines()
    paths = sorted(Centre.objects.values_list("path", flat=True))
    CentreChange.objects.all().delete()
    for length in (4, 2, 0):
        Centre.objects.filter(area_code__regex=f"^.{{{length}}}$").delete()
    started = time.monotonic()
    importing.import_file("\n".join([header, *reversed(lines)]).encode(), by=None)
    assert time.monotonic() - started < 10
    assert sorted(Centre.objects.values_list("path", flat=True)) == paths


def test_a_row_needs_only_an_area(ministry: Centre, officer: Officer) -> None:
    plan = importing.import_file(file_of("5709", "57", header="area"), officer)
    assert [row.effect for row in plan.rows] == [Effect.CREATE] * 2
    mae_sai = Centre.objects.get(area_code="5709")
    assert (mae_sai.path, mae_sai.name_th) == ("/moi/chiangrai/mae-sai/", "ศูนย์ดำรงธรรมอำเภอแม่สาย")
    assert CentreChange.objects.get(centre=mae_sai).by == officer


def test_a_file_changes_only_what_it_has(khonkaen: Centre) -> None:
    plan = importing.import_file(
        file_of("khonkaen,ศูนย์ดำรงธรรมขอนแก่น", header="slug;name_th".replace(";", ",")), by=None
    )
    assert plan.rows[0].changed_fields == ["name_th"]
    khonkaen.refresh_from_db()
    assert (khonkaen.name_th, khonkaen.name_en, khonkaen.area_code) == (
        "ศูนย์ดำรงธรรมขอนแก่น",
        "Damrongdham Centre, Khon Kaen",
        "40",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_files_of_thai_spreadsheets_are_read(khonkaen: Centre, delimiter: str, encoding: str) -> None:
    text = "slug,area,name_th\r\n\r\nnp,4007,ศูนย์ดำรงธรรมน้ำพอง\r\n,,\r\n".replace(",", delimiter)
    importing.import_file(text.encode(encoding), by=None)
    assert Centre.objects.get(area_code="4007").name_th == "ศูนย์ดำรงธรรมน้ำพอง"


WRONG_ROWS = {
    "unknown area": ("x,4099,,ชื่อ,Name,,", "not a province or district"),
    "area of another": ("x,40,,ชื่อ,Name,,", "has the centre khonkaen already"),
    "another province's parent": ("x,4007,phayao,ชื่อ,Name,,", "below the centre of its province"),
    "unknown parent": ("x,55,nowhere,ชื่อ,Name,,", "no centre nowhere"),
    "bad slug": ("X Y,4007,,ชื่อ,Name,,", "The short name has"),
    "bad activity": ("x,4007,,ชื่อ,Name,,perhaps", "yes or no"),
    "no key": (",,,ชื่อ,Name,,", "a slug or an area"),
    "repeated": ("khonkaen,,,ชื่อ,Name,,\nkhonkaen,,,ชื่อ,Name,,", "earlier line"),
    "two for one area": ("x,4007,,ชื่อ,Name,,\ny,4007,,ชื่อ,Name,,", "already"),
    "closing with active below": ("x,4007,,ชื่อ,Name,,\nkhonkaen,,,,,,no", "below it"),
}


@pytest.mark.parametrize(("line", "sentence"), WRONG_ROWS.values(), ids=WRONG_ROWS.keys())
def test_a_wrong_row_is_named_and_nothing_is_stored(khonkaen: Centre, phayao: Centre, line: str, sentence: str) -> None:
    content = file_of("maesai,5709,,,,,", "chiangrai,57,,,,,", *line.split("\n"))
    with pytest.raises(PlanRefusedError) as refused:
        importing.import_file(content, by=None)
    wrong = [row for row in refused.value.plan.rows if row.errors]
    assert wrong and all(row.line >= 4 for row in wrong)
    assert any(sentence in error.en for row in wrong for error in row.errors)
    assert Centre.objects.count() == 3
    assert not CentreChange.objects.exists()
    assert importing.plan_file(content).has_errors


def test_not_every_centre_is_closed(khonkaen: Centre, phayao: Centre) -> None:
    plan = importing.plan_file(file_of("khonkaen,no", "phayao,no", "moi,no", header="slug,active"))
    assert {error.en for row in plan.rows for error in row.errors} == {"At least one centre must stay active"}


def test_a_row_with_an_unknown_area_says_only_that(khonkaen: Centre) -> None:
    plan = importing.plan_file(file_of("x,4099", "y,4099", header="slug,area"))
    assert [[error.en[:4] for error in row.errors] for row in plan.rows] == [["4099"], ["4099"]]


def test_a_subtree_is_closed_by_one_file(khonkaen: Centre, phayao: Centre) -> None:
    importing.create_country(["40"])
    lines = [
        f"{slug},no" for slug in Centre.objects.filter(path__startswith="/moi/khonkaen/").values_list("slug", flat=True)
    ]
    importing.import_file(file_of(*lines, header="slug,active"), by=None)
    assert Centre.objects.filter(is_active=False).count() == 27


UNREADABLE = {
    "empty": (b"", "no rows"),
    "header only": (HEADER.encode(), "no rows"),
    "unknown column": (b"slug,password\nx,y\n", "found “password”"),
    "repeated column": (b"slug,slug\nx,y\n", "found “slug”"),
    "no header": (b"khonkaen,40\n", "The first row names the columns"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe\xdb", "cannot be read"),
    "NUL": (b"slug,area\nx\x00,40\n", "cannot be read"),
    "UTF-16": ("slug,area\nx,40\n".encode("utf-16"), "cannot be read"),
    "too many cells": (file_of("a,b,c,d,e,f,g,h"), "Line 2 cannot be read"),
    "open quote": (b'slug,area\n"x,40\n', "cannot be read"),
    "huge cell": (b"slug,area\n" + b"x" * 200_000 + b",40\n", "cannot be read"),
    "too many rows": (b"slug\n" + b"x\n" * 5001, "more than 5,000 rows"),
    "too large": (b"slug\n" + b"x" * 1024 * 1024, "larger than 1 MB"),
}


@pytest.mark.parametrize(("content", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read_is_one_sentence(khonkaen: Centre, content: bytes, sentence: str) -> None:
    with pytest.raises(CsvFileError) as refused:
        importing.import_file(content, by=None)
    assert sentence in refused.value.sentence.en


def test_the_largest_file_is_planned_quickly(khonkaen: Centre) -> None:
    content = file_of(*[f"centre-{number},4007" for number in range(csv_files.MAX_ROWS)], header="slug,area")
    started = time.monotonic()
    assert importing.plan_file(content).has_errors
    assert time.monotonic() - started < 10


def test_an_administrator_imports_only_below_the_own_centre(khonkaen: Centre, phayao: Centre) -> None:
    managed = frozenset({"khonkaen"})
    plan = importing.plan_file(file_of(",4007", ",5601", "phayao,", "moi,", header="slug,area"), managed)
    assert [bool(row.errors) for row in plan.rows] == [False, True, False, False], (
        "an unchanged row needs no permission"
    )
    renamed = file_of("phayao,Other", "khonkaen,Khon Kaen", header="slug,name_en")
    assert [bool(row.errors) for row in importing.plan_file(renamed, managed).rows] == [True, False]


def test_the_commands_import_export_and_explain(
    khonkaen: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "centres.csv"
    assert cli.main(["centres", "export", str(file)]) == 0
    text = file.read_text("utf-8-sig")
    file.write_text(text + "np,4007,,,,,\n", "utf-8")
    assert cli.main(["centres", "import", str(file), "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("create\tnp\t4007\tkhonkaen\t")
    assert shown.err == "Dry run: 1 created, 0 changed, 2 unchanged\n"
    assert not Centre.objects.filter(slug="np").exists()
    assert cli.main(["centres", "import", str(file)]) == 0
    file.write_text(text + "other,4007,,,,,\n", "utf-8")
    capsys.readouterr()
    assert cli.main(["centres", "import", str(file)]) == 2
    assert capsys.readouterr().err == (
        "line 4: other: Nam Phong, Khon Kaen has the centre np already\n"
        "central centres: 1 rows are wrong, so nothing was stored\n"
    )
    assert cli.main(["centres", "import", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err
    assert cli.main(["centres", "list"]) == 0
    listing = capsys.readouterr().out
    assert "/moi/khonkaen/np/\t4007\tactive\t" in listing
    assert [slug for slug in ("moi", "np", "khon", "4007") if is_centre_listed(slug, listing)] == ["moi", "np"]


def test_edit_centre_changes_renames_moves_and_deactivates(
    khonkaen: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    importing.create_country(["40"])
    assert cli.main(["edit-centre", "nam-phong", "--rename", "np", "--name-en", "Nam Phong", "--deactivate"]) == 0
    centre = Centre.objects.get(area_code="4007")
    assert (centre.slug, centre.name_en, centre.is_active) == ("np", "Nam Phong", False)
    assert cli.main(["edit-centre", "np", "--activate"]) == 0
    assert cli.main(["edit-centre", "np", "--public-url", "https://np.example.go.th/"]) == 0
    centre.refresh_from_db()
    assert (centre.is_active, centre.public_url) == (True, "https://np.example.go.th")
    capsys.readouterr()
    for words, sentence in (
        (["np"], "nothing to change"),
        (["np", "--parent", "moi"], "below the centre of its province"),
        (["khonkaen", "--parent", "np"], "below itself"),
        (["khonkaen", "--deactivate"], "Active centres are below it"),
        (["nowhere", "--activate"], "no centre nowhere"),
    ):
        assert cli.main(["edit-centre", *words]) == 2
        error = capsys.readouterr().err
        assert sentence in error and error.count("\n") == 1
