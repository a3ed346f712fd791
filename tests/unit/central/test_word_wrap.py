"""Thai text on web pages: lines end between words, nothing is wider than a phone, copied text is unchanged."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

from central.activities.commands import ActivityContent, create_activity
from central.activities.models import Activity
from central.agencies.models import Agency
from central.agencies.rule_set_install import install_rules
from central.alarms.commands import open_alarm
from central.alarms.models import Alarm
from central.cases import commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case
from central.centres import importing
from central.centres.models import Centre, Membership, Officer
from central.earlier_cases.batches import store_file
from central.fleet.models import Enrolment, RemoteCommand
from central.knowledge.commands import create_article
from central.knowledge.standard_articles import STANDARD_ARTICLES
from central.letters.commands import create_draft
from central.letters.kinds import LetterKind
from central.people.models import Registration
from central.people.roles import Role
from central.surveys.commands import create_survey
from central.word_wrap import wrap_words
from protocol import tracking_code
from protocol.case_status import CASE_STATUSES, CaseStatus
from protocol.choices import NameDisclosure
from protocol.submission import Submission
from tests.unit.central.chromium import set_viewport
from tests.unit.central.factories import actor_with, create_agency
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.page_steps import press
from tests.unit.central.people_factories import create_with_role
from tests.unit.central.served_installation import PASSWORD

PHONE_PX, DESKTOP_PX = 360, 1280
STATEMENT = (
    "ข้าพเจ้าขอร้องเรียนต่อศูนย์ดำรงธรรม เรื่องไฟฟ้าสาธารณะหน้าวัดกลางดับมาสามสัปดาห์แล้ว ประชาชนเดือดร้อนในการสัญจร\n"
    "โทร 081-234-5678 เลขที่ KKN07A-000001-51 https://example.go.th/a-very-long-address-without-any-space-in-it-at-all"
)

# Thai text nodes with a line end that is not at a space. Marked text has one node per word, so none of them is split.
_TORN_TEXTS = """
const torn = [], range = document.createRange();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walker.nextNode();) {
  const text = node.data, parent = node.parentElement;
  if (!/[\u0e01-\u0e5b]/.test(text) || parent.closest("script,style,option,textarea,.visually-hidden")) continue;
  let line = null;
  for (let i = 0; i < text.length; i++) {
    range.setStart(node, i); range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (!box.width || /\s/.test(text[i])) continue;
    if (line !== null && box.top > line + box.height / 2 && !/\s/.test(text[i - 1])) { torn.push(text); break; }
    line = box.top;
  }
}
return torn;
"""


@pytest.fixture
def case(live_server: Any, kiosk: KioskClient, officer: Officer) -> Submission:
    """A long case with a letter and a withheld name, in the longest status, with an agency and an alarm."""
    letter = kiosk.letter_submission(1, text=STATEMENT, naming=NameDisclosure.WITHHELD)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, [page])))
    stored = Case.objects.get()
    centre = Centre.objects.get(slug="khonkaen")
    agency = create_agency(centre, name_th="องค์การบริหารส่วนตำบลบ้านเป็ด")
    order = OrderInputs(lead=agency, text="โปรดตรวจสอบข้อเท็จจริง", handler_name="นายช่างโยธาชำนาญงาน")
    commands.order(stored, Actor.of(officer), seen_revision=None, inputs=order, note="ส่งต่อตามลำดับชั้น")
    closing = ClosingInputs("explained", "ชี้แจงทำความเข้าใจแล้ว")
    commands.propose(stored, Actor.of(officer), seen_revision=None, content=closing, opinion="เห็นควรยุติเรื่อง")
    for role in (Role.DIRECTOR, Role.CHIEF):
        commands.send_up(stored, actor_with(centre, role), seen_revision=None, opinion="เห็นควรอนุมัติ")
    open_alarm(Alarm.Kind.FULL, centre, "KKN07", "The quarantine of this kiosk is full", letter.case_number)
    KioskClient("PYO01").enrol()
    return letter


def check_page(browser: webdriver.Chrome, name: str, width: int) -> None:
    """Check that no word is split, and that the page fits the screen's width. Saves a picture where SCREENSHOT_DIR says
    so."""
    if directory := os.environ.get("SCREENSHOT_DIR"):
        height = browser.execute_script("return document.documentElement.scrollHeight")
        set_viewport(browser, width, max(900, height))
        browser.save_screenshot(str(Path(directory) / f"{name}-{width}.png"))
        set_viewport(browser, width)
    assert browser.execute_script(_TORN_TEXTS) == [], (name, width)
    page_width = browser.execute_script("return document.documentElement.scrollWidth")
    assert page_width <= width, (name, width)


@pytest.mark.parametrize("width", [PHONE_PX, DESKTOP_PX])
def test_no_word_is_split_on_the_tracking_page(
    browser: webdriver.Chrome, live_server: Any, case: Submission, width: int
) -> None:
    set_viewport(browser, width)
    for name, code in (
        ("form", ""),
        ("found", case.tracking_code),
        ("unknown", "7KQ2-M9XD-4TBVS"),
        ("invalid", "7KQ2"),
    ):
        browser.get(f"{live_server.url}/t")
        if code:
            browser.find_element(By.ID, "code").send_keys(code)
            browser.execute_script("document.querySelector('#code-form').noValidate = true")
            before = browser.find_element(By.ID, "page")
            browser.find_element(By.CSS_SELECTOR, "#code-form button").click()
            wait_until_gone(browser, before)
        check_page(browser, f"tracking-{name}", width)
    for status in CaseStatus:
        Case.objects.update(status=status.value, outcome="ซ่อมแซมไฟฟ้าสาธารณะหน้าวัดกลางเรียบร้อยแล้ว" * (status == "closed"))
        browser.get("about:blank")
        browser.get(tracking_code.tracking_url(live_server.url, case.tracking_code))
        wait_until_gone(browser, None)
        headline = browser.find_element(By.ID, "sentence").text
        assert headline == CASE_STATUSES[status].headline.th, "<wbr> is no character of the text"
        check_page(browser, f"tracking-{status.value}", width)


@pytest.mark.parametrize("width", [PHONE_PX, DESKTOP_PX])
def test_no_word_is_split_on_the_pages_of_the_desk(
    browser: webdriver.Chrome, live_server: Any, case: Submission, officer: Officer, width: int
) -> None:
    khonkaen = Centre.objects.get(slug="khonkaen")
    for role in (Role.ADMINISTRATOR, Role.DIRECTOR):
        Membership.objects.create(officer=officer, centre=khonkaen, role=role.value)
    importing.create_country(["40"])
    nam_phong = Centre.objects.get(slug="nam-phong")
    clerk = create_with_role(nam_phong, "wichai", Role.CASE_OFFICER)
    registration = Registration.objects.create(
        centre=nam_phong,
        kind="replacing",
        replaces_name="นายวิชัย ทองดี",
        username="kanya",
        first_name="กัญญา",
        last_name="ศรีสุข",
        position="เจ้าพนักงานปกครองปฏิบัติการ",
        office="ที่ทำการปกครองอำเภอน้ำพอง จังหวัดขอนแก่น",
        mobile_phone="0898765432",
        email="kanya.with-a-long-address@district.example.go.th",
        role="case_officer",
        submitted_at=timezone.now(),
    )
    install_rules("police", khonkaen, None)
    agency = Agency.objects.latest("pk")
    content = ActivityContent("ลงพื้นที่รับเรื่องร้องทุกข์", "ทีมงานรับเรื่อง", date(2026, 11, 20))
    activity = create_activity(officer, khonkaen, content)
    article = create_article(officer, khonkaen, STANDARD_ARTICLES[0])
    Activity.objects.filter(pk=activity.pk).update(published_at=timezone.now())
    letter = create_draft(officer, Case.objects.get(case_number=case.case_number), LetterKind.ANSWER)
    rows = [(1, ["เลขที่รับ", "วันที่รับเรื่อง", "รายละเอียดเรื่องร้องทุกข์", "สถานะ"]), (2, ["1", "x", "ไฟดับ", "ยุติเรื่องแล้ว"])]
    batch = store_file(officer, khonkaen, "ทะเบียนเรื่องร้องทุกข์ 2567.xlsx", b"", rows)
    kiosk = Enrolment.objects.filter(status="approved").latest("requested_at")
    RemoteCommand.objects.create(enrolment=kiosk, kind="support_bundle", given_by=officer, issued_at=timezone.now())
    set_viewport(browser, width)
    browser.get(f"{live_server.url}/desk/login")
    check_page(browser, "desk-login", width)
    browser.find_element(By.ID, "username").send_keys("somsri")
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    press(browser, "button.main")
    pages = {
        "home": "/desk/",
        "cases": "/desk/cases",
        "audit": "/desk/audit",
        "case": f"/desk/cases/{case.case_number}",
        "file": "/desk/file",
        "find": "/desk/find",
        "new-code": f"/desk/cases/{case.case_number}/code",
        "channels": "/desk/channels",
        "reports": "/desk/reports?period=fy2027",
        "retention": "/desk/retention",
        "mail": "/desk/mail",
        "investigations": "/desk/investigations",
        "investigation": f"/desk/cases/{case.case_number}/investigation",
        "lost-code": "/t/lost",
        "alarms": "/desk/alarms",
        "enrolments": "/desk/enrolments",
        "kiosks": "/desk/fleet",
        "releases": "/desk/fleet/releases",
        "kiosk": f"/desk/fleet/{kiosk.pk}",
        "help": "/desk/help",
        "help-print": "/desk/help/print",
        "technician-help": "/desk/help/technician",
        "centres": "/desk/centres",
        "centre-new": "/desk/centres/add?parent=khonkaen",
        "centre": "/desk/centres/nam-phong/edit",
        "centre-file": "/desk/centres/import",
        "agencies": "/desk/agencies?at=khonkaen",
        "agency": f"/desk/agencies/{agency.pk}",
        "agency-edit": f"/desk/agencies/{agency.pk}/edit",
        "agency-file": "/desk/agencies/of/khonkaen/import",
        "routing": "/desk/routing?at=khonkaen&test=1&nature=help&about_kind=police",
        "rule": "/desk/routing/of/khonkaen/new",
        "agency-registration": "/agencies/register?centre=khonkaen",
        "activities": "/activities",
        "activity": f"/activities/{activity.pk}",
        "activities-desk": "/desk/activities",
        "activity-desk": f"/desk/activities/{activity.pk}",
        "activity-new": "/desk/activities/new",
        "articles": "/desk/knowledge",
        "article": f"/desk/knowledge/{article.pk}",
        "listening": "/desk/listening",
        "listening-sources": "/desk/listening/sources",
        "surveys": "/desk/surveys",
        "survey": f"/desk/surveys/{create_survey(officer, khonkaen, 2027).pk}",
        "survey-report": "/desk/reports/survey",
        "article-new": "/desk/knowledge/new",
        "letters": "/desk/letters",
        "letter": f"/desk/cases/{case.case_number}/letters/{letter.pk}",
        "letter-office": "/desk/letters/of/khonkaen/office",
        "letter-template": "/desk/letters/of/khonkaen/templates/answer",
        "imports": "/desk/imports",
        "import": f"/desk/imports/{batch.pk}",
        "password": "/desk/password",
        "profile": "/desk/profile",
        "security": "/desk/security",
        "sessions": "/desk/sessions",
        "factor-setup": "/desk/second-factor/set-up",
        "register": "/desk/register",
        "registered": "/desk/registered",
        "invitation": "/desk/invitation",
        "people": "/desk/people",
        "districts": "/desk/people/districts",
        "person": f"/desk/people/{clerk.pk}",
        "registrations": "/desk/registrations",
        "registration": f"/desk/registrations/{registration.pk}",
        "missing": "/desk/nothing-here",
    }
    for name, path in pages.items():
        browser.get(live_server.url + path)
        check_page(browser, f"desk-{name}", width)
    browser.get(live_server.url + pages["centres"])
    browser.find_element(By.CSS_SELECTOR, ".top .wide summary" if width > 760 else ".top .phone summary").click()
    check_page(browser, "desk-menu", width)
    browser.get(live_server.url + pages["case"])
    shown = browser.find_element(By.ID, "text").text
    assert shown == STATEMENT, "copied text equals the statement"


def wait_until_gone(browser: webdriver.Chrome, element: Any) -> None:
    """Wait until the script has replaced the content: `element`, or the form of a page opened with a code."""
    wait = WebDriverWait(browser, 15, poll_frequency=0.05)
    if element is not None:
        wait.until(expected_conditions.staleness_of(element))
    else:
        wait.until(expected_conditions.presence_of_element_located((By.ID, "ladder")))


def test_marking_escapes_text_and_changes_nothing_else(db: None) -> None:
    attack = '<script>alert(1)</script> ยื่นเรื่องร้องเรียนที่ศูนย์ดำรงธรรม & "x"'
    html = Template("{{ text|wrap_words }}").render(Context({"text": attack})).replace("<wbr>", "")
    assert "<script" not in html and "&lt;script&gt;" in html and "&amp;" in html
    assert html.endswith("ที่ศูนย์ดำรงธรรม &amp; &quot;x&quot;</span>")


@pytest.mark.parametrize("text", ["KKN07A-000123-41", "081-234-5678", "18 ธ.ค. 2569", "Damrongdham Centre, Khon Kaen"])
def test_codes_numbers_and_dates_are_not_broken(text: str) -> None:
    assert "<wbr>" not in wrap_words(text).replace(" <wbr>", " ")


def test_codes_inside_a_sentence_are_not_broken() -> None:
    html = wrap_words("โปรดโทร 081-234-5678 แล้วแจ้งเลขที่ KKN07A-000123-41 ของท่านต่อเจ้าหน้าที่ศูนย์ดำรงธรรม")
    for whole in ("081-234-5678", "KKN07A-000123-41", "ดำรงธรรม"):
        assert whole in html


def test_a_long_address_may_break_anywhere() -> None:
    assert "<wbr>" in wrap_words("ที่อยู่เว็บไซต์ https://example.go.th/" + "a" * 60)


def test_line_feeds_are_unchanged() -> None:
    assert wrap_words("บรรทัดที่หนึ่งของคำร้อง\r\nบรรทัดที่สอง").count("<br>") == 1
    assert wrap_words("one\ntwo") == "one<br>two"
