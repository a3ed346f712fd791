"""The officers' handbook: every section in both languages, every name of a button as on the pages, every picture there,
and its printable form."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.utils.html import escape

import central
from central.agency_desk import access_codes, links
from central.agency_desk.reminders import LATE_ACCEPTANCE_DAYS, WARNING_WORKING_DAYS
from central.cases import attachments, identification, withheld_names
from central.cases.commands import closing
from central.cases.commands.bulk import MAX_BULK
from central.centres.models import Centre, Membership, Officer
from central.deadlines import escalation, periods
from central.desk import help_pictures
from central.desk.help_contact import help_contacts
from central.desk.help_pictures import PICTURES, picture_file, picture_size, picture_url
from central.desk.help_sections import SECTIONS, section_html, sections_containing
from central.desk.navigation import AGENCY_ENTRIES, ENTRIES, help_anchor
from central.desk.step_table import STEPS
from central.desk.templatetags.handbook import resolve_references
from central.people import invitations
from central.people.models import Profile
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD
from tools.desk_handbook.camera import MAX_BYTES
from tools.desk_handbook.shots import SHOTS

CENTRAL = Path(central.__file__).parent
TEMPLATES = CENTRAL / "templates"
SECTION_TEMPLATES = {section.anchor: TEMPLATES / section.template for section in SECTIONS}
SENTENCES = [
    (anchor, th, en)
    for anchor, template in SECTION_TEMPLATES.items()
    for th, en in re.findall(r'{% guide "(.*?)" "(.*?)" %}', template.read_text(encoding="utf-8"))
]
_QUOTED = re.compile("“([^”]+)”")
_THAI = re.compile("[\u0e01-\u0e5b]")
MAX_TOTAL_BYTES = 1_500_000


def _sources() -> str:
    """What pages and their code say, without the handbook."""
    files = [*CENTRAL.rglob("*.html"), *CENTRAL.rglob("*.py")]
    texts = (
        file.read_text(encoding="utf-8")
        for file in files
        if file not in SECTION_TEMPLATES.values() and file.name != "help_pictures.py"
    )
    return "\n".join(texts)


def test_every_sentence_is_in_both_languages_and_its_names_exist() -> None:
    assert len(SENTENCES) > 200
    for anchor, th, en in SENTENCES:
        assert _THAI.search(th), anchor
        assert not _THAI.search(en.replace("ไทย", "")), anchor
        assert resolve_references(th, "th")
        assert resolve_references(en, "en")


def test_both_languages_refer_to_the_same_names() -> None:
    for anchor, th, en in SENTENCES:
        names = [sorted(re.findall(r"\[\w+:[\w-]+\]", text)) for text in (th, en)]
        assert names[0] == names[1], f"{anchor}: {en}"


def test_names_of_menus_and_steps_come_from_their_tables() -> None:
    names = {text for entry in (*ENTRIES, *AGENCY_ENTRIES) for text in (entry.label.th, entry.label.en)}
    names |= {text for step in STEPS for text in (step.name.th, step.name.en)}
    typed = {quoted for _, th, en in SENTENCES for text in (th, en) for quoted in _QUOTED.findall(text)}
    # Buttons and headings of other pages with the same words: those of the agency, of an officer's roles, of
    # enrolments, of the letters of a case.
    assert typed & names <= {"รับเรื่อง", "ย้ายศูนย์", "Approve", "หนังสือออก", "Letters out"}


def test_every_other_quoted_name_is_on_a_page() -> None:
    sources = _sources()
    titles = {text for section in SECTIONS for text in (section.title.th, section.title.en)}
    typed = {quoted for _, th, en in SENTENCES for text in (th, en) for quoted in _QUOTED.findall(text)}
    assert [name for name in sorted(typed - titles) if name not in sources] == []


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        resolve_references("[menu:nothing]", "en")
    with pytest.raises(ValueError, match="nothing"):
        resolve_references("[outcome:nothing]", "en")


def _days(duration: timedelta) -> int:
    return duration.days


@pytest.mark.parametrize(
    ("anchor", "number", "sentence"),
    [
        ("sign-in", _days(invitations.VALID_FOR), "for {} days"),
        ("people", _days(invitations.VALID_FOR), "works for {} days"),
        ("home", MAX_BULK, "at most {} at once"),
        ("personal-data", withheld_names.GRANT_DURATION // timedelta(hours=1), "for {} hours"),
        ("deadlines", periods.GENERAL_DAYS, "else {} working days"),
        ("deadlines", periods.PROGRESS_EVERY_DAYS, "every {} working days"),
        ("sign-in", settings.SESSION_COOKIE_AGE // 3600, "After {} hours"),
        ("new-cases", _days(closing.TIME_TO_ANSWER), "within {} days"),
        ("closing", _days(closing.TIME_TO_ANSWER), "waited {} days"),
        ("following", escalation.STEPS_DAYS[0], "After {} days"),
        ("following", escalation.STEPS_DAYS[1], "{} days later also the supervising agency"),
        ("following", escalation.STEPS_DAYS[2], "{} days later also the recipients"),
        ("following", LATE_ACCEPTANCE_DAYS, "not accepted within {} days"),
        ("following", WARNING_WORKING_DAYS, "{} working days before the due date"),
        ("supervision", sum(escalation.STEPS_DAYS[:2]), "for {} days"),
        ("supervision", LATE_ACCEPTANCE_DAYS, "not accepted in {} days"),
        ("agency-link", _days(links.LINK_DURATION), "for {} days"),
        ("agency-link", attachments.MAX_FILES, "at most {} files"),
        ("agency-link", access_codes.CODE_DURATION // timedelta(minutes=1), "valid for {} minutes"),
        ("agency-link", access_codes.UNLOCK_S // 60, "open for {} minutes"),
        ("lost-code", identification.MAX_WRONG_ANSWERS, "{} attempts a day"),
    ],
)
def test_numbers_are_those_of_the_code(anchor: str, number: int, sentence: str) -> None:
    english = " ".join(en for where, _, en in SENTENCES if where == anchor)
    thai = " ".join(th for where, th, _ in SENTENCES if where == anchor)
    assert sentence.format(number) in english
    assert str(number) in thai


def test_the_handbook_has_a_section_for_every_entry_of_the_menu() -> None:
    assert {entry.url_name for entry in (*ENTRIES, *AGENCY_ENTRIES) if not entry.help_anchor} == set()


@pytest.mark.parametrize(
    ("page", "anchor"),
    [
        ("case", "case-page"),
        ("alarms", "alarms"),
        ("holidays", "holidays"),
        ("queue", "agency-queue"),
        ("referral", "agency-link"),
        ("supervision", "supervision"),
        ("delivery", "following"),
        ("help", ""),
    ],
)
def test_pages_link_to_their_section(page: str, anchor: str) -> None:
    assert help_anchor(page) == anchor
    assert anchor in {"", *SECTION_TEMPLATES}


def test_pictures_are_small_and_each_is_in_one_section() -> None:
    used = [
        name
        for template in SECTION_TEMPLATES.values()
        for name in re.findall(r'{% picture "([\w-]+)" %}', template.read_text(encoding="utf-8"))
    ]
    assert sorted(used) == sorted(PICTURES)
    assert [shot.name for shot in SHOTS] == list(PICTURES)
    sizes = {name: picture_file(name).stat().st_size for name in PICTURES}
    assert {name: size for name, size in sizes.items() if size > MAX_BYTES} == {}
    assert sum(sizes.values()) <= MAX_TOTAL_BYTES
    assert {file.stem for file in help_pictures.DIRECTORY.iterdir()} == set(PICTURES)


def test_every_picture_is_served_with_alt_text_size_and_lazily() -> None:
    for language in ("th", "en"):
        page = "".join(section_html(section, language) for section in SECTIONS)
        for name, alt in PICTURES.items():
            width, height = picture_size(name)
            assert f'src="{picture_url(name)}" width="{width}" height="{height}" alt="' in page
            assert f'alt="{escape(alt.in_language(language))}"' in page
        assert page.count("<img") == page.count('loading="lazy"') == len(PICTURES)
    answer = Client().get(picture_url("home"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "img-src 'self'" in Client().get("/desk/help")["Content-Security-Policy"]


def test_searching_shows_the_sections_with_all_words() -> None:
    matching_page = page_text(Client().get("/desk/help", {"q": "  โทรศัพท์ หาย ล้าง "}))
    assert re.findall(r'<section class="card" id="([^"]+)"', matching_page) == ["sign-in", "people"]
    assert 'value="โทรศัพท์ หาย ล้าง"' in matching_page
    nothing = page_text(Client().get("/desk/help", {"q": "ไม่มีคำนี้แน่นอน"}))
    assert "ไม่พบในคู่มือ" in nothing
    assert '<section class="card" id=' not in nothing
    assert [section.anchor for section in sections_containing(["passkey"], "en")] == ["sign-in"]
    assert Client().get("/desk/help", {"q": "\0"}).status_code == 400


def test_the_printable_form_has_everything_at_once() -> None:
    client = Client()
    client.cookies["desk_language"] = "en"
    page = page_text(client.get("/desk/help/print"))
    assert re.findall(r'<section class="card" id="([^"]+)"', page) == [section.anchor for section in SECTIONS]
    assert page.count("<img") == len(PICTURES)
    assert "loading=" not in page
    assert "@page{size:A4" in page
    assert 'href="/desk/help/print"' in page_text(client.get("/desk/help"))


def test_a_visitor_is_helped_by_the_hotline_and_an_officer_by_the_nearest_administrator(
    ministry: Centre, khonkaen: Centre, officer: Officer
) -> None:
    assert "tel:1567" in page_text(Client().get("/desk/help"))
    for name, centre in (("rootadmin", ministry), ("kkadmin", khonkaen), ("formeradmin", khonkaen)):
        administrator = Officer.objects.create_user(
            username=name, password=PASSWORD, first_name=name, is_active=name != "formeradmin"
        )
        Profile.objects.create(officer=administrator, office_phone="0-4300-0000", mobile_phone="08-0000-0000")
        Membership.objects.create(officer=administrator, centre=centre, role=Role.ADMINISTRATOR.value)
    assert [contact.name for contact in help_contacts(officer)] == ["kkadmin"]
    shown = page_text(client_of(officer).get("/desk/help"))
    assert 'href="tel:0-4300-0000"' in shown
    assert "08-0000-0000" not in shown
    assert "kkadmin" not in page_text(Client().get("/desk/help"))
    Membership.objects.filter(officer__username="kkadmin").delete()
    assert [contact.name for contact in help_contacts(officer)] == ["rootadmin"]
    assert help_contacts(Officer.objects.create_user(username="nobody")) == []


def test_the_roles_of_a_section_follow_the_matrix() -> None:
    decisions = next(section for section in SECTIONS if section.anchor == "decisions")
    assert "District chief" in decisions.roles("en")
    assert "Intake officer" not in decisions.roles("en")
    assert next(section for section in SECTIONS if section.anchor == "menu").roles("en") == ""
    table = section_html(next(section for section in SECTIONS if section.anchor == "roles"), "en")
    assert "<th>1567 operator</th><td>Record details · Record a request to reopen · Add a note</td>" in table
    assert "<th>Agency officer</th><td>Accept · Report · Return to the centre</td><td>Agency&#x27;s cases</td>" in table


def test_every_template_of_a_section_loads() -> None:
    for section in SECTIONS:
        assert get_template(section.template)
