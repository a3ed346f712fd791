"""Obstacles and needs are stated by centres and answered by those who lead them or a centre above."""

import csv
import io

from django.test import Client

from central.centres.models import Centre, Officer
from central.insight.models import Obstacle
from central.people.roles import Role
from tests.unit.central.factories import create_officer_with


def _client(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def test_a_district_states_and_the_province_answers(khonkaen: Centre, phayao: Centre) -> None:
    district = Centre.objects.create(
        parent=khonkaen, slug="d4007", area_code="4007", name_th="น้ำพอง", name_en="Nam Phong"
    )
    intake = _client(create_officer_with(district, Role.INTAKE))
    stated = {"step": "state", "centre": "d4007", "kind": "need", "text": "ต้องการสแกนเนอร์ โทร 081-234-5678"}
    assert intake.post("/desk/obstacles", stated).status_code == 302
    obstacle = Obstacle.objects.get()
    assert (obstacle.centre, obstacle.text) == (district, "ต้องการสแกนเนอร์ โทร [เบอร์โทรศัพท์]")
    answer = {"step": "answer", "obstacle": obstacle.pk, "answer": "จัดส่งเดือนหน้า"}
    assert intake.post("/desk/obstacles", answer).status_code == 409, "who states does not answer"

    stranger = _client(create_officer_with(phayao, Role.DIRECTOR))
    assert f'data-obstacle="{obstacle.pk}"' not in stranger.get("/desk/obstacles").content.decode()
    assert stranger.post("/desk/obstacles", answer).status_code == 404
    assert stranger.post("/desk/obstacles", stated).status_code == 409

    governor = _client(create_officer_with(khonkaen, Role.GOVERNOR))
    assert 'name="answer"' in governor.get("/desk/obstacles").content.decode()
    assert governor.post("/desk/obstacles", answer).status_code == 302
    assert 'name="answer"' not in governor.get("/desk/obstacles").content.decode()
    assert "จัดส่ง" in intake.get("/desk/obstacles").content.decode().replace("\u200b", "").replace("<wbr>", "")
    rows = list(csv.DictReader(io.StringIO(governor.get("/desk/obstacles/file.csv").content.decode("utf-8-sig"))))
    assert [(row["text"], row["answer"]) for row in rows] == [(obstacle.text, "จัดส่งเดือนหน้า")]


def test_an_empty_text_is_refused_in_one_sentence(khonkaen: Centre) -> None:
    client = _client(create_officer_with(khonkaen, Role.CASE_OFFICER))
    for text in ("", "   ", "ก" * 1001):
        stated = {"step": "state", "centre": "khonkaen", "kind": "obstacle", "text": text}
        page = client.post("/desk/obstacles", stated)
        assert (page.status_code, 'id="error"' in page.content.decode()) == (409, True)
    assert not Obstacle.objects.exists()
    assert _client(create_officer_with(khonkaen, Role.AUDITOR)).get("/desk/obstacles").status_code == 403
