"""Old notices are deleted, and metrics count the others."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from central.cases.models import Case
from central.centres.models import Centre
from central.notices import retention
from central.notices.models import Notice, NoticeConsent, NoticeCost, NoticeRoute
from tests.unit.central.notices.conftest import agree_to_sms


def test_notices_are_kept_for_a_year(case: Case, sms_route: NoticeRoute, khonkaen: Centre, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    consent, now = agree_to_sms(case), timezone.now()
    for days, state in (
        (400, "accepted"),
        (380, "dead"),
        (370, "queued"),
        (366, "delivered"),
        (364, "dead"),
        (1, "accepted"),
    ):
        at = now - timedelta(days=days)
        Notice.objects.create(
            consent=consent, case=case, channel="sms", centre=khonkaen, state=state, body="x", created_at=at, due_at=at
        )
    NoticeCost.objects.create(centre=khonkaen, channel="sms", month="2020-01-01", notices=5)
    assert retention.delete_old_notices(now) == 3
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["accepted", "dead", "queued"]
    assert NoticeConsent.objects.exists()
    assert NoticeCost.objects.exists()


def test_metrics_tell_whether_notices_leave(
    case: Case, sms_route: NoticeRoute, line_route: NoticeRoute, khonkaen: Centre, settings: Any
) -> None:
    settings.METRICS_TOKEN = "a-token-of-metrics-1"
    agree_to_sms(case, is_announced=True)
    Notice.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    sms_route.pause_until = timezone.now() + timedelta(minutes=5)
    sms_route.save()
    line_route.last_failure = "unauthorised"
    line_route.save()
    NoticeCost.objects.create(centre=khonkaen, channel="sms", month="2026-01-01", notices=7, satang=315)
    response = Client().get("/metrics", headers={"Authorization": "Bearer a-token-of-metrics-1"})
    lines = response.content.decode().splitlines()
    for expected in (
        'central_notices{channel="sms",state="queued"} 1.0',
        'central_notices{channel="sms",state="dead"} 0.0',
        'central_notice_routes{channel="sms",state="paused"} 1.0',
        'central_notice_routes{channel="line",state="unusable"} 1.0',
        'central_notices_accepted_total{channel="sms"} 7.0',
        'central_notice_cost_satang_total{channel="sms"} 315.0',
        "central_line_events 0.0",
    ):
        assert expected in lines
    (age,) = (float(line.split()[1]) for line in lines if line.startswith("central_notice_oldest_seconds "))
    assert 299 < age < 400
