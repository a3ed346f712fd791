"""An error of the command line is one sentence, with exit status 2."""

import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from central import cli
from central.centres.models import Centre, Membership, Officer
from tests.unit.central.served_installation import PASSWORD


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected_message"),
    [
        (["create-centre", "khonkaen", "--area", "40"], "", "a centre khonkaen already"),
        (["create-centre", "x y", "--area", "40"], "", "slug"),
        (["create-centre", "x", "--area", "400107"], "", "400107 is not a province or district"),
        (["create-centre", "x", "--parent", "nobody"], "", "no centre nobody"),
        (["create-officer", "malee", "--centre", "khonkaen", "--password-stdin"], "123456789012", "numeric"),
        (["create-officer", "malee", "--centre", "nowhere", "--password-stdin"], PASSWORD, "known: moi, khonkaen"),
        (["create-officer", "ma lee", "--centre", "khonkaen", "--password-stdin"], PASSWORD, "username"),
        (["create-officer", "somsri", "--centre", "khonkaen", "--password-stdin"], PASSWORD, "already"),
        (["approve", "0000-0000", "--as", "somsri"], "", "no waiting kiosk"),
        (["approve", "0000-0000", "--as", "nobody"], "", "no officer nobody"),
        (["quarantine", "open", "KKN07A-000001-51"], "", "nothing in quarantine"),
        (["create-officer", "malee", "--centre", "khonkaen"], PASSWORD, "--password-stdin"),
        (["serve", "--host", "192.0.2.1", "--port", "1"], "", "cannot assign requested address\n"),
        (["serve", "--host", "nowhere.invalid"], "", "no such address"),
    ],
)
def test_an_error_is_one_clear_sentence(
    arguments: list[str],
    stdin: str,
    expected_message: str,
    officer: Officer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{stdin}\n"))
    assert cli.main(arguments) == 2
    stderr = capsys.readouterr().err
    assert expected_message.lower() in stderr.lower()
    assert stderr.count("\n") == 1
    assert Officer.objects.count() == 1
    assert Centre.objects.count() == 2


def test_a_port_in_use_is_reported(officer: Officer, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"central serve: cannot listen at 127.0.0.1:{port}: another program listens there; choose another --port\n"
    )


@pytest.mark.parametrize(
    "words", [["--port", "65616"], ["--port", "-1"], ["--trusted-proxy", "*"], ["--trusted-proxy", "proxy.example"]]
)
def test_an_invalid_port_or_proxy_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *words])
    assert ended.value.code == 2
    assert f"'{words[1]}' is not " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CENTRAL_URL", "track.example.go.th"),
        ("CENTRAL_SILENT_MINUTES", "0"),
        ("CENTRAL_SMTP", "mail.example.go.th"),
        ("CENTRAL_SMTP", "smtp://user:hunter2@mail.example.go.th:many"),
        ("DATABASE_URL", "mysql://user:hunter2@host/name"),
        ("DATABASE_URL", "postgres://user:hunter2@[host/name"),
    ],
)
def test_an_invalid_setting_is_named(name: str, value: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "central.cli", "keys", "list"],
        env={**os.environ, "CENTRAL_DATA": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"central keys: {name} is not ")
    assert result.stderr.count("\n") == 1
    assert "hunter2" not in result.stderr


def test_an_empty_quarantine_is_reported(officer: Officer, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["open", "all"]):
        assert cli.main(["quarantine", *words]) == 0
        assert capsys.readouterr().err == "Nothing is in quarantine.\n"


def test_a_centre_and_an_officer_are_created(khonkaen: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert cli.main(["create-centre", "nam-phong", "--area", "4007", "--parent", "khonkaen"]) == 0
    district = Centre.objects.get(slug="nam-phong")
    assert (district.path, district.name_th) == ("/moi/khonkaen/nam-phong/", "ศูนย์ดำรงธรรมอำเภอน้ำพอง")
    options = ["--centre", "nam-phong", "--password-stdin", "--no-fleet"]
    assert cli.main(["create-officer", "malee", *options]) == 0
    membership = Membership.objects.get(officer__username="malee")
    assert (membership.centre, membership.may_read_people, membership.may_run_fleet) == (district, True, False)
    assert membership.officer.check_password(PASSWORD)
