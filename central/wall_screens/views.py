"""The pages of a wall screen: how it is connected, and its panels. Nobody is signed in there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from central.cases import clock
from central.client_address import client_address
from central.form_origin import refuse_other_sites
from central.public_address import absolute_url
from central.throttle import LocalThrottle
from central.wall_screens.models import WallScreen
from central.wall_screens.pairing import connected_screen, request_code, waiting_code
from central.wall_screens.panels import panel
from thai import dates

COOKIE = "wall_screen"
SECONDS_PER_PANEL = 20
_COOKIE_AGE_S = 365 * 86_400
_THROTTLE = LocalThrottle("wall-screens", limit=20, window_s=3_600)


@csrf_exempt  # no session: `refuse_other_sites` refuses forged forms
@require_http_methods(["GET", "HEAD", "POST"])
def wall(request: HttpRequest) -> HttpResponse:
    """The screen. POST asks for a code; GET `panel`: the number of the panel."""
    secret = request.COOKIES.get(COOKIE, "")
    screen = connected_screen(secret)
    if screen is not None:
        return render(request, "wall_screens/panel.html", _shown(request, screen))
    if request.method == "POST":
        return _begin(request)
    code = waiting_code(secret) if secret else ""
    context = {"language": "th", "code": code, "address": absolute_url(request, reverse("desk:wall_screens"))}
    return render(request, "wall_screens/connect.html", context)


@require_safe
def wall_panel(request: HttpRequest) -> HttpResponse:
    """The content of a panel, for the script of the page. 404 for a screen that is not connected."""
    screen = connected_screen(request.COOKIES.get(COOKIE, ""))
    if screen is None:
        return HttpResponse(status=404)
    return render(request, "wall_screens/panel_content.html", _shown(request, screen))


def _begin(request: HttpRequest) -> HttpResponse:
    refuse_other_sites(request)
    if not _THROTTLE.count_attempt(client_address(request)):
        return render(request, "wall_screens/connect.html", {"language": "th", "is_refused": True}, status=429)
    _, secret = request_code()
    response = redirect("wall")
    response.set_cookie(
        COOKIE, secret, max_age=_COOKIE_AGE_S, path="/wall", secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


def _shown(request: HttpRequest, screen: WallScreen) -> dict[str, Any]:
    typed = request.GET.get("panel", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
    shown, following = panel(screen.centre, clock.today(), number, screen.language)
    return {
        "language": screen.language,
        "centre_name": screen.centre.name_in(screen.language),
        "panel": shown,
        "next": following,
        "time": dates.short_datetime(timezone.now(), screen.language),
        "seconds": SECONDS_PER_PANEL,
    }
