"""Redirects after a form: always to a page of the desk, whatever URL was sent as `next`."""

from urllib.parse import unquote, urlsplit

from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

_MAX_URL_CHARS = 500  # a list with every filter set has under 200
_EXCLUDED_URL_NAMES = {"logout", "language", "login", "second_factor", "set_up_second_factor", "invitation"}


def redirect_within_desk(target: str) -> HttpResponseRedirect:
    """A redirect to this page of the desk. Any other, unknown or too long URL redirects to the home of the desk."""
    return HttpResponseRedirect(target if _is_desk_page(target) else reverse("desk:home"))


def desk_url_or_empty(target: str) -> str:
    """The URL if it is a page of the desk, otherwise ''."""
    return target if _is_desk_page(target) else ""


def _is_desk_page(target: str) -> bool:
    if len(target) > _MAX_URL_CHARS or not target.startswith("/desk/") or not target.isprintable():
        return False
    if not url_has_allowed_host_and_scheme(target, None):
        return False
    try:
        match = resolve(unquote(urlsplit(target).path))
    except (Resolver404, ValueError):
        return False
    return match.app_name in ("desk", "agency_desk") and match.url_name not in _EXCLUDED_URL_NAMES
