"""What cannot be done is said in one sentence, with exit status 2."""

import io

import pytest

from central import cli
from central.centres.models import Centre, Membership, Officer
from tests.unit.central.conftest import PASSWORD


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (["create-centre", "khonkaen", "--area", "40"], "", "slug"),
        (["create-centre", "x y", "--area", "40"], "", "slug"),
        (["create-centre", "x", "--area", "400107"], "", "400107 is no province or district"),
        (["create-centre", "x", "--parent", "nobody"], "", "no centre nobody"),
        (["create-officer", "malee", "--centre", "khonkaen", "--password-stdin"], "123456789012", "numeric"),
        (["create-officer", "malee", "--centre", "nowhere", "--password-stdin"], PASSWORD, "known: moi, khonkaen"),
        (["create-officer", "ma lee", "--centre", "khonkaen", "--password-stdin"], PASSWORD, "username"),
        (["create-officer", "somsri", "--centre", "khonkaen", "--password-stdin"], PASSWORD, "already"),
        (["approve", "0000-0000", "--as", "somsri"], "", "no waiting kiosk"),
        (["approve", "0000-0000", "--as", "nobody"], "", "no officer nobody"),
        (["quarantine", "open", "KKN07A-000001-51"], "", "nothing in quarantine"),
        (["serve", "--host", "192.0.2.1", "--port", "1"], "", "cannot listen"),
    ],
)
def test_a_clear_sentence(
    arguments: list[str],
    given: str,
    said: str,
    officer: Officer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{given}\n"))
    assert cli.main(arguments) == 2
    told = capsys.readouterr().err
    assert said.lower() in told.lower()
    assert told.count("\n") == 1
    assert Officer.objects.count() == 1
    assert Centre.objects.count() == 2


def test_a_centre_and_an_officer_are_created(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert cli.main(["create-centre", "nam-phong", "--area", "4007", "--parent", "khonkaen"]) == 0
    district = Centre.objects.get(slug="nam-phong")
    assert (district.path, district.name_th) == ("/moi/khonkaen/nam-phong/", "ศูนย์ดำรงธรรมอำเภอน้ำพอง")
    options = ["--centre", "nam-phong", "--password-stdin", "--without-fleet"]
    assert cli.main(["create-officer", "malee", *options]) == 0
    membership = Membership.objects.get(officer__username="malee")
    assert (membership.centre, membership.may_read_people, membership.may_run_fleet) == (district, True, False)
    assert membership.officer.check_password(PASSWORD)
