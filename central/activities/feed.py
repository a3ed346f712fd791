"""The published activities as RSS, for readers and for other pages of the province."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape, linebreaks

from central.activities.models import Activity
from central.activities.published import published_activities
from central.activities.views import chosen_centre, chosen_language
from central.centres.models import Centre
from central.plain_text import without_controls
from central.public_address import absolute_url
from protocol.bilingual_text import BilingualText

_ITEMS = 30
_TITLE = BilingualText("ข่าวกิจกรรม", "Activities")
_SUMMARY_CHARS = 400
_CENTRES = BilingualText("ศูนย์ดำรงธรรม", "Damrongdham Centres")


class _Scope:
    """Which activities one feed has, and in which language."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.language = request, chosen_language(request)
        self.centre: Centre | None = chosen_centre(request)

    def address(self, name: str, *arguments: int) -> str:
        """The whole address of a page in this language."""
        query = "?lang=en" if self.language == "en" else ""
        return absolute_url(self.request, reverse(name, args=arguments) + query)


class ActivityFeed(Feed):  # type: ignore[type-arg]  # Django's own class takes no arguments
    """`?lang=en` for English, `?centre=slug` for one centre and those below it."""

    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> _Scope:
        return _Scope(request)

    def title(self, scope: _Scope) -> str:
        name = scope.centre.name_in(scope.language) if scope.centre else _CENTRES.in_language(scope.language)
        return f"{_TITLE.in_language(scope.language)} · {name}"

    def description(self, scope: _Scope) -> str:
        return self.title(scope)

    def link(self, scope: _Scope) -> str:
        return scope.address("activities")

    def feed_url(self, scope: _Scope) -> str:
        return absolute_url(scope.request, scope.request.get_full_path())

    def feed_copyright(self, scope: _Scope) -> str:
        return scope.centre.name_in(scope.language) if scope.centre else _CENTRES.in_language(scope.language)

    def items(self, scope: _Scope) -> list[tuple[_Scope, Activity]]:
        return [(scope, activity) for activity in published_activities(scope.centre)[:_ITEMS]]

    def item_title(self, item: tuple[_Scope, Activity]) -> str:
        scope, activity = item
        return without_controls(activity.in_language("title", scope.language))

    def item_description(self, item: tuple[_Scope, Activity]) -> str:
        scope, activity = item
        text = without_controls(activity.in_language("text", scope.language))
        return linebreaks(escape(text[:_SUMMARY_CHARS]))  # a reader shows a description as HTML

    def item_link(self, item: tuple[_Scope, Activity]) -> str:
        scope, activity = item
        return scope.address("activity", activity.pk)

    def item_guid(self, item: tuple[_Scope, Activity]) -> str:
        return f"activity-{item[1].pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: tuple[_Scope, Activity]) -> datetime | None:
        return item[1].published_at
