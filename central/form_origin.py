"""Refuses forms that a page of another site sends through a visitor's browser.

For pages without login: they set no cookie, so there is no CSRF token. A forged form reads nothing, but each visitor of
the other site has limits of their own, which it could use up."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def refuse_other_sites(request: HttpRequest) -> None:
    """Raises PermissionDenied for a form of another site.

    `Sec-Fetch-Site` decides: no page can set it. Browsers from before 2023, and all without HTTPS, send `Origin` only;
    it is 'null' for a form of a page with `Referrer-Policy: no-referrer`, so pages with such forms must not have this
    policy. Programs send neither; they can use no visitor's browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise PermissionDenied
        return
    origin = request.headers.get("Origin")
    own = {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL}
    if origin is not None and origin not in own:
        raise PermissionDenied
