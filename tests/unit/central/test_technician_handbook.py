"""The technicians' handbook: both languages, every staff code with its cure, every name as on the kiosk's screen, a
picture for each step."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

import central
from central.desk import help_pictures
from central.desk.help_pictures import PICTURES, picture_file, picture_size, picture_url
from central.desk.help_sections import section_html
from central.desk.technician_pictures import TECHNICIAN_PICTURES
from central.desk.technician_sections import TECHNICIAN_SECTIONS
from central.desk.templatetags.handbook import resolve_references
from journey.language import translate
from journey.setup.pages import PAGES_BY_NAME, STEPS, SetupStep
from protocol.staff_codes import STAFF_CODES
from tests.unit.central.page_text import page_text
from tools.desk_handbook.camera import MAX_BYTES
from tools.desk_handbook.drawings import DRAWINGS
from tools.desk_handbook.kiosk_screens import FAULT_PAGE, SCREENS
from tools.desk_handbook.shots import TECHNICIAN_SHOTS
from tools.message_catalogue import used_messages
from tools.sample_journeys import gallery_journeys

TEMPLATES = Path(central.__file__).parent / "templates"
TEXTS = {section.anchor: (TEMPLATES / section.template).read_text(encoding="utf-8") for section in TECHNICIAN_SECTIONS}
SENTENCES = [
    (anchor, th, en) for anchor, text in TEXTS.items() for th, en in re.findall(r'{% guide "(.*?)" "(.*?)" %}', text)
]
_QUOTED = re.compile("“([^”]+)”")
_THAI = re.compile("[\u0e01-\u0e5b]")
MAX_TOTAL_BYTES = 1_000_000


def test_every_sentence_is_in_both_languages_with_the_same_names_and_commands() -> None:
    assert len(SENTENCES) > 150
    for anchor, th, en in SENTENCES:
        assert _THAI.search(th) or "`" in th or th == "Recovery", f"{anchor}: {th}"
        assert not _THAI.search(en), f"{anchor}: {en}"
        assert resolve_references(th, "th")
        assert resolve_references(en, "en")
        for pattern in (r"\[\w+:[\w-]+\]", "`[^`]+`"):
            assert sorted(re.findall(pattern, th)) == sorted(re.findall(pattern, en)), f"{anchor}: {en}"


def test_every_quoted_name_is_on_the_kiosks_screen_or_on_a_page() -> None:
    pages = "\n".join(
        file.read_text(encoding="utf-8")
        for file in TEMPLATES.rglob("*.html")
        if file.parent.name not in ("technician", "help")
    )
    titles = {text for section in TECHNICIAN_SECTIONS for text in section.title}
    for position, language in ((1, "th"), (2, "en")):
        on_screen = "\n".join(translate(message, language) for message in used_messages())
        quoted = {name for sentence in SENTENCES for name in _QUOTED.findall(sentence[position])}
        quoted -= titles | {"Recovery", "ทดสอบ", "Test"}  # of the boot menu; what the technician writes
        assert [name for name in sorted(quoted) if name not in on_screen and name not in pages] == [], language


def test_every_step_of_the_set_up_has_a_part_with_a_picture() -> None:
    """By the sample states that are pictured: no step can be left out."""
    journeys = gallery_journeys()
    pictured = [journeys[state].setup for name, state in SCREENS.items() if name.startswith("setup-")]
    steps = {PAGES_BY_NAME[setup.page].step for setup in pictured if setup is not None}
    assert steps == {*STEPS, SetupStep.WELCOME, SetupStep.END}


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_staff_code_has_a_row_with_cause_and_cure(language: str) -> None:
    codes = next(section for section in TECHNICIAN_SECTIONS if section.anchor == "codes")
    html = section_html(codes, language)
    assert sorted(re.findall(r'<tr id="([A-Z]-\d\d)">', html)) == sorted(STAFF_CODES)
    page = re.sub("<[^>]*>", "", html)
    for code, row in STAFF_CODES.items():
        for text in (row.cause, row.cure):
            shown = escape(text.in_language(language).replace("`", ""))
            assert shown in page, f"{code}: {shown}"


def test_the_boot_menu_has_the_entry_that_the_handbook_names() -> None:
    menu = Path(__file__).parents[3] / "provision" / "image" / "files" / "grub.cfg"
    assert 'menuentry "Recovery: ' in menu.read_text(encoding="utf-8")


def test_pictures_are_small_made_by_the_command_and_each_is_used() -> None:
    used = {name for text in TEXTS.values() for name in re.findall(r'{% picture "([\w-]+)" %}', text)}
    assert used - set(PICTURES) == set(TECHNICIAN_PICTURES)
    made = {*DRAWINGS, *SCREENS, FAULT_PAGE, *(shot.name for shot in TECHNICIAN_SHOTS)}
    assert made == set(TECHNICIAN_PICTURES)
    assert set(SCREENS.values()) <= set(gallery_journeys())
    files = {file.stem: file.stat().st_size for file in help_pictures.TECHNICIAN_DIRECTORY.iterdir()}
    assert set(files) == set(TECHNICIAN_PICTURES)
    assert max(files.values()) <= MAX_BYTES
    assert sum(files.values()) <= MAX_TOTAL_BYTES
    for name in TECHNICIAN_PICTURES:
        assert picture_file(name).exists()
        assert min(picture_size(name)) > 200


def test_the_page_opens_without_login_is_searched_and_printed() -> None:
    client = Client()
    page = page_text(client.get("/desk/help/technician"))
    anchors = [section.anchor for section in TECHNICIAN_SECTIONS]
    assert re.findall(r'<section class="card" id="([^"]+)"', page) == anchors
    assert picture_url("kiosk-wiring") in page
    assert client.get(picture_url("kiosk-wiring"))["Content-Type"] == "image/webp"
    matching_page = page_text(client.get("/desk/help/technician", {"q": "แบตเตอรี่"}))
    assert re.findall(r'<section class="card" id="([^"]+)"', matching_page) == ["service"]
    printable = page_text(client.get("/desk/help/technician/print"))
    assert re.findall(r'<section class="card" id="([^"]+)"', printable) == anchors
    assert "loading=" not in printable
    assert 'href="/desk/help/technician"' in page_text(client.get("/desk/help"))
