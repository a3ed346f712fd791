"""`central notice-routes`: a channel and the hours of a centre from the command line."""

import io

import pytest

from central.centres.models import Centre
from central.cli import main
from central.notices.models import NoticeRoute
from central.notices.route_secrets import decrypt_secret
from central.notices.routes import rules_of


def test_a_line_account_is_set_up_with_secrets_from_standard_input(
    khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("token-1\nsecret-1\n"))
    assert main(["notice-routes", "set", "khonkaen", "line", "--sender", "@123abcde", "--secrets-stdin"]) == 0
    route = NoticeRoute.objects.get()
    assert (decrypt_secret(route.secret), decrypt_secret(route.receipt_secret)) == ("token-1", "secret-1")
    assert capsys.readouterr().out.strip() == str(route.receipt_id)
    assert main(["notice-routes", "list"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("khonkaen\tline\tactive")
    assert "secret-1" not in shown


def test_the_hours_are_set(khonkaen: Centre) -> None:
    hours = ["--quiet-from", "21:00", "--quiet-until", "07:30", "--gather-minutes", "5"]
    assert main(["notice-routes", "hours", "khonkaen", *hours]) == 0
    rules = rules_of(khonkaen)
    assert (str(rules.quiet_from), str(rules.quiet_until), rules.gather_minutes) == ("21:00:00", "07:30:00", 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ["set", "nowhere", "line"],
        ["set", "khonkaen", "line"],
        ["set", "khonkaen", "sms", "--url", "http://example.org"],
        ["set", "khonkaen", "line", "--sender", "khonkaen"],
    ],
)
def test_what_cannot_work_is_refused_with_one_sentence(
    khonkaen: Centre, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["notice-routes", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not NoticeRoute.objects.exists()
