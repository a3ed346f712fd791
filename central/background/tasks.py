"""Declares functions as tasks: `enqueue(send_notice, notice.pk)` runs `send_notice` later, in a worker.

Arguments are ids, never personal data: they are stored until the result is deleted. A task is taken again when its
worker is killed, so it either runs in one transaction, which its success is part of, or repeats without effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db import DatabaseBackend

_RETRY_DELAYS_S = (30, 120, 480, 1920)  # 43 minutes in all


@dataclass(frozen=True)
class TaskPolicy:
    """How a worker runs a task.

    `in_one_transaction`: the task and its success are committed together, so a killed or replaced worker leaves
    nothing. Such a task holds the only write lock of SQLite: it is short and speaks to no other machine.
    """

    in_one_transaction: bool = False
    max_attempts: int = len(_RETRY_DELAYS_S) + 1
    max_duration_s: float = 600.0  # then its worker ends itself, and the task counts as interrupted
    retry_delays_s: tuple[int, ...] = _RETRY_DELAYS_S  # after the first failure, the second …; then the last one

    def retry_delay(self, attempts: int) -> timedelta:
        """Pause after this many attempts."""
        delays = self.retry_delays_s
        return timedelta(seconds=delays[min(attempts, len(delays)) - 1] * settings.RETRY_DELAY_FACTOR)


DEFAULT_POLICY = TaskPolicy()


def background_task(
    policy: TaskPolicy = DEFAULT_POLICY, *, queue_name: str = "default", priority: int = 0
) -> Callable[[Callable[..., Any]], "Task[..., Any]"]:
    """Decorator: makes a function of a module a task. Its name in the module is stored with each queued task, so it
    stays importable until no older task waits."""

    def declare(function: Callable[..., Any]) -> "Task[..., Any]":
        function.task_policy = policy  # type: ignore[attr-defined]
        declared: Task[..., Any] = task(queue_name=queue_name, priority=priority)(function)
        return declared

    return declare


def enqueue(queued: "Task[..., Any]", *arguments: Any) -> None:
    """Queue a task in the caller's transaction when the queue is the database. Any other queue gets it after the
    commit: its worker may start at once, and would not see the change that needs the task."""
    if isinstance(queued.get_backend(), DatabaseBackend):
        queued.enqueue(*arguments)
    else:
        transaction.on_commit(partial(queued.enqueue, *arguments))


def policy_of(task_path: str) -> TaskPolicy:
    """The policy of the task with this path; the default one for a task that declares none or cannot be imported."""
    try:
        policy: TaskPolicy = getattr(import_string(task_path).func, "task_policy", DEFAULT_POLICY)
    except (ImportError, AttributeError):
        return DEFAULT_POLICY
    return policy


def describe_error(error: BaseException) -> str:
    """The kind of an error and its place, without its message: messages of databases and mail servers contain values,
    which may be personal."""
    place, frame = "", error.__traceback__
    while frame is not None:
        place, frame = f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}", frame.tb_next
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{kind} at {place}" if place else kind
