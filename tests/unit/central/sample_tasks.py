"""Tasks with a countable effect, for tests that kill their worker. Files of a directory say when to continue."""

import os
import signal
import time
from pathlib import Path

from django.utils import timezone

from central.background.tasks import TaskPolicy, background_task
from central.people.models import OfficerEvent


def add_effect(key: str) -> None:
    OfficerEvent.objects.create(at=timezone.now(), kind=OfficerEvent.Kind.SIGNED_IN, detail=key)


def wait_for_file(directory: str, key: str) -> None:
    Path(directory, f"{key}.started").touch()
    while not Path(directory, "continue").exists():
        time.sleep(0.02)


@background_task(TaskPolicy(in_one_transaction=True))
def add_effect_once(key: str) -> None:
    add_effect(key)


@background_task(TaskPolicy(in_one_transaction=True))
def add_effect_and_wait(key: str, directory: str) -> None:
    add_effect(key)
    wait_for_file(directory, key)


@background_task()
def repeat_without_effect(key: str, directory: str) -> None:
    """Commits before its end, and finds that out when it is repeated."""
    if not OfficerEvent.objects.filter(detail=key).exists():
        add_effect(key)
    wait_for_file(directory, key)


@background_task(TaskPolicy(max_attempts=2))
def kill_own_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@background_task(TaskPolicy(max_duration_s=0.5, max_attempts=1))
def hang() -> None:
    time.sleep(600)


@background_task(TaskPolicy(max_attempts=2))
def fail_with_personal_data() -> None:
    raise ValueError("บุญมา ใจดี 0812345678")
