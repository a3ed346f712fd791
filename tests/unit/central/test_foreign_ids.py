"""Everything of a centre, by its URL, by officers of another centre: nothing is shown, nothing is changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from central.activities.models import Activity, ActivityPhoto
from central.agencies.models import Agency
from central.agencies.rule_commands import RuleDetails, add_rules
from central.alarms.models import Alarm
from central.cases import commands, withheld_names
from central.cases.commands import Actor, OrderInputs
from central.cases.models import Attachment, CaseEvent, Respondent
from central.centres.models import Centre, Officer
from central.classification.models import Term
from central.desk.models import SavedFilter
from central.earlier_cases.models import ImportBatch
from central.fleet.models import Enrolment, RemoteCommand
from central.insight.models import PeriodicReport
from central.investigation.models import Evidence, Investigation, Task
from central.knowledge.models import Article
from central.letters.models import Letter
from central.listening.models import ListeningSource, SocialPost, TopicWarning
from central.mailboxes.mail_content import MailContent
from central.mailboxes.models import Mailbox, ReceivedMail
from central.messages.models import AnswerTemplate
from central.notices.route_secrets import encrypt_secret
from central.people.models import OfficerSession, Registration
from central.people.roles import MATRIX, Role, Scope
from central.privacy.models import Erasure
from central.scan_batches.models import ScanBatch, ScanFile, ScanPage
from central.surveys.models import Survey
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_agency, create_case, create_officer_with
from tests.unit.central.kiosk_client import KioskClient

STORY = "ไฟฟ้าดับทุกคืน"
# Written by any request: sessions, counts of attempts.
_NOT_COMPARED = {"Session", "OfficerSession", "FailureCount"}
_READINGS = {"PersonalDataRead", "CaseView"}  # a refused form shows the case again
_OWN_PAGES = {"/desk/security/app/1/remove"}  # asks for the own password first
_FORM = {
    "step": "take",
    "seen": "0",
    "kind": "reboot",
    "reason": "เหตุผล",
    "note": "บันทึก",
    "centre": "phayao",
    "name": "ชื่อ",
    "decision": "approve",
    "role": "intake",
    "username": "forged",
    "outcome": "explained",
    "message": "ข้อความ",
    "direction": "up",
    "text_th": "ข้อความ",
    "done": "yes",
    "text": "รายงาน",
    "compare_code": "0",
    "delete": "yes",
}


@pytest.fixture
def url_values(kiosk: KioskClient, officer: Officer, khonkaen: Centre) -> dict[str, str]:
    """One existing object of Khon Kaen for each part of a URL."""
    agency, by = create_agency(khonkaen, "land"), Actor.of(officer)
    case, proposed = create_case(khonkaen), create_case(khonkaen)
    withheld = create_case(khonkaen, name_disclosure="withheld")
    commands.order(case, by, seen_revision=None, inputs=OrderInputs(lead=agency, text=STORY))
    commands.take(proposed, by, seen_revision=None)
    commands.propose(proposed, by, seen_revision=None, content=OrderInputs(lead=agency))
    attachment = Attachment.objects.create(
        case=case, event=CaseEvent.objects.latest("id"), file="x.pdf", media_type="application/pdf", name="x", size=1
    )
    client_of(officer)
    registration = Registration.objects.create(
        centre=khonkaen,
        kind="first",
        username="mali",
        role="intake",
        email="m@example.go.th",
        submitted_at=timezone.now(),
    )
    alarm = Alarm.objects.create(kind="silent", centre=khonkaen, kiosk_id="KKN07", detail="")
    template = AnswerTemplate.objects.create(centre=khonkaen, step="close", name="x", text_th=STORY)
    activity = Activity.objects.create(
        centre=khonkaen,
        title_th="x",
        text_th=STORY,
        held_on="2026-11-20",
        changed_at=timezone.now(),
        changed_by=officer,
    )
    photo = ActivityPhoto.objects.create(activity=activity, key="x", file="x.jpg", size=1, description_th="x")
    batch = ImportBatch.objects.create(
        centre=khonkaen, officer=officer, file_name="x", file_sha256="x", created_at=timezone.now(), headings=[STORY]
    )
    report = PeriodicReport.objects.create(
        centre=khonkaen, month=24_323, made_on=timezone.now(), pdf=STORY.encode(), word=STORY.encode()
    )
    letter = Letter.objects.create(
        case=case, centre=khonkaen, kind="order", token="forged-letter", created_by=officer, subject=STORY, body=STORY
    )
    (rule,) = add_rules([RuleDetails(topic="land", lead_agency=agency)], khonkaen, None)
    command = RemoteCommand.objects.create(
        enrolment=Enrolment.objects.get(), kind="support_bundle", given_by=officer, issued_at=timezone.now(), bundle="x"
    )
    erasure = Erasure.objects.create(
        centre=khonkaen, basis="request", reason=STORY, proposed_by=officer, proposed_at=timezone.now()
    )
    file = Investigation.objects.create(case=case, opened_by=officer, opened_at=timezone.now(), question=STORY)
    entered = {"investigation": file, "entered_by": officer, "entered_at": timezone.now()}
    today = timezone.localdate()
    task = Task.objects.create(**entered, text=STORY, owner=officer, due=today)
    evidence = Evidence.objects.create(**entered, number=1, kind="object", description=STORY, received_on=today)
    mailbox = Mailbox.objects.create(centre=khonkaen, host="x", username="x", password=b"x")
    mail = ReceivedMail.objects.create(
        mailbox=mailbox,
        uid_validity=1,
        uid=1,
        content=encrypt_secret(MailContent("", "", STORY, "", STORY).to_json()),
        received_at=timezone.now(),
    )
    survey = Survey.objects.create(
        centre=khonkaen, year=2027, title_th=STORY, changed_at=timezone.now(), changed_by=officer
    )
    scan = ScanBatch.objects.create(
        centre=khonkaen, officer=officer, created_at=timezone.now(), changed_at=timezone.now()
    )
    scan_file = ScanFile.objects.create(batch=scan, index=0, name=STORY, sha256="x")
    scan_page = ScanPage.objects.create(file=scan_file, index=0, picture="x.jpg", thumbnail=b"x")
    now = timezone.now()
    source = ListeningSource.objects.create(
        centre=khonkaen, kind="file", name=STORY, created_at=now, changed_at=now, changed_by=officer
    )
    post = SocialPost.objects.create(source=source, content_hash="x", text=STORY, published_on=today, received_at=now)
    warning = TopicWarning.objects.create(
        centre=khonkaen, district="4007", topic="land", last_day=today, count=9, weekly_mean=1, probability=0,
        raised_at=now,
    )  # fmt: skip
    return {
        "source_id": str(source.pk),
        "post_id": str(post.pk),
        "warning_id": str(warning.pk),
        "mail_id": str(mail.pk),
        "article_id": str(Article.objects.create(centre=khonkaen).pk),
        "survey_id": str(survey.pk),
        "question_id": str(survey.questions.create(position=1, kind="text", text_th=STORY).pk),
        "scan_id": str(scan.pk),
        "page_id": str(scan_page.pk),
        "task_id": str(task.pk),
        "evidence_id": str(evidence.pk),
        "change": "add",
        "section": "visits",
        "erasure_id": str(erasure.pk),
        "number": case.case_number,
        "index": "0",
        "other": proposed.case_number,
        "respondent_id": str(
            Respondent.objects.create(case=case, type="person", name=STORY, added_at=timezone.now()).pk
        ),
        "attachment_id": str(attachment.pk),
        "request_id": str(withheld_names.request_name(officer, withheld, "ศาลขอ").pk),
        "referral_id": str(case.referrals.get().pk),
        "proposal_id": str(proposed.proposals.get().pk),
        "template_id": str(template.pk),
        "term_id": str(Term.objects.latest("pk").pk),
        "agency_id": str(agency.pk),
        "rule_id": str(rule.pk),
        "slug": khonkaen.slug,
        "letter_id": str(letter.pk),
        "letter_token": letter.token,
        "letter_kind": letter.kind,
        "activity_id": str(activity.pk),
        "photo_id": str(photo.pk),
        "batch_id": str(batch.pk),
        "report_id": str(report.pk),
        "month": "2026-10",  # of open data, which is of every centre
        "format_name": "docx",  # of a monthly report; the files of an own report have other formats
        "alarm_id": str(alarm.pk),
        "enrolment_id": str(Enrolment.objects.get().pk),
        "command_id": str(command.pk),
        "officer_id": str(officer.pk),
        "membership_id": str(officer.memberships.get().pk),
        "registration_id": str(registration.pk),
        "session_id": str(OfficerSession.objects.get().pk),
        "filter_id": str(SavedFilter.objects.create(officer=officer, name="x").pk),
        "factor": "app",
        "factor_id": "1",
        "channel": "sms",
        "decision": "approve",
        "step": "delete",
    }


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        else:
            yield route


def _addresses(values: dict[str, str]) -> list[str]:
    """Every page of the desk whose URL names something, with each kind of decision and step."""
    choices: tuple[dict[str, str], ...] = (
        {},
        {"decision": "revoke", "step": "suspend"},
        {"decision": "allow", "step": "default"},
        {"decision": "dismiss"},
    )
    return list(dict.fromkeys(address for choice in choices for address in _filled(values | choice)))


def _filled(values: dict[str, str]) -> list[str]:
    addresses = []
    for route in _routes(get_resolver()):
        address = f"/{route}"
        if not address.startswith("/desk/") or "<" not in address:
            continue
        while "<" in address:
            before, _, rest = address.partition("<")
            inside, _, after = rest.partition(">")
            address = before + values[inside.rpartition(":")[2]] + after
        addresses.append(address)
    return addresses


def _stored(stranger: Officer) -> dict[str, list[dict[str, Any]]]:
    """Every row, except what is recorded about the stranger."""
    stored = {}
    for model in apps.get_models():
        rows = model._default_manager.order_by("pk")
        if model.__name__ == "OfficerEvent":
            rows = rows.exclude(officer=stranger)
        if model.__name__ not in _NOT_COMPARED:
            stored[model.__name__] = list(rows.values())
    return stored


@pytest.mark.parametrize("role", [Role.GOVERNOR, Role.DIRECTOR, Role.ADMINISTRATOR, Role.DPO, Role.AGENCY_HEAD,
                                  Role.SUPERVISOR, Role.TEAM_HEAD])  # fmt: skip
def test_nothing_of_another_centre_is_reached_by_its_url(
    url_values: dict[str, str], phayao: Centre, role: Role
) -> None:
    agency = create_agency(phayao) if MATRIX[role].scope is Scope.AGENCY else None
    officer = create_officer_with(phayao, role, agency=agency)
    officer.memberships.update(tambons="400101,560101")
    client = Client()
    client.force_login(officer)
    before, reached = _stored(officer), []
    for address in _addresses(url_values):
        for response in (client.get(address), client.post(address, _FORM)):
            # A list answers a form about something unknown with itself: 302, or 409 with a sentence.
            expected = (302, 403, 404, 405, 409) if "/enrolments/" in address else (302, 403, 404, 405)
            if response.status_code not in expected and address not in _OWN_PAGES:
                reached.append((response.request["REQUEST_METHOD"], address, response.status_code))
            assert STORY not in response.content.decode()
    assert not reached
    after = _stored(officer)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.AGENCY_OFFICER])
def test_a_district_and_an_agency_without_the_order_reach_nothing_of_their_province(
    url_values: dict[str, str], khonkaen: Centre, role: Role
) -> None:
    if MATRIX[role].scope is Scope.AGENCY:
        officer = create_officer_with(khonkaen, role, agency=create_agency(khonkaen, "other"))
    else:
        district = Centre.objects.create(parent=khonkaen, slug="phon", area_code="4012", name_th="อ.พล", name_en="Phon")
        officer = create_officer_with(district, role)
    client = Client()
    client.force_login(officer)
    before, reached = _stored(officer), set()
    for address in _addresses(url_values):
        for response in (client.get(address), client.post(address, _FORM)):
            # A list answers a form about something unknown with itself: 409 with a sentence.
            expected = (302, 403, 404, 405, 409) if "/enrolments/" in address else (302, 403, 404, 405)
            if response.status_code not in expected and address not in _OWN_PAGES:
                reached.add(address)
            assert STORY not in response.content.decode()
    assert reached <= {f"/desk/agencies/{url_values['agency_id']}"}, "a district orders agencies of the province"
    after = _stored(officer)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR])
def test_who_only_reads_changes_nothing_at_the_own_centre(
    url_values: dict[str, str], khonkaen: Centre, role: Role
) -> None:
    agency = Agency.objects.get() if MATRIX[role].scope is Scope.AGENCY else None
    officer = create_officer_with(khonkaen, role, agency=agency)
    client = Client()
    client.force_login(officer)
    before = _stored(officer)
    for address in _addresses(url_values):
        assert client.post(address, _FORM).status_code < 500
    after = _stored(officer)
    assert [name for name in before if before[name] != after[name] and name not in _READINGS] == []
