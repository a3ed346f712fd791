"""`central demo-data`: the invented province is whole, believable, and made only on an empty installation."""

import io
from collections import Counter

import pytest
from django.utils import timezone

from central import cli
from central.agencies.models import Agency
from central.cases import history
from central.cases.models import Case, CaseEvent, Complainant, Proposal, Referral
from central.centres.models import Centre, Membership, Officer
from central.demo_data.agencies import AGENCY_COUNT
from central.messages.models import AnswerTemplate, Rating
from central.notices.models import Notice, NoticeConsent
from central.notices.routes import route_of
from central.people.roles import Role
from tests.unit.central.served_installation import PASSWORD


@pytest.fixture
def demo_town(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert cli.main(["demo-data", "--cases", "80", "--password-stdin"]) == 0


@pytest.mark.usefixtures("demo_town")
def test_the_province_is_whole_and_believable() -> None:
    """One test: making the province takes 8 s."""
    _check_that_the_province_is_whole()
    _check_that_the_cases_have_true_histories_of_the_past()
    _check_that_no_phone_number_of_the_demo_data_can_ring()
    _check_that_mail_to_citizens_reaches_nobody()


def _check_that_the_province_is_whole() -> None:
    assert Centre.objects.filter(area_code="40").count() == 1
    assert Agency.objects.count() == AGENCY_COUNT == 270
    assert {role.value for role in Role} - set(Membership.objects.values_list("role", flat=True)) == {"team_member"}
    assert Officer.objects.get(username="director").check_password(PASSWORD)
    assert Case.objects.count() == 80
    assert set(AnswerTemplate.objects.values_list("step", flat=True)) == {"order", "ask_details", "close"}


def _check_that_the_cases_have_true_histories_of_the_past() -> None:
    assert list(history.verify_all()) == []
    assert CaseEvent.objects.filter(at__gt=timezone.now()).count() == 0
    statuses = Counter(Case.objects.values_list("status", flat=True))
    assert statuses["closed"] > 20
    assert len(statuses) >= 4, statuses
    assert Referral.objects.exists()
    assert len(set(Rating.objects.values_list("stars", flat=True))) > 1
    assert Proposal.objects.exclude(decided_at=None).exists()
    assert not Case.objects.filter(closed_at=None, due=None, is_complex=False, status="in_progress").exists()
    for case in Case.objects.filter(centre__area_code="40"):
        assert not case.events.filter(status="to_chief", kind="approve").exists()


def _check_that_no_phone_number_of_the_demo_data_can_ring() -> None:
    assert not Complainant.objects.exclude(phone__startswith="000").exists()
    assert not Agency.objects.exclude(phone__startswith="000").exclude(phone="").exists()


def _check_that_mail_to_citizens_reaches_nobody() -> None:
    consents = NoticeConsent.objects.select_related("case")
    assert {(each.channel, each.address.endswith(".example"), each.case.closed_at) for each in consents} == {
        ("email", True, None)
    }
    assert not Notice.objects.exists(), "nobody is told of the past"
    assert route_of(Centre.objects.get(area_code="40"), "email") is not None


def test_an_installation_in_use_is_left_alone(khonkaen: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo-data"]) == 2
    assert "this installation is in use" in capsys.readouterr().err
    assert (Case.objects.count(), Officer.objects.count()) == (0, 0)
