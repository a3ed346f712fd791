"""Earlier cases: file, columns, trial, duplicates, import in the background, once for each row."""

import io
import logging
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import Workbook

from central import cli, jobs
from central.cases.models import Case, CaseEvent, CaseEventText, Complainant, PersonalDataRead
from central.centres.models import Centre, Officer
from central.channels import Channel
from central.desk.case_history import shown_events
from central.earlier_cases import batches, importing
from central.earlier_cases.code_letters import next_letters
from central.earlier_cases.columns import Column, guess_columns
from central.earlier_cases.file_reading import read_file, read_received_file
from central.earlier_cases.models import BatchState, ImportBatch, ImportedCase, ImportFile, ImportRow, RowState
from central.earlier_cases.planning import plan_row
from central.earlier_cases.refusals import ImportRefusedError
from central.earlier_cases.statuses import guess_status
from central.earlier_cases.trial import try_rows
from central.earlier_cases.values import is_withheld, parse_date, parse_name, parse_phone, parse_topic
from central.filing.keys import code_of_key
from central.identity_crypto import tracking_hash
from central.people.roles import Role
from protocol.topics import Topic
from tests.unit.central.factories import create_officer_with
from tests.unit.central.page_text import page_text

HEADINGS = (
    "ลำดับ",
    "เลขที่รับ",
    "วันที่รับเรื่อง",
    "ชื่อ-สกุลผู้ร้อง",
    "เบอร์โทร",
    "ประเภทเรื่อง",
    "รายละเอียด",
    "อำเภอ",
    "ตำบล",
    "หน่วยงานที่รับผิดชอบ",
    "สถานะ",
    "ผลการดำเนินการ",
    "วันที่ยุติ",
    "หมายเหตุ",
)


def _row(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


CLOSED = _row(
    "1|12/2567|5 ม.ค. 2567|นางบุญมา ใจดี|812345678|ไฟฟ้า ประปา ถนน|ไฟทางดับหน้าวัด|เมืองขอนแก่น|บ้านเป็ด|อบต.บ้านเป็ด|"
    "ยุติเรื่อง|ซ่อมไฟแล้ว|๑๘/๒/๒๕๖๗|โทรแจ้งแล้ว"
)
OPEN = _row("2|13/2567|6/1/67|นายสมชาย ตัวอย่าง|ไม่มี|เรื่องแปลก|ถนนพัง|น้ำพอง||แขวงทางหลวง|อยู่ระหว่างดำเนินการ|||")
ANONYMOUS = _row("3|14/2567|2567-01-07|ไม่ประสงค์ออกนาม|0811111111||มีการพนันในหมู่บ้าน||||รอรับเรื่อง|||")
BROKEN = _row("4|15/2567|32/1/2567|นายสมศักดิ์ ลับมาก|||||||ยุติเรื่อง||1/1/2560|")


def excel(*rows: Sequence[object], heading: Sequence[str] = HEADINGS) -> bytes:
    workbook, output = Workbook(), io.BytesIO()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["ทะเบียนเรื่องร้องทุกข์ ปี 2567"])
    sheet.append(list(heading))
    for row in rows:
        sheet.append(list(row))
    workbook.save(output)
    return output.getvalue()


@pytest.fixture
def director(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.DIRECTOR)


def stored(director: Officer | None, centre: Centre, content: bytes) -> ImportBatch:
    return batches.store_file(director, centre, "ทะเบียน 2567.xlsx", content, read_file(content))


def checked(director: Officer | None, centre: Centre, content: bytes) -> ImportBatch:
    """A batch whose columns and statuses are those that were guessed."""
    batch = stored(director, centre, content)
    columns = {Column(name): index for name, index in batch.columns.items()}
    return batches.check_rows(director, batch, columns, {})


def import_all(director: Officer | None, batch: ImportBatch) -> ImportBatch:
    batches.start_import(director, batch)
    importing.import_next_rows.call(batch.pk)
    batch.refresh_from_db()
    return batch


def test_a_register_of_excel_becomes_cases(khonkaen: Centre, director: Officer) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, OPEN, ANONYMOUS, BROKEN))
    assert batches.count_rows(batch) == {
        RowState.WAITING: 3,
        RowState.REFUSED: 1,
        RowState.DUPLICATE: 0,
        RowState.IMPORTED: 0,
    }
    assert not Case.objects.exists(), "a trial imports nothing"
    assert import_all(director, batch).state == BatchState.DONE
    closed, open_case, anonymous = Case.objects.order_by("filed_at")
    assert (closed.channel, closed.status, closed.outcome_code, closed.outcome) == (
        "import",
        "closed",
        "resolved",
        "ซ่อมไฟแล้ว",
    )
    assert closed.closed_at is not None
    assert (closed.filed_at.date(), closed.closed_at.date()) == (date(2024, 1, 5), date(2024, 2, 18))
    assert (closed.area, closed.topic, closed.attention, closed.due) == ("400115", "utilities", "", None)
    person = Complainant.objects.get(case=closed)
    assert (person.title, person.first_name, person.last_name, person.phone) == ("นาง", "บุญมา", "ใจดี", "0812345678")
    assert (open_case.status, open_case.attention, open_case.agency_name) == ("in_progress", "new", "แขวงทางหลวง")
    assert (anonymous.status, anonymous.name_disclosure) == ("received", "anonymous")
    assert not Complainant.objects.filter(case=anonymous).exists()


def test_the_history_says_that_a_case_is_imported_and_keeps_what_has_no_column(
    khonkaen: Centre, director: Officer
) -> None:
    import_all(director, checked(director, khonkaen, excel(CLOSED, OPEN)))
    closed, open_case = Case.objects.order_by("filed_at")
    event = closed.events.get(kind="imported")
    assert (event.payload["earlier_number"], event.at, event.is_public) == ("12/2567", closed.closed_at, True)
    assert event.by == director
    texts = CaseEventText.objects.get(event=event)
    assert (texts.public_text, "หมายเหตุ: โทรแจ้งแล้ว" in texts.note) == ("ซ่อมไฟแล้ว", True)
    note = CaseEventText.objects.get(event=open_case.events.get(kind="imported")).note
    assert "โทรศัพท์: ไม่มี" in note
    client = Client()
    client.force_login(director)
    shown = page_text(client.get(f"/desk/cases/{closed.case_number}"))
    assert "นำเข้าจากระบบเดิม: 12/2567" in shown


@pytest.mark.parametrize(
    ("role", "withheld", "is_shown"),
    [
        (Role.DIRECTOR, "", True),
        (Role.DIRECTOR, "ขอปกปิด", False),
        (Role.AUDITOR, "", False),
        (Role.AUDITOR, "ขอปกปิด", False),
    ],
)
def test_the_note_of_an_import_is_covered_like_a_letter(
    khonkaen: Centre, director: Officer, role: Role, withheld: str, is_shown: bool
) -> None:
    heading = (*HEADINGS, "ปกปิดชื่อ", "ญาติ")
    import_all(director, checked(director, khonkaen, excel((*OPEN, withheld, "นางทองดี 0899999999"), heading=heading)))
    case = Case.objects.get()
    client = Client()
    client.force_login(create_officer_with(khonkaen, role))
    page = page_text(client.get(f"/desk/cases/{case.case_number}"))
    assert "นำเข้าจากระบบเดิม: 13/2567" in page
    assert ("ทองดี" in page, "0899999999" in page) == (is_shown, is_shown)
    assert ("บันทึกจากระบบเดิมปกปิดไว้" in page) != is_shown


def test_the_card_of_a_decision_covers_the_note_of_an_import(khonkaen: Centre, director: Officer) -> None:
    heading = (*HEADINGS, "ปกปิดชื่อ")
    import_all(director, checked(director, khonkaen, excel((*OPEN, "ลับที่สุด"), heading=heading)))
    case, by = Case.objects.get(), create_officer_with(khonkaen, Role.CASE_OFFICER)
    note = CaseEventText.objects.get(event__kind="imported").note
    assert note
    assert note not in [event.note for event in shown_events(case, director, "th")]
    assert note not in [event.note for event in shown_events(case, by, "th")]


@pytest.mark.parametrize("word", ["ลับที่สุด", "ปกปิดชื่อ", "ขอปกปิด", "ไม่เปิดเผย", "√", "/", "✓", "1", "ใช่", "ไม่ทราบ"])
def test_any_word_withholds_a_name(word: str) -> None:
    assert is_withheld(word)


@pytest.mark.parametrize("word", ["", " - ", "–", "ไม่", "ไม่ ใช่", "ปกติ", "No", "FALSE", "0", "๐", "ไม่ปกปิด"])
def test_an_explicit_no_shows_a_name(word: str) -> None:
    assert not is_withheld(word)


def test_the_citizen_tracks_an_imported_case_with_the_code_of_its_row(khonkaen: Centre, director: Officer) -> None:
    batch = import_all(director, checked(director, khonkaen, excel(CLOSED)))
    row = batch.rows.get()
    code = code_of_key(Channel.IMPORT, importing.key_of_row(batch, row))
    assert tracking_hash(code) == Case.objects.get().tracking_hash
    shown = page_text(Client().post("/t", {"code": code}))
    assert ("ซ่อมไฟแล้ว" in shown, "18 ก.พ. 2567" in shown, "5 ม.ค. 2567" in shown) == (True, True, True)
    assert bytes(row.cells) == b"", "what was imported is kept once"


def test_a_row_is_imported_once_also_after_a_kill(khonkaen: Centre, director: Officer, monkeypatch: Any) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, OPEN, ANONYMOUS))
    batches.start_import(director, batch)
    importer = importing.RowImporter(batch)
    assert importer.import_one()
    with monkeypatch.context() as patch:  # between the case and its state
        patch.setattr(importing, "record_earlier_work", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            importer.import_one()
    assert Case.objects.count() == 1, "no case without its outcome"
    importing.import_next_rows.call(batch.pk)
    importing.import_next_rows.call(batch.pk)
    batch.refresh_from_db()
    assert (Case.objects.count(), ImportedCase.objects.count(), batch.state) == (3, 3, BatchState.DONE)


def test_an_import_stops_and_goes_on(khonkaen: Centre, director: Officer) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, OPEN))
    batches.start_import(director, batch)
    assert DBTaskResult.objects.filter(task_path__endswith="import_next_rows").count() == 1
    batches.stop_import(director, batch)
    importing.import_next_rows.call(batch.pk)
    assert not Case.objects.exists()
    assert import_all(director, batch).state == BatchState.DONE
    assert Case.objects.count() == 2
    with pytest.raises(ImportRefusedError):
        batches.start_import(director, batch)


def test_duplicates_are_found_by_number_and_by_content(khonkaen: Centre, director: Officer) -> None:
    other_number = ("9", "99/2567", *CLOSED[2:6], "ไฟทาง ดับหน้าวัด", *CLOSED[7:])
    other_text = (*CLOSED[:6], "อีกเรื่องหนึ่ง", *CLOSED[7:])
    batch = checked(director, khonkaen, excel(CLOSED, other_number, other_text, OPEN))
    assert list(batch.rows.values_list("state", flat=True)) == ["waiting", "duplicate", "duplicate", "waiting"]
    import_all(director, batch)
    again = checked(director, khonkaen, excel(CLOSED, OPEN, ANONYMOUS))
    assert list(again.rows.values_list("state", flat=True)) == ["duplicate", "duplicate", "waiting"]
    import_all(director, again)
    assert Case.objects.count() == 3


def test_errors_are_named_by_row_and_column_without_the_text(khonkaen: Centre, director: Officer) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, BROKEN))
    lines = list(batches.error_rows(batch, "th"))
    assert lines == [
        ("4", "วันที่รับเรื่อง", "ไม่ใช่วันที่"),
        ("4", "รายละเอียด", "ต้องมีข้อความ"),
    ]
    client = Client()
    client.force_login(director)
    response = client.get(f"/desk/imports/{batch.pk}/errors")
    assert (response["Content-Type"], "สมศักดิ์" in response.content.decode()) == ("text/csv; charset=utf-8", False)
    assert import_all(director, batch).state == BatchState.DONE
    assert Case.objects.count() == 1


def test_on_the_desk_a_file_is_read_checked_and_started(khonkaen: Centre, director: Officer) -> None:
    client = Client()
    client.force_login(director)
    file = SimpleUploadedFile("ทะเบียน.xlsx", excel(CLOSED, OPEN))
    response = client.post("/desk/imports", {"centre": "khonkaen", "file": file})
    batch = ImportBatch.objects.get()
    assert response["Location"] == f"/desk/imports/{batch.pk}"
    assert 'id="progress"' in page_text(client.get(f"/desk/imports/{batch.pk}"))
    read_received_file.call(batch.pk)
    batch.refresh_from_db()
    page = page_text(client.get(f"/desk/imports/{batch.pk}"))
    assert "C · วันที่รับเรื่อง" in page
    assert "บุญมา" not in page, "no personal data on the page"
    fields = {name: str(index) for name, index in batch.columns.items()}
    missing = client.post(f"/desk/imports/{batch.pk}", fields | {"text": ""})
    assert missing.status_code == 409
    client.post(f"/desk/imports/{batch.pk}", fields | {"status_0": "closed:explained", "status_1": "ordered"})
    assert "0 / 2" in page_text(client.get(f"/desk/imports/{batch.pk}")), "the worker has not begun"
    try_rows.call(batch.pk, 1)
    client.post(f"/desk/imports/{batch.pk}/step", {"step": "start"})
    importing.import_next_rows.call(batch.pk)
    assert set(Case.objects.values_list("status", "outcome_code")) == {("closed", "explained"), ("ordered", "")}
    assert client.post(f"/desk/imports/{batch.pk}/step", {"step": "delete"}).status_code == 409


def test_a_file_is_kept_encrypted_until_it_is_read_and_its_reading_may_be_repeated(
    khonkaen: Centre, director: Officer
) -> None:
    text = "\n".join(",".join(row) for row in (HEADINGS, CLOSED)).encode()
    batch = batches.receive_file(director, khonkaen, "a.csv", text)
    assert batch.state == BatchState.READING
    assert "บุญมา".encode() not in bytes(ImportFile.objects.get().content)
    for _ in range(2):
        read_received_file.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), ImportFile.objects.count()) == (BatchState.UPLOADED, 1, 0)
    assert batch.statuses == {"ยุติเรื่อง": "closed:resolved"}


def test_a_file_that_cannot_be_read_says_so_and_is_deleted(khonkaen: Centre, director: Officer) -> None:
    batch = batches.receive_file(director, khonkaen, "a.xlsx", b"PK\x03\x04 no archive")
    read_received_file.call(batch.pk)
    client = Client()
    client.force_login(director)
    assert "เปิดไฟล์นี้ไม่ได้" in page_text(client.get(f"/desk/imports/{batch.pk}"))
    assert not ImportFile.objects.exists()
    client.post(f"/desk/imports/{batch.pk}/step", {"step": "delete"})
    assert not ImportBatch.objects.exists()


def test_a_page_does_not_wait_for_a_task_whose_last_attempt_has_failed(
    khonkaen: Centre, ministry: Centre, director: Officer
) -> None:
    unread = batches.receive_file(director, khonkaen, "a.csv", b"rubbish")
    batch = stored(director, khonkaen, excel(CLOSED))
    columns = {Column(name): index for name, index in batch.columns.items()}
    batches.start_trial(director, batch, columns, {})
    for path in (read_received_file.module_path, try_rows.module_path):
        jobs.note_given_up(DBTaskResult.objects.get(task_path=path))
    client = Client()
    client.force_login(director)
    assert "อ่านไฟล์ไม่สำเร็จ" in page_text(client.get(f"/desk/imports/{unread.pk}"))
    assert not ImportFile.objects.exists()
    assert "ตรวจแถวไม่สำเร็จ" in page_text(client.get(f"/desk/imports/{batch.pk}"))
    again = batches.start_trial(director, batch, columns, {})
    try_rows.call(again.pk, again.trial)
    again.refresh_from_db()
    assert (again.state, again.problem) == (BatchState.CHECKED, None)


def test_a_trial_that_is_interrupted_begins_again_and_an_earlier_one_ends(
    khonkaen: Centre, director: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.earlier_cases.trial.AT_ONCE", 1)
    batch = stored(director, khonkaen, excel(CLOSED, CLOSED, OPEN))
    columns = {Column(name): index for name, index in batch.columns.items()}
    first = batches.start_trial(director, batch, columns, {})
    with pytest.raises(ImportRefusedError):
        batches.start_trial(director, batch, columns, {})
    with monkeypatch.context() as patch:  # killed at the second row
        patch.setattr("central.earlier_cases.trial.plan_row", _fails_at_second_call())
        with pytest.raises(KeyboardInterrupt):
            try_rows.call(first.pk, first.trial)
    first.refresh_from_db()
    assert (first.state, first.tried_rows) == (BatchState.CHECKING, 1)
    try_rows.call(first.pk, first.trial)
    first.refresh_from_db()
    assert (first.state, first.tried_rows) == (BatchState.CHECKED, 3)
    assert list(first.rows.values_list("state", flat=True)) == ["waiting", "duplicate", "waiting"]
    second = batches.start_trial(director, first, columns, {})
    assert try_rows.call(first.pk, first.trial) == "another trial has begun"
    assert second.state == BatchState.CHECKING


def _fails_at_second_call() -> Any:
    calls = iter([plan_row])

    def call(*arguments: Any) -> Any:
        for each in calls:
            return each(*arguments)
        raise KeyboardInterrupt

    return call


def test_a_status_column_with_other_content_is_refused_by_the_trial(khonkaen: Centre, director: Officer) -> None:
    rows = [(*CLOSED[:1], f"{number}/2567", *CLOSED[2:10], f"คำ {number}", *CLOSED[11:]) for number in range(61)]
    batch = stored(director, khonkaen, excel(*rows))
    columns = {Column(name): index for name, index in batch.columns.items()}
    with pytest.raises(ImportRefusedError, match="60 different words"):
        batches.check_rows(director, batch, columns, {})
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED
    client = Client()
    client.force_login(director)
    assert "คอลัมน์สถานะมีเกิน 60 คำ" in page_text(client.get(f"/desk/imports/{batch.pk}"))
    del columns[Column.STATUS]
    assert batches.check_rows(director, batch, columns, {}).state == BatchState.CHECKED


def test_a_centre_imports_one_file_at_a_time(khonkaen: Centre, director: Officer) -> None:
    first, second = (checked(director, khonkaen, excel(row)) for row in (CLOSED, OPEN))
    batches.start_import(director, first)
    with pytest.raises(ImportRefusedError, match="not finished"):
        batches.start_import(director, second)
    importing.import_next_rows.call(first.pk)
    assert import_all(director, second).state == BatchState.DONE


def test_only_who_may_import_sees_an_import(khonkaen: Centre, director: Officer) -> None:
    batch = stored(director, khonkaen, excel(CLOSED))
    names = {"name_th": "พะเยา", "name_en": "Phayao"}
    phayao = Centre.objects.create(slug="phayao", area_code="56", parent=khonkaen.parent, **names)
    for officer in (create_officer_with(khonkaen, Role.INTAKE), create_officer_with(phayao, Role.DIRECTOR)):
        client = Client()
        client.force_login(officer)
        for address in (f"/desk/imports/{batch.pk}", f"/desk/imports/{batch.pk}/errors"):
            assert client.get(address).status_code == 404
        with pytest.raises(ImportRefusedError):
            batches.store_file(officer, khonkaen, "x", b"", [(1, ["วันที่"]), (2, ["1"])])
    client = Client()
    client.force_login(create_officer_with(khonkaen, Role.INTAKE))
    assert client.get("/desk/imports").status_code == 403


def zip_bomb() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(3):
            archive.writestr(f"xl/{index}.xml", b"\0" * (70 << 20))
    return output.getvalue()


@pytest.mark.parametrize(
    "make_file",
    [
        zip_bomb,
        lambda: b"PK\x03\x04 no archive",
        lambda: b"\xd0\xcf\x11\xe0 old",
        bytes,
        lambda: b"\xff\xfe\x00\x01",
        excel,
    ],
    ids=["bomb", "damaged", "old", "empty", "binary", "no-rows"],
)
def test_a_file_that_is_no_table_gets_one_sentence(make_file: Callable[[], bytes]) -> None:
    content = make_file()
    with pytest.raises(ImportRefusedError) as refused:
        read_file(content)
    assert refused.value.sentence.th


def test_a_csv_of_windows_is_read_like_excel() -> None:
    text = "\r\n".join(";".join(row) for row in (HEADINGS, CLOSED))
    (_, headings), (number, cells) = read_file(text.encode("cp874"))
    assert (tuple(headings), number, tuple(cells)) == (HEADINGS, 2, CLOSED)


def test_headings_are_recognised() -> None:
    guessed = guess_columns(HEADINGS)
    assert [HEADINGS[guessed[column]] for column in (Column.NUMBER, Column.FILED_ON, Column.NAME, Column.TEXT)] == [
        "เลขที่รับ",
        "วันที่รับเรื่อง",
        "ชื่อ-สกุลผู้ร้อง",
        "รายละเอียด",
    ]
    assert HEADINGS[guessed[Column.CLOSED_ON]] == "วันที่ยุติ"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 ม.ค. 2567", date(2024, 1, 5)),
        ("๕ มกราคม ๒๕๖๗", date(2024, 1, 5)),
        ("5/1/67", date(2024, 1, 5)),
        ("05-01-2024", date(2024, 1, 5)),
        ("2567-01-05 10:30", date(2024, 1, 5)),
        ("2024-01-05", date(2024, 1, 5)),
        ("29/2/2567", date(2024, 2, 29)),
        ("5 มค 67", date(2024, 1, 5)),
        ("31/2/2567", None),
        ("เมื่อวาน", None),
        ("45296", None),
    ],
)
def test_dates_of_both_eras(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_names_telephones_topics_and_statuses() -> None:
    name = parse_name("น.ส.สมศรี  ใจดี ณ ขอนแก่น")
    assert (name.title, name.first, name.last) == ("น.ส.", "สมศรี", "ใจดี ณ ขอนแก่น")
    assert parse_name("บัตรสนเท่ห์").first == ""
    assert [parse_phone(each) for each in ("812345678", "081-234-5678", "-", "๐๘๑๒๓๔๕๖๗๘")] == [
        "0812345678",
        "0812345678",
        "",
        "0812345678",
    ]
    assert [parse_topic(each) for each in ("ถนน", "ยาเสพติด", "ไม่รู้")] == [None, Topic.DRUGS, None]
    words = ("ยุติเรื่องแล้ว", "อยู่ระหว่างดำเนินการ", "ผู้ร้องถอนเรื่อง", "เสนอ ผวจ.", "อะไรก็ไม่รู้")
    assert [guess_status(word) for word in words] == [
        "closed:resolved",
        "in_progress",
        "closed:withdrawn",
        "checking",
        "checking",
    ]


def test_no_personal_data_is_logged_and_none_is_in_a_task(
    khonkaen: Centre, director: Officer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    batch = import_all(director, checked(director, khonkaen, excel(CLOSED, OPEN, BROKEN)))
    tasks = str(list(DBTaskResult.objects.values()))
    columns = str(list(ImportRow.objects.values())) + str(list(ImportBatch.objects.values()))
    code = code_of_key(Channel.IMPORT, importing.key_of_row(batch, batch.rows.first() or ImportRow()))
    for secret in ("บุญมา", "สมชาย", "812345678", "ไฟทางดับ", "สมศักดิ์", code):
        assert secret not in caplog.text
        assert secret not in tasks
        assert secret not in columns


def test_old_batches_are_deleted_and_their_cases_stay(khonkaen: Centre, director: Officer) -> None:
    batch = import_all(director, checked(director, khonkaen, excel(CLOSED)))
    assert batch.finished_at is not None
    assert batches.delete_old_batches(batch.finished_at) == 0
    assert batches.delete_old_batches(batch.finished_at.replace(year=batch.finished_at.year + 1)) == 1
    assert (Case.objects.count(), CaseEvent.objects.filter(kind="imported").count(), ImportRow.objects.count()) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped", "without-progress"])
def test_the_register_of_a_halted_import_is_deleted(khonkaen: Centre, director: Officer, is_stopped: bool) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, OPEN))
    batches.start_import(director, batch)
    importing.RowImporter(batch).import_one()
    if is_stopped:
        batches.stop_import(director, batch)
    now = timezone.now()
    ImportBatch.objects.update(created_at=now - timedelta(days=400))
    assert batches.delete_old_batches(now + timedelta(days=89)) == 0
    assert batches.delete_old_batches(now + timedelta(days=91)) == 1
    assert (Case.objects.count(), ImportRow.objects.count(), ImportBatch.objects.count()) == (1, 0, 0)


def test_the_waiting_rows_of_a_stopped_import_are_deleted_by_hand(khonkaen: Centre, director: Officer) -> None:
    batch = checked(director, khonkaen, excel(CLOSED, OPEN, BROKEN))
    batches.start_import(director, batch)
    importing.RowImporter(batch).import_one()
    with pytest.raises(ImportRefusedError):
        batches.delete_batch(director, batch)
    batches.stop_import(director, batch)
    client = Client()
    client.force_login(director)
    assert "ลบแถวที่ยังไม่ได้นำเข้า" in page_text(client.get(f"/desk/imports/{batch.pk}"))
    client.post(f"/desk/imports/{batch.pk}/step", {"step": "delete"})
    batch.refresh_from_db()
    assert (batch.state, Case.objects.count()) == (BatchState.DONE, 1)
    assert list(batch.rows.values_list("state", flat=True)) == [RowState.IMPORTED], "letters with codes need it"


def test_a_stopped_import_without_cases_is_deleted_whole(khonkaen: Centre, director: Officer) -> None:
    batch = checked(director, khonkaen, excel(CLOSED))
    batches.start_import(director, batch)
    batches.stop_import(director, batch)
    batches.delete_batch(director, batch)
    assert not ImportBatch.objects.exists()


def test_letters_bring_the_codes_and_are_recorded(khonkaen: Centre, director: Officer) -> None:
    heading = (*HEADINGS, "ที่อยู่", "ปกปิดชื่อ")
    rows = [(*CLOSED, "99 หมู่ 7 ต.บ้านเป็ด", ""), (*OPEN, "1 หมู่ 2", "ปกปิด"), (*ANONYMOUS, "2 หมู่ 3", "")]
    batch = import_all(director, checked(director, khonkaen, excel(*rows, heading=heading)))
    client = Client()
    client.force_login(director)
    assert client.post(f"/desk/imports/{batch.pk}/letters", {"reason": " "}).status_code == 409
    response = client.post(f"/desk/imports/{batch.pk}/letters", {"reason": "แจ้งรหัส"})
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    case = Case.objects.get(name_disclosure="named")
    (read,) = PersonalDataRead.objects.filter(data_kind="person")
    assert (read.case, read.reason) == (case, "แจ้งรหัส")
    batch.refresh_from_db()
    assert client.post(f"/desk/imports/{batch.pk}/letters", {"reason": "x"}).status_code == 409, "no more"
    (letter,) = next_letters(director, batch, "x", after=0, service_url="https://centre.example")
    assert (letter.name, letter.earlier_number) == ("นางบุญมา ใจดี", "12/2567")
    assert letter.url.startswith("https://centre.example/t#")
    assert tracking_hash(letter.code) == case.tracking_hash
    Case.objects.filter(pk=case.pk).update(tracking_hash="0" * 64)
    assert not next_letters(director, batch, "x", after=0, service_url=""), "the citizen has another code"


def test_the_command_checks_imports_and_goes_on(
    khonkaen: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cases.xlsx"
    file.write_bytes(excel(CLOSED, OPEN, BROKEN))

    def central(*words: str) -> int:
        return cli.main(["import-cases", *words])

    assert central("check", str(file), "--centre", "khonkaen") == 0
    output = capsys.readouterr()
    assert ("row 5\tวันที่รับเรื่อง\tThis is no date" in output.out, "2 waiting" in output.err) == (True, True)
    assert not ImportBatch.objects.exists()
    with monkeypatch.context() as patch:
        patch.setattr("central.commands.import_cases.import_now", lambda batch_id: None)
        central("run", str(file), "--centre", "khonkaen", "--status", "ยุติเรื่อง=closed:explained")
    batch = ImportBatch.objects.get()
    assert not Case.objects.exists()
    assert central("continue", str(batch.pk)) == 0
    assert set(Case.objects.values_list("status", "outcome_code")) == {("closed", "explained"), ("in_progress", "")}
    for wrong in (("run", "missing.xlsx", "--centre", "khonkaen"), ("run", str(file), "--centre", "x")):
        assert central(*wrong) == 2
    assert central("check", str(file), "--centre", "khonkaen", "--column", "text=x") == 2
    assert "บุญมา" not in capsys.readouterr().err
