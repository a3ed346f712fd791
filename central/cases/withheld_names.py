"""Withheld names: one officer asks with a reason, a second one allows or not, and it holds for a day."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from central.cases.commands import NotAllowedError
from central.cases.models import Case, NameRequest
from central.centres.models import Officer
from central.centres.permission import Ability, has_ability, permitted_centres
from protocol.bilingual_text import BilingualText

GRANT_DURATION = timedelta(days=1)


def request_name(officer: Officer, case: Case, reason: str) -> NameRequest:
    """Ask to see this case's name; one that waits already is asked again. Raises NotAllowedError."""
    if not case.is_name_withheld or not has_ability(officer, Ability.READ_PEOPLE, case.centre):
        raise NotAllowedError(BilingualText("ท่านขอดูชื่อนี้ไม่ได้", "You cannot ask for this name"))
    if not reason.strip():
        raise NotAllowedError(BilingualText("โปรดบอกเหตุผล", "Please give a reason"))
    request = {"reason": reason.strip(), "requested_at": timezone.now()}
    return NameRequest.objects.update_or_create(case=case, requested_by=officer, decided_at=None, defaults=request)[0]


def decide_request(officer: Officer, case: Case, request_id: int, *, granted: bool) -> NameRequest:
    """The second person's word on a request for this case. Raises NotAllowedError, also for one's own request."""
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
    """Requests of others that this officer may decide."""
    centres = permitted_centres(officer, Ability.READ_PEOPLE)
    pending = NameRequest.objects.filter(decided_at=None, case__centre__in=centres).exclude(requested_by=officer)
    return pending.select_related("case", "requested_by")


def own_request(officer: Officer, case: Case) -> NameRequest | None:
    """What this officer has asked for this case and nobody has decided."""
    return NameRequest.objects.filter(case=case, requested_by=officer, decided_at=None).first()


def find_grant(officer: Officer, case: Case) -> NameRequest | None:
    """The permission that holds now, if any. An officer who may no longer read people has none."""
    if not has_ability(officer, Ability.READ_PEOPLE, case.centre):
        return None
    since = timezone.now() - GRANT_DURATION
    allowed = NameRequest.objects.filter(case=case, requested_by=officer, granted=True, decided_at__gte=since)
    return allowed.select_related("decided_by").first()
