"""Workers that are killed, stopped or twice there: every task has its effect exactly once. Real processes, on SQLite
and on PostgreSQL."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ocr.models import find_missing_ocr
from tests.postgresql import PROGRAMS, cluster
from tests.unit.central.served_installation import CENTRAL, Installation
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
LEASE_S = "4"
TABLES = (
    "intake_alarm",
    "django_tasks_database_dbtaskresult",
    "people_officerevent",
    "background_jobschedule",
    "background_workerheartbeat",
    "documents_documentpage",
    "documents_document",
)
WAIT_S = 90  # a busy machine starts a worker in twenty seconds
_TASKS = "SELECT status, worker_ids FROM django_tasks_database_dbtaskresult WHERE task_path LIKE 'tests.%'"


@pytest.fixture(autouse=True)
def installation() -> None:
    """No installation in this process: the workers are processes of their own."""


class QueueInstallation(Installation):
    """An installation whose queue is filled and read by separate processes."""

    def run_python(self, code: str) -> str:
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "central.settings"}
        program = f"import django; django.setup()\nfrom tests.unit.central.sample_tasks import *\n{code}"
        result = subprocess.run(
            [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the database, read by this process: a process for each look would take seconds on a busy machine."""
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                cursor = connection.execute(sql.encode())
                return cursor.fetchall() if cursor.description else []
        path = Path(self.environment["CENTRAL_DATA"]) / "central.sqlite3"
        with closing(sqlite3.connect(path, timeout=20)) as database, database:
            return database.execute(sql).fetchall()

    def state(self) -> dict[str, list[Any]]:
        """Effects, states and numbers of attempts of the tasks of this test."""
        tasks = self.query(_TASKS)
        workers = [json.loads(ids) if isinstance(ids, str) else ids for _, ids in tasks]
        return {
            "effects": sorted(detail for (detail,) in self.query("SELECT detail FROM people_officerevent")),
            "states": sorted(status for status, _ in tasks),
            "attempts": sorted(len(ids) for ids in workers),
        }

    @contextmanager
    def worker(self, *arguments: str, log: Path | None = None) -> Iterator["subprocess.Popen[str]"]:
        with (log or Path(os.devnull)).open("a") as stderr:
            process = subprocess.Popen(
                [*CENTRAL, "worker", *arguments], env=self.environment, cwd=ROOT, text=True, stderr=stderr
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGCONT)
                    process.terminate()
                process.wait(timeout=30)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueInstallation]:
    """An installation with a centre; migrating takes longer than most of these tests."""
    installation = QueueInstallation(tmp_path_factory.mktemp("killed") / "data")
    installation.environment["CENTRAL_WORKER_LEASE_SECONDS"] = LEASE_S
    installation.environment.pop("DATABASE_URL", None)
    with ExitStack() as stack:
        if request.param == "postgresql":
            if not PROGRAMS:
                pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
            database = stack.enter_context(cluster(durable=False))
            installation.environment["DATABASE_URL"] = database.url
        installation.migrate()
        installation.run_checked("create-centre", "khonkaen", "--area", "40")
        yield installation


@pytest.fixture
def queue(migrated: QueueInstallation) -> Iterator[QueueInstallation]:
    """The installation without a task, an effect and a running worker."""
    yield migrated
    for table in TABLES:
        migrated.query(f"DELETE FROM {table}")


@pytest.mark.parametrize("task", ["add_effect_and_wait", "repeat_without_effect"])
def test_a_task_whose_worker_is_killed_is_run_again_with_one_effect(
    queue: QueueInstallation, tmp_path: Path, task: str
) -> None:
    queue.run_python(f"{task}.enqueue('kill', {str(tmp_path)!r})")
    with queue.worker() as killed:
        wait_until((tmp_path / "kill.started").exists, WAIT_S)
        killed.kill()
    (tmp_path / "continue").touch()
    assert queue.state()["states"] == ["RUNNING"]
    with queue.worker():
        wait_until(lambda: queue.state()["states"] == ["SUCCESSFUL"], WAIT_S)
    assert queue.state() == {"effects": ["kill"], "states": ["SUCCESSFUL"], "attempts": [2]}


def test_several_workers_run_each_task_and_each_period_once(queue: QueueInstallation) -> None:
    keys = [f"{number:03}" for number in range(120)]
    queue.run_python("for number in range(120): add_effect_once.enqueue(f'{number:03}')")
    with queue.worker("--processes", "2"), queue.worker() as killed:
        wait_until(lambda: len(queue.state()["effects"]) > 20, WAIT_S)
        killed.kill()
        wait_until(lambda: set(queue.state()["states"]) == {"SUCCESSFUL"}, WAIT_S)
    assert queue.state()["effects"] == keys
    sql = "SELECT args_kwargs FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%run_recurring_job'"
    periods = [str(row) for row in queue.query(sql)]
    assert len(periods) >= 4
    assert len(set(periods)) == len(periods), "each period is queued once"


def test_a_stopped_worker_whose_task_was_given_away_changes_nothing(queue: QueueInstallation, tmp_path: Path) -> None:
    if "DATABASE_URL" not in queue.environment:
        pytest.skip("on SQLite the stopped worker holds the only write lock: nobody else can take its task")
    queue.run_python(f"add_effect_and_wait.enqueue('stop', {str(tmp_path)!r})")
    log = tmp_path / "worker.log"
    with queue.worker(log=log) as stopped:
        wait_until((tmp_path / "stop.started").exists, WAIT_S)
        stopped.send_signal(signal.SIGSTOP)
        (tmp_path / "continue").touch()
        with queue.worker():
            wait_until(lambda: queue.state()["states"] == ["SUCCESSFUL"], WAIT_S)
        stopped.send_signal(signal.SIGCONT)
        wait_until(lambda: "given to another worker" in log.read_text(), WAIT_S)
    assert queue.state() == {"effects": ["stop"], "states": ["SUCCESSFUL"], "attempts": [2]}


_ATTACH = """
from central.centres.models import Centre
from tests.unit.central.documents.stored_files import attach, thai_pdf
attach(Centre.objects.get(), thai_pdf(("เทศบาลซ่อมถนนแล้ว", "ชาวบ้านใช้ถนนได้ตามปกติ")))
"""


@pytest.mark.skipif(find_missing_ocr() is not None, reason="Tesseract is not installed here")
def test_a_document_whose_worker_is_killed_is_read_to_its_end(queue: QueueInstallation, tmp_path: Path) -> None:
    if "DATABASE_URL" not in queue.environment and PROGRAMS:
        pytest.skip("read on PostgreSQL: the tests above kill workers on both databases")
    queue.run_python(_ATTACH)
    with queue.worker() as killed:
        wait_until(lambda: queue.query("SELECT state FROM documents_document") == [("reading",)], WAIT_S)
        killed.kill()
    log = tmp_path / "log"
    with queue.worker(log=log):
        state = "SELECT state, pages_read, page_count, reader FROM documents_document"
        wait_until(lambda: queue.query(state) == [("read", 2, 2, "")], WAIT_S)
    pages = queue.query("SELECT text FROM documents_documentpage ORDER BY id")
    assert "ซ่อมถนน" in "".join(pages[0][0].split()) and len(pages) == 2
    assert "ถนน" not in log.read_text()


def test_sigterm_lets_the_current_task_finish(queue: QueueInstallation, tmp_path: Path) -> None:
    queue.run_python(f"add_effect_and_wait.enqueue('term', {str(tmp_path)!r})")
    with queue.worker() as process:
        wait_until((tmp_path / "term.started").exists, WAIT_S)
        process.terminate()
        (tmp_path / "continue").touch()
        assert process.wait(timeout=30) == 0
    assert queue.state() == {"effects": ["term"], "states": ["SUCCESSFUL"], "attempts": [1]}
    assert "No worker runs" in queue.run_checked("jobs", "workers")


def test_a_task_that_kills_its_worker_fails_after_its_last_attempt(queue: QueueInstallation, tmp_path: Path) -> None:
    queue.run_python("kill_own_worker.enqueue(); hang.enqueue()")
    with queue.worker("--processes", "2", log=tmp_path / "log"):
        wait_until(lambda: queue.state()["states"] == ["FAILED", "FAILED"], WAIT_S)
        failed = queue.run_checked("jobs", "failed")
    assert "kill_own_worker" in failed and "hang" in failed
    assert "its worker ended during the run" in failed
    alarms = queue.query("SELECT kind, case_number FROM intake_alarm ORDER BY case_number")
    assert alarms == [
        ("task_failed", f"tests.unit.central.sample_tasks.{name}") for name in ("hang", "kill_own_worker")
    ]
    assert "1 tasks are queued again" in queue.run_checked("jobs", "retry", failed.split()[0])


def test_an_error_is_repeated_after_a_pause_and_recorded_without_its_message(
    queue: QueueInstallation, tmp_path: Path
) -> None:
    queue.run_python("fail_with_personal_data.enqueue()")
    log = tmp_path / "log"
    with queue.worker(log=log):
        wait_until(lambda: queue.state()["attempts"] == [1] and queue.state()["states"] == ["READY"], WAIT_S)
        queue.query("UPDATE django_tasks_database_dbtaskresult SET run_after = enqueued_at WHERE status = 'READY'")
        wait_until(lambda: queue.state()["states"] == ["FAILED"], WAIT_S)
    stored = str(queue.query("SELECT traceback, exception_class_path FROM django_tasks_database_dbtaskresult"))
    assert "ValueError at tests.unit.central.sample_tasks" in stored
    assert "ValueError" in log.read_text()
    assert "บุญมา" not in stored + log.read_text()
