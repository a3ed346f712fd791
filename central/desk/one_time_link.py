"""The page that shows a one-time link, for registrations and for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from central.centres.models import Officer
from central.desk.page_support import render_page, signed_in_officer
from central.people.invitation_mail import mail_invitation
from central.people.permission import actions_anywhere
from central.people.roles import Action, Scope
from central.public_address import absolute_url


def show_link(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """The page that shows a one-time link once, and mails it where mail is configured."""
    link = f"{absolute_url(request, reverse('desk:invitation'))}#{code}"
    context: dict[str, Any] = {
        "officer": officer,
        "link": link,
        "code": code,
        "is_mailed": mail_invitation(officer, link),
    }
    context["manages_people"] = manages_people(request)
    return render_page(request, "desk/invitation_link.html", context)


def manages_people(request: HttpRequest) -> bool:
    """Whether the officer may open the pages of people."""
    return Action.MANAGE_PEOPLE in actions_anywhere(signed_in_officer(request), (Scope.CENTRE,))
