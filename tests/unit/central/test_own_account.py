"""The own account: profile, sessions, and what a new password ends."""

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from central import cli
from central.agencies.models import Agency
from central.centres.models import Centre, Membership, Officer
from central.people import accounts
from central.people.models import OfficerEvent, OfficerSession, Profile
from central.people.roles import MATRIX, Role, Scope
from central.people.sessions import sessions_of
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.page_text import page_text
from tests.unit.central.people_factories import create_with_role
from tests.unit.central.served_installation import PASSWORD

NEW = "khao-niao-mamuang-1"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_the_sessions_are_listed_and_ended_one_by_one(officer: Officer) -> None:
    own, other = client_of(officer), Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    other.post("/desk/login", {"username": officer.username, "password": PASSWORD})
    shown = page_text(own.get("/desk/sessions"))
    assert "Firefox · Windows" in shown
    assert "192.0.2.7" in shown
    assert other.cookies["sessionid"].value not in shown, "the key of a session is a secret"
    foreign = OfficerSession.objects.get(address="192.0.2.7")
    assert own.post(f"/desk/sessions/{foreign.pk}/end").status_code == 302
    assert own.post(f"/desk/sessions/{foreign.pk}/end").status_code == 404
    assert other.get("/desk/profile").status_code == 302
    assert own.get("/desk/profile").status_code == 200


def test_all_other_sessions_are_ended_together(officer: Officer) -> None:
    own, others = client_of(officer), [client_of(officer) for _ in range(3)]
    assert own.post("/desk/sessions/end-others").status_code == 302
    assert [client.get("/desk/profile").status_code for client in (own, *others)] == [200, 302, 302, 302]
    assert Session.objects.count() == OfficerSession.objects.count() == 1


def test_nobody_ends_the_session_of_another_officer(officer: Officer, khonkaen: Centre) -> None:
    own, other = client_of(officer), client_of(create_officer(khonkaen, "malee"))
    row = OfficerSession.objects.get(officer__username="malee")
    assert own.post(f"/desk/sessions/{row.pk}/end").status_code == 404
    own.post("/desk/sessions/end-others")
    assert other.get("/desk/profile").status_code == 200


def test_a_sign_out_and_an_expiry_remove_the_row(officer: Officer) -> None:
    client = client_of(officer)
    client.post("/desk/logout")
    assert not OfficerSession.objects.exists()
    client_of(officer)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not sessions_of(officer).exists()


def test_a_new_password_ends_the_other_sessions(officer: Officer) -> None:
    own, other = client_of(officer), client_of(officer)
    fields = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert own.post("/desk/password", fields).status_code == 302
    assert own.get("/desk/profile").status_code == 200
    assert other.get("/desk/profile").status_code == 302
    assert OfficerSession.objects.get().session_id == own.cookies["sessionid"].value


def test_the_last_use_of_a_session_is_noted_now_and_then(officer: Officer) -> None:
    client = client_of(officer)
    OfficerSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    cache.clear()
    client.get("/desk/profile")
    noted = OfficerSession.objects.get().last_seen_at
    assert timezone.now() - noted < timedelta(minutes=1)
    client.get("/desk/profile")
    assert OfficerSession.objects.get().last_seen_at == noted


def test_the_profile_is_changed_by_its_officer(officer: Officer) -> None:
    client = client_of(officer)
    fields = {
        "first_name": "สมศรี",
        "last_name": "แสงทอง",
        "position": "นิติกร",
        "mobile_phone": "081 234 5678",
        "email": "somsri@example.go.th",
        "current_password": PASSWORD,
        "language": "en",
        "is_superuser": "on",
        "username": "admin",
    }
    response = client.post("/desk/profile", fields)
    assert (response.status_code, response.cookies["desk_language"].value) == (302, "en")
    officer.refresh_from_db()
    assert (officer.get_full_name(), officer.username, officer.is_superuser) == ("สมศรี แสงทอง", "somsri", False)
    assert Profile.objects.get().mobile_phone == "0812345678"
    assert "081" in page_text(client.get("/desk/profile"))
    changed = OfficerEvent.objects.get(kind="profile_changed").detail
    assert "email" in changed and "example.go.th" not in changed, "names of fields, so that a new address is noticed"
    assert client.post("/desk/profile", fields | {"mobile_phone": "12"}).status_code == 400
    again = client_of(officer)
    assert again.cookies["desk_language"].value == "en", "at every sign-in"


def test_another_mail_address_needs_the_password(officer: Officer) -> None:
    client = client_of(officer)
    fields = {"first_name": "สมศรี", "last_name": "แสงทอง", "position": "นิติกร"}
    assert client.post("/desk/profile", fields).status_code == 302, "the other fields do not"
    new = fields | {"email": "thief@example.org"}
    assert client.post("/desk/profile", new).status_code == 401
    assert client.post("/desk/profile", new | {"current_password": "wrong"}).status_code == 401
    officer.refresh_from_db()
    assert officer.email == ""
    assert OfficerEvent.objects.get(kind="password_wrong").occurrences == 2
    assert client.post("/desk/profile", new | {"current_password": PASSWORD}).status_code == 302
    for _ in range(12):
        response = client.post("/desk/profile", fields | {"current_password": "wrong"})
    assert "รหัสผ่านเดิมผิดหลายครั้ง" in page_text(response), "as often as at the change of the password"


def run(*arguments: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{stdin}\n"))
    return cli.main(list(arguments))


def test_roles_are_set_by_command(
    khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create = ["create-officer", "napa", "--centre", "khonkaen", "--password-stdin"]
    assert run(*create, "--role", "king", stdin=PASSWORD, monkeypatch=monkeypatch) == 2
    assert "there is no role king (known: intake, " in capsys.readouterr().err
    roles = ("--role", "administrator", "--role", "director")
    assert run(*create, *roles, stdin=PASSWORD, monkeypatch=monkeypatch) == 0
    stored = Membership.objects.filter(officer__username="napa").order_by("role")
    assert list(stored.values_list("role", flat=True)) == ["administrator", "director"]
    administrator = stored[0]
    again = ("set-roles", "napa", "--centre", "khonkaen")
    assert run(*again, "--role", "administrator", "--role", "auditor", monkeypatch=monkeypatch) == 0
    assert list(stored.values_list("role", flat=True)) == ["administrator", "auditor"]
    assert stored[0].pk == administrator.pk, "a role that stays is not touched"
    assert run(*again, monkeypatch=monkeypatch) == 2
    assert "would have no role left" in capsys.readouterr().err
    details = OfficerEvent.objects.order_by("id").values_list("kind", "detail")
    assert list(details)[-2:] == [("role_removed", "director @ khonkaen"), ("role_added", "auditor @ khonkaen")]


def test_an_account_is_invited_and_ended_by_command(
    officer: Officer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("invite-officer", "somsri", monkeypatch=monkeypatch) == 0
    link = capsys.readouterr().out.strip()
    assert Client().post("/desk/login", {"username": "somsri", "password": PASSWORD}).status_code == 401
    code = link.partition("#")[2]
    fields = {"code": code, "new_password1": NEW, "new_password2": NEW}
    assert Client().post("/desk/invitation", fields).status_code == 302
    assert run("end-officer", "somsri", monkeypatch=monkeypatch) == 0
    assert run("end-officer", "somsri", monkeypatch=monkeypatch) == 2
    assert run("activate-officer", "somsri", monkeypatch=monkeypatch) == 2
    assert run("invite-officer", "somsri", monkeypatch=monkeypatch) == 2
    capsys.readouterr()
    assert run("roles", monkeypatch=monkeypatch) == 0
    assert "| `case_officer` |" in capsys.readouterr().out


HOMES = {
    Role.ADMINISTRATOR: "/desk/people",
    Role.TECHNICIAN: "/desk/fleet",
    Role.AGENCY_OFFICER: "/desk/agency/",
    Role.AGENCY_HEAD: "/desk/agency/",
    Role.SUPERVISOR: "/desk/agency/supervision",
}


@pytest.mark.parametrize("role", Role)
def test_the_first_page_is_where_the_work_is(khonkaen: Centre, role: Role) -> None:
    agency = Agency.objects.create(centre=khonkaen, code="water", name_th="ประปา", kind="x", level="x")
    is_of_agency = MATRIX[role].scope is Scope.AGENCY
    officer = create_with_role(
        khonkaen, "malee", role, agency=agency if is_of_agency else None, may_run_fleet=True, may_read_people=True
    )
    client = Client()
    response = client.post("/desk/login", {"username": officer.username, "password": PASSWORD})
    assert response["Location"] == HOMES.get(role, "/desk/")
    assert client.get(response["Location"]).status_code == 200


def test_an_officer_without_any_right_sees_the_own_profile(officer: Officer) -> None:
    Membership.objects.all().delete()
    response = Client().post("/desk/login", {"username": officer.username, "password": PASSWORD})
    assert response["Location"] == "/desk/profile"


def test_the_events_are_listed_with_by_and_reason(
    officer: Officer, khonkaen: Centre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts.suspend(officer, create_officer(khonkaen, "napa"), "สอบสวน\nวินัย")
    assert run("account-events", "somsri", monkeypatch=monkeypatch) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[1:] == ["suspended", "1", "somsri", "", "", "napa", "สอบสวน วินัย"]
