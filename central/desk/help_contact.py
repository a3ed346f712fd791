"""Who helps an officer: the administrators of the nearest centre that has one, with their office phones."""

from dataclasses import dataclass

from central.agencies.register import own_and_above
from central.centres.models import Centre, Membership, Officer
from central.people.roles import Role

HOTLINE = "1567"
_MAX_CONTACTS = 3


@dataclass(frozen=True)
class HelpContact:
    """An administrator. `phone` is '' when the profile has none."""

    name: str
    phone: str
    centre: Centre


def help_contacts(officer: Officer) -> list[HelpContact]:
    """The administrators of the officer's own centre, or of the nearest one above it that has any."""
    centre = Centre.objects.filter(memberships__officer=officer).order_by("-path").first()
    administrators: list[Membership] = []
    if centre is not None:
        rows = Membership.objects.filter(
            centre__in=own_and_above(centre), role=Role.ADMINISTRATOR.value, officer__is_active=True
        )
        administrators = list(
            rows.select_related("officer__profile", "centre").order_by("-centre__path", "officer__username")
        )
    nearest = administrators[0].centre_id if administrators else None
    return [
        HelpContact(row.officer.display_name, _office_phone(row.officer), row.centre)
        for row in administrators
        if row.centre_id == nearest
    ][:_MAX_CONTACTS]


def _office_phone(officer: Officer) -> str:
    profile = getattr(officer, "profile", None)
    return profile.office_phone if profile is not None else ""
