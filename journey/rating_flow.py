"""Rating the work on a closed case: the case is tracked, stars are chosen, the centre gets them. The questions of the
yearly survey follow the same way, when the centre sends them."""

from dataclasses import replace

from journey import effects, events
from journey.screens import Screen
from journey.state import Journey, RatingPhase, RequestKind, Visit
from journey.transitions import StepResult, clear_pending, event_handler, go_to_screen, pending_visit, request_effect
from protocol.rating import MAX_STARS


@event_handler
def open_rating(journey: Journey, _: events.OpenRating) -> StepResult:
    """Show the stars, if the centre takes a rating of this case or answers to its survey now."""
    visit = journey.visit
    if visit is None or journey.screen is not Screen.TRACKING_RESULT or not _rated_keys(visit):
        return journey, ()
    opened = replace(visit, stars=(), rating_phase=RatingPhase.CHOOSING)
    return go_to_screen(replace(journey, visit=opened), Screen.RATING), ()


@event_handler
def choose_stars(journey: Journey, event: events.ChooseStars) -> StepResult:
    """Choose the stars of one who worked on the case. A later choice replaces an earlier one."""
    visit = journey.visit
    if visit is None or not _can_choose(journey, visit):
        return journey, ()
    if event.key not in _rated_keys(visit) or not 1 <= event.stars <= MAX_STARS:
        return journey, ()
    chosen = {**dict(visit.stars), event.key: event.stars}
    changed = replace(visit, stars=tuple(chosen.items()), rating_phase=RatingPhase.CHOOSING)
    return replace(journey, visit=changed), ()


@event_handler
def submit_rating(journey: Journey, _: events.SubmitRating) -> StepResult:
    """Send the stars, once everybody has some. The centre counts a repeated rating once."""
    visit = journey.visit
    if visit is None or not _can_choose(journey, visit) or not has_all_stars(visit):
        return journey, ()
    code, stars, language = visit.tracked_code, visit.stars, journey.accessibility.language
    return request_effect(
        journey,
        visit,
        RequestKind.RATING,
        lambda request_id: effects.SendRating(request_id, code, stars, language),
        rating_phase=RatingPhase.SENDING,
    )


@event_handler
def on_rating_sent(journey: Journey, event: events.RatingSent) -> StepResult:
    """Show the case again, which says that it is rated."""
    visit = pending_visit(journey, event.request_id, RequestKind.RATING)
    if visit is None:
        return journey, ()
    sent = clear_pending(
        visit, RequestKind.RATING, tracking_response=event.response, stars=(), rating_phase=RatingPhase.CHOOSING
    )
    rated = replace(journey, visit=sent)
    return (go_to_screen(rated, Screen.TRACKING_RESULT) if journey.screen is Screen.RATING else rated), ()


@event_handler
def on_rating_failed(journey: Journey, event: events.RatingFailed) -> StepResult:
    """Say that the rating was not sent. The stars stay chosen."""
    visit = pending_visit(journey, event.request_id, RequestKind.RATING)
    if visit is None:
        return journey, ()
    failed = clear_pending(visit, RequestKind.RATING, rating_phase=RatingPhase.NOT_SENT)
    return replace(journey, visit=failed, last_touch_at=journey.now), ()


def has_all_stars(visit: Visit) -> bool:
    """Whether everybody who worked on the case has stars."""
    keys = _rated_keys(visit)
    return bool(keys) and keys <= dict(visit.stars).keys()


def _rated_keys(visit: Visit) -> set[str]:
    response = visit.tracking_response
    return {body.key for body in response.rows_to_rate} if response is not None else set()


def _can_choose(journey: Journey, visit: Visit) -> bool:
    return journey.screen is Screen.RATING and visit.rating_phase is not RatingPhase.SENDING
