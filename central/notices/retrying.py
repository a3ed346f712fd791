"""Dead letters: what an officer sees of them, and sending them again."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.background.tasks import enqueue
from central.centres.models import Officer
from central.notices import routes
from central.notices.codes import NoticeFailure, NoticeState
from central.notices.delivery import deliver_notices
from central.notices.models import Notice, NoticeRoute
from central.notices.texts import compose
from central.people.permission import permitted_centres
from central.people.roles import Action

MAX_AT_ONCE = 1000
# The gateway has said what became of it, so it would answer a repeated key with the same words.
_DECIDED = frozenset({NoticeFailure.REFUSED.value, NoticeFailure.NOT_DELIVERED.value})


def dead_letters(officer: Officer) -> QuerySet[Notice]:
    """The dead letters of the officer's centres, newest first."""
    centres = permitted_centres(officer, Action.VIEW_ALARMS)
    return Notice.objects.filter(state=NoticeState.DEAD.value, centre__in=centres).order_by("-created_at", "-id")


def send_again(officer: Officer, notice_id: int | None = None) -> int:
    """Queue a dead letter again, or without an id up to a thousand of them; returns how many.

    It keeps its key while nobody knows whether the gateway has sent it. One whose citizen has withdrawn the consent is
    dropped."""
    with transaction.atomic():
        matches = dead_letters(officer).select_for_update(of=("self",)).select_related("consent", "case__centre")
        letters = list(matches.filter(pk=notice_id) if notice_id is not None else matches[:MAX_AT_ONCE])
        count = sum(_queue_again(letter, officer) for letter in letters)
        routes.clear_pauses(NoticeRoute.objects.filter(pk__in={letter.route_id for letter in letters}))
        if count:
            enqueue(deliver_notices)
        return count


def _queue_again(letter: Notice, officer: Officer) -> bool:
    if letter.consent.withdrawn_at is not None:
        letter.state = NoticeState.DROPPED.value
        letter.save(update_fields=["state"])
        return False
    now = timezone.now()
    if letter.failure in _DECIDED:
        letter.key = type(letter)().key
    if not letter.body:  # fixed now: further news may have opened another notice for the same consent
        letter.body = compose(letter.case, letter.news).body
    letter.state, letter.attempts, letter.failure, letter.gateway_id = NoticeState.QUEUED.value, 0, "", ""
    letter.queued_at = letter.due_at = now
    letter.priority, letter.claimed_until, letter.receipt_at = Notice.Priority.RETRY, None, None
    letter.settled_by = officer
    letter.save()
    return True
