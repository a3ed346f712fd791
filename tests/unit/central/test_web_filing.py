"""Filing on the web without scripts: the form, the check, the case; what is refused with one sentence; the receipt."""

import hashlib
import html
import io
import itertools
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader
from zxingcpp import read_barcodes

from central import bilingual_forms
from central.cases.models import Attachment, Case, Complainant
from central.centres.models import Centre
from central.notices.models import Notice, NoticeConsent, NoticeRoute
from central.public import filing_views, kiosk_texts, proof_of_work, web_texts
from central.public.filing_form import FilingForm
from central.public.filing_steps import STEPS
from central.public.proof_of_work import BITS, Verdict, check_proof, is_solution, new_challenge
from central.throttle import LocalThrottle
from journey.language import translate
from protocol.bilingual_text import BilingualText
from protocol.choices import MAX_NOTE_CHARS, MAX_TEXT_CHARS
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import Citizen, upload
from tests.unit.central.kiosk_client import ClientResponse
from tests.unit.central.page_text import page_text

NAME, PHONE, STORY = "บุญมา ใจดี", "0812345678", "ไฟฟ้าดับทุกคืน"


def solve(challenge: str, key: str) -> str:
    """A proof, as the browser finds it."""
    return next(str(counter) for counter in itertools.count() if is_solution(challenge, key, str(counter)))


@pytest.fixture(scope="session")
def easy_proof() -> Iterator[None]:
    """Four bits: a test finds a proof at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof_of_work, "BITS", 4)
        yield


@pytest.fixture(autouse=True)
def _easy(easy_proof: None) -> None:
    return


def filled(**changes: Any) -> dict[str, Any]:
    """A whole form with its proof, as a browser with scripts sends it."""
    key, challenge = str(changes.get("key", uuid4())), new_challenge()
    form = {
        "key": key,
        "challenge": challenge,
        "counter": solve(challenge, key),
        "accepted": "on",
        "topic": "utilities",
        "province": "40",
        "district": "4001",
        "tambon": "400101",
        "spot": "หน้าวัด",
        "text": STORY,
        "naming": "named",
        "name": NAME,
        "phone": PHONE,
        "language": "en",
        "do": "send",
    }
    return {**form, **changes}


def send(**changes: Any) -> ClientResponse:
    response: ClientResponse = Client().post("/file", filled(**changes))
    return response


def refusal(response: ClientResponse) -> str:
    match = re.search(r'<p class="card danger" role="alert" id="error">(.*?)</p>', response.content.decode())
    assert match, "nothing was refused"
    return html.unescape(re.sub("<[^>]+>", "", match[1]))


def shown(response: ClientResponse, element: str) -> str:
    match = re.search(f'id="{element}">([^<]+)<', response.content.decode())
    assert match, f"no {element}"
    return match[1]


def test_a_citizen_files_without_scripts(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "MIN_AGE_S", 0)
    client = Client()
    page = client.get("/file?lang=en").content.decode()
    start = dict(re.findall(r'<input type="hidden" name="(key|challenge)" value="([^"]+)"', page))
    form = {**filled(), **start, "counter": ""}
    listed = client.post("/file", {**form, "do": "places"}).content.decode()
    assert "Nai Mueang" in listed
    check = client.post("/file", {**form, "do": "check"})
    assert [STORY in page_text(check), "Nai Mueang" in page_text(check), NAME in page_text(check)] == [True] * 3
    assert STORY in client.post("/file", {**form, "do": "edit"}).content.decode()
    done = client.post("/file", {**form, "files": upload(sample_files.photo(position=True))})
    case = Case.objects.get()
    assert (case.channel, case.area, case.centre, case.text) == ("web", "400101", khonkaen, STORY)
    assert (case.notice_version, case.language, case.location_note) == (web_texts.NOTICE_VERSION, "en", "หน้าวัด")
    assert shown(done, "number") == case.case_number
    assert Complainant.objects.get().full_name == NAME
    assert Attachment.objects.get().latitude is None
    tracked = client.post("/t", {"code": shown(done, "code")})
    assert case.case_number in page_text(tracked)


def test_sending_twice_is_one_case_with_one_code(khonkaen: Centre) -> None:
    form = filled()
    first, again = Client().post("/file", form), Client().post("/file", form)
    assert shown(first, "code") == shown(again, "code")
    changed = Client().post("/file", {**form, "text": "อีกเรื่อง"})
    assert "what you changed later was not sent" in page_text(changed).lower()
    assert Case.objects.count() == 1


def test_a_repetition_needs_no_new_proof(khonkaen: Centre) -> None:
    form = filled()
    Client().post("/file", form)
    assert shown(Client().post("/file", {**form, "challenge": "forged", "counter": ""}), "code")


def test_the_files_of_a_repetition_are_not_opened(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    form = filled()

    def again(*contents: bytes) -> ClientResponse:
        files = [upload(content, f"{number}.jpg") for number, content in enumerate(contents)]
        return Client().post("/file", {**form, "files": files, "challenge": "forged", "counter": ""})

    photo = sample_files.photo()
    first = Client().post("/file", {**form, "files": upload(photo)})
    monkeypatch.setattr(filing_views, "prepare_files", lambda *_, **__: pytest.fail("a file was opened"))
    assert shown(again(photo), "code") == shown(first, "code")
    assert web_texts.OTHER_CONTENT.en not in page_text(again(photo))
    assert web_texts.OTHER_CONTENT.en in page_text(again(photo, photo))
    assert Attachment.objects.count() == 1


def test_a_filed_key_is_repeated_twelve_times(khonkaen: Centre) -> None:
    form = filled()
    statuses = [Client().post("/file", form).status_code for _ in range(14)]
    assert statuses == [200] * 13 + [429]
    assert send().status_code == 200, "another case is another key"


def test_a_number_gets_three_first_notices_a_day(khonkaen: Centre, ministry: Centre) -> None:
    NoticeRoute.objects.create(centre=ministry, channel="sms", is_active=True)
    for _ in range(5):
        assert send(sms="on").status_code == 200
    assert NoticeConsent.objects.count() == 5
    assert announced() == 3
    assert send(sms="on", phone="0898765432").status_code == 200
    assert announced() == 4


def announced() -> int:
    return Notice.objects.filter(channel="sms").count()


@pytest.mark.parametrize("path", ["/file", "/t/lost"])
@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({"Origin": "http://testserver"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, True),
    ],
)
def test_a_form_of_another_site_is_refused(
    khonkaen: Centre, path: str, headers: dict[str, str], is_refused: bool
) -> None:
    response = Client().post(path, {**filled(), "phone": PHONE}, headers=headers)
    assert (response.status_code == 403) == is_refused
    assert Case.objects.exists() == (path == "/file" and not is_refused)


@pytest.mark.parametrize("path", ["/file", "/t/lost"])
def test_the_forms_state_their_origin(khonkaen: Centre, path: str) -> None:
    """With no-referrer a browser sends 'Origin: null' with a form, which is refused."""
    assert Client().get(path)["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"accepted": ""}, web_texts.NOT_ACCEPTED),
        ({"topic": ""}, kiosk_texts.NO_TOPIC),
        ({"topic": "anything"}, bilingual_forms.BAD_CHOICE),
        ({"text": " \n "}, web_texts.NO_STORY),
        ({"text": "ก" * (MAX_TEXT_CHARS + 1)}, web_texts.TEXT_TOO_LONG),
        ({"spot": "ก" * (MAX_NOTE_CHARS + 1)}, web_texts.NOTE_TOO_LONG),
        ({"text": "a\x07b"}, bilingual_forms.BAD_CHARACTERS),
        ({"name": "a\x00b"}, bilingual_forms.BAD_CHARACTERS),
        ({"phone": "+44 20 7946 0000"}, kiosk_texts.BAD_PHONE),
        ({"phone": "12345"}, kiosk_texts.BAD_PHONE),
        ({"challenge": "forged"}, web_texts.STALE),
        ({"counter": "x"}, web_texts.STALE),
        ({"key": "7"}, bilingual_forms.DAMAGED_FORM),
    ],
)
def test_a_wrong_entry_is_one_sentence_and_nothing_typed_is_lost(
    khonkaen: Centre, changes: dict[str, str], sentence: BilingualText
) -> None:
    form = filled() | changes
    for language in ("th", "en"):
        response = Client().post("/file", {**form, "language": language})
        assert response.status_code in (409, 422)
        assert refusal(response) == sentence.in_language(language)
        assert html.escape(form["text"].replace("\x07", "")[:20]) in response.content.decode().replace("\x07", "")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (sample_files.png_bomb(), "more than 64 megapixels"),
        (b"MZ not a picture", "neither a photo"),
        (sample_files.pdf_with_script(), "contains a program"),
    ],
)
def test_a_bad_file_is_one_sentence_and_nothing_is_stored(khonkaen: Centre, content: bytes, sentence: str) -> None:
    response = send(files=[upload(sample_files.photo()), upload(content, "b")])
    assert sentence in refusal(response)
    assert refusal(response).endswith("choose the files again before you send")
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)


def test_too_many_files_and_mixtures_are_refused(khonkaen: Centre) -> None:
    assert "At most 5 files" in refusal(send(files=[upload(sample_files.photo(), f"{n}.jpg") for n in range(6)]))
    assert "or one PDF" in refusal(send(files=[upload(sample_files.pdf(), "a.pdf"), upload(sample_files.photo())]))
    assert send(files=[upload(sample_files.pdf(), "a.pdf")], text="").status_code == 200


def test_the_place_of_a_photo_is_added_on_purpose_only(khonkaen: Centre) -> None:
    send(files=upload(sample_files.photo(position=True)), with_place="on")
    assert Attachment.objects.get().latitude is not None


def test_an_anonymous_case_has_no_contact_whatever_was_typed(khonkaen: Centre) -> None:
    send(naming="anonymous", phone="not a number")
    assert Case.objects.get().name_disclosure == "anonymous"
    assert not Complainant.objects.exists()


def test_lists_of_another_province_count_for_nothing(khonkaen: Centre, phayao: Centre) -> None:
    send(province="56", district="4001", tambon="400101")
    assert (Case.objects.get().area, Case.objects.get().centre) == ("56", phayao)


def test_sms_is_offered_where_the_centre_can_send_it(khonkaen: Centre, ministry: Centre) -> None:
    assert 'name="sms"' not in Client().get("/file").content.decode()
    NoticeRoute.objects.create(centre=ministry, channel="sms", is_active=True)
    assert 'name="sms"' in Client().get("/file").content.decode()
    assert "Thai mobile numbers only" in refusal(send(sms="on", phone="043123456"))
    send(sms="on")
    consent = NoticeConsent.objects.get()
    assert (consent.given_by, consent.text_version) == ("web", "sms-1")


def test_a_form_without_proof_waits_and_is_taken_rarely(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    response = send(counter="")
    assert (response.status_code, "wait 20 seconds" in refusal(response)) == (429, True)
    monkeypatch.setattr(proof_of_work, "MIN_AGE_S", 0)
    statuses = [send(counter="").status_code for _ in range(5)]
    assert statuses == [200] * 4 + [429]
    assert send().status_code == 200, "a proof has a limit of its own"


def test_many_complaints_of_one_network_are_limited(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    few = LocalThrottle("few", limit=1, window_s=600)
    monkeypatch.setattr(filing_views, "_PROVEN_THROTTLE", few)
    form = filled()
    assert Client().post("/file", form).status_code == 200
    assert "Many complaints" in refusal(send())
    assert Client().post("/file", form).status_code == 200, "a repetition is no further complaint"
    cache.clear()


def test_a_proof_files_one_case_for_one_day() -> None:
    key, challenge = str(uuid4()), new_challenge()
    counter = solve(challenge, key)
    assert check_proof(challenge, key, counter) is Verdict.PROVEN
    others = (str(uuid4()) for _ in itertools.count())
    assert any(check_proof(challenge, other, counter) is Verdict.STALE for other in itertools.islice(others, 60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof_of_work, "MAX_AGE_S", -1)
        assert check_proof(challenge, key, counter) is Verdict.STALE


def test_the_proof_is_as_hard_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_of_work, "BITS", BITS)
    assert BITS == 16
    for counter in range(300):
        digest = hashlib.sha256(f"a:b:{counter}".encode()).digest()
        assert is_solution("a", "b", str(counter)) == digest.startswith(b"\0\0")


def test_the_script_gets_the_receipt_or_the_step_that_is_wrong(khonkaen: Centre) -> None:
    answer = Client().post("/file", filled(part="1", phone="12345"))
    assert (answer.status_code, answer.json()["step"], answer.json()["field"]) == (422, "person", "phone")
    stale = Client().post("/file", filled(part="1", challenge="forged"))
    assert (stale.status_code, bool(stale.json()["challenge"])) == (409, True)
    filed = Client().post("/file", filled(part="1")).json()["receipt"]
    assert Case.objects.get().case_number in filed


def test_the_receipt_is_a_picture_and_a_pdf_with_the_code(khonkaen: Centre) -> None:
    citizen = Citizen(khonkaen)
    picture = Client().post("/file/receipt", {"code": citizen.code, "as": "png"})
    assert picture["Content-Disposition"] == f'attachment; filename="damrongdham-{citizen.case.case_number}.png"'
    opened = Image.open(io.BytesIO(picture.content))
    assert opened.size == (1080, 1560)
    assert [code.text for code in read_barcodes(opened.convert("L"))] == [
        f"http://testserver/t#{_display(citizen.code)}"
    ]
    pdf = Client().post("/file/receipt", {"code": citizen.code, "as": "pdf", "language": "en"})
    pages = PdfReader(io.BytesIO(pdf.content)).pages
    assert (len(pages), _display(citizen.code) in pages[0].extract_text()) == (1, True)


def _display(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def test_a_receipt_needs_the_code(khonkaen: Centre) -> None:
    assert (
        Client().post("/file/receipt", {"code": "7KQ2-M9XD-4TBVS", "as": "pdf"})["Content-Type"].startswith("text/html")
    )
    assert Client().get("/file/receipt").status_code == 302


def test_an_installation_without_a_centre_says_so(db: None) -> None:
    assert Client().get("/file").status_code == 503


def test_places_are_listed_by_province(db: None) -> None:
    districts = Client().get("/file/places/40.json").json()["districts"]
    assert next(each for each in districts if each["code"] == "4001")["tambons"][0]["code"].startswith("4001")
    assert [Client().get(f"/file/places/{code}.json").status_code for code in ("99", "4001", "x")] == [404] * 3


def test_the_app_can_be_installed(db: None) -> None:
    manifest = Client().get("/app.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"192x192", "512x512"}
    for icon in manifest.json()["icons"]:
        assert Client().get(icon["src"]).status_code == 200
    assert Client().get("/file/worker.js")["Service-Worker-Allowed"] == "/file"


def test_a_new_proof_worker_replaces_the_stored_one(db: None) -> None:
    """What is stored first is kept for ever: only files whose names change with their content may be."""
    lines = Client().get("/file/worker.js").content.decode().splitlines()
    stored_first = next(line for line in lines if line.startswith("const isPart"))
    assert "proof-worker" not in stored_first
    assert any("isProofWorker(url)" in line and "freshOrStored(event.request)" in line for line in lines)


def test_nothing_personal_reaches_a_log(khonkaen: Centre, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    response = send()
    send(phone="12345")
    send(files=upload(b"x", f"{NAME}.jpg"))
    canaries = (NAME, PHONE, STORY, "หน้าวัด", shown(response, "code"), shown(response, "code").replace("-", ""))
    assert caplog.text
    assert [canary for canary in canaries if canary in caplog.text] == []


def test_the_sentences_are_those_of_the_kiosk() -> None:
    texts = [value for value in vars(kiosk_texts).values() if isinstance(value, BilingualText)]
    for table in (
        kiosk_texts.NATURES,
        kiosk_texts.ABOUTS,
        kiosk_texts.FOR_WHOM,
        kiosk_texts.NAMINGS,
        kiosk_texts.NAMING_TEXTS,
    ):
        texts += table.values()
    texts += [name for _, name in kiosk_texts.HOTLINES]
    assert [text for text in texts if translate(text.en, "th") != text.th] == []


def test_every_field_is_on_a_step() -> None:
    on_steps = {field for step in STEPS for field in step.fields}
    assert set(FilingForm.base_fields) - on_steps == {"key", "challenge", "counter"}


def test_the_case_is_filed_now(khonkaen: Centre) -> None:
    send()
    assert timezone.now() - Case.objects.get().filed_at < timedelta(minutes=1)
    assert Case.objects.get().filing_time_quality == "centre_clock"
