"""Possible duplicates: which are proposed, who may know of them, and that nothing can be read back from the tables."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from central import jobs
from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Case, Complainant, NameRequest
from central.centres.models import Centre, Membership, Officer
from central.duplicates.checking import compare_changed, compare_changed_cases
from central.duplicates.models import CaseToken, ChangedCase, ComparedFeatures, DuplicateCandidate
from central.duplicates.reading import Candidates, find_candidates
from central.identity_crypto import citizen_id_hash
from central.notices.codes import NoticeChannel
from central.notices.consents import ConsentText, give_consent
from central.notices.models import Notice
from central.people.roles import Role
from central.search.indexing import index_marked
from central.tracking.lookup import LookupOutcome, LookupResult
from central.tracking.tracked_case import find_tracked_case
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text

STORY = "โรงงานแป้งมันหลังวัดป่าแสงอรุณปล่อยน้ำเสียสีดำลงลำห้วยยางทุกคืน ปลาตายลอยเต็มและส่งกลิ่นเหม็น"
RETOLD = "ปลาตายลอยเต็มลำห้วยยาง โรงงานแป้งมันหลังวัดป่าแสงอรุณปล่อยนำ้เสียสีดำทุกคืน กลิ่นเหม็นมาก"
OTHER = "ไฟถนนหน้าโรงเรียนดับมาสามสัปดาห์แล้ว เสาไฟล้มขวางทาง กลางคืนมืดอันตราย"
PHONE, CITIZEN_ID = "0812345678", "9123456789012"


def person(case: Case, **columns: str) -> None:
    Complainant.objects.create(case=case, source="typed", first_name="มาลี", last_name="แก้วใส", **columns)


def compare() -> None:
    index_marked()
    compare_changed()


def seen(officer: Officer, case: Case) -> Candidates:
    candidates = find_candidates(officer, case)
    assert candidates is not None
    return candidates


def reasons(officer: Officer, case: Case) -> dict[int, set[str]]:
    return {each.case.pk: {match.reason.value for match in each.matches} for each in seen(officer, case).open}


@pytest.fixture
def director_of_phayao(phayao: Centre) -> Officer:
    return create_officer_with(phayao, Role.DIRECTOR, name="phayaodirector")


def test_a_new_case_is_compared_by_the_worker_and_not_by_its_arrival(khonkaen: Centre, officer: Officer) -> None:
    first, second, other = (create_case(khonkaen, text=text) for text in (STORY, RETOLD, OTHER))
    assert not ChangedCase.objects.exists(), "arrival writes nothing"
    index_marked()
    assert ChangedCase.objects.count() == 3
    jobs.tick()
    waiting = DBTaskResult.objects.filter(task_path=compare_changed_cases.module_path)
    assert waiting.count() == 1
    jobs.tick()
    assert waiting.count() == 1, "one task for all changes"
    compare_changed_cases.func()
    assert reasons(officer, second) == {first.pk: {"text", "place"}}
    assert seen(officer, second).open[0].is_likely
    assert reasons(officer, other) == {}, "the same place and topic alone is no reason"


def test_the_same_person_and_the_same_respondent_are_reasons(khonkaen: Centre, officer: Officer, owner: Actor) -> None:
    case = create_case(khonkaen, text=STORY, about="person", about_note="นายสมชาย ใจกล้า")
    person(case, phone=PHONE, citizen_id_hash=citizen_id_hash(CITIZEN_ID))
    card, phone, plate, near = (
        create_case(khonkaen, text=OTHER, topic="land", area=area, filed_at=timezone.now() - timedelta(days=200))
        for area in ("400201", "400301", "400502", "400701")
    )
    person(card, citizen_id_hash=citizen_id_hash(CITIZEN_ID))
    person(phone, phone=PHONE)
    commands.name_respondent(plate, owner, seen_revision=None, kind="vehicle", name="กข ๑๒๓๔")
    commands.name_respondent(near, owner, seen_revision=None, kind="person", name="ใจกล้า สมชย")
    commands.name_respondent(case, owner, seen_revision=None, kind="vehicle", name="ทะเบียน กข-1234")
    compare()
    assert reasons(officer, case) == {
        card.pk: {"citizen_id"}, phone.pk: {"phone"}, plate.pk: {"respondent"}, near.pk: {"respondent_near"}
    }  # fmt: skip
    commands.remove_respondent(plate, owner, seen_revision=None, respondent_id=plate.respondents.get().pk)
    compare()
    assert plate.pk not in reasons(officer, case)


def test_a_withheld_name_gives_no_reason_until_it_is_granted(khonkaen: Centre, officer: Officer) -> None:
    named = create_case(khonkaen, text=STORY)
    withheld = create_case(khonkaen, text=OTHER, topic="land", name_disclosure="withheld")
    for case in (named, withheld):
        person(case, phone=PHONE)
    compare()
    assert DuplicateCandidate.objects.count() == 1
    assert reasons(officer, named) == reasons(officer, withheld) == {}
    now, second = timezone.now(), create_officer(khonkaen, "second")
    NameRequest.objects.create(
        case=withheld, requested_by=officer, requested_at=now, reason="สอบ", decided_by=second, decided_at=now,
        granted=True,
    )  # fmt: skip
    assert reasons(officer, named) == {withheld.pk: {"phone"}}
    assert reasons(second, named) == {}


def test_of_another_centre_only_its_name_and_whom_to_ask_are_shown(
    khonkaen: Centre, phayao: Centre, officer: Officer, director_of_phayao: Officer
) -> None:
    case = create_case(khonkaen, text=STORY, about="person", about_note="นายสมชาย ใจกล้า")
    elsewhere = create_case(phayao, text=OTHER, topic="land", area="560101", about="person", about_note="สมชาย ใจกล้า")
    hidden = create_case(phayao, text=OTHER, topic="debt", area="560101", name_disclosure="withheld")
    person(case, phone=PHONE)
    person(hidden, phone=PHONE)
    compare()
    candidates = seen(officer, case)
    assert candidates.open == []
    assert [(each.centre, list(each.officers)) for each in candidates.elsewhere] == [(phayao, [director_of_phayao])]
    page = page_text(client_of(officer).get(f"/desk/cases/{case.case_number}"))
    section = page[page.index('id="similar"') : page.index("</section>", page.index('id="similar"'))]
    assert phayao.name_th in section
    assert "phayaodirector" in section
    for secret in (elsewhere.case_number, "ผู้ถูกร้องเดียวกัน", "/100", "คะแนน", OTHER[:10]):
        assert secret not in section, secret
    DuplicateCandidate.objects.exclude(earlier=case, later=hidden).delete()
    assert seen(officer, case).elsewhere == [], "the withheld name of the other centre says nothing"
    denied = client_of(officer).post(f"/desk/cases/{case.case_number}/duplicates/{elsewhere.case_number}/dismiss")
    assert denied.status_code == 404


def test_who_may_not_link_cases_or_read_people_learns_less(khonkaen: Centre, officer: Officer) -> None:
    case, other = create_case(khonkaen, text=STORY), create_case(khonkaen, text=OTHER, topic="land")
    for each in (case, other):
        person(each, phone=PHONE)
    compare()
    assert reasons(officer, case) == {other.pk: {"phone"}}
    assert find_candidates(create_officer_with(khonkaen, Role.AUDITOR), case) is None
    Membership.objects.filter(officer=officer).update(may_read_people=False)
    assert reasons(officer, case) == {}


def test_tokens_cannot_be_tried_out_without_the_key(khonkaen: Centre, settings: object, tmp_path: object) -> None:
    """What an offline attacker would try: plain hashes of every value, and the same values under another key."""
    case = create_case(khonkaen, text=STORY, about="person", about_note="นายสมชาย ใจกล้า")
    person(case, phone=PHONE, citizen_id_hash=citizen_id_hash(CITIZEN_ID))
    compare()
    stored = set(CaseToken.objects.values_list("token", flat=True))
    words = bytes(ComparedFeatures.objects.get().words)
    for text in (PHONE, f"2 {PHONE}", CITIZEN_ID, citizen_id_hash(CITIZEN_ID), "สมชายไจกลา|", "10 สมชายไจกลา|"):
        for digest in (hashlib.sha256, hashlib.blake2b, hashlib.md5):
            value = digest(text.encode()).digest()
            assert not {int.from_bytes(value[:8], order, signed=True) for order in ("big", "little")} & stored
        short = hashlib.blake2b(text.encode(), digest_size=8).digest()
        assert int.from_bytes(short, "big", signed=True) not in stored
    assert hashlib.blake2b("โรงงาน".encode(), digest_size=8).digest() not in words
    secret = settings.DATA_DIR / "keys" / "identity.secret"  # type: ignore[attr-defined]
    secret.chmod(0o600)
    secret.write_text("00" * 32)
    ChangedCase.objects.create(case_id=case.pk)
    compare_changed()
    assert not stored & set(CaseToken.objects.exclude(kind=20).values_list("token", flat=True))


def test_an_officer_links_dismisses_and_looks_again_on_the_page(khonkaen: Centre, officer: Officer) -> None:
    first, second = create_case(khonkaen, text=STORY), create_case(khonkaen, text=RETOLD)
    client: Client = client_of(officer)
    address = f"/desk/cases/{second.case_number}"
    entered = client.post(f"{address}/respondents", {"kind": "shop", "respondent": "โรงงานแป้งมัน แสงทอง"})
    assert entered.status_code == 302
    assert client.post(f"{address}/respondents", {"kind": "shop", "respondent": ""}).status_code == 422
    index_marked()
    assert client.post(f"/desk/cases/{first.case_number}/duplicates").status_code == 302, "compared at once"
    assert client.post(f"{address}/duplicates").status_code == 302
    page = page_text(client.get(address))
    assert f'data-candidate="{first.case_number}"' in page
    assert 'id="likely-duplicates"' in page
    assert "โรงงานแป้งมัน แสงทอง" in page
    assert client.post(f"{address}/duplicates/{first.case_number}/dismiss").status_code == 302
    compare()
    client.post(f"{address}/duplicates")
    assert [each.case for each in seen(officer, second).dismissed] == [first], "comparing again does not forget it"
    assert "ไม่ซ้ำกับเรื่อง" in page_text(client.get(address))
    assert client.post(f"{address}/duplicates/{first.case_number}/restore").status_code == 302
    second.refresh_from_db()
    linked = client.post(
        f"{address}/step", {"step": "link_duplicate", "seen": second.revision, "main_case": first.case_number}
    )
    assert linked.status_code == 302
    second.refresh_from_db()
    assert second.duplicate_of == first
    assert seen(officer, second).open == [], "a linked case is no candidate any more"


def test_a_wrong_link_is_taken_back_and_nothing_is_lost(khonkaen: Centre, intake: Actor) -> None:
    main, case = create_case(khonkaen), create_case(khonkaen)
    with pytest.raises(commands.NotAllowedError):
        commands.unlink_duplicate(case, intake, seen_revision=None, reason="ไม่ได้รวม")
    due = case.due
    commands.link_duplicate(case, intake, seen_revision=None, lead_case=main)
    commands.unlink_duplicate(case, intake, seen_revision=None, reason="คนละจุดเกิดเหตุ")
    case.refresh_from_db()
    assert (case.status, case.duplicate_of, case.outcome, case.closed_at, case.due) == ("checking", None, "", None, due)
    kinds = list(case.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["received", "link_duplicate", "unlink_duplicate"]
    assert case.events.get(kind="unlink_duplicate").payload["lead_case"] == main.case_number
    commands.link_duplicate(case, intake, seen_revision=None, lead_case=main)


def test_linked_citizens_hear_of_the_main_case_and_nothing_of_each_other(
    khonkaen: Centre, intake: Actor, owner: Actor
) -> None:
    main, case = create_case(khonkaen, tracking_hash="a" * 64), create_case(khonkaen, tracking_hash="b" * 64)
    give_consent(
        case, NoticeChannel.SMS, PHONE, ConsentText("ยินยอม", "1", "th"), given_by="kiosk", given_at=timezone.now()
    )
    commands.link_duplicate(case, intake, seen_revision=None, lead_case=main)
    Notice.objects.all().delete()
    commands.add_note(main, owner, seen_revision=None, note="โทรหาผู้ร้อง", message="คุณมาลี ช่างจะไปพรุ่งนี้")
    assert not Notice.objects.exists(), "a message is between the centre and its own citizen"
    commands.take(main, owner, seen_revision=None)
    assert [(notice.case, notice.news) for notice in Notice.objects.all()] == [(case, ["main_case"])]
    tracked = find_tracked_case("b" * 64)
    message = LookupResult(LookupOutcome.FOUND, "th", tracked).response.message
    assert "เรื่องหลัก" in message
    assert "กำลังตรวจสอบคำร้อง" in message
    for secret in (main.case_number, "มาลี", "ช่าง"):
        assert secret not in message
    assert find_tracked_case("a" * 64).main_case is None  # type: ignore[union-attr]
    commands.unlink_duplicate(case, intake, seen_revision=None, reason="คนละเรื่อง")
    Notice.objects.all().delete()
    commands.add_note(main, owner, seen_revision=None, note="x", message="แจ้ง")
    assert not Notice.objects.exists()
