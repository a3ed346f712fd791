"""No page and no part of the API fails (500) for any request: odd methods, fields, encodings, numbers."""

import json
import os
import random
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from central.activities.commands import ActivityContent, create_activity
from central.activities.models import Activity
from central.agencies.models import Agency
from central.agencies.rule_commands import RuleDetails, add_rules
from central.agency_desk.models import ReferralLink
from central.agency_desk.tokens import link_token
from central.alarms.models import Alarm
from central.cases.commands import Actor, OrderInputs, order
from central.cases.models import Case, Referral
from central.centres.models import Centre, Membership, Officer
from central.classification.models import Term
from central.earlier_cases.batches import store_file
from central.earlier_cases.models import ImportBatch
from central.fleet.models import Enrolment
from central.knowledge.commands import ArticleContent, create_article
from central.knowledge.models import Article
from central.letters.commands import create_draft
from central.letters.kinds import LetterKind
from central.listening.commands import SourceDetails, save_source
from central.listening.models import ListeningSource, SocialPost
from central.listening.storing import ReceivedPost, store_posts
from central.people.models import Registration
from central.people.roles import Role
from central.privacy.models import Erasure
from central.scan_batches.batches import create_batch
from central.surveys.commands import create_survey
from central.surveys.models import SurveyQuestion
from protocol.choices import NameDisclosure
from protocol.messages import Heartbeat
from simulators.kiosk import kiosk_moment
from tests.unit.central.conftest import create_officer
from tests.unit.central.factories import create_agency
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.served_installation import PASSWORD

_SEEDS = range(int(os.environ.get("PAGE_FUZZ_SEEDS", "1")))  # one takes 10 s; set more for a longer search
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
_ODD = (
    "",
    " ",
    "0",
    "-1",
    "9" * 30,
    "1e999",
    "NaN",
    "\x00",
    "\r\n",
    "\x1b[2J",
    "\u202e",
    "\ufdfa" * 50,
    "ก" * 3000,
    "๑๒๓",
    "%",
    "%00",
    "%ff",
    "_",
    "'",
    '"><script>',
    "{{7*7}}",
    "../../etc/passwd",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "received",
    "closed",
    "checking",
    "khonkaen",
    "approve",
    "null",
    "[]",
)
_FIELDS = [
    "period",
    "measure",
    "by",
    "value",
    "first",
    "last",
    "place",
    "end",
    "panel",
    "agency",
    "people",
    "do",
    "key",
    "province",
    "naming",
    "number",
    "sender",
    "again",
    "status",
    "page",
    "next",
    "language",
    "username",
    "password",
    "old_password",
    "new_password1",
    "new_password2",
    "step",
    "seen",
    "seen_event",
    "due_proposed",
    "referral",
    "supports",
    "standard",
    "copies",
    "order_text",
    "handler",
    "owner",
    "topic",
    "main_case",
    "template",
    "message",
    "after",
    "list",
    "skip",
    "decision",
    "text_th",
    "saved",
    "note",
    "outcome",
    "agency",
    "officer",
    "due",
    "reason",
    "centre",
    "code",
    "answer",
    "current_password",
    "role",
    "state",
    "kind",
    "name",
    "tambons",
    "replaces",
    "email",
    "mobile_phone",
    "part",
    "lang",
    "csrfmiddlewaretoken",
    "at",
    "q",
    "slug",
    "parent",
    "area_code",
    "name_th",
    "name_en",
    "day",
    "year",
    "is_confirmed",
    "subject",
    "addressee",
    "reference",
    "enclosures",
    "body",
    "closing",
    "signer_name",
    "signer_position",
    "section",
    "last_number",
    "uses_thai_digits",
    "remove_emblem",
    "version",
    "done",
    "topic",
    "subtopic",
    "days",
    "law_th",
    "law_en",
    "public_url",
    "active",
    "content",
    "apply",
    "words",
    "area",
    "areas",
    "more_areas",
    "level",
    "phone",
    "declared_days",
    "supervising_code",
    "contact_point_name",
    "other_0_phone",
    "in_use",
    "test",
    "topic",
    "nature",
    "about_kind",
    "channel",
    "lead_agency",
    "lead_kind",
    "lead_level",
    "direction",
    "handler",
    "done",
    "text",
    "message",
    "files",
    "proposed",
    "referral",
    "group",
    "notice",
    "all",
    "quiet_from",
    "gather_minutes",
    "url",
    "secret",
    "body_template",
    "price_satang",
    "way",
    "key",
    "card",
    "citizen_id",
    "naming",
    "place",
    "location_note",
    "filed_on",
    "notice_given",
    "term",
    "citizen_id",
    "sms",
    "proof",
    "case",
    "is_active",
    "held_on",
    "title_th",
    "photo",
    "photo_description",
    "choices_th",
    "url",
    "post",
    "hub.verify_token",
    "is_trust",
    "position",
    "question",
    "topics",
    "keywords",
    "contacts",
    "valid_until",
    "reviewed_on",
    "review",
    "revision",
    "status_0",
    "default_status",
    "filed_on",
    "notice_given",
]
_TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=no-such",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/json",
    "text/plain; charset=\x85",
    "",
    "a/b" * 100,
)


_QUERY = ("%00", "%ff", "x", "9" * 25, "%E0%B8%81", "+", "%", "closed", "2", "-1", "/desk/fleet", "//x", "garbage")
_MULTIPART = b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n\xff\x00\r\n--x--\r\n'


def _routes(resolver: URLResolver, before: str = "") -> list[str]:
    matches: list[str] = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        matches += _routes(entry, route) if isinstance(entry, URLResolver) else [route]
    return matches


@pytest.fixture
def url_values(kiosk: KioskClient, officer: Officer, khonkaen: Centre) -> dict[str, list[str]]:
    """Values for the parts of a URL: existing and missing ones. The officer is also an administrator."""
    Membership.objects.create(officer=officer, centre=khonkaen, role=Role.ADMINISTRATOR.value)
    letter = kiosk.letter_submission(1, naming=NameDisclosure.WITHHELD)
    (page,) = kiosk.sealed_pages(letter)
    kiosk.upload(page)
    kiosk.verify_receipt(kiosk.deliver(kiosk.delivery(letter, [page])))
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    KioskClient("PYO01").enrol()
    agency = create_agency(khonkaen, code="land-office", kind="land")
    waiting = create_agency(khonkaen, code="pending-1", kind="land", status=Agency.Status.PENDING)
    (rule,) = add_rules([RuleDetails(topic="land", lead_agency=agency)], khonkaen, None)
    return {
        "agency_id": [str(agency.pk), str(waiting.pk), "0", "9" * 30],
        "rule_id": [str(rule.pk), "0", "9" * 30],
        **_referral_values(officer, khonkaen),
        "number": [Case.objects.get().case_number, "KKN07A", "%00", "%ff", "ก", "%2e%2e", "x" * 2000],
        "other": [Case.objects.get().case_number, "KKN07A", "%00", "x" * 2000],
        "index": ["0", "1", "9" * 30],
        "request_id": ["0", "9" * 30],
        "alarm_id": [str(Alarm.objects.get().pk), "9" * 30],
        "enrolment_id": [
            *map(str, Enrolment.objects.values_list("pk", flat=True)),
            "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
        ],
        "command_id": ["0" * 8 + "-0000" * 3 + "-" + "0" * 12, "x"],
        "decision": ["approve", "refuse", "allow", "x", "%00"],
        "province": ["40", "99", "x", "%00"],
        "sha256": ["0" * 64, "x", "%00"],
        "attachment_id": ["0", "9" * 30],
        "proposal_id": ["0", "9" * 30],
        "template_id": ["0", "9" * 30],
        "term_id": [str(Term.objects.latest("pk").pk), "0", "9" * 30],
        "letter_id": [str(_letter(officer)), "0", "9" * 30],
        "letter_token": ["abcdefghijkl", "x" * 300],
        "letter_kind": ["order", "unknown"],
        "activity_id": [str(_activity(officer, khonkaen).pk), "0", "9" * 30],
        "article_id": [str(_article(officer, khonkaen).pk), "0", "9" * 30],
        "survey_id": [str(create_survey(officer, khonkaen, 2027).pk), "0", "9" * 30],
        "question_id": [str(SurveyQuestion.objects.latest("pk").pk), "0", "9" * 30],
        "source_id": [str(_source(officer, khonkaen).pk), "0", "9" * 30],
        "post_id": [str(SocialPost.objects.latest("pk").pk), "0", "9" * 30],
        "warning_id": ["0", "9" * 30],
        "photo_id": ["0", "9" * 30],
        "batch_id": [str(_import_batch(officer, khonkaen).pk), "0", "9" * 30],
        "scan_id": [str(create_batch(officer, khonkaen).pk), "0", "9" * 30],
        "page_id": ["0", "9" * 30],
        "mail_id": ["0", "9" * 30],
        "task_id": ["0", "9" * 30],
        "evidence_id": ["0", "9" * 30],
        "change": ["add", "remove", "x", "%00"],
        "section": ["tasks", "statements", "evidence", "visits", "mediations", "opinion", "x", "%00"],
        "erasure_id": [str(_erasure(officer, khonkaen).pk), "0", "9" * 30],
        "report_id": ["1", "0", "9" * 30],
        "format_name": ["csv", "docx", "json", "xlsx", "pdf", "x", "%00"],
        "key": ["x", "0" * 32, "%00"],
        "month": ["2026-11", "2026-13", "x", "%00"],
        "path_format": ["json"],
        "channel": ["sms", "line", "email", "web_push", "x", "%00"],
        "receipt_id": ["0" * 8 + "-0000" * 3 + "-" + "0" * 12, "x"],
        "slug": ["khonkaen", "moi", "%00", "ก", "x" * 300],
        **_people_values(),
    }


def _import_batch(officer: Officer, centre: Centre) -> ImportBatch:
    Membership.objects.create(officer=officer, centre=centre, role=Role.DIRECTOR.value)
    rows = [(1, ["วันที่", "รายละเอียด", "สถานะ"]), (2, ["5/1/2567", "ไฟดับ", "ยุติเรื่อง"])]
    return store_file(officer, centre, "cases.csv", b"", rows)


def _erasure(officer: Officer, centre: Centre) -> Erasure:
    for role in (Role.DPO, Role.CHIEF):
        Membership.objects.create(officer=officer, centre=centre, role=role.value, may_read_people=True)
    return Erasure.objects.create(
        centre=centre,
        basis=Erasure.Basis.REQUEST,
        proposed_by=create_officer(centre, "dpo-of-list"),
        proposed_at=timezone.now(),
    )


def _letter(officer: Officer) -> int:
    return create_draft(officer, Case.objects.get(), LetterKind.MEMO).pk


def _activity(officer: Officer, centre: Centre) -> Activity:
    content = ActivityContent(title_th="ลงพื้นที่", text_th="รับเรื่องที่หมู่บ้าน", held_on=date(2026, 11, 20))
    return create_activity(officer, centre, content)


def _article(officer: Officer, centre: Centre) -> Article:
    return create_article(officer, centre, ArticleContent("แจ้งผล", "ต้องแจ้งผล", date(2026, 11, 20)))


def _source(officer: Officer, centre: Centre) -> ListeningSource:
    source = save_source(officer, centre, SourceDetails("file", "ไฟล์"))
    store_posts(source, [ReceivedPost("1", "ถนนเป็นหลุม", None)], timezone.now())
    return source


def _referral_values(officer: Officer, khonkaen: Centre) -> dict[str, list[str]]:
    """The case is ordered to an agency of this officer, who also supervises it."""
    agency = create_agency(khonkaen, email="office@office.go.th")
    for role in (Role.AGENCY_OFFICER, Role.SUPERVISOR):
        Membership.objects.create(officer=officer, centre=khonkaen, role=role.value, agency=agency)
    order(Case.objects.get(), Actor.system(), seen_revision=None, inputs=OrderInputs(lead=agency))
    referral = Referral.objects.get()
    token = link_token(ReferralLink.objects.get().nonce)
    return {
        "referral_id": [str(referral.pk), "0", "9" * 30],
        "attachment_id": ["0", "9" * 30],
        "token": [token, token, token, "x", "%00", "x" * 2000],
    }


def _people_values() -> dict[str, list[str]]:
    """An administrator's pages: a person, a registration, and the steps of an account."""
    somsri, centre = Officer.objects.get(username="somsri"), Centre.objects.get(slug="khonkaen")
    other = create_officer(centre, "malee")
    registration = Registration.objects.create(
        centre=centre,
        kind="first",
        username="mali",
        role="intake",
        mobile_phone="0812345678",
        email="mali@example.go.th",
        submitted_at=timezone.now(),
    )
    return {
        "officer_id": [str(other.pk), str(somsri.pk), "9" * 30],
        "membership_id": [*map(str, Membership.objects.values_list("pk", flat=True)), "9" * 30],
        "registration_id": [str(registration.pk), "9" * 30],
        "session_id": ["0", "9" * 30],
        "respondent_id": ["0", "9" * 30],
        "factor": ["app", "passkey", "x", "%00"],
        "factor_id": ["0", "9" * 30],
        "filter_id": ["1", "9" * 30],
        "step": ["default", "delete", "suspend", "activate", "end-sessions", "reset-factor", "revoke-link", "x", "%00"],
    }


def _random_urls(url_values: dict[str, list[str]], rng: random.Random) -> list[str]:
    matches = []
    for route in _routes(get_resolver()):
        address = "/" + route
        while "<" in address:
            before, _, rest = address.partition("<")
            inside, _, after = rest.partition(">")
            address = before + rng.choice(url_values[inside.rpartition(":")[2]]) + after
        matches.append(address)
    return matches


def _random_form(rng: random.Random) -> dict[str, str]:
    """A form with mostly known fields and valid or invalid values."""
    valid_values = {
        "step": "take",
        "seen": "0",
        "reason": "x",
        "due": "2026-12-01",
        "centre": "khonkaen",
        "note": "x",
        "role": "intake",
        "current_password": PASSWORD,
        "username": "mali",
        "answer": "{}",
    }
    fields = {name: value for name, value in valid_values.items() if rng.random() < 0.7}
    return fields | {rng.choice(_FIELDS): rng.choice(_ODD) for _ in range(rng.randint(0, 3))}


def _send_random_request(client: Client, rng: random.Random, address: str) -> Any:
    method = rng.choice(("GET", "GET", "POST", "POST", "POST", "POST", rng.choice(_METHODS)))
    fields = _random_form(rng)
    query = "&".join(f"{name}={rng.choice(_QUERY)}" for name in list(fields)[: rng.randint(0, 4)])
    headers = {"Accept-Language": rng.choice(_ODD[9:20]).encode().decode("latin-1")}
    if rng.random() < 0.3:
        headers |= {"Upload-Offset": rng.choice(("-1", "x", "9" * 30)), "Upload-Length": "0", "Idempotency-Key": "x"}
    body, kind = urlencode(fields).encode("utf-8"), _TYPES[0]
    if rng.random() < 0.3:
        body = rng.choice((body, json.dumps(fields).encode(), _MULTIPART, b"\x00\xff\xfe", b"", b"[" * 500))
        kind = rng.choice(_TYPES)
    return client.generic(method, f"{address}?{query}", body, content_type=kind, headers=headers)


@pytest.mark.parametrize("seed", _SEEDS)
def test_no_request_causes_a_server_error(
    url_values: dict[str, list[str]], desk_client: Client, kiosk: KioskClient, seed: int
) -> None:
    rng = random.Random(seed)
    stranger = Client(raise_request_exception=False)
    desk_client.raise_request_exception = False
    failed = []
    for address in _random_urls(url_values, rng):
        client = rng.choice((desk_client, desk_client, stranger))
        response = _send_random_request(client, rng, address)
        if response.status_code >= 500:
            failed.append((response.request["REQUEST_METHOD"], address, response.request["QUERY_STRING"]))
        if client is desk_client and desk_client.get("/desk/password").status_code != 200:
            fields = {"username": "somsri", "password": PASSWORD}
            desk_client.post("/desk/login", fields)
    assert not failed


_REPLACEMENT_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "ก" * 100,
    [],
    {},
    [None],
    "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
)


def _mutate(message: Any, rng: random.Random) -> Any:
    """The message with one value changed, removed or added."""
    if isinstance(message, dict) and message and rng.random() < 0.8:
        name = rng.choice(list(message))
        if rng.random() < 0.1:
            return {key: value for key, value in message.items() if key != name}
        return message | {name: _mutate(message[name], rng)}
    if isinstance(message, list) and message and rng.random() < 0.7:
        return [_mutate(message[0], rng), *message[1:]]
    return rng.choice(_REPLACEMENT_VALUES)


@pytest.mark.parametrize("seed", _SEEDS)
def test_no_signed_request_causes_a_server_error(kiosk: KioskClient, desk_client: Client, seed: int) -> None:
    rng = random.Random(seed)
    kiosk.transport.client.raise_request_exception = False
    failed = []
    for _ in range(30):
        letter = kiosk.letter_submission(1)
        (page,) = kiosk.sealed_pages(letter)
        kiosk.upload(page)
        messages: list[tuple[str, dict[str, Any]]] = [
            ("/api/v1/submissions", kiosk.delivery(letter, [page]).model_dump(mode="json")),
            (
                "/api/v1/heartbeats",
                Heartbeat(
                    kiosk_id="KKN07",
                    version="1",
                    moment=kiosk_moment(),
                    outbox_count=0,
                    devices={"a": "b"},
                    findings=("c",),
                ).model_dump(mode="json"),
            ),
            ("/api/v1/enrolments", {"kiosk_id": "PYO01", "signing_key": "A" * 43, "hall": "x"}),
            ("/api/v1/track", {"code": letter.tracking_code, "language": "th"}),
        ]
        for path, message in messages:
            body = json.dumps(_mutate(message, rng)).encode()
            response = kiosk.send_signed_request("POST", path, body, Idempotency_Key=str(letter.submission_id))
            if response.status_code >= 500:
                failed.append((path, body[:300]))
        for offset, length in ((rng.choice(("0", "1", "-1", "9" * 30)), rng.choice(("1", "0", "9" * 30, "x"))),):
            path = f"/api/v1/parts/{rng.randbytes(32).hex()}"
            response = kiosk.send_signed_request(
                "PATCH", path, b"x", Content_Type="application/octet-stream", Upload_Offset=offset, Upload_Length=length
            )
            if response.status_code >= 500:
                failed.append((path, f"{offset} {length}".encode()))
    assert not failed
    for page_of_desk in ("/desk/", "/desk/fleet", "/desk/alarms", "/desk/enrolments"):
        assert desk_client.get(page_of_desk).status_code == 200
