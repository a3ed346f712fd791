"""Ratings: whom a citizen rates after closing, and the rows that statistics count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from central.cases import commands
from central.cases.codes import ReferralKind, ReferralState
from central.cases.commands import Actor
from central.cases.commands.citizen_steps import Rated
from central.cases.event_kinds import OPENING
from central.cases.models import Case
from central.messages.models import Rating


@dataclass(frozen=True)
class RatedBody:
    """Whom the citizen rates: an agency, or the centre itself (`agency_id` None)."""

    agency_id: int | None
    name_th: str
    name_en: str

    def name_in(self, language: str) -> str:
        """The name in 'th' or 'en'."""
        return self.name_en or self.name_th if language == "en" else self.name_th


def rated_bodies(case: Case) -> list[RatedBody]:
    """The agencies that led or supported the work since the case was opened or reopened and did not return it. Without
    one, the centre."""
    worked = case.referrals.select_related("agency").exclude(kind=ReferralKind.COPY.value)
    worked = worked.exclude(state=ReferralState.RETURNED.value)
    reopening = case.events.filter(kind__in=OPENING).order_by("seq").last()
    if reopening is not None:
        # The order that reopening sends is older than its event; a closed case sends none before.
        before = case.events.get(seq=(reopening.seq or 1) - 1)
        worked = worked.filter(sent_at__gt=before.at)
    agencies = {row.agency_id: RatedBody(row.agency_id, row.agency.name_th, row.agency.name_en) for row in worked}
    return list(agencies.values()) or [RatedBody(None, case.centre.name_th, case.centre.name_en)]


def rate(case: Case, by: Actor, stars: Mapping[RatedBody, int], comment: str) -> Sequence[Rating]:
    """Store the citizen's ratings with their event. Raises NotAllowedError."""
    rated = [Rated(body.agency_id, body.name_th, number) for body, number in stars.items()]
    with transaction.atomic():
        event = commands.rate(case, by, seen_revision=None, ratings=rated, comment=comment)
        return Rating.objects.bulk_create(
            Rating(
                case=case,
                event=event,
                round=case.reopened_count,
                centre=case.centre,
                agency_id=each.agency_id,
                stars=each.stars,
                at=event.at,
            )
            for each in rated
        )
