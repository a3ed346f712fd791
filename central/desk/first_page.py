"""The first page after a sign-in: where the officer's work is."""

from django.urls import reverse

from central.centres.models import Officer
from central.people.permission import actions_anywhere
from central.people.roles import Action, Scope

# (scope, action, page): the first row that the officer's roles allow.
_FIRST_PAGES = (
    ((Scope.CENTRE, Scope.TEAM), Action.VIEW_CASES, "desk:home"),
    ((Scope.AGENCY,), Action.REPORT, "agency_desk:queue"),
    ((Scope.AGENCY,), Action.SUPERVISE, "agency_desk:supervision"),
    ((Scope.CENTRE,), Action.MANAGE_PEOPLE, "desk:people"),
    ((Scope.CENTRE,), Action.RUN_FLEET, "desk:kiosks"),
)


def first_page_url(officer: Officer) -> str:
    """The address of the officer's first page."""
    for scopes, action, page in _FIRST_PAGES:
        if action in actions_anywhere(officer, scopes):
            return reverse(page)
    return reverse("desk:profile")
