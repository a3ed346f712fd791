"""By which way a page of a referral was opened: a personal link, or an account of the agency."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from central.agency_desk import links, queue
from central.agency_desk.link_refusals import closed_referral, refusal_page
from central.agency_desk.links import LinkState
from central.cases.codes import ReferralKind, ReferralState
from central.cases.commands import Actor
from central.cases.models import Referral
from central.centres.models import Officer
from central.client_address import client_address
from central.desk.page_support import desk_page, has_nul, page_language, render_page, signed_in_officer
from central.language import LANGUAGES

# A case that was taken back, or that the agency did not take, is no longer the agency's to read.
_WITHDRAWN_STATES = frozenset({ReferralState.RECALLED.value, ReferralState.RETURNED.value})


@dataclass(frozen=True)
class Access:
    """An agency's access to one referral. `officer` is None by a personal link. `base` is the path of the page."""

    referral: Referral
    base: str
    language: str
    officer: Officer | None = None
    may_answer: bool = True

    @property
    def actor(self) -> Actor:
        """Who makes the steps."""
        return Actor.of(self.officer) if self.officer else Actor.agency_link(self.referral)

    @property
    def query(self) -> str:
        """Keeps the language of a personal link, which sets no cookie."""
        return "" if self.officer or self.language == "th" else f"?{urlencode({'lang': self.language})}"

    def redirect(self, step: str) -> HttpResponseRedirect:
        """Back to the page after a step, which the page confirms."""
        query = f"{self.query}&" if self.query else "?"
        return HttpResponseRedirect(f"{self.base}{query}{urlencode({'sent': step})}")

    def render(self, request: HttpRequest, template: str, context: Mapping[str, Any], status: int) -> HttpResponse:
        """The page in the frame of a personal link, or in that of the desk."""
        values = {**context, "access": self, "language": self.language}
        if self.officer is not None:
            return render_page(request, template, {**values, "base_template": "desk/base.html"}, status)
        response = render(request, template, {**values, "base_template": "agency_desk/link_base.html"}, status=status)
        return closed_to_others(response)


Handler = Callable[..., HttpResponseBase]


def by_link(handler: Handler) -> Callable[..., HttpResponseBase]:
    """The view of a handler for whoever has the personal link. The token is the only authority: no cookie is read
    except that of an access code, so a form needs no CSRF token."""

    @csrf_exempt
    @wraps(handler)
    def view(request: HttpRequest, token: str, **arguments: Any) -> HttpResponseBase:
        chosen = request.GET.get("lang", "")
        language = chosen if chosen in LANGUAGES else "th"
        opened = links.open_link(token, client_address(request))
        if opened.state is not LinkState.VALID or opened.link is None:
            return closed_to_others(refusal_page(request, opened, language))
        if has_nul(request):  # it reads the body, which is only done for a valid link
            raise SuspiciousOperation("A NUL character")
        if request.method in ("GET", "HEAD"):
            links.count_use(opened.link)
        referral = opened.link.referral
        access = Access(
            referral=referral,
            base=reverse("agency_link:referral", args=[token]),
            language=language,
            may_answer=referral.kind != ReferralKind.COPY.value,
        )
        with translation.override(language):
            return handler(request, access, **arguments)

    return view


def by_account(handler: Handler) -> Callable[..., HttpResponseBase]:
    """The view of a handler for officers of the agency. A referral of another agency does not exist (404)."""

    @desk_page
    @wraps(handler)
    def view(request: HttpRequest, /, referral_id: int, **arguments: Any) -> HttpResponseBase:
        officer = signed_in_officer(request)
        referral = queue.readable_referrals(officer).filter(pk=referral_id).first()
        if referral is None:
            raise Http404
        access = Access(
            referral=referral,
            base=reverse("agency_desk:referral", args=[referral.pk]),
            language=page_language(request),
            officer=officer,
            may_answer=queue.may_answer(officer, referral),
        )
        if referral.state in _WITHDRAWN_STATES:
            return render_page(request, "agency_desk/link_closed.html", closed_referral(referral, access.language))
        return handler(request, access, **arguments)

    return view


def closed_to_others(response: HttpResponse) -> HttpResponse:
    """Keep the address of a personal link out of other sites and search engines."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
