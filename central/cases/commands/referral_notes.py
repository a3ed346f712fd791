"""Events about a referral that change nothing of its case: reminders, and what happens to its link and its mails."""

from collections.abc import Mapping

from django.db import transaction

from central.cases import history
from central.cases.commands.step import Actor
from central.cases.errors import NO_PERMISSION, NotAllowedError
from central.cases.event_kinds import REFERRAL_NOTES, ActorKind, EventKind
from central.cases.locking import lock_case
from central.cases.models import CaseEvent, Referral
from central.people.permission import has_permission
from central.people.roles import Action


def note_on_referral(
    referral: Referral, kind: EventKind, by: Actor, payload: Mapping[str, object] | None = None
) -> CaseEvent:
    """Append an internal event of REFERRAL_NOTES. The case's revision stays: nothing changes on the page of an officer
    who is writing. An officer needs the permission to order the case. Raises NotAllowedError."""
    if kind not in REFERRAL_NOTES:
        raise ValueError(kind)
    with transaction.atomic():
        case = lock_case(referral.case_id)
        if by.kind is not ActorKind.SYSTEM and not (
            by.officer is not None and has_permission(by.officer, Action.ORDER, case.centre)
        ):
            raise NotAllowedError(NO_PERMISSION)
        content = {"referral": referral.pk, "agency": referral.agency_id, "agency_name": referral.agency.name_th}
        return history.append_event(case, kind, actor=by.kind, by=by.officer, payload={**content, **(payload or {})})
