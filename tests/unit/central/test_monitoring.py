"""Health, readiness and metrics: what a machine reads about the service, without personal data."""

import re
import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from central import jobs
from central.background.models import JobSchedule
from central.fleet.models import Enrolment
from central.intake.models import AcceptedDelivery
from central.monitoring import latency
from central.monitoring.latency import LatencyTable
from central.monitoring.readiness import readiness
from central.monitoring.routes import route_names
from tests.unit.central.kiosk_client import KioskClient
from tests.unit.central.sample_tasks import add_effect_once

TOKEN = "a-token-of-the-collector"
_DiskUsage = namedtuple("_DiskUsage", "total used free")


@pytest.fixture(autouse=True)
def fresh_results(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(latency, "_table", None)
    readiness.clear()
    yield
    readiness.clear()


def scraped(client: Client | None = None) -> dict[tuple[str, str], float]:
    """Every sample of /metrics, by its name and its labels joined by commas."""
    response = (client or Client()).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_a_process_is_healthy_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise DatabaseError("could not connect to server at 10.1.2.3 as central")

    client = Client()
    with monkeypatch.context() as without_database:
        without_database.setattr(connection, "cursor", fail)
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")
        samples = scraped(client)
    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert response.json()["checks"]["database"] == "unreachable"
    assert b"10.1.2.3" not in response.content
    assert samples["central_ready", "database"] == 0, "what needs no database is still there"


def test_a_ready_service_names_its_checks() -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "checks": {"database": "ok", "migrations": "ok", "disk": "ok", "keys": "ok"}},
    )


@pytest.mark.parametrize(
    ("check", "result"),
    [("disk", "almost_full"), ("keys", "missing"), ("migrations", "missing")],
)
def test_a_failed_check_makes_the_service_not_ready(
    check: str, result: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if check == "disk":
        monkeypatch.setattr(shutil, "disk_usage", lambda place: _DiskUsage(10**12, 10**12, 10**6))
    elif check == "keys":
        shutil.rmtree(settings.DATA_DIR / "keys" / "sealing")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'background'")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert {name: code for name, code in response.json()["checks"].items() if code != "ok"} == {check: result}


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, "192.0.2.9", 200),
        ({"Authorization": "Bearer wrong"}, "10.0.0.5", 404),
        ({"Authorization": "Bearer โทเคน"}, "10.0.0.5", 404),
        ({}, "10.0.0.5", 200),
        ({}, "192.0.2.9", 404),
        ({"X-Forwarded-For": "10.0.0.5"}, "192.0.2.9", 404),
        ({}, "", 404),
    ],
)
def test_metrics_are_for_trusted_callers(headers: dict[str, str], address: str, status: int, settings: Any) -> None:
    settings.METRICS_FROM = [ip_network("10.0.0.0/24")]
    client = Client(REMOTE_ADDR=address)
    assert client.get("/metrics", headers=headers).status_code == status


def test_metrics_are_closed_by_default(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        assert Client().get("/metrics", headers=headers).status_code == 404


def test_metrics_state_queue_jobs_intake_and_kiosks(kiosk: KioskClient) -> None:
    kiosk.deliver(kiosk.delivery(kiosk.submission()))
    before = scraped()  # the counter is the highest number of the sequence, which other tests leave above 0
    kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
    AcceptedDelivery.objects.filter(case=None).update(received_at=timezone.now() - timedelta(hours=3))
    add_effect_once.enqueue("x")
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=2))
    jobs.queue_due_jobs()
    JobSchedule.objects.filter(name="check-silence").update(finished_at=timezone.now() - timedelta(minutes=9))
    Enrolment.objects.update(decided_at=timezone.now() - timedelta(days=1))
    after = scraped()
    name = "central_deliveries_accepted_total"
    assert after[name, ""] - before[name, ""] == 1
    assert after["central_quarantined_deliveries", ""] == 1
    assert 10_000 < after["central_quarantine_oldest_seconds", ""] < 11_000
    assert after["central_tasks", "default,ready"] == 1 + len(jobs.JOBS)
    assert after["central_task_oldest_seconds", "default"] >= 120
    assert 500 < after["central_job_age_seconds", "check-silence"] < 600
    assert after["central_workers", ""] == 0
    assert (after["central_kiosks", "silent"], after["central_kiosks", "in_contact"]) == (1, 0)
    assert after["central_open_alarms", "quarantined"] == 1
    assert after["central_disk_free_bytes", ""] > 0


def test_requests_are_counted_by_route_and_status(desk_client: Client) -> None:
    case_page = "/desk/cases/KKN07A-000001-51"
    for path in ("/t", "/t", case_page, "/no/such/page", "/static/fonts/sarabun-400-2.woff2"):
        desk_client.get(path)
    samples = scraped(desk_client)
    assert samples["central_requests_total", "track,2xx"] == 2
    assert samples["central_requests_total", "desk:case,4xx"] == 1
    assert samples["central_requests_total", "unknown,4xx"] == 1
    assert samples["central_requests_total", "static,2xx"] == 1
    assert samples["central_request_duration_seconds_count", "track"] == 2
    assert samples["central_request_duration_seconds_bucket", "+Inf,track"] == 2
    assert 0 < samples["central_request_duration_seconds_sum", "track"] < 60


def test_no_metric_names_a_case_a_kiosk_or_a_person(kiosk: KioskClient, desk_client: Client) -> None:
    kiosk.deliver(kiosk.delivery(kiosk.submission()))
    desk_client.get("/desk/cases/KKN07A-000001-51")
    page = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert not re.search("KKN07|somsri|khonkaen|บุญมา|0812345678", page)


def test_processes_add_up_and_a_replaced_one_continues() -> None:
    table = LatencyTable(slots=2)
    for slot, seconds in ((0, 0.004), (1, 0.2), (0, 99.0)):
        table.use_slot(slot)
        table.observe("track", 200, seconds)
    table.observe("a route of a newer version", 200, 0.1)
    counts, durations = table.collect()
    assert {tuple(sample.labels.values()): sample.value for sample in counts.samples} == {
        ("track", "2xx"): 3,
        ("unknown", "2xx"): 1,
    }
    buckets = {
        s.labels["le"]: s.value for s in durations.samples if s.labels.get("route") == "track" and "le" in s.labels
    }
    assert (buckets["0.005"], buckets["0.1"], buckets["0.25"], buckets["10.0"], buckets["+Inf"]) == (1, 1, 2, 2, 3)


def test_every_route_has_a_name() -> None:
    names = route_names()
    assert {"desk:case", "desk:cases", "track", "healthz", "static", "unknown"} <= set(names)
    assert len(names) > 20
