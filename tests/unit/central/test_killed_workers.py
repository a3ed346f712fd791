"""Workers that are killed, stopped or twice there: every task has its effect exactly once. Real processes, on SQLite
and on PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgresql import PROGRAMS, cluster
from tests.unit.central.served_installation import CENTRAL, Installation
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
LEASE_S = "4"
_COUNT = """
import json
from django_tasks_db.models import DBTaskResult
from central.people.models import OfficerEvent
tasks = DBTaskResult.objects.filter(task_path__startswith="tests.")
print(json.dumps({
    "effects": sorted(OfficerEvent.objects.values_list("detail", flat=True)),
    "states": sorted(tasks.values_list("status", flat=True)),
    "attempts": sorted(len(ids) for ids in tasks.values_list("worker_ids", flat=True)),
}))
"""


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

    def state(self) -> dict[str, list[object]]:
        """Effects, states and numbers of attempts of the tasks of this test."""
        counted: dict[str, list[object]] = json.loads(self.run_python(_COUNT))
        return counted

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


@pytest.fixture(params=["sqlite", "postgresql"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QueueInstallation]:
    """A migrated installation without a running worker."""
    installation = QueueInstallation(tmp_path / "data")
    installation.environment["CENTRAL_WORKER_LEASE_SECONDS"] = LEASE_S
    installation.environment.pop("DATABASE_URL", None)
    if request.param == "sqlite":
        installation.run_checked("migrate")
        yield installation
        return
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed here (Debian package: postgresql)")
    with cluster(durable=False) as database:
        installation.environment["DATABASE_URL"] = database.url
        installation.run_checked("migrate")
        yield installation


@pytest.mark.parametrize("task", ["add_effect_and_wait", "repeat_without_effect"])
def test_a_task_whose_worker_is_killed_is_run_again_with_one_effect(
    queue: QueueInstallation, tmp_path: Path, task: str
) -> None:
    queue.run_python(f"{task}.enqueue('kill', {str(tmp_path)!r})")
    with queue.worker() as killed:
        wait_until((tmp_path / "kill.started").exists, 30)
        killed.kill()
    (tmp_path / "continue").touch()
    assert queue.state()["states"] == ["RUNNING"]
    with queue.worker():
        wait_until(lambda: queue.state()["states"] == ["SUCCESSFUL"], 30)
    assert queue.state() == {"effects": ["kill"], "states": ["SUCCESSFUL"], "attempts": [2]}


def test_several_workers_run_each_task_and_each_period_once(queue: QueueInstallation) -> None:
    keys = [f"{number:03}" for number in range(120)]
    queue.run_python("for number in range(120): add_effect_once.enqueue(f'{number:03}')")
    with queue.worker("--processes", "2"), queue.worker() as killed:
        wait_until(lambda: len(queue.state()["effects"]) > 20, 60)
        killed.kill()
        wait_until(lambda: set(queue.state()["states"]) == {"SUCCESSFUL"}, 90)
    assert queue.state()["effects"] == keys
    periods = queue.run_python(
        "from django_tasks_db.models import DBTaskResult\n"
        "for each in DBTaskResult.objects.filter(task_path__endswith='run_recurring_job'): print(each.args_kwargs)"
    ).splitlines()
    assert len(periods) >= 4
    assert len(set(periods)) == len(periods), "each period is queued once"


def test_a_stopped_worker_whose_task_was_given_away_changes_nothing(queue: QueueInstallation, tmp_path: Path) -> None:
    if "DATABASE_URL" not in queue.environment:
        pytest.skip("on SQLite the stopped worker holds the only write lock: nobody else can take its task")
    queue.run_python(f"add_effect_and_wait.enqueue('stop', {str(tmp_path)!r})")
    log = tmp_path / "worker.log"
    with queue.worker(log=log) as stopped:
        wait_until((tmp_path / "stop.started").exists, 30)
        stopped.send_signal(signal.SIGSTOP)
        (tmp_path / "continue").touch()
        with queue.worker():
            wait_until(lambda: queue.state()["states"] == ["SUCCESSFUL"], 30)
        stopped.send_signal(signal.SIGCONT)
        wait_until(lambda: "given to another worker" in log.read_text(), 30)
    assert queue.state() == {"effects": ["stop"], "states": ["SUCCESSFUL"], "attempts": [2]}


def test_sigterm_lets_the_current_task_finish(queue: QueueInstallation, tmp_path: Path) -> None:
    queue.run_python(f"add_effect_and_wait.enqueue('term', {str(tmp_path)!r})")
    with queue.worker() as process:
        wait_until((tmp_path / "term.started").exists, 30)
        process.terminate()
        (tmp_path / "continue").touch()
        assert process.wait(timeout=30) == 0
    assert queue.state() == {"effects": ["term"], "states": ["SUCCESSFUL"], "attempts": [1]}
    assert "No worker runs" in queue.run_checked("jobs", "workers")


def test_a_task_that_kills_its_worker_fails_after_its_last_attempt(queue: QueueInstallation, tmp_path: Path) -> None:
    queue.run_checked("create-centre", "khonkaen", "--area", "40")
    queue.run_python("kill_own_worker.enqueue(); hang.enqueue()")
    with queue.worker("--processes", "2", log=tmp_path / "log"):
        wait_until(lambda: queue.state()["states"] == ["FAILED", "FAILED"], 60)
        failed = queue.run_checked("jobs", "failed")
    assert "kill_own_worker" in failed and "hang" in failed
    assert "its worker ended during the run" in failed
    alarms = queue.run_python(
        "from central.alarms.models import Alarm\n"
        "for alarm in Alarm.objects.order_by('case_number'): print(alarm.kind, alarm.case_number)"
    )
    assert alarms.splitlines() == [
        f"task_failed tests.unit.central.sample_tasks.{name}" for name in ("hang", "kill_own_worker")
    ]
    assert "1 tasks are queued again" in queue.run_checked("jobs", "retry", failed.split()[0])


def test_an_error_is_repeated_after_a_pause_and_recorded_without_its_message(
    queue: QueueInstallation, tmp_path: Path
) -> None:
    queue.run_python("fail_with_personal_data.enqueue()")
    log = tmp_path / "log"
    with queue.worker(log=log):
        wait_until(lambda: queue.state()["attempts"] == [1] and queue.state()["states"] == ["READY"], 30)
        queue.run_python(
            "from django_tasks_db.models import DBTaskResult, get_date_max\n"
            "DBTaskResult.objects.filter(status='READY').update(run_after=get_date_max())"
        )
        wait_until(lambda: queue.state()["states"] == ["FAILED"], 30)
    stored = queue.run_python(
        "from django_tasks_db.models import DBTaskResult\n"
        "print(*DBTaskResult.objects.filter(status='FAILED').values_list('traceback', 'exception_class_path'))"
    )
    assert "ValueError at tests.unit.central.sample_tasks" in stored
    assert "ValueError" in log.read_text()
    assert "บุญมา" not in stored + log.read_text()
