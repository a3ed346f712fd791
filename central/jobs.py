"""Every recurring job of the service, by name, and the tick that keeps them and their tasks going.

A job is a function of the current time in the app it belongs to; here it gets its name and its timing. Names are
stored: a renamed job begins again.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial

from django.utils import timezone

from central.abandoned_pictures import delete_abandoned_pictures
from central.agencies.retention import delete_old_drafts
from central.agency_desk.reminders import remind_agencies
from central.alarms.commands import open_alarms
from central.alarms.mailing import mail_new_alarms
from central.alarms.models import Alarm
from central.alarms.scanner_check import check_virus_scanner
from central.background.attempts import StoredTask
from central.background.leases import requeue_abandoned_tasks
from central.background.periods import Daily, Every
from central.background.recurring import RecurringJob, give_up_period, queue_due_periods, run_period
from central.background.retention import delete_old_results
from central.background.tasks import TaskPolicy, background_task, enqueue
from central.cases.deadline_changes import apply_holiday_changes, check_open_deadlines, start_missing_clocks
from central.cases.history import publish_daily_roots
from central.cases.person_search import delete_old_reasons
from central.cases.silence import escalate_silent_cases
from central.centres.models import Centre
from central.documents import claims
from central.documents.recordings import encode_recording, give_up_encoding
from central.documents.tasks import read_next_page
from central.duplicates.checking import queue_comparing
from central.earlier_cases.batches import delete_old_batches
from central.earlier_cases.file_reading import give_up_reading, read_received_file
from central.earlier_cases.trial import give_up_trial, try_rows
from central.fleet.monitor import check_silence
from central.fleet.remote_commands import end_old_commands
from central.insight.open_data import make_open_data
from central.insight.periodic_reports import send_periodic_reports
from central.insight.upkeep import keep_counts
from central.investigation.recordings import encode_evidence, give_up_evidence
from central.line_account.answering import answer_waiting_chats
from central.line_account.retention import delete_old_conversations
from central.listening.storing import classify_waiting, delete_old_posts
from central.listening.watching import queue_feeds, warn_of_rising_topics
from central.mailboxes.commands import delete_old_mails
from central.mailboxes.fetching import queue_fetching
from central.messages.sent_forms import delete_old_tokens
from central.notices.delivery import deliver_waiting_notices
from central.notices.phone_codes import delete_old_phone_codes
from central.notices.retention import delete_old_notices
from central.people.retention import delete_expired
from central.privacy.erasing import queue_unfinished_erasures
from central.scan_batches.batches import delete_old_batches as delete_old_scans
from central.scan_batches.page_tasks import give_up_scan, read_scanned_pages
from central.search.indexing import queue_indexing
from central.search.vocabulary import count_words
from central.surveys.free_texts import delete_old_texts
from central.surveys.inviting import delete_old_participation, invite_to_surveys

log = logging.getLogger(__name__)
_MINUTE, _HOUR = Every(timedelta(minutes=1)), Every(timedelta(hours=1))

# `in_one_transaction=False`: the job sends mail or does more than fits into one short transaction, and repeating it
# after an interruption is harmless.
JOBS = (
    RecurringJob("check-silence", check_silence, _MINUTE),
    RecurringJob("check-virus-scanner", check_virus_scanner, _MINUTE, in_one_transaction=False),
    RecurringJob("mail-alarms", mail_new_alarms, _MINUTE, in_one_transaction=False),
    RecurringJob("deliver-notices", deliver_waiting_notices, _MINUTE, in_one_transaction=False),
    RecurringJob("fetch-mail", queue_fetching, _MINUTE),
    RecurringJob("delete-search-reasons", delete_old_reasons, Daily(time(2, 0))),
    RecurringJob("delete-old-mail", delete_old_mails, Daily(time(2, 0))),
    RecurringJob("delete-old-scans", delete_old_scans, Daily(time(2, 0)), in_one_transaction=False),
    RecurringJob("answer-line", answer_waiting_chats, _MINUTE, in_one_transaction=False),
    RecurringJob("keep-counts", keep_counts, _MINUTE, in_one_transaction=False),
    RecurringJob("send-reports", send_periodic_reports, _HOUR, in_one_transaction=False),
    RecurringJob("make-open-data", make_open_data, _HOUR),
    RecurringJob("start-clocks", start_missing_clocks, _HOUR, in_one_transaction=False),
    RecurringJob("check-deadlines", check_open_deadlines, Daily(time(1, 45)), in_one_transaction=False),
    RecurringJob("apply-holidays", apply_holiday_changes, _MINUTE, in_one_transaction=False),
    RecurringJob("escalate-silence", escalate_silent_cases, _HOUR, in_one_transaction=False),
    RecurringJob("remind-agencies", remind_agencies, Daily(time(8, 30)), in_one_transaction=False),
    RecurringJob("end-kiosk-commands", end_old_commands, _HOUR),
    RecurringJob("delete-account-data", delete_expired, _HOUR),
    RecurringJob("delete-import-drafts", delete_old_drafts, _HOUR),
    RecurringJob("delete-old-imports", delete_old_batches, Daily(time(2, 0))),
    RecurringJob("delete-form-tokens", delete_old_tokens, _HOUR),
    RecurringJob("delete-phone-codes", delete_old_phone_codes, _HOUR),
    RecurringJob("delete-line-chats", delete_old_conversations, _HOUR),
    RecurringJob("publish-history-roots", publish_daily_roots, Daily(time(1, 15))),
    RecurringJob("invite-to-surveys", invite_to_surveys, _HOUR, in_one_transaction=False),
    RecurringJob("delete-old-participation", delete_old_participation, Daily(time(2, 0))),
    RecurringJob("delete-old-survey-texts", delete_old_texts, Daily(time(2, 0))),
    RecurringJob("fetch-feeds", queue_feeds, Every(timedelta(minutes=15))),
    RecurringJob("classify-posts", classify_waiting, _MINUTE, in_one_transaction=False),
    RecurringJob("warn-of-topics", warn_of_rising_topics, Daily(time(6, 0))),
    RecurringJob("delete-old-posts", delete_old_posts, Daily(time(2, 0))),
    RecurringJob("delete-old-notices", delete_old_notices, Daily(time(2, 0)), in_one_transaction=False),
    RecurringJob("finish-erasures", queue_unfinished_erasures, Daily(time(2, 30))),
    RecurringJob("delete-abandoned-pictures", delete_abandoned_pictures, Daily(time(3, 0)), in_one_transaction=False),
    RecurringJob("count-search-words", count_words, _HOUR, in_one_transaction=False),
    RecurringJob("delete-task-results", delete_old_results, Daily(time(1, 30))),
)
# What follows the last failed attempt of a task whose result a page waits for.
_GIVE_UP: Mapping[str, Callable[..., None]] = {
    encode_evidence.module_path: give_up_evidence,
    encode_recording.module_path: give_up_encoding,
    read_next_page.module_path: claims.give_up,
    read_received_file.module_path: give_up_reading,
    read_scanned_pages.module_path: give_up_scan,
    try_rows.module_path: give_up_trial,
}
JOBS_BY_NAME = {job.name: job for job in JOBS}


@background_task(TaskPolicy(max_duration_s=1800))
def run_recurring_job(name: str, period: str) -> str:
    """Run one period of a recurring job."""
    return run_period(JOBS_BY_NAME, name, datetime.fromisoformat(period))


def tick(backend_name: str = "default") -> None:
    """One round of a worker's upkeep: take back abandoned tasks, queue what is due, and the indexing and
    comparing of changed cases."""
    for abandoned in requeue_abandoned_tasks(backend_name):
        note_given_up(abandoned)
    queue_due_jobs()
    queue_indexing()
    queue_comparing()


def queue_due_jobs() -> None:
    """Queue the current period of each recurring job that is due."""
    queue_due_periods(JOBS, timezone.now(), partial(enqueue, run_recurring_job))


def note_given_up(task: StoredTask) -> None:
    """Open an alarm at the topmost centres about a task whose last attempt has failed. A recurring job continues with
    its next period; a document or an import says that it is not read."""
    task.refresh_from_db()
    name, arguments = task.task_path, task.args_kwargs["args"]
    if name == run_recurring_job.module_path:
        name, period = arguments
        give_up_period(name, datetime.fromisoformat(period), task.exception_class_path)
    elif give_up := _GIVE_UP.get(name):
        give_up(*arguments)
    detail = f"Task {task.pk}: {task.exception_class_path}"[:500]
    open_alarms(
        Alarm(kind=Alarm.Kind.TASK_FAILED, centre=centre, case_number=name[-64:], detail=detail)
        for centre in Centre.objects.filter(parent=None)
    )
