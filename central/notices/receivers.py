"""What notices do when a case changes: find the news for the citizen and put it into the outbox, in the transaction of
the change."""

from typing import Any

from central.cases.event_kinds import ActorKind, EventKind
from central.cases.models import Case, CaseEvent, CaseEventText
from central.events import case_erased, case_event_appended, citizen_news
from central.notices.codes import News
from central.notices.consents import erase_notices
from central.notices.models import ReportedFacts
from central.notices.outbox import add_news
from protocol.case_status import CaseStatus

_QUESTIONS = frozenset({EventKind.ASK_DETAILS.value})
# Their text belongs to news that is found without it.
_OWN_NEWS = frozenset({EventKind.DUE_MOVED.value, EventKind.CLOSE.value, EventKind.LINK_DUPLICATE.value})
# What citizens of linked cases hear of the main case: that it goes on. Its questions and messages are between the
# centre and its own citizen.
_HEARD_BY_LINKED = frozenset(
    kind.value
    for kind in (
        EventKind.TAKE,
        EventKind.ORDER,
        EventKind.APPROVE,
        EventKind.ACCEPT,
        EventKind.REPORT,
        EventKind.SET_DUE,
        EventKind.DUE_MOVED,
        EventKind.MOVE_CENTRE,
        EventKind.CLOSE,
        EventKind.CORRECT_OUTCOME,
        EventKind.REOPEN,
    )
)
# A new case has this event before its consents exist; `consents.give_consent` tells that it has arrived.
_BEGINNING = EventKind.RECEIVED.value


def connect() -> None:
    """Receive the events of cases, and the news that other apps publish."""
    case_event_appended.connect(_on_case_event, dispatch_uid="notices.case_event")
    citizen_news.connect(_on_citizen_news, dispatch_uid="notices.citizen_news")
    case_erased.connect(_on_case_erased, dispatch_uid="notices.case_erased")


def _on_case_event(sender: object, *, case: Case, event: CaseEvent, **_: Any) -> None:
    if event.kind == _BEGINNING:
        return
    if event.kind in _HEARD_BY_LINKED and event.is_public:
        _tell_linked(case)
    reported = ReportedFacts.objects.filter(case=case).first()
    if reported is None:  # nobody has agreed to notices
        return
    news = _differences(case, reported)
    if event.kind in _QUESTIONS:
        news.append(News.QUESTION)
    elif event.is_public and event.kind not in _OWN_NEWS and has_public_text(event):
        news.append(News.ANSWER)
    if event.actor == ActorKind.CITIZEN.value:  # who made the step knows it
        news = []
    if event.kind == EventKind.RENEW_CODE.value:  # whoever had phone or code may be somebody else
        news.append(News.CODE)
    if news:
        add_news(case, news)


def _tell_linked(main: Case) -> None:
    """Tell the citizens of the cases that are linked to this one. Their cases are not locked: a second lock could wait
    for an officer who links one of them, and a notice that is queued twice does no harm."""
    for linked in Case.objects.filter(duplicate_of=main, notice_consents__withdrawn_at=None).distinct():
        if linked.notice_consents.exists():
            add_news(linked, [News.MAIN_CASE])


def has_public_text(event: CaseEvent) -> bool:
    """Whether the event has a text for the citizen, such as a report with a message."""
    return bool(event.text_digest) and CaseEventText.objects.filter(event=event).exclude(public_text="").exists()


def _on_citizen_news(sender: object, *, case: Case, news: str, **_: Any) -> None:
    if ReportedFacts.objects.filter(case=case).exists():
        add_news(case, [News(news)])


def _on_case_erased(sender: object, *, case: Case, **_: Any) -> None:
    erase_notices(case)


def _differences(case: Case, reported: ReportedFacts) -> list[News]:
    """What differs from what was reported to the citizen; from now on it counts as reported. A fact that was taken away
    is no news."""
    news = []
    if case.status != reported.status:
        is_closed = case.status == CaseStatus.CLOSED.value
        news.append(News.CLOSED if is_closed else News.STATUS)
    if case.agency_name and case.agency_name != reported.agency_name:
        news.append(News.AGENCY)
    if case.handler_name and case.handler_name != reported.handler_name:
        news.append(News.OFFICER)
    # A first date is part of what the citizen reads anyway; a date that is taken away with the end is no news.
    if reported.due and case.due != reported.due and case.closed_at is None and case.status != CaseStatus.UNCLEAR.value:
        news.append(News.DUE)
    if case.status != CaseStatus.UNCLEAR.value:
        reported.due = case.due
    reported.status, reported.agency_name, reported.handler_name = case.status, case.agency_name, case.handler_name
    reported.save()
    return news
