"""What is easily forgotten when a status, a role or a field is added (CONTRIBUTING.md)."""

import io

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.core.management import call_command

from central.centres.models import Membership
from central.centres.permission import Ability
from protocol.case_status import CASE_STATUSES, CaseStatus, status_text


def test_every_status_has_its_texts() -> None:
    assert list(CASE_STATUSES) == list(CaseStatus)
    for status in CaseStatus:
        assert status_text(status, "th", "ขอนแก่น")
        assert status_text(status, "en", "Khon Kaen")


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
