"""What people write in public: warnings, trends beside the complaints, and posts that officers file or dismiss."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from central.cases import clock
from central.cases.errors import NotAllowedError
from central.centres.models import Officer
from central.desk import labels
from central.desk.page_support import desk_page, page_language, render_page, signed_in_officer
from central.insight.rising import WEEKS
from central.listening.commands import settle_post, settle_warning, visible_posts, visible_warnings
from central.listening.models import SocialPost
from central.listening.trends import topic_trends
from central.people.permission import has_permission, permitted_centres
from central.people.roles import Action
from central.submission_labels import TOPIC
from protocol.topics import Topic
from thai import dates, places

_ON_A_PAGE = 25
_MAX_ID = 2**31 - 1
_TOPICS = tuple(topic for topic in Topic if topic is not Topic.UNSURE)


@require_safe
@desk_page
def listening(request: HttpRequest) -> HttpResponse:
    """Warnings, trends of the topics, and posts that wait. `topic` and `district` narrow the posts."""
    officer, language = signed_in_officer(request), page_language(request)
    centres = permitted_centres(officer, Action.VIEW_CASES)
    may_manage = permitted_centres(officer, Action.MANAGE_LISTENING).exists()
    if not may_manage and not centres.exists():
        raise PermissionDenied
    topic, district = request.GET.get("topic", ""), request.GET.get("district", "")
    posts = visible_posts(officer).filter(state=SocialPost.State.NEW)
    if topic in {each.value for each in _TOPICS}:
        posts = posts.filter(topic=topic)
    if len(district) == 4 and places.place(district) is not None:
        posts = posts.filter(area__startswith=district)
    page = Paginator(posts, _ON_A_PAGE).get_page(request.GET.get("page", "1")[:9])
    context: dict[str, Any] = {
        "warnings": [
            {
                "pk": warning.pk,
                "topic": labels.label(TOPIC, warning.topic, language),
                "topic_code": warning.topic,
                "district": warning.district,
                "place": places.full_name(warning.district, language),
                "count": warning.count,
                "mean": f"{warning.weekly_mean:.1f}",
                "day": dates.short_date(warning.last_day, language),
                "may_settle": has_permission(officer, Action.FILE_CASES, warning.centre),
            }
            for warning in visible_warnings(officer)[:_ON_A_PAGE]
        ],
        "trends": [
            {
                "topic": labels.label(TOPIC, row.topic, language),
                "code": row.topic,
                "posts": row.posts,
                "posts_mean": f"{row.posts_mean:.1f}",
                "cases": row.cases,
                "cases_mean": f"{row.cases_mean:.1f}",
            }
            for row in topic_trends(centres, clock.today())
        ],
        "weeks": WEEKS,
        "rows": [_row(post, officer, language) for post in page.object_list],
        "page": page,
        "query": "".join(
            f"&{name}={value}" for name, value in (("topic", topic), ("district", district)) if value.isalnum()
        ),
        "topics": [(each.value, TOPIC[each].in_language(language)) for each in _TOPICS],
        "topic": topic,
        "is_narrowed": bool(topic or district),
        "may_manage": may_manage,
    }
    return render_page(request, "desk/listening.html", context)


@require_POST
@desk_page
def dismiss_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """The post is no case. Raises Http404."""
    post = visible_posts(signed_in_officer(request)).filter(pk=min(post_id, _MAX_ID)).first()
    if post is None:
        raise Http404
    try:
        settle_post(signed_in_officer(request), post, None)
    except NotAllowedError as refusal:
        if not has_permission(signed_in_officer(request), Action.FILE_CASES, post.source.centre):
            raise PermissionDenied from refusal
    return redirect("desk:listening")


@require_POST
@desk_page
def settle_topic_warning(request: HttpRequest, warning_id: int) -> HttpResponse:
    """Somebody takes care of the warning. Raises Http404."""
    warning = visible_warnings(signed_in_officer(request)).filter(pk=min(warning_id, _MAX_ID)).first()
    if warning is None:
        raise Http404
    try:
        settle_warning(signed_in_officer(request), warning)
    except NotAllowedError:
        raise PermissionDenied from None
    return redirect("desk:listening")


def _row(post: SocialPost, officer: Officer, language: str) -> dict[str, Any]:
    return {
        "pk": post.pk,
        "text": post.text,
        "day": dates.short_date(post.published_on, language),
        "topic": labels.label(TOPIC, post.topic, language) if post.topic else "",
        "place": places.full_name(post.area, language) if post.area else "",
        "source": post.source.name,
        "may_file": has_permission(officer, Action.FILE_CASES, post.source.centre),
    }
