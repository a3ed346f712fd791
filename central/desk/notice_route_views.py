"""The settings of the channels of one centre, for its administrator."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from central.centres.models import Centre
from central.desk.notice_forms import NoticeHoursForm, NoticeRouteForm
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.notices import routes
from central.notices.adapters.sending import ADAPTERS
from central.notices.codes import CHANNEL_NAMES, NoticeChannel
from central.notices.models import NoticeRoute
from central.notices.route_settings import RouteError, save_route, save_rules
from central.people.permission import permitted_centres
from central.people.roles import Action
from central.public_address import absolute_url


@require_safe
@desk_page
def route_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The channels and the quiet hours of a centre."""
    return _show_centre(request, _managed_centre(request, slug))


@require_POST
@desk_page
def save_hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the quiet hours: POST a NoticeHoursForm."""
    centre = _managed_centre(request, slug)
    form = NoticeHoursForm(page_language(request), request.POST)
    if not form.is_valid():
        return _show_centre(request, centre, form)
    save_rules(centre, **form.cleaned_data)
    return redirect("desk:notice_routes", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_route(request: HttpRequest, slug: str, channel: str) -> HttpResponse:
    """Set up one channel: POST a NoticeRouteForm."""
    centre, language = _managed_centre(request, slug), page_language(request)
    if channel not in ADAPTERS:
        raise Http404
    kind = NoticeChannel(channel)
    route = NoticeRoute.objects.filter(centre=centre, channel=channel).first()
    if request.method != "POST":
        return _show_route(request, centre, kind, NoticeRouteForm(language, kind, route=route), route=route)
    form = NoticeRouteForm(language, kind, request.POST, route=route)
    if not form.is_valid():
        return _show_route(request, centre, kind, form, route=route, error=form.first_error)
    try:
        save_route(centre, kind, form.values)
    except RouteError as error:
        sentence = next(iter(error.errors.values())).in_language(language)
        return _show_route(request, centre, kind, form, route=route, error=sentence)
    return redirect("desk:notice_routes", slug)


def _managed_centre(request: HttpRequest, slug: str) -> Centre:
    """A centre whose settings the officer may change. Raises Http404."""
    managed = permitted_centres(signed_in_officer(request), Action.MANAGE_CENTRES)
    if not managed.exists():
        raise PermissionDenied
    centre = managed.filter(slug=slug).first()
    if centre is None:
        raise Http404
    return centre


def _show_centre(request: HttpRequest, centre: Centre, form: NoticeHoursForm | None = None) -> HttpResponse:
    language, rules = page_language(request), routes.rules_of(centre)
    own = {route.channel: route for route in NoticeRoute.objects.filter(centre=centre)}
    initial = {name: getattr(rules, name) for name in ("quiet_from", "quiet_until", "gather_minutes")}
    context = {
        "centre": centre,
        "channels": [_channel_row(centre, channel, own.get(channel.value), language) for channel in ADAPTERS],
        "hours_form": form or NoticeHoursForm(language, initial=initial),
        "error": form.first_error if form else "",
    }
    return render_page(request, "desk/notice_routes.html", context, status=409 if form else 200)


def _channel_row(centre: Centre, channel: NoticeChannel, own: NoticeRoute | None, language: str) -> dict[str, Any]:
    used = None if own else routes.route_of(centre, channel.value)
    return {
        "channel": channel,
        "name": CHANNEL_NAMES[channel].in_language(language),
        "own": own,
        "inherited": used.centre.name_in(language) if used else "",
    }


def _show_route(
    request: HttpRequest,
    centre: Centre,
    channel: NoticeChannel,
    form: NoticeRouteForm,
    *,
    route: NoticeRoute | None,
    error: str = "",
) -> HttpResponse:
    context = {
        "centre": centre,
        "name": CHANNEL_NAMES[channel].in_language(page_language(request)),
        "form": form,
        "error": error,
        "receipt_url": _posting_url(request, route, "notices/receipts") if channel is NoticeChannel.SMS else "",
        "webhook_url": _posting_url(request, route, "line") if channel is NoticeChannel.LINE else "",
    }
    return render_page(request, "desk/notice_route.html", context, status=409 if error else 200)


def _posting_url(request: HttpRequest, route: NoticeRoute | None, path: str) -> str:
    """The address to which the gateway of a stored route posts; '' before it is stored."""
    return absolute_url(request, f"/api/v1/{path}/{route.receipt_id}") if route else ""
