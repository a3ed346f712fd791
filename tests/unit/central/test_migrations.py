"""An installation of an earlier version keeps its data when its database is migrated."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from central.alarms.models import Alarm
from central.cases.models import Case, CaseEvent, Complainant, NameRequest, PersonalDataRead
from central.fleet.models import Enrolment, KioskState, StaffCall
from central.intake.models import AcceptedDelivery, Part
from central.people.models import FailureCount, OfficerEvent

# The last migration of each app before tables and columns were renamed and alarms became an app.
BEFORE_PLAIN_NAMES = [
    ("cases", "0003_name_requests"),
    ("fleet", "0004_staff_calls"),
    ("intake", "0004_fewer_indexes"),
    ("people", "0001_signing_in"),
    ("alarms", None),
]
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def former_models(transactional_db: None) -> Iterator[Any]:
    """The database as the earlier version left it, and its models. Migrated forward again at the end."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE_PLAIN_NAMES)
    yield executor.loader.project_state([(app, name) for app, name in BEFORE_PLAIN_NAMES if name]).apps
    migrate(newest)


def migrate(targets: list[Any]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


def fill(models: Any) -> None:
    """One row in every table that changes."""
    centre = models.get_model("centres", "Centre").objects.create(
        slug="moi", path="/moi/", name_th="ศูนย์ดำรงธรรม", name_en="Centre"
    )
    officers = models.get_model("centres", "Officer").objects
    officer, second = officers.create(username="somsri"), officers.create(username="malee")
    enrolment = models.get_model("fleet", "Enrolment").objects.create(
        kiosk_id="KKN07", hall="ศาลากลาง", signing_key=b"k" * 32, fingerprint="f" * 32, compare_code="ABCD-EFGH",
        sealing_fingerprint="s" * 32, receipt_fingerprint="r" * 32, status="approved", series="A", centre=centre,
    )  # fmt: skip
    models.get_model("fleet", "KioskState").objects.create(
        enrolment=enrolment, heard_at=AT, version="1.0", clock_quality="synchronised", outbox_count=3, refused=2,
        disk_free=10**10,
    )  # fmt: skip
    models.get_model("fleet", "StaffCall").objects.create(enrolment=enrolment, name="call-1", since=AT)
    case = models.get_model("cases", "Case").objects.create(
        centre=centre, submission_id=UUID(int=1), case_number="KKN07A-000001-51", tracking_hash="a" * 64,
        nature="complaint", topic="utilities", about="nobody", for_whom="self", spot="หน้าวัดกลาง", naming="withheld",
        language="th", notice_version="2569-01", notice_accepted_at=AT, received_at=AT, filed_at=AT,
        filed_quality="measured", status="in_progress", agency="อบต.บ้านเป็ด", officer="นายช่างโยธา",
        due=date(2026, 12, 18),
    )  # fmt: skip
    models.get_model("cases", "Person").objects.create(
        case=case, source="typed", first_name="บุญมา", citizen_id_locked=b"sealed"
    )
    models.get_model("cases", "CaseChange").objects.create(case=case, at=AT, kind="status", value="received")
    models.get_model("cases", "NameRequest").objects.create(
        case=case, asked_by=officer, asked_at=AT, reason="ศาลขอ", decided_by=second, decided_at=AT, granted=True
    )
    models.get_model("cases", "PersonalRead").objects.create(case=case, officer=officer, what="person", reason="x")
    accepted = models.get_model("intake", "Accepted").objects.create(
        submission_id=UUID(int=1), enrolment=enrolment, centre=centre, case_number=case.case_number,
        content_hash="c" * 64, receipt="{}", received_at=AT, carried=True, case=case, reason="none",
    )  # fmt: skip
    models.get_model("intake", "Part").objects.create(
        enrolment=enrolment, sha256="d" * 64, size=700, held=300, accepted=accepted
    )
    models.get_model("intake", "Alarm").objects.create(
        kind="silent", centre=centre, kiosk_id="KKN07", detail="silent", told_at=AT
    )
    models.get_model("people", "FailureCount").objects.create(key="e" * 64, count=4, until=AT)
    models.get_model("people", "OfficerEvent").objects.create(at=AT, kind="failed", officer=officer, times=7)


@pytest.mark.slow  # it migrates back and forth: 40 s
@pytest.mark.django_db(transaction=True)
def test_renamed_tables_and_columns_keep_their_data_and_constraints(former_models: Any) -> None:
    fill(former_models)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    case = Case.objects.get()
    assert (case.location_note, case.name_disclosure, case.filing_time_quality) == ("หน้าวัดกลาง", "withheld", "measured")
    assert (case.agency_name, case.handler_name, case.due) == ("อบต.บ้านเป็ด", "นายช่างโยธา", date(2026, 12, 18))
    complainant = Complainant.objects.get()
    assert (case.complainant, bytes(complainant.citizen_id_encrypted)) == (complainant, b"sealed")
    assert list(case.events.values_list("status", "is_public", "at")) == [("received", True, AT)]
    assert CaseEvent.objects.count() == 1
    request = NameRequest.objects.get()
    assert (request.requested_by.username, request.requested_at, request.granted) == ("somsri", AT, True)
    assert PersonalDataRead.objects.get().data_kind == "person"

    enrolment = Enrolment.objects.get()
    assert enrolment.stated_centre_name == "ศาลากลาง"
    state = KioskState.objects.get()
    assert (state.last_heartbeat_at, state.rejected_count, state.disk_free_bytes) == (AT, 2, 10**10)
    assert StaffCall.objects.get().call_id == "call-1"
    accepted = AcceptedDelivery.objects.get()
    assert (accepted.case, accepted.carried_by_hand, accepted.quarantine_reason) == (case, True, "none")
    part = Part.objects.get()
    assert (part.size_bytes, part.received_bytes, part.accepted) == (700, 300, accepted)
    alarm = Alarm.objects.get()
    assert (alarm.kiosk_id, alarm.mailed_at, alarm.settled_at) == ("KKN07", AT, None)
    assert FailureCount.objects.get().window_ends_at == AT
    assert OfficerEvent.objects.get().occurrences == 7

    with connection.cursor() as cursor:
        for table, name in (
            ("cases_namerequest", "one_open_name_request"),
            ("cases_namerequest", "a_second_person_decides"),
            ("cases_complainant", "same_person"),
            ("intake_alarm", "one_open_alarm_of_a_thing"),
            ("intake_accepteddelivery", "quarantine"),
        ):
            assert name in connection.introspection.get_constraints(cursor, table), name


def test_every_change_of_a_model_has_its_migration(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
