"""Activities of a centre: written as drafts, published by role, read by the public with photos and as RSS."""

import io
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from central.activities import commands
from central.activities.commands import ActivityContent
from central.activities.models import Activity, ActivityPhoto
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.desk.forms import DeskForm
from central.people.roles import Role
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.sample_files import pdf, photo, png_bomb


class _TextForm(DeskForm):
    text = forms.CharField(widget=forms.Textarea)


CONTENT = ActivityContent(
    title_th="ศูนย์ดำรงธรรมเคลื่อนที่ อำเภอน้ำพอง",
    text_th="ทีมงานลงพื้นที่รับเรื่องร้องทุกข์\nและให้คำปรึกษากฎหมาย",
    held_on=date(2026, 11, 20),
    title_en="Mobile centre in Nam Phong",
    place_th="หอประชุมอำเภอน้ำพอง",
    leader_th="นายสมชาย ตัวอย่างดี ผู้อำนวยการกลุ่มงาน",
    participants_th="หน่วยงาน 8 แห่ง และประชาชน 120 คน",
)
FORM = {"centre": "khonkaen", "held_on": "2026-11-20", "title_th": CONTENT.title_th, "text_th": CONTENT.text_th}


@pytest.fixture
def writer(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.INTAKE)


@pytest.fixture
def director(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.DIRECTOR)


@pytest.fixture
def draft(khonkaen: Centre, writer: Officer) -> Activity:
    return commands.create_activity(writer, khonkaen, CONTENT)


def desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def post(officer: Officer, address: str, **fields: Any) -> Any:
    return desk(officer).post(address, fields)


def test_a_draft_is_written_published_and_withdrawn(writer: Officer, director: Officer) -> None:
    assert post(writer, "/desk/activities/new", **FORM).status_code == 302
    activity = Activity.objects.get()
    address = f"/activities/{activity.pk}"
    assert Client().get(address).status_code == 404, "a draft"
    assert activity.title_th not in page_text(Client().get("/activities"))
    page = f"/desk/activities/{activity.pk}"
    refused = post(writer, page, step="publish", revision=activity.revision)
    assert (refused.status_code, "ไม่มีสิทธิ์" in page_text(refused)) == (409, True)
    assert 'value="publish"' not in page_text(desk(writer).get(page))
    assert post(director, page, step="publish", revision=activity.revision).status_code == 302
    shown = page_text(Client().get(address))
    assert (activity.title_th in shown, "20 พฤศจิกายน 2569" in shown) == (True, True)
    assert activity.title_th in page_text(Client().get("/activities"))
    activity.refresh_from_db()
    assert post(writer, page, step="save", revision=activity.revision, **FORM).status_code == 409, "published"
    assert post(director, page, step="withdraw").status_code == 302
    assert Client().get(address).status_code == 404
    assert post(writer, page, step="delete").status_code == 302
    assert not Activity.objects.exists()


def test_photos_lose_their_position_and_are_public_only_with_the_activity(draft: Activity, director: Officer) -> None:
    page = f"/desk/activities/{draft.pk}"
    fields = FORM | {"step": "save", "revision": draft.revision, "files": [upload(photo(position=True))]}
    assert post(director, page, **fields).status_code == 409, "nobody has said what is on it"
    fields |= {"photo_description": "เวทีรับเรื่อง", "files": [upload(photo(position=True)), upload(photo("PNG"), "b.png")]}
    assert post(director, page, **fields).status_code == 302
    first, second = ActivityPhoto.objects.all()
    public = f"/activities/photos/{first.key}.jpg"
    assert Client().get(public).status_code == 404, "of a draft"
    assert desk(director).get(f"{page}/photos/{first.pk}").status_code == 200
    commands.publish(director, draft, draft.revision + 1)
    content = b"".join(Client().get(public).streaming_content)  # type: ignore[attr-defined]
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
    assert b"Somchai" not in content
    assert 'alt="เวทีรับเรื่อง"' in Client().get(f"/activities/{draft.pk}").content.decode()
    name = second.file.name
    assert post(director, page, step="remove", photo=second.pk).status_code == 302
    assert (ActivityPhoto.objects.count(), default_storage.exists(name)) == (1, True), "until the commit"


@pytest.mark.parametrize("content", [png_bomb(), pdf(), b"GIF89a", b""], ids=["bomb", "pdf", "gif", "empty"])
def test_a_file_that_is_no_photo_is_refused_and_the_text_stays(writer: Officer, content: bytes) -> None:
    fields = FORM | {"files": [upload(content)], "photo_description": "ภาพ"}
    refused = post(writer, "/desk/activities/new", **fields)
    assert refused.status_code == 409
    assert CONTENT.title_th in page_text(refused)
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2569-11-20", date(2026, 11, 20)), ("2026-11-20", date(2026, 11, 20)), ("1990-01-01", None), ("x", None)],
)
def test_a_year_of_the_buddhist_era_is_understood(writer: Officer, typed: str, stored: date | None) -> None:
    post(writer, "/desk/activities/new", **FORM | {"held_on": typed})
    assert [each.held_on for each in Activity.objects.all()] == ([stored] if stored else [])


def test_two_editors_do_not_overwrite_each_other(draft: Activity, writer: Officer, director: Officer) -> None:
    changed = commands.change_activity(director, draft, draft.revision, CONTENT)
    refused = post(writer, f"/desk/activities/{draft.pk}", step="save", revision=draft.revision, **FORM)
    assert (refused.status_code, "มีผู้แก้ไขข่าวนี้แล้ว" in page_text(refused)) == (409, True)
    with pytest.raises(NotAllowedError):
        commands.publish(director, draft, changed.revision - 1)


def test_officers_of_other_centres_and_roles_have_no_part(draft: Activity, khonkaen: Centre) -> None:
    names = {"name_th": "พะเยา", "name_en": "Phayao"}
    phayao = Centre.objects.create(slug="phayao", area_code="56", parent=khonkaen.parent, **names)
    for officer in (create_officer_with(phayao, Role.DIRECTOR), create_officer_with(khonkaen, Role.TECHNICIAN)):
        client = desk(officer)
        assert client.get(f"/desk/activities/{draft.pk}").status_code == 404
        assert client.post(f"/desk/activities/{draft.pk}", {"step": "delete"}).status_code == 404
        with pytest.raises(NotAllowedError):
            commands.create_activity(officer, khonkaen, CONTENT)
    assert desk(create_officer_with(khonkaen, Role.TECHNICIAN)).get("/desk/activities").status_code == 403


def test_english_falls_back_to_thai(draft: Activity, director: Officer) -> None:
    commands.publish(director, draft, draft.revision)
    shown = page_text(Client().get(f"/activities/{draft.pk}?lang=en"))
    assert "Mobile centre in Nam Phong" in shown
    assert "หอประชุมอำเภอน้ำพอง" in shown
    assert "20 November 2026" in shown


def test_rss_has_what_is_published(draft: Activity, writer: Officer, director: Officer, khonkaen: Centre) -> None:
    commands.publish(director, draft, draft.revision)
    commands.create_activity(writer, khonkaen, CONTENT)
    response = Client().get("/activities/feed?lang=en&centre=khonkaen")
    assert response["Content-Type"].startswith("application/rss+xml")
    feed = ElementTree.fromstring(response.content)
    (item,) = feed.findall("channel/item")
    assert item.findtext("title") == "Mobile centre in Nam Phong"
    assert re.fullmatch(rf"https?://[^/]+/activities/{draft.pk}\?lang=en", item.findtext("link") or "")
    assert Client().get("/activities/feed?centre=nowhere").status_code == 404


def test_rss_is_valid_with_control_characters_and_shows_markup_as_text(
    draft: Activity, director: Officer, khonkaen: Centre
) -> None:
    commands.publish(director, draft, draft.revision)
    Activity.objects.update(text_th="บรรทัด\vถัดไป\x02 <script>x</script>")
    item = ElementTree.fromstring(Client().get("/activities/feed").content).find("channel/item")
    assert item is not None
    assert item.findtext("description") == "<p>บรรทัด<br>ถัดไป &lt;script&gt;x&lt;/script&gt;</p>"


def test_a_text_of_several_lines_is_saved_without_control_characters() -> None:
    form = _TextForm("th", {"text": "หนึ่ง\vสอง\tสาม\r\nสี่\x1f"})
    assert form.is_valid()
    assert form.cleaned_data["text"] == "หนึ่ง\nสอง\tสาม\r\nสี่"


def test_the_list_has_pages_and_a_centre(draft: Activity, writer: Officer, director: Officer, khonkaen: Centre) -> None:
    for _ in range(11):
        commands.publish(director, commands.create_activity(writer, khonkaen, CONTENT), 0)
    first, second = (page_text(Client().get(f"/activities?centre=khonkaen&page={page}")) for page in (1, 2))
    assert (first.count('class="card activity"'), second.count('class="card activity"')) == (10, 1)
    assert "page=2&amp;centre=khonkaen" in first
    assert Client().get("/activities?page=x").status_code == 200
    assert Client().get("/activities?centre=nowhere").status_code == 404
