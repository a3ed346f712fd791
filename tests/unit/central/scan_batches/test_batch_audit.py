"""What leaves a trace when a scan batch is read and deleted, what is filed, and what the list asks the database."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from central.cases.attachments import CleanFile
from central.cases.errors import NotAllowedError
from central.cases.models import Case
from central.centres.models import Centre, Officer
from central.people.roles import Role
from central.scan_batches import batches, filing
from central.scan_batches.counts import BatchCounts, counts_of
from central.scan_batches.dividing import PageChange, change_page, parts_of
from central.scan_batches.models import BatchRead, FiledPart, ScanBatch, ScanFile, ScanPage
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.page_text import page_text
from tests.unit.central.sample_files import photo
from tests.unit.central.scan_batches.test_scan_batches import ANSWERS, form_of


@pytest.fixture
def clerk(khonkaen: Centre) -> Officer:
    return create_officer_with(khonkaen, Role.INTAKE, name="malee")


@pytest.fixture
def batch(clerk: Officer, khonkaen: Centre) -> ScanBatch:
    return batch_with_pages(clerk, khonkaen, [(True, False), (False, False), (True, False)])


def batch_with_pages(officer: Officer, centre: Centre, pages: list[tuple[bool, bool]]) -> ScanBatch:
    """A batch with the `begins_case` and `is_left_out` of its pages, in one file."""
    batch = batches.create_batch(officer, centre)
    file = ScanFile.objects.create(batch=batch, index=0, name="a.pdf", sha256=uuid4().hex, state="read")
    ScanPage.objects.bulk_create(
        ScanPage(file=file, index=index, begins_case=begins, is_left_out=is_left_out)
        for index, (begins, is_left_out) in enumerate(pages)
    )
    return batch


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def audit_rows(auditor: Client, **query: str) -> list[str]:
    page = page_text(auditor.get("/desk/audit", {"view": "scans", **query}))
    return [part.split('"')[0] for part in page.split('data-who="')[1:]]


def test_who_reads_and_deletes_a_batch_stays_in_the_audit(
    clerk: Officer, batch: ScanBatch, khonkaen: Centre, phayao: Centre
) -> None:
    colleague = create_officer_with(khonkaen, Role.INTAKE, name="somsri")
    colleague.memberships.update(may_read_people=True)
    client = signed_in(colleague)
    assert client.get(f"/desk/scans/{batch.pk}").status_code == 200
    case = create_case(khonkaen)
    FiledPart.objects.create(batch=batch, key=uuid4(), page_count=1, case=case, officer=clerk, filed_at=timezone.now())
    assert client.post(f"/desk/scans/{batch.pk}/delete").status_code == 302
    assert not ScanPage.objects.exists() and not ScanFile.objects.exists()
    assert client.get(f"/desk/scans/{batch.pk}").status_code == 404
    assert f"/desk/scans/{batch.pk}" not in page_text(client.get("/desk/scans"))
    auditor = signed_in(create_officer_with(khonkaen, Role.AUDITOR))
    assert audit_rows(auditor) == audit_rows(auditor, number=case.case_number) == ["somsri", "somsri"]
    page = page_text(auditor.get("/desk/audit", {"view": "scans", "kind": "deleted"}))
    assert page.count('data-who="') == 1 and "ลบชุดสแกน" in page and "อัปโหลดโดย malee" in page
    assert audit_rows(auditor, number=create_case(khonkaen).case_number) == audit_rows(auditor, officer="malee") == []
    assert audit_rows(signed_in(create_officer_with(phayao, Role.AUDITOR))) == []
    assert "somsri" in auditor.get("/desk/audit.csv", {"view": "scans"}).content.decode()


def test_the_recurring_job_deletes_once_and_is_named_as_the_system(batch: ScanBatch, khonkaen: Centre) -> None:
    later = timezone.now() + batches.BATCH_KEPT + timedelta(minutes=1)
    assert [batches.delete_old_batches(later), batches.delete_old_batches(later)] == [1, 0]
    assert audit_rows(signed_in(create_officer_with(khonkaen, Role.AUDITOR))) == ["ระบบ"]
    with pytest.raises(NotAllowedError, match="is deleted"):
        change_page(batch, 1, PageChange.BEGIN)
    with pytest.raises(NotAllowedError, match="is deleted"):
        batches.delete_batch(batch, None)
    assert BatchRead.objects.count() == 1


def test_a_page_that_a_colleague_divides_while_the_pdf_is_made_is_in_no_second_case(
    clerk: Officer, batch: ScanBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = batches.pages_of(batch)
    client = signed_in(clerk)
    form = form_of(client, str(first.pk)) | ANSWERS

    def slow(part: filing.FilingPart, **_: Any) -> tuple[list[CleanFile], list[CleanFile]]:
        change_page(batch, second.pk, PageChange.BEGIN)
        return [CleanFile("a.jpg", "image/jpeg", photo(), (10, 10))], []

    monkeypatch.setattr("central.desk.filing_sources.part_content", slow)
    refused = client.post("/desk/file", form)
    assert (refused.status_code, Case.objects.count(), FiledPart.objects.count()) == (422, 0, 0)
    assert "แบ่งใหม่แล้ว" in page_text(refused)
    part = filing.part_beginning(clerk, first.pk)
    assert part is not None
    batches.delete_batch(batch, clerk)
    with pytest.raises(NotAllowedError, match="is deleted"):
        filing.settle_part(part, clerk, create_case(batch.centre))


def test_the_queries_of_the_list_do_not_grow_with_its_batches(clerk: Officer, khonkaen: Centre) -> None:
    client = signed_in(clerk)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/scans")
        return [query["sql"] for query in captured.captured_queries]

    batch_with_pages(clerk, khonkaen, [(True, False)])
    queries()
    few = len(queries())
    for _ in range(4):
        batch_with_pages(clerk, khonkaen, [(True, False), (True, False)])
    assert len(queries()) == few


class CountedBatches(TestCase):
    """The database counts the parts as `divide` makes them."""

    def setUp(self) -> None:
        self.centre = Centre.objects.create(slug="counted", name_th="ศูนย์นับ")
        self.clerk = create_officer_with(self.centre, Role.INTAKE)

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
    def test_counts(self, pages: list[tuple[bool, bool]]) -> None:
        batch, other = (batch_with_pages(self.clerk, self.centre, each) for each in (pages, [(True, False)]))
        FiledPart.objects.create(batch=batch, key=uuid4(), page_count=1, officer=self.clerk, filed_at=timezone.now())
        waiting = sum(bool(part.used) for part in parts_of(batch))
        assert counts_of([batch, other]) == {batch.pk: BatchCounts(waiting, 1), other.pk: BatchCounts(1, 0)}
