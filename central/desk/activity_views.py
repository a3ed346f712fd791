"""The pages of the desk on which a centre writes and publishes its activities."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from central.activities import commands
from central.activities.models import Activity, ActivityPhoto
from central.activities.views import shown_activity
from central.cases.errors import NotAllowedError
from central.centres.models import Centre, Officer
from central.desk.activity_forms import ActivityForm, initial_values
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from central.uploads import accepts_upload
from thai.dates import short_date

_ON_A_PAGE = 25
_MAX_CENTRES = 200  # in the choice of a form
_MAX_ID = 2**31 - 1
_TEXT_BYTES = 400_000  # two texts of 10,000 Thai characters, each nine bytes in a form, and the lines


@require_safe
@desk_page
def activity_list(request: HttpRequest) -> HttpResponse:
    """Drafts and published activities of the officer's centres, newest first."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.WRITE_ACTIVITIES)
    if not centres.exists():
        raise PermissionDenied
    activities = Activity.objects.filter(centre__in=centres).select_related("centre", "changed_by")
    page = Paginator(activities, _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    rows = [
        {
            "activity": activity,
            "day": short_date(activity.held_on, language),
            "title": activity.in_language("title", language),
            "centre": activity.centre.name_in(language),
        }
        for activity in page.object_list
    ]
    return render_page(request, "desk/activities.html", {"rows": rows, "page": page})


@accepts_upload(settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def add_activity(request: HttpRequest) -> HttpResponse:
    """A new draft. POST an ActivityForm to save it."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = _centres(officer)
    if not centres:
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, None, ActivityForm(language, centres))
    form = ActivityForm(language, centres, request.POST, files=request.FILES)
    if not form.is_valid():
        return _show(request, None, form, form.first_error)
    try:
        photos = commands.clean_photos(form.cleaned_data["files"], form.cleaned_data["photo_description"])
        activity = commands.create_activity(officer, centres[form.cleaned_data["centre"]], form.content, photos)
    except NotAllowedError as refusal:
        return _show(request, None, form, refusal.sentence.in_language(language))
    return redirect("desk:edit_activity", activity.pk)


@accepts_upload(settings.MAX_UPLOAD_BYTES + _TEXT_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def edit_activity(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One activity with its preview. POST `step`: 'save' (an ActivityForm), 'publish', 'withdraw', 'delete', or
    'remove' with `photo`."""
    officer, language = signed_in_officer(request), page_language(request)
    activity = _own_activity(officer, activity_id)
    own = {activity.centre.slug: activity.centre}
    if request.method != "POST":
        return _show(request, activity, ActivityForm(language, own, initial=initial_values(activity)))
    step = request.POST.get("step", "save")
    form = ActivityForm(language, own, request.POST, files=request.FILES)
    if step != "save":
        form = ActivityForm(language, own, initial=initial_values(activity))
    elif not form.is_valid():
        return _show(request, activity, form, form.first_error)
    try:
        _make_step(request, officer, activity, step, form)
    except NotAllowedError as refusal:
        return _show(request, activity, form, refusal.sentence.in_language(language))
    if step == "delete":
        return redirect("desk:activities")
    return redirect("desk:edit_activity", activity.pk)


@require_safe
@desk_page
def draft_photo(request: HttpRequest, activity_id: int, photo_id: int) -> HttpResponseBase:
    """A photo of a draft, for those who may write it."""
    activity = _own_activity(signed_in_officer(request), activity_id)
    photo = ActivityPhoto.objects.filter(pk=min(photo_id, _MAX_ID), activity=activity).first()
    if photo is None:
        raise Http404
    return FileResponse(photo.file.open("rb"), content_type="image/jpeg")


def _make_step(request: HttpRequest, officer: Officer, activity: Activity, step: str, form: ActivityForm) -> None:
    """Raises NotAllowedError, and Http404 for a step that there is not."""
    revision, photo = request.POST.get("revision", ""), request.POST.get("photo", "")
    seen = int(revision[:9]) if revision.isascii() and revision.isdecimal() else -1
    if step == "save":
        photos = commands.clean_photos(form.cleaned_data["files"], form.cleaned_data["photo_description"])
        commands.change_activity(officer, activity, seen, form.content, photos)
    elif step == "publish":
        commands.publish(officer, activity, seen)
    elif step == "withdraw":
        commands.withdraw(officer, activity)
    elif step == "delete":
        commands.delete_draft(officer, activity)
    elif step == "remove" and photo.isascii() and photo.isdecimal():
        commands.remove_photo(officer, activity, min(int(photo[:12]), _MAX_ID))
    else:
        raise Http404


def _own_activity(officer: Officer, activity_id: int) -> Activity:
    """Raises Http404 for an activity of a centre where the officer writes none."""
    centres = permitted_centres(officer, Action.WRITE_ACTIVITIES)
    activities = Activity.objects.filter(centre__in=centres).select_related("centre", "changed_by", "published_by")
    activity = activities.filter(pk=min(activity_id, _MAX_ID)).first()
    if activity is None:
        raise Http404
    return activity


def _centres(officer: Officer) -> dict[str, Centre]:
    """The centres in service where this officer writes, the highest first."""
    centres = permitted_centres(officer, Action.WRITE_ACTIVITIES).filter(is_active=True).order_by("path")
    return {centre.slug: centre for centre in centres[:_MAX_CENTRES]}


def _show(request: HttpRequest, activity: Activity | None, form: ActivityForm, error: str = "") -> HttpResponse:
    context: dict[str, Any] = {"activity": activity, "form": form, "error": error}
    if activity is not None:
        officer, language = signed_in_officer(request), page_language(request)
        may_publish = has_permission(officer, Action.PUBLISH_ACTIVITIES, activity.centre)
        context |= {
            "item": shown_activity(activity, language),
            "may_publish": may_publish,
            "may_change": may_publish or not activity.is_published,
        }
    return render_page(request, "desk/activity.html", context, status=409 if error else 200)
