"""The pages of centres: what an administrator sees and changes, what nobody else may, and files in two steps."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from central.centres import commands, importing
from central.centres.models import Centre, CentreChange, Membership, Officer
from central.centres.values import CentreRow
from central.people.roles import MATRIX, Action, Role
from tests.unit.central.conftest import client_of
from tests.unit.central.kiosk_client import ClientResponse, KioskClient
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

PAGES = ["", "/add", "/import", "/export", "/khonkaen/edit"]


def administrator_of(centre: Centre, name: str = "admin", role: Role = Role.ADMINISTRATOR) -> Officer:
    officer = Officer.objects.create_user(username=name, password=PASSWORD)
    Membership.objects.create(officer=officer, centre=centre, role=role.value, may_read_people=True, may_run_fleet=True)
    return officer


@pytest.fixture
def district(khonkaen: Centre) -> Centre:
    return commands.create_centre(
        CentreRow("nam-phong", "4007", "ศูนย์ดำรงธรรมอำเภอน้ำพอง", "Nam Phong", "khonkaen"), by=None
    )


@pytest.fixture
def top(ministry: Centre, khonkaen: Centre) -> Client:
    """The browser of an administrator of the ministry."""
    client = client_of(administrator_of(ministry, "topadmin"))
    client.cookies["desk_language"] = "en"
    return client


@pytest.fixture
def province(khonkaen: Centre) -> Client:
    """The browser of an administrator of Khon Kaen."""
    client = client_of(administrator_of(khonkaen))
    client.cookies["desk_language"] = "en"
    return client


def upload(client: Client, content: bytes, **fields: str) -> ClientResponse:
    response: ClientResponse = client.post(
        "/desk/centres/import", {"file": SimpleUploadedFile("centres.csv", content), **fields}
    )
    return response


def hidden(response: Any, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert match
    return match[1].replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("role", [role for role in Role if Action.MANAGE_CENTRES not in MATRIX[role].actions])
def test_the_pages_are_for_administrators(role: Role, khonkaen: Centre) -> None:
    client = client_of(administrator_of(khonkaen, role.value, role))
    for page in PAGES:
        assert client.get(f"/desk/centres{page}").status_code == 403
    before = commands.row_of(khonkaen)
    for page in ("/add", "/import", "/khonkaen/edit", "/khonkaen/activity"):
        assert client.post(f"/desk/centres{page}", {"name_en": "Other", "active": "0"}).status_code == 403
    khonkaen.refresh_from_db()
    assert commands.row_of(khonkaen) == before


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_need_a_login(page: str, khonkaen: Centre) -> None:
    assert Client().get(f"/desk/centres{page}").status_code == 302


def test_the_list_shows_the_tree_with_counts_of_the_subtree(
    top: Client, kiosk: KioskClient, district: Centre, phayao: Centre
) -> None:
    for area in ("400701", "400107"):
        submission = kiosk.submission(area=area)
        kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    shown = page_text(top.get("/desk/centres"))
    assert re.findall(r'<tr data-centre="([^"]+)"', shown) == ["khonkaen", "phayao"]
    row = shown[shown.index('data-centre="khonkaen"') : shown.index('data-centre="phayao"')]
    assert re.findall(r'<td class="number"[^>]*>(\d*)</td>', row) == ["1", "2", "1", "1"]
    below = page_text(top.get("/desk/centres", {"at": "khonkaen"}))
    assert re.findall(r'<tr data-centre="([^"]+)"', below) == ["nam-phong"]
    for words in ("น้ำพอง", "nam-ph", "4007", "Nam P"):
        assert re.findall(r'<tr data-centre="([^"]+)"', page_text(top.get("/desk/centres", {"q": words}))) == [
            "nam-phong"
        ]


def test_the_list_of_the_country_has_a_constant_number_of_queries(
    top: Client, django_assert_max_num_queries: Any
) -> None:
    importing.create_country()
    top.get("/desk/centres")
    with django_assert_max_num_queries(26):
        shown = page_text(top.get("/desk/centres"))
    assert len(re.findall(r"<tr data-centre=", shown)) == 76


def test_a_province_with_all_its_districts_offers_no_area(province: Client) -> None:
    assert 'id="no-area"' not in page_text(province.get("/desk/centres/add", {"parent": "khonkaen"}))
    importing.create_country(["40"])
    assert 'id="no-area"' in page_text(province.get("/desk/centres/add", {"parent": "khonkaen"}))


def test_a_centre_is_added_with_the_names_of_its_area(province: Client, khonkaen: Centre) -> None:
    form = page_text(province.get("/desk/centres/add", {"parent": "khonkaen"}))
    assert form.count('<option value="40') == 26
    response = province.post("/desk/centres/add", {"parent": "khonkaen", "area_code": "4012"})
    assert response["Location"] == "/desk/centres?at=khonkaen"
    centre = Centre.objects.get(slug="phon")
    assert (centre.path, centre.name_th) == ("/moi/khonkaen/phon/", "ศูนย์ดำรงธรรมอำเภอพล")
    assert CentreChange.objects.get(centre=centre).by == Officer.objects.get(username="admin")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"parent": "khonkaen", "area_code": "4007"}, "There is a centre nam-phong already"),
        ({"parent": "khonkaen", "area_code": "5601"}, "below the centre of its province"),
        ({"parent": "phayao", "area_code": "5601"}, "You may not create, move or change this centre here"),
        ({"parent": "", "area_code": "57"}, "You may not create, move or change this centre here"),
        ({"parent": "khonkaen", "area_code": "", "slug": "x"}, "the ministry has the centre moi already"),
        ({"parent": "khonkaen", "area_code": "4012", "slug": "A B"}, "letters a–z"),
        ({}, "already"),
    ],
)
def test_a_wrong_centre_is_not_added(
    province: Client, district: Centre, phayao: Centre, fields: dict[str, str], sentence: str
) -> None:
    count = Centre.objects.count()
    response = province.post("/desk/centres/add", fields)
    assert response.status_code == 422
    assert sentence in page_text(response)
    assert Centre.objects.count() == count


def test_a_centre_is_renamed_and_the_change_is_shown(province: Client, district: Centre) -> None:
    page = province.get("/desk/centres/nam-phong/edit")
    response = province.post(
        "/desk/centres/nam-phong/edit",
        {"slug": "np", "name_th": "ศูนย์ดำรงธรรมน้ำพอง", "name_en": "Nam Phong centre", "seen": hidden(page, "seen")},
    )
    assert response.status_code == 302
    district.refresh_from_db()
    assert (district.slug, district.path, district.area_code) == ("np", "/moi/khonkaen/np/", "4007")
    shown = page_text(province.get("/desk/centres/np/edit"))
    assert "Short name: nam-phong → np" in shown
    assert "admin" in shown


def test_a_stale_page_changes_nothing(province: Client, district: Centre) -> None:
    seen = hidden(province.get("/desk/centres/nam-phong/edit"), "seen")
    for name, status in (("First", 302), ("Second", 422)):
        response = province.post("/desk/centres/nam-phong/edit", {"name_en": name, "seen": seen})
        assert response.status_code == status
    assert "Someone else has changed this centre" in page_text(response)
    district.refresh_from_db()
    assert district.name_en == "First"


def test_a_centre_of_another_subtree_does_not_exist(province: Client, phayao: Centre, ministry: Centre) -> None:
    for slug in ("phayao", "moi", "nowhere"):
        assert province.get("/desk/centres", {"at": slug}).status_code == 404
        assert province.get("/desk/centres/add", {"parent": slug}).status_code == 404
        for page in ("edit", "activity"):
            fields = {"name_en": "Taken over", "active": "0"}
            assert province.post(f"/desk/centres/{slug}/{page}", fields).status_code == 404
        assert province.get(f"/desk/centres/{slug}/edit").status_code == 404
    phayao.refresh_from_db()
    assert (phayao.name_en, phayao.is_active) == ("Phayao", True)
    assert "<tr data-centre=" not in page_text(province.get("/desk/centres", {"q": "phayao"}))
    assert b"phayao" not in province.get("/desk/centres/export").content


@pytest.mark.parametrize(
    "fields", [{"parent": "nam-phong"}, {"parent": "khonkaen"}, {"parent": ""}, {"slug": "mine"}, {"area_code": "56"}]
)
def test_the_own_centre_is_not_moved_or_renamed_by_its_administrator(
    province: Client, khonkaen: Centre, district: Centre, fields: dict[str, str]
) -> None:
    response = province.post("/desk/centres/khonkaen/edit", fields)
    assert response.status_code == 422
    khonkaen.refresh_from_db()
    assert (khonkaen.path, khonkaen.area_code) == ("/moi/khonkaen/", "40")


def test_the_own_centre_is_not_deactivated_by_its_administrator(province: Client, khonkaen: Centre) -> None:
    response = province.post("/desk/centres/khonkaen/activity", {"active": "0"})
    assert (response.status_code, "You may not create, move or change" in page_text(response)) == (409, True)
    assert 'id="activity"' not in page_text(province.get("/desk/centres/khonkaen/edit"))
    assert province.post("/desk/centres/khonkaen/edit", {"name_en": "Khon Kaen"}).status_code == 302


def test_a_centre_cannot_be_moved_below_its_child_on_the_page(top: Client, khonkaen: Centre, district: Centre) -> None:
    response = top.post("/desk/centres/khonkaen/edit", {"parent": "nam-phong"})
    assert (response.status_code, "below itself" in page_text(response)) == (422, True)
    khonkaen.refresh_from_db()
    assert khonkaen.path == "/moi/khonkaen/"


def test_a_centre_is_deactivated_and_activated(province: Client, district: Centre) -> None:
    for active in ("0", "1"):
        seen = hidden(province.get("/desk/centres/nam-phong/edit"), "seen")
        response = province.post("/desk/centres/nam-phong/activity", {"active": active, "seen": seen})
        assert response["Location"] == "/desk/centres/nam-phong/edit"
        district.refresh_from_db()
        assert district.is_active is (active == "1")
    assert province.post("/desk/centres/nam-phong/activity", {"active": "0", "seen": "stale"}).status_code == 409


def test_an_inactive_centre_approves_no_kiosk(khonkaen: Centre, officer: Officer, phayao: Centre) -> None:
    waiting = KioskClient("KKN08")
    waiting.enrol()
    Centre.objects.filter(pk=khonkaen.pk).update(is_active=False)
    client = client_of(officer)
    assert '<option value="khonkaen"' not in page_text(client.get("/desk/enrolments"))
    enrolment = waiting.enrolment()
    response = client.post(
        f"/desk/enrolments/{enrolment.pk}/approve", {"centre": "khonkaen", "code": enrolment.compare_code}
    )
    assert response.status_code == 403
    enrolment.refresh_from_db()
    assert enrolment.status == "pending"


def test_a_file_is_checked_and_then_stored(province: Client, khonkaen: Centre) -> None:
    content = "slug,area,name_th\nnp,4007,ศูนย์ดำรงธรรมน้ำพอง\n,4012,\n".encode("cp874")
    checked = upload(province, content)
    assert (checked.status_code, "Checked, not stored yet" in page_text(checked)) == (200, True)
    assert Centre.objects.count() == 2
    stored = province.post("/desk/centres/import", {"content": hidden(checked, "content"), "apply": "1"})
    assert (stored.status_code, 'id="done"' in page_text(stored)) == (200, True)
    assert set(Centre.objects.filter(parent=khonkaen).values_list("slug", flat=True)) == {"np", "phon"}


def test_a_file_with_a_wrong_row_names_its_line_and_stores_nothing(
    province: Client, khonkaen: Centre, phayao: Centre
) -> None:
    content = b"slug,area\nnp,4007\nother,5601\nbad slug,4012\n"
    for fields in ({}, {"apply": "1"}):
        response = upload(province, content, **fields)
        shown = page_text(response)
        assert response.status_code == 422
        assert re.findall(r'<tr data-line="(\d+)"', shown) == ["3", "4"]
        assert "Store all" not in shown
    assert Centre.objects.count() == 3


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 422, "has no rows"),
        (b"slug,area\n" + b"x,4007\n" * 5001, 422, "more than 5,000 rows"),
        (b"slug,area\n" + b"x" * (1024 * 1024 + 1), 422, "larger than 1 MB"),
        (b"x" * (3 * 1024 * 1024), 413, "ยาวเกินไป"),
        (b"\x00\x01\x02", 422, "cannot be read"),
        (b"name;rank\n<script>alert(1)</script>;2\n", 422, "The first row names the columns"),
    ],
)
def test_an_unsuitable_file_is_refused_with_a_sentence(
    province: Client, content: bytes, status: int, sentence: str
) -> None:
    response = upload(province, content)
    assert (response.status_code, sentence in page_text(response)) == (status, True)
    assert "<script>alert" not in page_text(response)


def test_another_page_still_takes_small_bodies_only(province: Client) -> None:
    assert province.post("/desk/centres/add", {"name_en": "x" * 70_000}).status_code == 413


def test_a_file_without_a_form_token_is_refused(khonkaen: Centre) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator_of(khonkaen))
    assert upload(client, b"slug,area\nnp,4007\n", apply="1").status_code == 403
    assert Centre.objects.count() == 2


def test_the_exported_file_is_read_by_the_upload(top: Client) -> None:
    importing.create_country(["40"])
    exported = top.get("/desk/centres/export")
    assert exported["Content-Type"] == "text/csv; charset=utf-8"
    shown = page_text(upload(top, exported.content))
    assert "unchanged 28" in re.sub(r"\s+", " ", shown)
