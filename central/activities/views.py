"""The public pages of activities: the list, one activity, its photos. No sign-in, no cookie, no script."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from central.activities.models import Activity
from central.activities.published import published_activity, published_page, published_photo
from central.centres.models import Centre
from central.language import LANGUAGES
from thai.dates import long_date

_SUMMARY_CHARS = 160
_PHOTO_KEPT_S = 3600  # by a browser: a photo that is withdrawn is gone within an hour


@require_safe
@gzip_page
def activity_list(request: HttpRequest) -> HttpResponse:
    """Published activities, newest first. `?centre=slug` for one centre and those below it, `?page=2`."""
    centre, language = chosen_centre(request), chosen_language(request)
    page = published_page(centre, request.GET.get("page", "1"))
    context = {
        "centre": centre,
        "page": page,
        "rows": [_shown(activity, language) for activity in page.object_list],
    }
    return _render(request, "activities/list.html", context)


@require_safe
@gzip_page
def activity_page(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One published activity. Raises Http404 for a draft too."""
    activity = published_activity(activity_id)
    if activity is None:
        raise Http404
    return _render(request, "activities/activity.html", {"item": shown_activity(activity, chosen_language(request))})


@require_safe
def activity_photo(request: HttpRequest, key: str) -> FileResponse:
    """A photo of a published activity. Raises Http404."""
    photo = published_photo(key)
    if photo is None:
        raise Http404
    headers = {"Cache-Control": f"public, max-age={_PHOTO_KEPT_S}"}
    return FileResponse(photo.file.open("rb"), content_type="image/jpeg", headers=headers)


def shown_activity(activity: Activity, language: str) -> dict[str, Any]:
    """All texts of an activity in this language, for the public page and the preview of the desk."""
    names = ("title", "text", "place", "leader", "participants")
    return {name: activity.in_language(name, language) for name in names} | {
        "id": activity.pk,
        "day": long_date(activity.held_on, language),
        "centre": activity.centre.name_in(language),
        "photos": list(activity.photos.all()),
    }


def chosen_language(request: HttpRequest) -> str:
    """The language of `?lang`, Thai without one."""
    language = request.GET.get("lang", "")
    return language if language in LANGUAGES else "th"


def chosen_centre(request: HttpRequest) -> Centre | None:
    """The centre of `?centre`, None without one. Raises Http404 for one that there is not."""
    slug = request.GET.get("centre", "")
    if not slug:
        return None
    centre = Centre.objects.filter(slug=slug[:64]).first() if "\0" not in slug else None
    if centre is None:
        raise Http404
    return centre


def _shown(activity: Activity, language: str) -> dict[str, Any]:
    shown = shown_activity(activity, language)
    text = shown["text"]
    summary = text if len(text) <= _SUMMARY_CHARS else text[:_SUMMARY_CHARS].rstrip() + " …"
    return shown | {"summary": summary, "photo": next(iter(shown["photos"]), None)}


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    language = chosen_language(request)
    other = request.GET.copy()
    other["lang"] = "th" if language == "en" else "en"
    context |= {
        "language": language,
        "other_language": f"?{other.urlencode()}",
        "query": "?lang=en" if language == "en" else "",
        "more": "&lang=en" if language == "en" else "",
    }
    return render(request, template, context)
