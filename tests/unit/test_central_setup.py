"""`central setup`: where answers come from, which are refused, and what is written."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from provision.central.nginx_site import TEMPLATE, nginx_version, render
from provision.central.setup import merge_environment, settings_of, write_environment
from provision.central.setup_answers import AnswerError, collect, read_answers_file

ANSWERS = {
    "host": "track.example.go.th",
    "centre": "khonkaen",
    "area": "40",
    "administrator": "somsri",
    "database": "local",
    "mail": "none",
    "tls": "self-signed",
}


def test_answers_without_questions_are_complete() -> None:
    assert collect(ANSWERS, None) == ANSWERS


def test_a_missing_answer_names_its_option() -> None:
    without_mail = {name: value for name, value in ANSWERS.items() if name != "mail"}
    with pytest.raises(AnswerError, match="give it by --mail, or in the file of answers"):
        collect(without_mail, None)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("host", "https://track.example.go.th", "is no host name"),
        ("host", "track", "is no host name"),
        ("centre", "Khon Kaen", "is no short name"),
        ("area", "400", "is neither a code of 2 digits"),
        ("administrator", "สมศรี ใจดี", "is no name to sign in with"),
        ("database", "postgres://central@db.example.go.th", "is neither local, nor sqlite"),
        ("mail", "mail.example.go.th", "is neither smtp://"),
        ("mail", "smtp://user:word@mail.example.go.th:many", "is neither smtp://"),
        ("tls", "yes", "is neither files"),
    ],
)
def test_a_wrong_answer_is_one_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(AnswerError, match=sentence):
        collect({**ANSWERS, name: value}, None)


def test_addresses_are_asked_for_only_where_mail_is_sent() -> None:
    with_mail = {**ANSWERS, "mail": "smtp://mail.example.go.th:587"}
    with pytest.raises(AnswerError, match="--alert-to"):
        collect(with_mail, None)
    with pytest.raises(AnswerError, match="no mail addresses"):
        collect({**with_mail, "alert_to": "duty"}, None)
    assert "alert_to" in collect({**with_mail, "alert_to": "duty@example.go.th, it@example.go.th"}, None)


def test_a_missing_certificate_is_refused(tmp_path: Path) -> None:
    answers = {**ANSWERS, "tls": "files", "certificate": str(tmp_path / "none.pem"), "key": str(tmp_path / "key.pem")}
    with pytest.raises(AnswerError, match=r"none\.pem is no file"):
        collect(answers, None)


def test_a_wrong_answer_at_a_prompt_is_asked_again() -> None:
    typed: Iterator[str] = iter(["Track", "track.example.go.th", "khonkaen", "40", "somsri", "", "none", "self-signed"])
    prompts: list[tuple[str, str | None]] = []

    def prompt(text: str, default: str | None) -> str:
        prompts.append((text, default))
        return next(typed)

    assert collect({}, prompt) == ANSWERS, "an empty line takes the default"
    assert prompts[1][0].startswith("That is no host name")
    assert [default for _, default in prompts if default] == ["local"]


def test_options_come_before_questions() -> None:
    def prompt(text: str, default: str | None) -> str:
        raise AssertionError(f"asked: {text}")

    assert collect(ANSWERS, prompt) == ANSWERS


def test_a_file_of_answers_with_an_unknown_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('host = "track.example.go.th"\n', encoding="utf-8")
    assert read_answers_file(file) == {"host": "track.example.go.th"}
    for text, sentence in (
        ('hots = "a"', "unknown name hots"),
        ("area = 40", 'write area = "…"'),
        ("host", "cannot be read"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(AnswerError, match=sentence):
            read_answers_file(file)


def test_settings_that_the_set_up_does_not_know_stay(tmp_path: Path) -> None:
    file = tmp_path / "central.env"
    file.write_text("# of the office\nCENTRAL_LOG=json\nCENTRAL_SMTP=smtp://old\nDATABASE_URL=postgres:///x\n")
    write_environment({**ANSWERS, "database": "sqlite"}, file)
    lines = file.read_text("utf-8").splitlines()
    assert lines[:2] == ["# of the office", "CENTRAL_LOG=json"]
    assert "CENTRAL_SMTP=none" in lines
    assert not [line for line in lines if line.startswith(("DATABASE_URL", "CENTRAL_ALERT_TO"))]
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text("utf-8")
    write_environment({**ANSWERS, "database": "sqlite"}, file)
    assert file.read_text("utf-8") == before


def test_the_local_database_is_reached_by_its_socket() -> None:
    values: Mapping[str, str | None] = settings_of(ANSWERS)
    assert values["DATABASE_URL"] == "postgres:///damrongdham?host=/run/postgresql"
    assert merge_environment("", {"A": "1", "B": None}) == "A=1\n"


@pytest.mark.parametrize(
    ("output", "listens", "directives"),
    [("nginx version: nginx/1.22.1", 2, 0), ("nginx version: nginx/1.26.3 (Debian)", 0, 1)],
)
def test_http2_is_written_as_each_nginx_wants_it(output: str, listens: int, directives: int) -> None:
    site = render(TEMPLATE.read_text("utf-8"), "a.example.go.th", "/c.pem", "/k.pem", nginx_version(output))
    assert site.count("443 ssl http2;") == listens
    assert site.count("http2 on;") == directives
    assert not re.findall("@[A-Z0-9]+@", site)
    assert "ssl_certificate_key /k.pem;" in site
    assert nginx_version("no version") == ()


def test_the_command_refuses_without_root_or_answers() -> None:
    program = Path(__file__).parents[2] / "provision/central/setup.py"
    result = subprocess.run(
        ["/usr/bin/python3", "-I", program, "--non-interactive", "--host", "track"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1


def test_commands_read_the_settings_as_the_service_does(tmp_path: Path) -> None:
    """systemd takes quotation marks off a value, knows two kinds of comments, and needs no end of the last line."""
    program = (Path(__file__).parents[2] / "provision/central/central").read_text("utf-8")
    for installed, sample in (("/etc/damrongdham-central.env", "settings"), ("/var/lib/damrongdham-central", "home")):
        program = program.replace(installed, str(tmp_path / sample))
    (tmp_path / "home").mkdir()
    (tmp_path / "settings").write_text(
        "# a comment\n; another\n\nno setting\nDATABASE_URL=\"postgres:///a?b='c'\"\nCENTRAL_SMTP='none'\nCENTRAL_URL=https://a=b"
    )
    run = 'case $4 in test) exit "$CLOSED" ;; esac; env; echo "directory $(pwd)"'
    for name, script in {"id": "echo 0", "runuser": run}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    for closed, directory in (("0", tmp_path), ("1", tmp_path / "home")):
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CLOSED": closed}
        command = ["sh", "-c", program, "central", "check"]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        lines = set(result.stdout.splitlines())
        assert {"DATABASE_URL=postgres:///a?b='c'", "CENTRAL_SMTP=none", "CENTRAL_URL=https://a=b"} <= lines
        assert f"directory {directory}" in lines, "names of files are meant from where the caller is"
