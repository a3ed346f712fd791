"""Metrics of the installation, read from the database when they are scraped: they are the same from every process and
machine. Labels are names of routes, queues, jobs and codes; never a case, a kiosk, an officer or an agency."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Max, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from central import virus_scan
from central.alarms.models import Alarm
from central.background.leases import living_workers
from central.background.models import JobSchedule
from central.cases.models import Case
from central.documents.models import Document
from central.documents.states import UNFINISHED
from central.fleet import attention
from central.intake.models import AcceptedDelivery
from central.monitoring.latency import latency_table
from central.monitoring.notice_metrics import collect_line, collect_notices
from central.monitoring.readiness import OK, readiness
from central.search.models import CaseMark


class InstallationCollector:
    """Collects all metrics of this service, in the interface of prometheus-client."""

    def collect(self) -> Iterator[Metric]:
        """The metrics. Those of a database that is away are missing; `central_ready` then says so."""
        yield from latency_table().collect()
        yield from _readiness()
        for collect in (_intake, _tasks, _jobs, _documents, _search, _alarms_and_kiosks, collect_notices, collect_line):
            try:
                metrics = list(collect())
            except DatabaseError:
                continue
            yield from metrics


def _readiness() -> Iterator[Metric]:
    ready = GaugeMetricFamily("central_ready", "1 while the check passes.", labels=("check",))
    for check, result in readiness.results().items():
        ready.add_metric((check,), float(result == OK))
    yield ready
    if virus_scan.is_scanning():
        answers = float(virus_scan.answers())
        yield GaugeMetricFamily("central_virus_scanner_up", "1 while the virus scanner answers.", value=answers)
    free = shutil.disk_usage(next(path for path in (Path(settings.DATA_DIR), Path("/")) if path.exists())).free
    yield GaugeMetricFamily("central_disk_free_bytes", "Free bytes of the data directory's disk.", value=free)


def _intake() -> Iterator[Metric]:
    # The highest row number is one look into an index; counting a million rows takes a second.
    for name, text, model in (
        ("central_deliveries_accepted", "Deliveries of kiosks that got a receipt.", AcceptedDelivery),
        ("central_cases_received", "Cases received.", Case),
    ):
        yield CounterMetricFamily(name, text, value=model.objects.aggregate(newest=Max("pk"))["newest"] or 0)
    quarantined = AcceptedDelivery.objects.filter(case=None)
    waiting = quarantined.aggregate(count=Count("pk"), oldest=Min("received_at"))
    yield GaugeMetricFamily("central_quarantined_deliveries", "Deliveries in quarantine.", value=waiting["count"])
    yield _age("central_quarantine_oldest_seconds", "Age of the oldest delivery in quarantine.", waiting["oldest"])


def _tasks() -> Iterator[Metric]:
    counts = GaugeMetricFamily("central_tasks", "Tasks in the queue.", labels=("queue", "status"))
    unfinished = DBTaskResult.objects.exclude(status="SUCCESSFUL").order_by()
    for queue, status, count in unfinished.values_list("queue_name", "status").annotate(count=Count("pk")):
        counts.add_metric((queue, status.lower()), count)
    yield counts
    ages = GaugeMetricFamily("central_task_oldest_seconds", "Age of the oldest due task.", labels=("queue",))
    due = DBTaskResult.objects.ready().order_by().values_list("queue_name")
    for queue, oldest in due.annotate(oldest=Min("enqueued_at")):
        ages.add_metric((queue,), max(0.0, (timezone.now() - oldest).total_seconds()))
    yield ages
    yield GaugeMetricFamily("central_workers", "Living workers.", value=living_workers().count())


def _jobs() -> Iterator[Metric]:
    ages = GaugeMetricFamily("central_job_age_seconds", "Time since a job was last completed.", labels=("job",))
    failures = GaugeMetricFamily("central_job_failures", "Periods in a row that were given up.", labels=("job",))
    for schedule in JobSchedule.objects.all():
        if schedule.finished_at is not None:
            ages.add_metric((schedule.name,), max(0.0, (timezone.now() - schedule.finished_at).total_seconds()))
        failures.add_metric((schedule.name,), schedule.failures)
    yield ages
    yield failures


def _documents() -> Iterator[Metric]:
    # Of the unfinished ones only, which an index has: counting a million read documents takes a second.
    unread = Document.objects.filter(state__in=UNFINISHED).order_by().values_list("state")
    rows = {
        state: (count, oldest)
        for state, count, oldest in unread.annotate(count=Count("pk"), oldest=Min("requested_at"))
    }
    counts = GaugeMetricFamily("central_documents", "Letters and files that are not read yet.", labels=("state",))
    for state in UNFINISHED:
        counts.add_metric((state.value,), rows[state][0] if state in rows else 0)
    yield counts
    oldest = min((oldest for _, oldest in rows.values()), default=None)
    yield _age("central_document_oldest_seconds", "Age of the oldest unread document.", oldest)


def _search() -> Iterator[Metric]:
    count = CaseMark.objects.count()
    yield GaugeMetricFamily("central_search_marks", "Changes of cases that the search does not know yet.", value=count)


def _alarms_and_kiosks() -> Iterator[Metric]:
    alarms = GaugeMetricFamily("central_open_alarms", "Alarms that nobody has settled.", labels=("kind",))
    open_counts = dict(Alarm.objects.filter(settled_at=None).order_by().values_list("kind").annotate(count=Count("pk")))
    for kind in Alarm.Kind.values:
        alarms.add_metric((kind,), open_counts.get(kind, 0))
    yield alarms
    kiosks = attention.enrolments_in_use()
    silent = kiosks.filter(attention.silent_filter(timezone.now())).count()
    counts = GaugeMetricFamily("central_kiosks", "Kiosks by contact.", labels=("contact",))
    counts.add_metric(("silent",), silent)
    counts.add_metric(("in_contact",), kiosks.count() - silent)
    yield counts


def _age(name: str, text: str, oldest: object) -> Metric:
    age_s = max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0  # type: ignore[operator]
    return GaugeMetricFamily(name, text, value=age_s)
