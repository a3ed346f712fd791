"""The tracking page with and without JavaScript, and the data it must not show."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client

from central import tracking
from central.cases import clock, commands
from central.cases.commands import Actor, ClosingInputs, OrderInputs, ask_details, record_details, take
from central.cases.models import Case, CaseEvent, CaseEventText
from central.centres.models import Centre, Officer
from central.people.roles import Role
from central.tracking import page as tracking_page
from central.tracking.page import clear_page_cache
from protocol import tracking_code
from protocol.case_status import CaseStatus
from protocol.messages import TrackingResponse
from protocol.submission import Submission
from simulators.kiosk import CITIZEN_ID
from tests.unit.central.factories import actor_with, create_agency, history_unlocked
from tests.unit.central.kiosk_client import ClientResponse, KioskClient
from tests.unit.central.page_text import page_text
from thai.dates import long_date

DUE = date.today() + timedelta(days=20)
STATIC = Path(tracking.__file__).parents[1] / "static"


@pytest.fixture
def submitted(kiosk: KioskClient) -> Submission:
    submission = kiosk.submission()
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    return submission


def page(code: str, **fields: str) -> ClientResponse:
    response: ClientResponse = Client().post("/t", {"code": code, **fields})
    return response


def api(code: str, address: str = "127.0.0.1", **fields: str) -> ClientResponse:
    body = json.dumps({"code": code, **fields})
    response: ClientResponse = Client().post(
        "/api/v1/track", body, content_type="application/json", REMOTE_ADDR=address
    )
    return response


def nonce_of(response: ClientResponse) -> str:
    return response["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]


def in_progress(officer: Officer) -> Case:
    """The one case in progress, with an agency, a person in charge and the due date `DUE`."""
    case, by, note = Case.objects.get(), Actor.of(officer), "บันทึกภายในที่ห้ามเห็น"
    agency = create_agency(case.centre, name_th="องค์การบริหารส่วนตำบลบ้านเป็ด")
    order = OrderInputs(lead=agency, text=note, handler_name="นายช่างโยธา", due=DUE)
    commands.order(case, by, seen_revision=None, inputs=order, note=note)
    commands.report(case.referrals.get(), by, seen_revision=None, text=note, is_done=False)
    case.refresh_from_db()
    with history_unlocked():
        CaseEvent.objects.filter(kind="received").update(at=datetime(2026, 11, 21, 2, 12, tzinfo=UTC))
    return case


@pytest.mark.parametrize("path", ["/", "/t"])
def test_without_javascript_there_is_a_form_that_posts(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert '<form class="card" id="code-form" method="post" action="/t">' in page_text(response)
    assert "ตรวจสอบสถานะเรื่องของท่าน" in page_text(response)
    assert "Check the status of your case" in page_text(Client().get(f"{path}?lang=en"))


def test_the_page_shows_status_agency_and_due_date(submitted: Submission, officer: Officer) -> None:
    in_progress(officer)
    shown = page_text(page(tracking_code.display(submitted.tracking_code).lower()))
    assert 'data-status="in_progress"' in shown
    assert '<h1 id="sentence" tabindex="-1">หน่วยงานกำลังดำเนินการ</h1>' in shown
    assert long_date(DUE) in shown
    assert "องค์การบริหารส่วนตำบลบ้านเป็ด" in shown
    assert "นายช่างโยธา" in shown
    assert "21 พ.ย. 2569 09.12 น." in shown
    assert shown.index('data-status="received"') < shown.index('<li class="now" data-status="in_progress"')
    assert '<li class="ahead">ยุติเรื่อง' in shown
    assert "1567" in shown
    assert submitted.case_number in shown


def test_no_personal_data_and_no_notes(submitted: Submission, officer: Officer) -> None:
    in_progress(officer)
    response = TrackingResponse.model_validate_json(api(submitted.tracking_code).content)
    for shown in (page_text(page(submitted.tracking_code)), response.model_dump_json()):
        for secret in (
            CITIZEN_ID,
            "บุญมา",
            "ใจดี",
            "0812345678",
            submitted.text,
            submitted.spot,
            "บันทึกภายใน",
            officer.username,
        ):
            assert secret not in shown


def test_the_api_returns_the_same_content(submitted: Submission, officer: Officer) -> None:
    in_progress(officer)
    response = TrackingResponse.model_validate_json(api(submitted.tracking_code, language="en").content)
    assert (response.found, response.status, response.due) == (True, CaseStatus.IN_PROGRESS, DUE.isoformat())
    assert response.sentence == "The agency is working on it"
    assert [step.status for step in response.steps] == ["received", "checking", "ordered", "in_progress"]
    assert response.sentence in page_text(page(submitted.tracking_code, language="en"))


def test_the_steps_name_the_province_of_the_centre(submitted: Submission, officer: Officer) -> None:
    case = Case.objects.get()
    commands.take(case, Actor.of(officer), seen_revision=None)
    proposal = ClosingInputs("explained", "ชี้แจงแล้ว")
    commands.propose(case, Actor.of(officer), seen_revision=None, content=proposal)
    assert "เสนอผู้อำนวยการกลุ่มงานศูนย์ดำรงธรรมจังหวัดขอนแก่นพิจารณา" in page_text(page(submitted.tracking_code))


def test_a_closed_case_shows_its_outcome(submitted: Submission, officer: Officer) -> None:
    case = Case.objects.get()
    commands.take(case, Actor.of(officer), seen_revision=None)
    outcome = ClosingInputs("explained", "<b>เปลี่ยนหลอดไฟแล้ว</b>")
    commands.close(case, Actor.of(officer), seen_revision=None, inputs=outcome)
    shown = page_text(page(submitted.tracking_code))
    assert "&lt;b&gt;เปลี่ยนหลอดไฟแล้ว" in shown
    assert '<li class="ahead">' not in shown


def test_the_language_is_the_citizens_and_switching_keeps_the_code_out_of_addresses(kiosk: KioskClient) -> None:
    submission = kiosk.submission(language="en")
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(submission)))
    shown = page_text(page(submission.tracking_code))
    assert '<html lang="en">' in shown
    code = tracking_code.display(submission.tracking_code)
    assert f'<input type="hidden" name="code" value="{code}">' in shown
    assert shown.count(code) == 1, "only in the form"
    assert '<html lang="th">' in page_text(page(code, language="th"))


def test_a_code_that_has_not_arrived_is_reported(db: None) -> None:
    response = page(tracking_code.generate())
    assert response.status_code == 200
    assert "ถูกเก็บไว้อย่างปลอดภัยและกำลังส่งมา" in page_text(response)
    spoken = TrackingResponse.model_validate_json(api(tracking_code.generate(), language="en").content)
    assert (spoken.found, spoken.status) == (False, None)
    assert "stored safely and on its way" in spoken.sentence


@pytest.mark.parametrize(
    "typed", ["7KQ2", "7KQ2-M9XD-4TBVX", "<script>alert(1)</script>", "ก" * 64, "%00", "https://x/t#"]
)
def test_an_invalid_code_is_reported_and_shown_escaped(typed: str) -> None:
    shown = page_text(page(typed))
    assert 'data-result="no_code"' in shown
    assert "<script>alert" not in shown


def test_a_complete_tracking_url_is_accepted_as_code(submitted: Submission) -> None:
    address = tracking_code.tracking_url("https://track.example.go.th", submitted.tracking_code)
    assert submitted.case_number in page_text(page(address))


def test_only_failed_lookups_are_limited(submitted: Submission) -> None:
    for _ in range(60):
        assert api(tracking_code.generate()).status_code == 200
    refused = api(tracking_code.generate())
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert page(tracking_code.generate()).status_code == 429
    assert api(submitted.tracking_code).json()["found"] is True
    assert submitted.case_number in page_text(page(submitted.tracking_code))
    assert api(tracking_code.generate(), address="192.0.2.7").status_code == 200


def test_the_page_loads_nothing_from_third_parties_and_sends_no_referrer(submitted: Submission) -> None:
    for response in (Client().get("/t"), page(submitted.tracking_code)):
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        nonce = nonce_of(response)
        assert page_text(response).count("<script") == page_text(response).count(f'<script nonce="{nonce}"')
        assert "http://" not in page_text(response)
        assert "https://" not in page_text(response)


def test_a_cached_page_is_never_out_of_date(
    submitted: Submission, officer: Officer, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    case, made = in_progress(officer), Mock(wraps=tracking_page._render)
    monkeypatch.setattr(tracking_page, "_render", made)
    clear_page_cache()

    def shown(**fields: str) -> str:
        with django_assert_num_queries(1):
            return page_text(page(submitted.tracking_code, part="page", **fields))

    assert shown() == shown()
    assert made.call_count == 1
    assert 'data-language="en"' in shown(language="en")
    for _ in range(2):
        whole = page(submitted.tracking_code)
        assert f'<script nonce="{nonce_of(whole)}"' in page_text(whole), "each response has its own nonce"
    changes: dict[str, Callable[[], object]] = {
        "a step": lambda: ask_details(case, Actor.of(officer), seen_revision=None, question="เสาไฟต้นไหน"),
        "an erased text": lambda: CaseEventText.objects.exclude(public_text="").delete(),
        "a column of the case": lambda: Case.objects.update(handler_name="นายช่างคนใหม่"),
        "another due date": lambda: Case.objects.update(due=DUE + timedelta(days=1)),
        "a renamed centre": lambda: Centre.objects.update(name_th="ศูนย์ชื่อใหม่"),
        "another day": lambda: monkeypatch.setattr(clock, "today", lambda: DUE + timedelta(days=2)),
    }
    for name, change in changes.items():
        before = shown()
        change()
        after = shown()
        assert after != before, name
        clear_page_cache()
        assert shown() == after, name


def test_page_and_fonts_are_at_most_30_kb_on_the_wire(submitted: Submission, officer: Officer) -> None:
    """Opening the QR code in Thai: page, request of the script, both fonts, 700 bytes of headers per response."""
    in_progress(officer)

    def wire(answer: Any) -> int:
        body = answer.content
        assert answer["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(body)) < 14_000
        return len(body) + 700

    first = wire(Client().get("/t", headers={"accept-encoding": "gzip"}))
    content = wire(
        Client().post("/t", {"code": submitted.tracking_code, "part": "page"}, headers={"accept-encoding": "gzip"})
    )
    fonts = [file for file in (STATIC / "fonts").glob("*.woff2") if "small" not in file.name]
    visible = re.sub("<(style|script)[^>]*>.*?</(style|script)>|<[^>]*>", "", page_text(page(submitted.tracking_code)))
    assert not re.search("[a-z]", visible.replace("English", "")), "the page needs no small Latin letters"
    assert first + content + sum(file.stat().st_size + 700 for file in fonts) <= 30_000


def test_the_fonts_have_every_thai_character_and_are_served(db: None) -> None:
    fonts = sorted(file.name for file in (STATIC / "fonts").glob("*.woff2"))
    style = page_text(Client().get("/t"))
    for name in fonts:
        assert f"/static/fonts/{name}" in style
        served = Client().get(f"/static/fonts/{name}")
        assert served.status_code == 200
        assert "max-age=31536000" in served["Cache-Control"]
        assert b"".join(served.streaming_content).startswith(b"wOF2")  # type: ignore[attr-defined]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("front", "ground"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "card"),
        ("blue", "card"),
        ("card", "blue"),
        ("gold", "blue"),
        ("ok", "ok-bg"),
        ("bad", "bad-bg"),
        ("note", "note-bg"),
    ],
)
def test_text_contrast_meets_wcag_aa(front: str, ground: str) -> None:
    style = (STATIC.parent / "templates" / "theme.css").read_text("utf-8")
    colours = dict(part.split(":") for part in style.split(":root{")[1].split("}")[0].split(";"))
    colours["--card"] = "#FFFFFF"
    light, dark = sorted((_luminance(colours[f"--{name}"]) for name in (front, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_citizen_reads_the_question_and_that_the_clock_waits(submitted: Submission, khonkaen: Centre) -> None:
    case, owner = Case.objects.get(), actor_with(khonkaen, Role.CASE_OFFICER)
    take(case, owner, seen_revision=None)
    ask_details(case, owner, seen_revision=None, question="เสาไฟต้นไหน\nใกล้บ้านเลขที่ใด", note="ห้ามเห็น")
    shown = page_text(page(submitted.tracking_code))
    assert '<p id="message">เสาไฟต้นไหน<br>ใกล้บ้านเลขที่ใด</p>' in shown
    assert "หยุดนับกำหนดแล้วเสร็จไว้ก่อน" in shown
    assert "ห้ามเห็น" not in shown
    assert 'id="replied"' not in shown
    record_details(case, Actor.citizen(), seen_revision=None, details="ต้นหน้าวัด")
    assert 'id="replied"' in page_text(page(submitted.tracking_code)), "the question needs no second answer"
    assert "ต้นหน้าวัด" not in page_text(page(submitted.tracking_code))
