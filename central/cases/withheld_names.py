"""Withheld names: one officer requests the name with a reason, a second one decides. A permission lasts one day."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.cases.commands import NotAllowedError
from central.cases.models import Case, NameRequest
from central.centres.models import Officer
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from protocol.bilingual_text import BilingualText

GRANT_DURATION = timedelta(days=1)


def request_name(officer: Officer, case: Case, reason: str) -> NameRequest:
    """Request the name of this case. An open request of the same officer is replaced. Raises NotAllowedError."""
    if not case.is_name_withheld or not has_permission(officer, Action.READ_PEOPLE, case.centre):
        raise NotAllowedError(BilingualText("ท่านขอดูชื่อนี้ไม่ได้", "You cannot ask for this name"))
    if not reason.strip():
        raise NotAllowedError(BilingualText("โปรดบอกเหตุผล", "Please give a reason"))
    values = {"reason": reason.strip(), "requested_at": timezone.now()}
    request, _ = NameRequest.objects.update_or_create(case=case, requested_by=officer, decided_at=None, defaults=values)
    return request


def decide_request(officer: Officer, case: Case, request_id: int, *, granted: bool) -> NameRequest:
    """Allow or refuse a request for this case. Raises NotAllowedError, also for the officer's own request."""
    with transaction.atomic():
        pending = open_requests(officer).filter(case=case)
        request = pending.select_for_update(of=("self",)).filter(pk=request_id).first()
        if request is None:
            raise NotAllowedError(
                BilingualText("คำขอนี้ไม่รอการตัดสินใจของท่าน", "This request is not waiting for your decision")
            )
        request.granted, request.decided_by, request.decided_at = granted, officer, timezone.now()
        request.save(update_fields=["granted", "decided_by", "decided_at"])
        return request


def open_requests(officer: Officer) -> QuerySet[NameRequest]:
    """Open requests of other officers that this officer may decide."""
    centres = permitted_centres(officer, Action.DECIDE_NAME)
    pending = NameRequest.objects.filter(decided_at=None, case__centre__in=centres).exclude(requested_by=officer)
    return pending.select_related("case", "requested_by")


def own_request(officer: Officer, case: Case) -> NameRequest | None:
    """The open request of this officer for this case."""
    return NameRequest.objects.filter(case=case, requested_by=officer, decided_at=None).first()


def find_grant(officer: Officer, case: Case) -> NameRequest | None:
    """The permission that is valid now, None without one. An officer who may no longer read personal data has none."""
    if not has_permission(officer, Action.READ_PEOPLE, case.centre):
        return None
    return valid_grants(officer).filter(case=case).select_related("decided_by").first()


def valid_grants(officer: Officer) -> QuerySet[NameRequest]:
    """The permissions of this officer that have not expired, also for cases that the officer may no longer read."""
    since = timezone.now() - GRANT_DURATION
    return NameRequest.objects.filter(requested_by=officer, granted=True, decided_at__gte=since)
