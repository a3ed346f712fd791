"""Steps that are easily forgotten after adding a status, a role or a submission field (CONTRIBUTING.md)."""

import io
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import BooleanField

from central import cli
from central.alarms.models import Alarm
from central.cases.codes import ATTENTIONS, OUTCOMES, Attention, Outcome
from central.cases.event_kinds import EVENT_NAMES, EventKind
from central.cases.filing_time import FilingQuality
from central.cases.models import Complainant, PersonalDataRead
from central.cases.work_queues import WORK_QUEUES, WorkQueue
from central.cases.workflow import MISSING_INPUT, WORKFLOW, Input
from central.centres.models import Centre, Membership
from central.command_arguments import build_parser
from central.desk import labels
from central.desk.case_rows import CASE_ROWS, SHOWN_ELSEWHERE
from central.filing.storing import stored_fields
from central.fleet.attention import AttentionReason
from central.people.models import OfficerEvent
from central.people.roles import CITIZEN_ONLY, WITHHOLDABLE, Action, roles_allowing
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES, CaseStatus, status_text
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.messages import EnrolmentStatus
from protocol.submission import Identity, Submission
from protocol.topics import Topic
from tests.unit.central.served_installation import PASSWORD

# Fields of a submission that fill no column of Case by their own name, and where their content is instead.
STORED_OTHERWISE = {
    "version": "a constant",
    "tracking_code": "Case.tracking_hash",
    "pages": "LetterPage",
    "contact": "Complainant.phone",
    "identity": "Complainant",
    "identity_source": "Complainant.source",
    "consents": "Case.consent_sms",
    "clock_quality": "Case.filing_time_quality",
}


def test_every_status_has_its_texts() -> None:
    assert list(CASE_STATUSES) == list(CaseStatus)
    for status in CaseStatus:
        assert status_text(status, "th", "ขอนแก่น")
        assert status_text(status, "en", "Khon Kaen")


def test_every_field_of_a_submission_that_is_stored_is_shown_to_the_officer() -> None:
    shown = {name for row in CASE_ROWS for name in (row.column, row.note_column)}
    stored = {column for column, _ in stored_fields()}
    assert stored - shown - SHOWN_ELSEWHERE == set()


def test_every_field_of_a_submission_is_stored() -> None:
    """Without a column the value would be dropped in silence: it is no longer an unknown field of a newer kiosk."""
    stored = {field for _, field in stored_fields()}
    assert set(Submission.model_fields) - stored == set(STORED_OTHERWISE)


def test_every_field_of_the_identity_has_a_column() -> None:
    columns = {field.name for field in Complainant._meta.concrete_fields}
    assert set(Identity.model_fields) - columns == {"citizen_id"}, "stored as hash, last digits and ciphertext"


def test_every_code_has_a_label() -> None:
    tables: dict[type[Enum], Mapping[Any, BilingualText]] = {
        Attention: ATTENTIONS,
        AttentionReason: labels.ATTENTION_REASON,
        Alarm.Kind: labels.ALARM_KIND,
        EnrolmentStatus: labels.ENROLMENT_STATUS,
        EventKind: EVENT_NAMES,
        FilingQuality: labels.FILING_TIME_QUALITY,
        Input: MISSING_INPUT,
        IdentitySource: labels.IDENTITY_SOURCE,
        NameDisclosure: labels.NAME_DISCLOSURE,
        Nature: labels.NATURE,
        OfficerEvent.Kind: labels.ACCOUNT_EVENT,
        OnBehalfOf: labels.FOR_WHOM,
        Outcome: OUTCOMES,
        PersonalDataRead.DataKind: labels.DATA_KIND,
        RespondentKind: labels.ABOUT,
        Topic: labels.TOPIC,
        WorkQueue: WORK_QUEUES,
    }
    for codes, table in tables.items():
        assert set(codes) == set(table), codes
    assert {action.value for action in WORKFLOW} <= set(EventKind), "each step has its kind of event"


def test_every_reported_device_state_has_a_label() -> None:
    """The centre shares no code with the drivers, so its table repeats their codes."""
    states = {status.value for statuses in (CardReaderStatus, PrinterStatus, ScannerStatus) for status in statuses}
    assert states - set(labels.DEVICE_STATUS) == set()


def test_the_columns_of_a_membership_withhold_actions() -> None:
    columns = {field.name for field in Membership._meta.concrete_fields if isinstance(field, BooleanField)}
    assert set(WITHHOLDABLE.values()) == columns


def test_every_action_is_allowed_to_an_officer_or_the_citizen() -> None:
    assert {action for action in Action if not roles_allowing(action)} == CITIZEN_ONLY


@pytest.mark.django_db
def test_a_new_officer_may_do_what_the_role_allows_unless_an_option_withholds_it(
    khonkaen: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = set(WITHHOLDABLE.values())
    create = ["--centre", khonkaen.slug, "--password-stdin"]
    options = vars(build_parser().parse_args(["create-officer", "malee", *create]))
    withheld = [f"--{name.replace('_', '-')}" for name in options if name.startswith("no_")]
    for name, words, granted in (("malee", [], True), ("somchai", withheld, False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        assert cli.main(["create-officer", name, *create, *words]) == 0
        membership = Membership.objects.get(officer__username=name)
        assert {column: getattr(membership, column) for column in columns} == dict.fromkeys(columns, granted)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())
