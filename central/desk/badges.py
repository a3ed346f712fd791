"""The numbers beside entries of the menu: how many things need somebody. Each is the sum of some queries; the menu
counts those of all entries in one statement."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from central.agencies.models import Agency
from central.alarms.commands import visible_alarms
from central.cases import decisions, withheld_names
from central.cases.codes import ReferralKind, ReferralState
from central.cases.models import Referral
from central.centres.models import Officer
from central.fleet import attention
from central.fleet.models import Enrolment
from central.insight.obstacles import unanswered_obstacles
from central.investigation.access import own_investigations
from central.investigation.models import Task
from central.knowledge.reading import articles_to_review
from central.listening.commands import visible_warnings
from central.mailboxes.commands import visible_mails
from central.mailboxes.models import MailState
from central.messages.data_requests import visible_data_requests
from central.notices import retrying
from central.people.models import Registration
from central.people.permission import actions_anywhere, memberships_allowing, permitted_centres
from central.people.registrations import visible_registrations
from central.people.roles import Action, Scope
from central.privacy.models import Erasure
from central.scan_batches.batches import visible_batches
from protocol.messages import EnrolmentStatus
from thai.dates import day_in_thailand

Counted = QuerySet[Any]


def open_alarms(officer: Officer) -> list[Counted]:
    """Alarms that nobody has settled, and requests for a withheld name."""
    return [visible_alarms(officer).filter(settled_at=None), withheld_names.open_requests(officer)]


def dead_letters(officer: Officer) -> list[Counted]:
    """Notices to citizens that could not be sent."""
    return [retrying.dead_letters(officer)]


def articles_for_review(officer: Officer) -> list[Counted]:
    """Articles that this officer confirms and that nobody has checked for a year, or that have expired."""
    if Action.PUBLISH_ARTICLES not in actions_anywhere(officer):
        return []
    return [articles_to_review(officer, day_in_thailand(timezone.now()))]


def waiting_obstacles(officer: Officer) -> list[Counted]:
    """Obstacles and needs that this officer may answer."""
    return [unanswered_obstacles(officer)]


def topic_warnings(officer: Officer) -> list[Counted]:
    """Warnings about rising topics that nobody has settled."""
    return [visible_warnings(officer)]


def waiting_proposals(officer: Officer) -> list[Counted]:
    """Proposals and requests to reopen that this officer decides."""
    return [decisions.waiting_proposals(officer), decisions.requests_to_reopen(officer)]


def open_data_requests(officer: Officer) -> list[Counted]:
    """Requests of data subjects that wait for an answer."""
    return [visible_data_requests(officer).filter(answered_at=None)]


def waiting_mails(officer: Officer) -> list[Counted]:
    """Mails of citizens that nobody has filed or dismissed."""
    return [visible_mails(officer).filter(state=MailState.WAITING)]


def waiting_scans(officer: Officer) -> list[Counted]:
    """Scan batches with a page that is neither filed nor left out."""
    return [visible_batches(officer).filter(files__pages__is_left_out=False).distinct()]


def due_tasks(officer: Officer) -> list[Counted]:
    """Tasks of investigations that this officer has to finish by today."""
    files = own_investigations(officer).filter(closed_at=None)
    today = day_in_thailand(timezone.now())
    return [Task.objects.filter(owner=officer, done_at=None, due__lte=today, investigation__in=files)]


def open_erasures(officer: Officer) -> list[Counted]:
    """Lists of cases to erase that this officer approves."""
    centres = permitted_centres(officer, Action.APPROVE_ERASURE)
    return [Erasure.objects.filter(decided_at=None, centre__in=centres).exclude(proposed_by=officer)]


def waiting_kiosks(officer: Officer) -> list[Counted]:
    """Kiosks that wait for approval. They have no centre yet, so everybody who runs kiosks counts them."""
    return [Enrolment.objects.filter(status=EnrolmentStatus.PENDING.value)]


def urgent_kiosks(officer: Officer) -> list[Counted]:
    """Kiosks that are silent or call for staff."""
    urgent = attention.silent_filter(timezone.now()) | Q(state__staff_called=True)
    centres = permitted_centres(officer, Action.RUN_FLEET)
    return [attention.enrolments_in_use().filter(urgent, centre__in=centres)]


def waiting_registrations(officer: Officer) -> list[Counted]:
    """Registrations of officers that this officer may decide."""
    return [visible_registrations(officer).filter(status=Registration.Status.WAITING)]


def pending_agencies(officer: Officer) -> list[Counted]:
    """Agencies that have registered themselves."""
    centres = permitted_centres(officer, Action.MANAGE_AGENCIES)
    return [Agency.objects.filter(status=Agency.Status.PENDING, centre__in=centres)]


def new_referrals(officer: Officer) -> list[Counted]:
    """Orders that the officer's agencies have not accepted."""
    agencies = memberships_allowing(officer, Action.REPORT, Scope.AGENCY).values("agency")
    new = Referral.objects.filter(agency__in=agencies, state=ReferralState.SENT.value)
    return [new.exclude(kind=ReferralKind.COPY.value)]
