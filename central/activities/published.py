"""The published activities, for pages without sign-in."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from central.activities.models import Activity, ActivityPhoto
from central.centres.models import Centre, subtree_filter

ON_A_PAGE = 10
_MAX_PAGE = 10_000
_MAX_ID = 2**31 - 1


def published_activities(centre: Centre | None = None) -> QuerySet[Activity]:
    """Newest first, of all centres or of one and those below it."""
    activities = Activity.objects.filter(published_at__isnull=False).select_related("centre")
    if centre is not None:
        activities = activities.filter(centre__in=Centre.objects.filter(subtree_filter(centre.path)))
    return activities.order_by("-held_on", "-id")


def published_page(centre: Centre | None, number: str) -> Page[Activity]:
    """One page of the list; the nearest one for a number that there is not."""
    wanted = number if number.isascii() and number.isdecimal() and int(number[:9]) <= _MAX_PAGE else "1"
    activities = published_activities(centre).prefetch_related("photos")
    return Paginator(activities, ON_A_PAGE).get_page(wanted)


def published_activity(activity_id: int) -> Activity | None:
    """None for a draft too."""
    return published_activities().prefetch_related("photos").filter(pk=min(activity_id, _MAX_ID)).first()


def published_photo(key: str) -> ActivityPhoto | None:
    """A photo of a published activity."""
    return ActivityPhoto.objects.filter(key=key[:32], activity__published_at__isnull=False).first()
