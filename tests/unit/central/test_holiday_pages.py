"""The page of holidays: every officer may see it, the administrator of the topmost centre changes it, in two steps."""

import re
from datetime import date

import pytest
from django.test import Client

from central.cases.deadline_changes import apply_holiday_changes
from central.centres.models import Centre
from central.deadlines.calendar import current_calendar
from central.deadlines.models import HolidayChange, LawPeriod
from central.people.roles import Role
from tests.unit.central.conftest import client_of
from tests.unit.central.factories import create_case, create_officer_with
from tests.unit.central.moments import SetClock, set_clock
from tests.unit.central.page_text import page_text
from tests.unit.central.served_installation import PASSWORD

__all__ = ["set_clock"]
DAY = "2026-05-07"
NAMES = {"name_th": "วันหยุดพิเศษ", "name_en": "Special holiday"}


def client_with(centre: Centre, role: Role) -> Client:
    officer = create_officer_with(centre, role)
    officer.set_password(PASSWORD)
    officer.save()
    return client_of(officer)


@pytest.fixture
def administrator(ministry: Centre, set_clock: SetClock) -> Client:
    set_clock("2026-04-10 09:00")
    return client_with(ministry, Role.ADMINISTRATOR)


def test_a_year_is_listed_in_both_languages(administrator: Client) -> None:
    page = page_text(administrator.get("/desk/holidays?year=2027"))
    assert "วันหยุดราชการ 2570" in page
    assert "อ. 13 เม.ย. 2570" in page
    assert "แรงงาน" not in page
    administrator.cookies["desk_language"] = "en"
    page = page_text(administrator.get("/desk/holidays?year=2027"))
    assert "Makha Bucha (in lieu)" in page
    assert "Tue 13 Apr 2027" in page


@pytest.mark.parametrize("year", ["", "0", "-5", "99999999999", "abc", "1914", "2101"])
def test_an_impossible_year_is_this_year(year: str, administrator: Client) -> None:
    assert "วันหยุดราชการ 2569" in page_text(administrator.get("/desk/holidays", {"year": year}))


def test_the_effect_is_shown_before_it_is_saved(administrator: Client, khonkaen: Centre, set_clock: SetClock) -> None:
    cases = [create_case(khonkaen, at=set_clock("2026-04-10 09:00")) for _ in range(3)]
    page = page_text(administrator.post("/desk/holidays/declare", {"day": DAY, **NAMES}))
    assert re.search(r'id="moved">3<', page)
    assert "พฤหัสบดีที่ 7 พฤษภาคม 2569" in page
    assert "ศุกร์ที่ 8 พฤษภาคม 2569" in page
    assert not HolidayChange.objects.exists()
    response = administrator.post("/desk/holidays/declare", {"day": DAY, **NAMES, "is_confirmed": "on"})
    assert response.headers["Location"] == "/desk/holidays?year=2026"
    change = HolidayChange.objects.get()
    assert (change.day, change.declared_by is not None) == (date(2026, 5, 7), True)
    page = page_text(administrator.get("/desk/holidays"))
    assert 'id="applying"' in page
    assert "ประกาศเพิ่ม" in page
    apply_holiday_changes(change.declared_at)
    cases[0].refresh_from_db()
    assert cases[0].due == date(2026, 5, 8)
    assert 'id="applying"' not in page_text(administrator.get("/desk/holidays"))


def test_a_holiday_is_cancelled_in_two_steps(administrator: Client, khonkaen: Centre, set_clock: SetClock) -> None:
    create_case(khonkaen, at=set_clock("2026-04-10 09:00"))
    page = page_text(administrator.post("/desk/holidays/cancel", {"day": "2026-04-15"}))
    assert re.search(r'id="moved">1<', page)
    assert current_calendar().name(date(2026, 4, 15)) is not None
    administrator.post("/desk/holidays/cancel", {"day": "2026-04-15", "is_confirmed": "on"})
    assert current_calendar().name(date(2026, 4, 15)) is None
    assert "<del>" in page_text(administrator.get("/desk/holidays"))


def test_a_day_without_effect_says_so(administrator: Client) -> None:
    assert 'id="no-moves"' in page_text(administrator.post("/desk/holidays/declare", {"day": DAY, **NAMES}))


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        ("declare", {"day": "2026-05-09", **NAMES}, "สุดสัปดาห์"),
        ("declare", {"day": "2026-04-14", **NAMES}, "เป็นวันหยุดอยู่แล้ว"),
        ("declare", {"day": "9999-12-31", **NAMES}, "ห้าปีข้างหน้า"),
        ("declare", {"day": "0001-01-01", **NAMES}, "ห้าปีข้างหน้า"),
        ("declare", {"day": "2026-02-30", **NAMES}, 'role="alert"'),
        ("declare", {"day": DAY, "name_th": "", "name_en": "a"}, 'role="alert"'),
        ("declare", {"day": DAY, "name_th": "ก" * 201, "name_en": "a"}, 'role="alert"'),
        ("cancel", {"day": "2026-04-16"}, "ไม่ใช่วันหยุด"),
        ("cancel", {"day": "yesterday"}, "วันหยุดราชการ"),
    ],
)
@pytest.mark.parametrize("is_confirmed", ["", "on"])
def test_a_wrong_change_is_refused_with_a_sentence(
    path: str, fields: dict[str, str], sentence: str, is_confirmed: str, administrator: Client
) -> None:
    response = administrator.post(f"/desk/holidays/{path}", {**fields, "is_confirmed": is_confirmed})
    assert response.status_code == 409
    assert sentence in page_text(response)
    assert not HolidayChange.objects.exists()


@pytest.mark.parametrize("role", [Role.INTAKE, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_the_administrator_of_the_topmost_centre_changes_it(role: Role, khonkaen: Centre) -> None:
    client = client_with(khonkaen, role)
    page = page_text(client.get("/desk/holidays"))
    assert 'id="holidays"' in page
    assert 'id="declare"' not in page
    for path in ("declare", "cancel"):
        fields = {"day": DAY, **NAMES, "is_confirmed": "on"}
        assert client.post(f"/desk/holidays/{path}", fields).status_code == 403
    assert not HolidayChange.objects.exists()
    assert Client().get("/desk/holidays").status_code == 302


def test_the_same_day_twice_is_one_change(administrator: Client) -> None:
    fields = {"day": DAY, **NAMES, "is_confirmed": "on"}
    assert administrator.post("/desk/holidays/declare", fields).status_code == 302
    assert administrator.post("/desk/holidays/declare", fields).status_code == 409
    assert HolidayChange.objects.count() == 1


LAW = {"topic": "consumer", "days": "30", "law_th": "พ.ร.บ. ตัวอย่าง มาตรา 1", "law_en": "Sample Act, section 1"}


def test_a_period_by_law_is_set_replaced_and_removed(administrator: Client) -> None:
    assert administrator.post("/desk/law-periods/set", {**LAW, "subtopic": "ออนไลน์"}).status_code == 302
    assert administrator.post("/desk/law-periods/set", LAW).status_code == 302
    assert administrator.post("/desk/law-periods/set", {**LAW, "days": "45"}).status_code == 302
    periods = LawPeriod.objects.values_list("topic", "subtopic", "days")
    assert list(periods) == [("consumer", "", 45), ("consumer", "ออนไลน์", 30)]
    page = page_text(administrator.get("/desk/law-periods"))
    assert "พ.ร.บ. ตัวอย่าง มาตรา 1" in page
    assert administrator.post("/desk/law-periods/remove", {"topic": "consumer"}).status_code == 302
    assert administrator.post("/desk/law-periods/remove", {"topic": "consumer"}).status_code == 302
    assert LawPeriod.objects.get().subtopic == "ออนไลน์"


@pytest.mark.parametrize(
    "wrong", [{"topic": "weather"}, {"days": "0"}, {"days": "1000"}, {"law_th": ""}, {"subtopic": "ก" * 101}]
)
def test_a_wrong_period_by_law_is_refused(wrong: dict[str, str], administrator: Client) -> None:
    response = administrator.post("/desk/law-periods/set", {**LAW, **wrong})
    assert response.status_code == 409
    assert 'role="alert"' in page_text(response)
    assert not LawPeriod.objects.exists()


def test_only_the_administrator_of_the_topmost_centre_sets_a_period_by_law(khonkaen: Centre) -> None:
    client = client_with(khonkaen, Role.ADMINISTRATOR)
    assert 'id="set-period"' not in page_text(client.get("/desk/law-periods"))
    assert client.post("/desk/law-periods/set", LAW).status_code == 403
    assert client.post("/desk/law-periods/remove", LAW).status_code == 403
