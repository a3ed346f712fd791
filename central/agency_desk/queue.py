"""The referrals of an officer's agencies: which ones, in which group, and what a supervisor may follow."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case as SqlCase
from django.db.models import DateField, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from central.agencies.models import Agency
from central.cases.codes import ACTIVE_STATES, ReferralKind, ReferralState
from central.cases.models import Referral
from central.centres.models import Officer
from central.people.permission import memberships_allowing
from central.people.roles import Action, Scope
from protocol.bilingual_text import BilingualText

_ACTIVE = [state.value for state in ACTIVE_STATES]
_SHOWN_DONE = timedelta(days=90)


class QueueGroup(StrEnum):
    """The groups of the queue."""

    NEW = "new"
    ACCEPTED = "accepted"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    DONE = "done"


GROUPS: Mapping[QueueGroup, BilingualText] = {
    QueueGroup.NEW: BilingualText("รอรับเรื่อง", "New"),
    QueueGroup.ACCEPTED: BilingualText("รับแล้ว", "Accepted"),
    QueueGroup.DUE_TODAY: BilingualText("ครบกำหนดวันนี้", "Due today"),
    QueueGroup.OVERDUE: BilingualText("เกินกำหนด", "Overdue"),
    QueueGroup.DONE: BilingualText("เสร็จแล้ว 90 วันล่าสุด", "Ended in the last 90 days"),
}


def agencies_allowing(officer: Officer, action: Action) -> list[int]:
    """The ids of the agencies for which this officer has an action."""
    memberships = memberships_allowing(officer, action, Scope.AGENCY)
    return list(memberships.exclude(agency=None).values_list("agency_id", flat=True).distinct())


def own_referrals(officer: Officer) -> QuerySet[Referral]:
    """The referrals to answer: lead and support, of the officer's agencies."""
    agencies = agencies_allowing(officer, Action.REPORT)
    return _with_due(Referral.objects.filter(agency__in=agencies).exclude(kind=ReferralKind.COPY.value))


def readable_referrals(officer: Officer) -> QuerySet[Referral]:
    """The referrals whose page this officer may open: those to answer, and the copies of a supervisor's agency."""
    own = Q(agency__in=agencies_allowing(officer, Action.REPORT))
    copies = Q(agency__in=agencies_allowing(officer, Action.SUPERVISE), kind=ReferralKind.COPY.value)
    return _with_due(Referral.objects.filter(own | copies))


def may_answer(officer: Officer, referral: Referral) -> bool:
    """Whether this officer may accept, report and return this referral."""
    if referral.kind == ReferralKind.COPY.value or referral.state not in ACTIVE_STATES:
        return False
    return referral.agency_id in agencies_allowing(officer, Action.REPORT)


def in_group(referrals: QuerySet[Referral], group: QueueGroup, today: date) -> QuerySet[Referral]:
    """The referrals of this group, those that are due first at the beginning."""
    active: QuerySet[Any] = referrals.filter(state__in=_ACTIVE).order_by(
        F("due_day").asc(nulls_last=True), "sent_at", "pk"
    )
    match group:
        case QueueGroup.NEW:
            return active.filter(state=ReferralState.SENT.value)
        case QueueGroup.ACCEPTED:
            return active.filter(state=ReferralState.ACCEPTED.value)
        case QueueGroup.DUE_TODAY:
            return active.filter(due_day=today)
        case QueueGroup.OVERDUE:
            return active.filter(due_day__lt=today)
        case QueueGroup.DONE:
            since = timezone.now() - _SHOWN_DONE
            return referrals.filter(ended_at__gte=since).order_by("-ended_at", "-pk")


def active_referrals_of(agency_ids: list[int]) -> QuerySet[Referral]:
    """The active referrals of these agencies with their due dates, the oldest first."""
    return _with_due(Referral.objects.filter(agency__in=agency_ids, state__in=_ACTIVE)).order_by("sent_at", "pk")


def copies_of(officer: Officer) -> QuerySet[Referral]:
    """The active copies for supervision of the officer's agencies."""
    agencies = agencies_allowing(officer, Action.SUPERVISE)
    copies = Referral.objects.filter(agency__in=agencies, kind=ReferralKind.COPY.value, state__in=_ACTIVE)
    return _with_due(copies).order_by("-sent_at", "-pk")


def supervised_agencies(officer: Officer) -> QuerySet[Agency]:
    """The agencies under those for which this officer is a supervisor."""
    return Agency.objects.filter(supervising_agency__in=agencies_allowing(officer, Action.SUPERVISE))


def _with_due(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """With `due_day`, as `referral_facts.referral_due` computes it for one referral."""
    due_day = SqlCase(
        When(kind=ReferralKind.COPY.value, then=None),
        When(kind=ReferralKind.LEAD.value, then=Coalesce("case__due", "due")),
        default=F("due"),
        output_field=DateField(),
    )
    return referrals.annotate(due_day=due_day).select_related("case__centre", "agency")
