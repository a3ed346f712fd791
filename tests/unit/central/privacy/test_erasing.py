"""Erasure: who lists, approves and holds, and that nothing anybody has written is left in database, index and files."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from central.cases import commands
from central.cases.commands import Actor, NotAllowedError
from central.cases.history import verify_case
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.insight.models import CaseFact
from central.people.roles import Role
from central.privacy import erasing, freed_space
from central.privacy.case_classes import CaseClass
from central.privacy.case_tables import case_models
from central.privacy.erasures import decide, due_counts, propose_requested, propose_scheduled
from central.privacy.holds import lift_hold, place_hold
from central.privacy.models import ErasedCase, ErasedFile, Erasure
from central.privacy.periods import set_period
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.privacy.erasable_case import CANARY, PHONE, erasable_citizen, rows_with
from tests.unit.central.queued_tasks import run_queued_tasks
from thai.dates import BANGKOK_TIME

# What each table of a case keeps after an erasure. A new table is entered here once its rows are erased too.
KEPT_ROWS = {
    "agency_desk.AccessCode": "when a code was requested, without the reason",
    "agency_desk.ReferralLink": "hashes and times",
    "agency_desk.ReferralMail": "purpose and times",
    "cases.Case": "number, codes, dates",
    "cases.CaseEvent": "the chain: codes, ids and digests",
    "cases.CaseView": "who had it open",
    "cases.NameRequest": "who requested and decided, without the reason",
    "cases.PersonalDataRead": "who read what and when, without the reason",
    "cases.Proposal": "who proposed and decided",
    "cases.Referral": "which agency, when",
    "earlier_cases.ImportRow": "the number of the row",
    "earlier_cases.ImportedCase": "its number in the earlier system",
    "filing.FiledSubmission": "the hash of its key",
    "insight.CaseFact": "codes and days",
    "intake.AcceptedDelivery": "the signed receipt",
    "intake.Part": "hash and size",
    "letters.Letter": "kind, number and day",
    "mailboxes.MailRead": "who opened the mail",
    "mailboxes.ReceivedMail": "that a mail became the case",
    "messages.DataRequest": "which right, when",
    "messages.EndedCode": "the hash",
    "messages.Rating": "the stars",
    "notices.NoticeConsent": "that and when they agreed, without the address",
    "privacy.ErasedCase": "the record of the erasure",
    "privacy.ErasureHold": "who held it and why",
    "scan_batches.FiledPart": "that pages of a scan became the case",
}
ERASED_ROWS = {
    "cases.Attachment",
    "cases.CaseEventText",
    "cases.CasePoint",
    "cases.Complainant",
    "cases.LetterPage",
    "cases.Respondent",
    "documents.Document",
    "documents.DocumentPage",
    "duplicates.CaseToken",
    "duplicates.ComparedFeatures",
    "duplicates.DuplicateCandidate",
    "intake.PartChunk",
    "investigation.CustodyEntry",
    "investigation.Evidence",
    "investigation.Investigation",
    "investigation.Investigator",
    "investigation.Mediation",
    "investigation.SiteVisit",
    "investigation.Statement",
    "investigation.Task",
    "mailboxes.ReceivedFile",
    "listening.SocialPost",
    "messages.SentForm",
    "notices.Notice",
    "notices.PhoneCode",
    "notices.ReportedFacts",
    "surveys.SurveyParticipation",
}


@pytest.fixture(autouse=True)
def at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL does in the night is done at once."""
    monkeypatch.setattr(erasing, "may_overwrite", lambda now: True)


@pytest.fixture
def dpo(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.DPO)


@pytest.fixture
def chief(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.CHIEF)


def close_long_ago(case: Case, years: float) -> None:
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=365.25 * years + 1))
    case.refresh_from_db()


def closed_case(centre: Centre, years: float, outcome: str = "resolved", **fields: Any) -> Case:
    case = create_case(centre, status="closed", outcome_code=outcome, **fields)
    close_long_ago(case, years)
    return case


def test_every_table_of_a_case_is_erased_or_keeps_what_names_nobody() -> None:
    labels = {model._meta.label for model in case_models()}
    assert labels == KEPT_ROWS.keys() | (ERASED_ROWS | {"search.IndexedCase"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("disclosure", ["named", "withheld"])
def test_nothing_that_anybody_has_written_is_left(
    khonkaen: Centre, dpo: Officer, chief: Officer, disclosure: str
) -> None:
    citizen = erasable_citizen(khonkaen, name_disclosure=disclosure)
    case, files = citizen.reload(), list(_stored_files())
    models = list(apps.get_models())
    assert len(rows_with(CANARY, models)) > 15
    assert len(files) == 2
    fact = CaseFact.objects.get(case=case).values
    close_long_ago(case, 10)
    erasure = propose_scheduled(dpo, khonkaen)
    decide(chief, erasure.pk, is_approved=True)
    run_queued_tasks()
    assert Erasure.objects.get().finished_at is not None
    assert [rows_with(secret, models) for secret in (CANARY, PHONE)] == [[], []]
    assert list(_stored_files()) == []
    assert ErasedFile.objects.count() == 0
    for model in case_models():
        if model._meta.label in ERASED_ROWS:
            assert not model._base_manager.exists(), model
    _no_trace_in_the_files_of_the_database()
    erased = citizen.reload()
    assert verify_case(erased) is None
    assert CaseFact.objects.get(case=case).values == fact
    page = citizen.page(language="en")
    assert erased.case_number in page
    assert "/t/reopening" not in page
    assert "Personal data and texts erased" in page_text(citizen.form("history"))


def _stored_files() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return [path.name for path in root.rglob("*") if path.is_file()]


def _no_trace_in_the_files_of_the_database() -> None:
    if connection.vendor == "sqlite":
        assert CANARY.encode() not in connection.connection.serialize()
        return
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_relation_filepath(oid) FROM pg_class WHERE relfilenode <> 0 AND relkind <> 'I'")
        names = [name for (name,) in cursor.fetchall() if name]
        cursor.execute("SHOW data_directory")
        top = Path(cursor.fetchone()[0])
    assert [name for name in names if (top / name).is_file() and CANARY.encode() in (top / name).read_bytes()] == []


def test_each_class_has_its_own_period_and_a_hold_keeps_a_case(
    khonkaen: Centre, ministry: Centre, dpo: Officer
) -> None:
    closed_case(khonkaen, 10)
    closed_case(khonkaen, 9)
    closed_case(khonkaen, 19, is_complex=True)
    closed_case(khonkaen, 3, "withdrawn", is_complex=True)
    held = closed_case(khonkaen, 30)
    place_hold(dpo, held, "ศาลขอสำนวน")
    create_case(khonkaen)
    assert due_counts(khonkaen) == {CaseClass.ORDINARY: 1, CaseClass.COMPLEX: 0, CaseClass.WITHOUT_RESULT: 1}
    lift_hold(dpo, held)
    with pytest.raises(NotAllowedError, match="does not allow"):
        set_period(dpo, CaseClass.COMPLEX, 15, "ระเบียบ")
    set_period(create_officer_with(ministry, Role.DPO), CaseClass.COMPLEX, 15, "ระเบียบ")
    assert due_counts(khonkaen) == {CaseClass.ORDINARY: 2, CaseClass.COMPLEX: 1, CaseClass.WITHOUT_RESULT: 1}
    assert Case.objects.filter(erased_at=None).count() == 6, "a dry run changes nothing"


@pytest.mark.django_db(transaction=True)
def test_a_second_person_approves_and_what_has_changed_meanwhile_is_kept(
    khonkaen: Centre, dpo: Officer, chief: Officer, director: Actor
) -> None:
    first, second, third, fourth = (closed_case(khonkaen, 11) for _ in range(4))
    erasure = propose_scheduled(dpo, khonkaen)
    with pytest.raises(NotAllowedError, match="list of this centre waits"):
        propose_scheduled(dpo, khonkaen)
    with pytest.raises(NotAllowedError, match="does not allow"):
        decide(dpo, erasure.pk, is_approved=True)
    place_hold(dpo, first, "ศาลขอสำนวน")
    commands.reopen(second, director, seen_revision=None, reason="มีหลักฐานใหม่")
    Case.objects.filter(pk=fourth.pk).update(closed_at=timezone.now())  # reopened and closed again
    decide(chief, erasure.pk, is_approved=True)
    with pytest.raises(NotAllowedError, match="decided already"):
        decide(chief, erasure.pk, is_approved=True)
    erasing.erase_listed_cases.func(erasure.pk)
    reasons = dict(ErasedCase.objects.values_list("case_id", "kept_because"))
    assert reasons == {first.pk: "held", second.pk: "reopened", third.pk: "", fourth.pk: "not_due"}
    assert list(Case.objects.exclude(erased_at=None)) == [third]
    third.refresh_from_db()
    with pytest.raises(NotAllowedError, match="erased"):
        commands.add_note(third, director, seen_revision=None, note="x")


@pytest.mark.django_db(transaction=True)
def test_by_day_postgresql_erases_and_overwrites_in_the_night(
    khonkaen: Centre, dpo: Officer, chief: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    hours = (datetime(2026, 11, 3, hour, tzinfo=BANGKOK_TIME) for hour in (19, 20, 5, 6))
    assert [freed_space.may_overwrite(moment) for moment in hours] == [False, True, True, False]
    monkeypatch.undo()
    closed_case(khonkaen, 11)
    erasure = propose_scheduled(dpo, khonkaen)
    decide(chief, erasure.pk, is_approved=True)
    monkeypatch.setattr(erasing, "may_overwrite", lambda now: False)
    assert "in the night" in erasing.erase_listed_cases.func(erasure.pk)
    assert Case.objects.exclude(erased_at=None).exists()
    erasure.refresh_from_db()
    assert erasure.finished_at is None, "no certificate before"
    monkeypatch.setattr(erasing, "may_overwrite", lambda now: True)
    erasing.queue_unfinished_erasures(timezone.now())
    run_queued_tasks()
    erasure.refresh_from_db()
    assert erasure.finished_at is not None


def test_a_request_erases_one_closed_case(khonkaen: Centre, dpo: Officer) -> None:
    case = create_case(khonkaen)
    with pytest.raises(NotAllowedError, match="Close the case"):
        propose_requested(dpo, case, "คำขอของผู้ร้อง")
    case = closed_case(khonkaen, 0)
    with pytest.raises(NotAllowedError, match="reason"):
        propose_requested(dpo, case, " ")
    assert propose_requested(dpo, case, "คำขอของผู้ร้อง").cases.get().case == case
    with pytest.raises(NotAllowedError, match="waits"):
        propose_requested(dpo, case, "คำขอของผู้ร้อง")


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_erasure_goes_on(
    khonkaen: Centre, dpo: Officer, chief: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [closed_case(khonkaen, 11) for _ in range(3)]
    erasure = propose_scheduled(dpo, khonkaen)
    decide(chief, erasure.pk, is_approved=True)
    erase_one, tries = erasing._erase_one, iter(range(10))

    def killed_at_the_second(erasure: Erasure, key: int) -> None:
        if next(tries) == 1:
            raise OSError("killed")
        erase_one(erasure, key)

    monkeypatch.setattr(erasing, "_erase_one", killed_at_the_second)
    with pytest.raises(OSError, match="killed"):
        erasing.erase_listed_cases.func(erasure.pk)
    assert Case.objects.exclude(erased_at=None).count() == 1
    assert erasing.erase_listed_cases.func(erasure.pk) == "3 cases"
    assert erasing.erase_listed_cases.func(erasure.pk) == "nothing to erase"
    assert sum(case.events.filter(kind="erased").count() for case in cases) == 3
