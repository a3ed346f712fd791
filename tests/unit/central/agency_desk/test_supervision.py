"""A supervisor compares the supervised agencies: a fiscal year, the one before, and no other agency."""

import re
from datetime import UTC, date, datetime

from django.test import Client

from central.cases import clock
from central.centres.models import Centre
from central.insight.models import CaseFact
from central.people.roles import Role
from tests.unit.central.factories import create_agency, create_officer_with


def _close(centre: Centre, agency_id: int, year: int, in_time: int) -> None:
    rows = [
        CaseFact(
            centre=centre,
            agency_id=agency_id,
            topic="crime",
            channel="web",
            received_on=date(year, 10, 1),
            closed_on=date(year, 10, 9),
            in_time=number < in_time,
        )
        for number in range(20)
    ]
    CaseFact.objects.bulk_create(rows)


def test_supervised_agencies_are_compared_by_year(khonkaen: Centre, phayao: Centre) -> None:
    inspector = create_agency(khonkaen, "igp", name_th="จเรตำรวจ")
    first, second = (
        create_agency(centre, f"station{number}", name_th=f"สถานีตำรวจที่ {number}", supervising_agency=inspector)
        for number, centre in enumerate((khonkaen, phayao), start=1)
    )
    other = create_agency(khonkaen, "roads", name_th="แขวงทางหลวง")
    for agency, year, in_time in ((first, 2026, 10), (second, 2026, 19), (first, 2025, 4), (other, 2026, 20)):
        _close(khonkaen, agency.pk, year, in_time)
    supervisor = Client()
    supervisor.force_login(create_officer_with(khonkaen, Role.SUPERVISOR, agency=inspector))
    with clock.steps_made_at(datetime(2026, 11, 30, 2, 0, tzinfo=UTC)):
        html = re.sub("<wbr>|\u200b", "", supervisor.get("/desk/agency/supervision").content.decode())
        former = supervisor.get("/desk/agency/supervision?year=fy2026").content.decode()
        unknown = supervisor.get("/desk/agency/supervision?year=fy1999").content.decode()
    table = html[html.index('id="results"') :].partition("</table>")[0]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]]
    cells = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows]
    assert [row[:5] for row in cells] == [
        ["1", "สถานีตำรวจที่ 2", "20", "95.0 %", "–"],
        ["2", "สถานีตำรวจที่ 1", "20", "50.0 %", "20.0 %"],
    ]
    assert "20.0 %" in former
    assert 'value="fy2026" selected' in former
    assert 'value="fy2027" selected' in unknown
