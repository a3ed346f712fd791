"""The index of words follows the texts of cases, whoever changes them, and has nobody's name."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from central import jobs
from central.cases import commands
from central.cases.commands import Actor
from central.cases.models import Case, CaseEvent, CaseEventText, Complainant, LetterPage
from central.centres.models import Centre
from central.commands import reindex
from central.documents.models import Document, DocumentPage
from central.search.indexing import index_cases, index_marked
from central.search.models import CaseMark, IndexedCase, IndexWord
from central.search.questions import read_question
from central.search.vocabulary import count_words
from central.search.word_index import CaseSet, TextGroup, open_index
from tests.unit.central.factories import create_case


def cases_with(text: str, *, is_readable: bool = True) -> set[int]:
    """The cases whose index has these words."""
    question = read_question(text)
    if not question.terms:
        return set()
    every = [CaseSet("SELECT id FROM cases_case", [], is_readable)]
    return {match.case_id for match in open_index().search([question.terms], every, {}, 100).matches}


def add_letter(case: Case, text: str) -> LetterPage:
    return LetterPage.objects.create(
        case=case, index=case.pages.count(), picture="none", media_type="image/jpeg", width=1, height=1, text=text
    )


def test_a_new_case_is_found_by_its_words_in_any_digits_and_order_of_signs(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="โรงงานปล่อยน้ำเสียลงคลอง หมู่ที่ ๗ ทะเบียน กข ๑๒๓๔ LED ดับ")
    other = create_case(khonkaen, text="สุนัขจรจัดกัดเด็ก")
    assert cases_with("น้ำเสีย") == set(), "not indexed before the worker has done it"
    assert index_marked() == 2
    for words in ("น้ำเสีย", "คลอง โรงงาน", "1234", "๑๒๓๔", "หมู่ที่ 7", "led", "ปล่อยนำ้เสีย"):
        assert cases_with(words) == {case.pk}, words
    assert cases_with("สุนัข") == {other.pk}
    assert cases_with("น้ำเสีย สุนัข") == set()
    assert cases_with('"โรงงานปล่อย"') == {case.pk}
    assert cases_with('"คลองโรงงาน"') == set(), "words in quotation marks follow one another"


def test_every_text_is_in_its_group(khonkaen: Centre, owner: Actor) -> None:
    case = create_case(khonkaen, text="ถนนชำรุด", topic="land", topic_note="หลุมลึก", area="400107")
    add_letter(case, "เรียนผู้ว่าราชการ สะพานหัก")
    commands.take(case, owner, seen_revision=None, note="โทรประสานแล้ว")
    commands.record_details(case, Actor.citizen(), seen_revision=None, details="แนบรูปต้นไม้ล้ม")
    page = add_letter(case, "")
    document = Document.objects.create(case=case, letter_page=page, requested_at=timezone.now())
    DocumentPage.objects.create(document=document, index=0, state="read", text="ท่อประปาแตก", read_at=timezone.now())
    index_marked()
    groups = {
        text: open_index().groups_of([case.pk], read_question(text).terms)[case.pk]
        for text in ("ชำรุด", "หลุม", "พระลับ", "สะพาน", "ประสาน", "ต้นไม้", "ประปา")
    }
    assert groups == {
        "ชำรุด": {TextGroup.COMPLAINT},
        "หลุม": {TextGroup.COMPLAINT},
        "พระลับ": {TextGroup.COMPLAINT},
        "สะพาน": {TextGroup.LETTER},
        "ประสาน": {TextGroup.WORK},
        "ต้นไม้": {TextGroup.CITIZEN},
        "ประปา": {TextGroup.LETTER},
    }
    assert cases_with("สะพาน", is_readable=False) == set(), "who may not read letters does not search them"
    assert cases_with("ประสาน ชำรุด", is_readable=False) == {case.pk}
    assert cases_with("ชำรุด ต้นไม้", is_readable=False) == set()


def test_people_are_not_in_the_index(khonkaen: Centre) -> None:
    text = "ข้าพเจ้า นางบุญมา ใจดี โทร 081-234-5678 บัตร 9-1234-56789-01-2 อีเมล boonma@example.com ร้องว่า บุญมาเดือดร้อนจากฝุ่น"
    case = create_case(khonkaen, text=text, name_disclosure="withheld")
    Complainant.objects.create(case=case, source="typed", title="นาง", first_name="บุญมา", last_name="ใจดี")
    index_marked()
    assert cases_with("ฝุ่น เดือดร้อน") == {case.pk}
    for secret in ("บุญมา", "ใจดี", "0812345678", "5678", "9123456789012", "boonma", "example"):
        assert cases_with(secret) == set(), secret
    parts = {
        "บุญ",
        "บุญมา",
        "ใจดี",
        "ใจ",
        "081",
        "234",
        "5678",
        "0812345678",
        "boonma",
        "example",
        "56789",
        "9123456789012",
    }
    assert not parts & {word for word, _ in open_index().count_words(1)}


def test_a_name_that_arrives_later_leaves_the_index(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="บุญมาเดือดร้อนจากฝุ่น")
    index_marked()
    assert cases_with("บุญมา") == {case.pk}
    Complainant.objects.create(case=case, source="typed", first_name="นางบุญมา ใจดี")
    index_marked()
    assert cases_with("บุญมา") == set()
    assert cases_with("ฝุ่น") == {case.pk}


def test_a_change_by_sql_is_followed_and_other_changes_mark_nothing(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="ถนนชำรุด")
    index_marked()
    Case.objects.filter(pk=case.pk).update(status="checking", revision=7)
    assert not CaseMark.objects.exists()
    Case.objects.filter(pk=case.pk).update(text="ไฟถนนดับ")
    assert index_marked() == 1
    assert cases_with("ชำรุด") == set()
    assert cases_with("ไฟ ดับ") == {case.pk}


def test_erased_texts_leave_index_and_vocabulary(khonkaen: Centre, owner: Actor) -> None:
    cases = [create_case(khonkaen, text="ต้นมะขามยักษ์ล้ม") for _ in range(3)]
    page = add_letter(cases[0], "จดหมายลาตาย")
    commands.take(cases[0], owner, seen_revision=None, note="บันทึกลับเฉพาะ")
    index_marked()
    count_words(timezone.now())
    assert IndexWord.objects.filter(word="มะขาม", case_count=3).exists()
    page.delete()
    CaseEventText.objects.filter(event__case=cases[0]).delete()
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(text="")
    with transaction.atomic():
        index_cases([case.pk for case in cases])  # as an erasure does: gone when it is committed
    for words in ("มะขาม", "จดหมาย", "ลับ"):
        assert cases_with(words) == set(), words
    count_words(timezone.now())
    assert not IndexWord.objects.filter(word="มะขาม").exists()


def test_a_deleted_case_leaves_nothing(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="ถนนชำรุด")
    index_marked()
    IndexedCase.objects.filter(pk=case.pk).delete()
    assert cases_with("ชำรุด") == set()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_casemark (case_id) VALUES (987654321)")
    index_marked()
    assert not IndexedCase.objects.filter(pk=987654321).exists()


def test_every_case_is_indexed_again_by_command_while_the_search_goes_on(
    khonkaen: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [create_case(khonkaen, text=f"ถนนชำรุด {number}") for number in range(3)]
    IndexedCase.objects.all().delete()
    CaseMark.objects.all().delete()
    reindex.run(type("Arguments", (), {"by_worker": False})())
    assert cases_with("ชำรุด") == {case.pk for case in cases}
    assert "3 cases are indexed" in capsys.readouterr().err


def test_a_worker_indexes_what_is_marked_once(khonkaen: Centre) -> None:
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    create_case(khonkaen)
    jobs.tick()
    jobs.tick()
    assert DBTaskResult.objects.filter(task_path="central.search.indexing.index_marked_cases").count() == 1


def test_an_event_of_a_case_is_unchanged_by_the_index(khonkaen: Centre) -> None:
    case = create_case(khonkaen)
    index_marked()
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_a_huge_file_fits_into_an_entry(khonkaen: Centre) -> None:
    case = create_case(khonkaen, text="ถนนชำรุด")
    page = add_letter(case, "")
    document = Document.objects.create(case=case, letter_page=page, requested_at=timezone.now())
    for index in range(10):
        text = " ".join(f"คำ{index}ที่{number}x{number * 7919 % 9973}yzw" for number in range(10_000))
        DocumentPage.objects.create(document=document, index=index, state="read", text=text, read_at=timezone.now())
    index_marked()
    assert cases_with("ชำรุด") == {case.pk}
