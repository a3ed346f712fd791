"""Screens of meeting rooms: connected by a code, shown figures that are published, ended at the desk."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from central.centres.models import Centre, Membership
from central.insight.folding import rebuild
from central.insight.models import CaseFact
from central.people.roles import Role
from central.wall_screens import pairing, panels
from central.wall_screens.models import PairingRequest, WallScreen
from central.wall_screens.views import COOKIE
from tests.unit.central.conftest import client_of, create_officer
from tests.unit.central.factories import create_case, create_officer_with

CODE = re.compile(r'id="code">([^<]+)<')


def _shown_code(screen: Client) -> str:
    screen.post("/wall")
    code = CODE.search(screen.get("/wall").content.decode())
    assert code
    return code[1]


def _connect(desk: Client, code: str, centre: Centre, language: str = "th") -> int:
    fields = {"code": code, "name": "ห้องประชุม 1", "centre": centre.slug, "language": language}
    return desk.post("/desk/overview/screens", fields).status_code


def test_a_screen_is_connected_by_its_code_and_ended_at_the_desk(khonkaen: Centre, desk_client: Client) -> None:
    create_case(khonkaen)
    screen = Client()
    code = _shown_code(screen)
    assert screen.get("/wall/panel").status_code == 404, "not connected yet"
    assert _connect(desk_client, f" {code[:3].lower()}-{code[3:]} ", khonkaen) == 302
    html = screen.get("/wall").content.decode()
    assert khonkaen.name_th in re.sub("<wbr>|\u200b", "", html)
    assert "<dd>1</dd>" in html
    assert Client().get("/wall/panel").status_code == 404, "without its cookie"
    shown = WallScreen.objects.get()
    assert desk_client.post("/desk/overview/screens", {"end": shown.pk}).status_code == 302
    assert screen.get("/wall/panel").status_code == 404
    shown.refresh_from_db()
    assert shown.ended_by is not None


def test_a_code_works_once_and_for_a_quarter_of_an_hour(khonkaen: Centre, desk_client: Client) -> None:
    code = _shown_code(Client())
    assert _connect(desk_client, code, khonkaen) == 302
    assert _connect(desk_client, code, khonkaen) == 400
    late = _shown_code(Client())
    PairingRequest.objects.update(requested_at=timezone.now() - pairing.CODE_LIFETIME)
    assert _connect(desk_client, late, khonkaen) == 400
    assert WallScreen.objects.count() == 1


def test_only_the_own_centres_are_shown_and_ended(khonkaen: Centre, phayao: Centre) -> None:
    desk = client_of(create_officer(phayao, "of_phayao"))
    code = _shown_code(Client())
    assert _connect(desk, code, khonkaen) == 400
    foreign = pairing.connect(code, khonkaen, "ห้อง", "th", create_officer_with(khonkaen, Role.DIRECTOR))
    assert foreign is not None
    desk.post("/desk/overview/screens", {"end": foreign.pk})
    foreign.refresh_from_db()
    assert foreign.ended_at is None
    technician = create_officer(khonkaen, "technician")
    Membership.objects.filter(officer=technician).update(role=Role.TECHNICIAN.value)
    assert client_of(technician).get("/desk/overview/screens").status_code == 403


def test_strangers_neither_fill_the_table_nor_keep_others_out(
    monkeypatch: pytest.MonkeyPatch, khonkaen: Centre, desk_client: Client
) -> None:
    monkeypatch.setattr(pairing, "MAX_WAITING", 3)
    codes = [_shown_code(Client()) for _ in range(5)]
    assert set(PairingRequest.objects.values_list("code", flat=True)) == set(codes[2:])
    assert _connect(desk_client, codes[0], khonkaen) == 400
    assert _connect(desk_client, codes[4], khonkaen) == 302
    assert Client().post("/wall", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    one = Client()
    assert [one.post("/wall").status_code for _ in range(21)][-1] == 429


def test_a_screen_that_was_away_is_forgotten(khonkaen: Centre) -> None:
    officer = create_officer_with(khonkaen, Role.DIRECTOR)
    code, secret = pairing.request_code()
    assert pairing.connect(code, khonkaen, "ห้อง", "th", officer)
    WallScreen.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    assert pairing.connected_screen(secret)
    assert WallScreen.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)
    WallScreen.objects.update(last_seen_at=timezone.now() - pairing.AWAY_LIMIT)
    assert pairing.connected_screen(secret) is None
    assert pairing.active_screens([khonkaen.pk]) == []


def test_the_topics_of_a_screen_are_those_of_the_published_file(khonkaen: Centre) -> None:
    today, before = date(2026, 11, 30), date(2026, 10, 5)
    rows = [(topic, count) for topic, count in (("roads", 12), ("land", 7), ("debt", 2), ("water", 3))]
    CaseFact.objects.bulk_create(
        CaseFact(centre=khonkaen, area="400101", topic=topic, channel="web", received_on=before)
        for topic, count in rows
        for _ in range(count)
    )
    rebuild()  # the counts by month do not have them
    shown = [panels.panel(khonkaen, today, number, "th") for number in range(4)]
    topics = shown[2][0]
    assert [row[1] for row in topics.rows] == ["12", "7"], "two and three are hidden"
    assert [following for _, following in shown] == [1, 2, 3, 1], "no centre has a place: the fourth is the first"
    assert shown[3][0].numbers


def test_a_wrong_panel_number_is_the_first_panel(khonkaen: Centre) -> None:
    officer = create_officer_with(khonkaen, Role.DIRECTOR)
    code, secret = pairing.request_code()
    pairing.connect(code, khonkaen, "ห้อง", "en", officer)
    screen = Client()
    screen.cookies[COOKIE] = secret
    for typed in ("", "-1", "x", "9" * 40, "²"):
        assert "<dl" in screen.get("/wall/panel", {"panel": typed}).content.decode()
