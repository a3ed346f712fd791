"""Steps that are easily forgotten after adding a status, a role or a field (CONTRIBUTING.md)."""

import io
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.core.management import call_command

from central.alarms.models import Alarm
from central.cases.filing_time import FilingQuality
from central.cases.models import Complainant, PersonalDataRead
from central.centres.models import Membership
from central.centres.permission import Ability
from central.desk import labels
from central.desk.case_page import CASE_ROWS, SHOWN_ELSEWHERE
from central.fleet.attention import AttentionReason
from central.intake.case_creation import stored_fields
from central.people.models import OfficerEvent
from drivers.ports.card_reader import CardReaderStatus
from drivers.ports.letter_scanner import ScannerStatus
from drivers.ports.receipt_printer import PrinterStatus
from protocol.bilingual_text import BilingualText
from protocol.case_status import CASE_STATUSES, CaseStatus, status_text
from protocol.choices import IdentitySource, NameDisclosure, Nature, OnBehalfOf, RespondentKind
from protocol.messages import EnrolmentStatus
from protocol.submission import Identity
from protocol.topics import Topic


def test_every_status_has_its_texts() -> None:
    assert list(CASE_STATUSES) == list(CaseStatus)
    for status in CaseStatus:
        assert status_text(status, "th", "ขอนแก่น")
        assert status_text(status, "en", "Khon Kaen")


def test_every_field_of_a_submission_that_is_stored_is_shown_to_the_officer() -> None:
    shown = {name for row in CASE_ROWS for name in (row.column, row.note_column)}
    stored = {column for column, _ in stored_fields()}
    assert stored - shown - SHOWN_ELSEWHERE == set()


def test_every_field_of_the_identity_has_a_column() -> None:
    columns = {field.name for field in Complainant._meta.concrete_fields}
    assert set(Identity.model_fields) - columns == {"citizen_id"}, "stored as hash, last digits and ciphertext"


def test_every_code_has_a_label() -> None:
    tables: dict[type[Enum], Mapping[Any, BilingualText]] = {
        AttentionReason: labels.ATTENTION_REASON,
        Alarm.Kind: labels.ALARM_KIND,
        EnrolmentStatus: labels.ENROLMENT_STATUS,
        FilingQuality: labels.FILING_TIME_QUALITY,
        IdentitySource: labels.IDENTITY_SOURCE,
        NameDisclosure: labels.NAME_DISCLOSURE,
        Nature: labels.NATURE,
        OfficerEvent.Kind: labels.ACCOUNT_EVENT,
        OnBehalfOf: labels.FOR_WHOM,
        PersonalDataRead.DataKind: labels.DATA_KIND,
        RespondentKind: labels.ABOUT,
        Topic: labels.TOPIC,
    }
    for codes, table in tables.items():
        assert set(codes) == set(table), codes


def test_every_reported_device_state_has_a_label() -> None:
    """The centre shares no code with the drivers, so its table repeats their codes."""
    states = {status.value for statuses in (CardReaderStatus, PrinterStatus, ScannerStatus) for status in statuses}
    assert states - set(labels.DEVICE_STATE) == set()


def test_every_ability_is_a_field_of_the_membership() -> None:
    missing = []
    for ability in set(Ability) - {Ability.WORK}:
        try:
            Membership._meta.get_field(ability.value)
        except FieldDoesNotExist:
            missing.append(ability)
    assert missing == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())
