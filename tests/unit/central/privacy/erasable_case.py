"""A closed case with a canary in everything that anybody has written, for tests of its erasure."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from central.cases import commands, withheld_names
from central.cases.attachments import prepare_files
from central.cases.commands import Actor, ClosingInputs, OrderInputs
from central.cases.models import Case, Complainant, LetterPage, PersonalDataRead
from central.centres.models import Centre
from central.documents.models import Document, DocumentPage
from central.messages.data_requests import request_data
from central.messages.ratings import rate, rated_bodies
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent
from central.people.roles import Role
from central.search.indexing import index_marked
from tests.unit.central import sample_files
from tests.unit.central.citizen_page import Citizen, upload
from tests.unit.central.factories import actor_with, create_agency, create_officer_with

CANARY = "kanarivogel"
PHONE = "0812345678"


def erasable_citizen(centre: Centre, **fields: Any) -> Citizen:
    """The citizen of such a case."""
    owner, director = actor_with(centre, Role.CASE_OFFICER), actor_with(centre, Role.DIRECTOR)
    texts = dict.fromkeys(("text", "topic_note", "about_note", "location_note", "for_whom_note"), f"{CANARY} ก่อเหตุ")
    citizen = Citizen(centre, **{**texts, "newer_content": {"later": CANARY}, **fields})
    case = citizen.case
    Complainant.objects.create(
        case=case, source="card", first_name=CANARY, last_name=CANARY, address=CANARY, phone=PHONE, sex="female"
    )
    _add_letter(case)
    give_consent(case, NoticeChannel.SMS, PHONE, ConsentText("ยินยอม", "1", "th"), given_by="kiosk")
    commands.name_respondent(case, owner, seen_revision=None, kind="person", name=CANARY)
    files = prepare_files([upload(sample_files.photo())])
    commands.record_details(case, Actor.citizen(), seen_revision=None, details=CANARY, attachments=files)
    inputs = OrderInputs(lead=create_agency(centre), text=CANARY, handler_name=CANARY)
    commands.order(case, owner, seen_revision=None, inputs=inputs, message=CANARY)
    commands.report(case.referrals.get(), owner, seen_revision=None, text=CANARY, is_done=True, message=CANARY)
    commands.propose(case, owner, seen_revision=None, content=ClosingInputs("resolved", CANARY), opinion=CANARY)
    commands.approve(case, director, seen_revision=None, note=CANARY)
    rate(case, Actor.citizen(), {rated_bodies(case)[0]: 3}, CANARY)
    request_data(case, Actor.citizen(), right="erasure", text=CANARY)
    officer = create_officer_with(centre, Role.CASE_OFFICER)
    PersonalDataRead.objects.create(case=case, officer=officer, data_kind="person", reason=CANARY)
    if case.is_name_withheld:
        withheld_names.request_name(officer, case, CANARY)
    index_marked()
    return citizen


def _add_letter(case: Case) -> None:
    page = LetterPage(case=case, index=0, media_type="image/jpeg", width=10, height=10, text=CANARY)
    page.picture.save(f"pages/{case.pk}.jpg", ContentFile(CANARY.encode()), save=False)
    page.save()
    document = Document.objects.create(case=case, letter_page=page, requested_at=timezone.now())
    DocumentPage.objects.create(
        document=document, index=0, state="read", text=CANARY, lines=[{"text": CANARY}], read_at=timezone.now()
    )


def rows_with(canary: str, models_searched: list[type[models.Model]]) -> list[str]:
    """Table and column of every value that contains the canary."""
    hits = []
    for model in models_searched:
        for row in model._base_manager.values():
            hits += [f"{model._meta.label}.{name}" for name, value in row.items() if canary in str(value)]
    return hits
