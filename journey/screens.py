"""The screens and their rules, in one table: where buttons lead, when "next" is allowed, how long reading takes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from journey.complaint.checks import check_story, check_topic
from journey.complaint.draft import Draft


class Screen(Enum):
    """The screen that is shown, possibly under an overlay."""

    ATTRACT = "attract"
    NOTICE = "notice"
    IDENTIFY = "identify"
    TOPIC = "topic"
    PLACE = "place"
    STORY = "tell"  # by typing
    SCAN = "scan"  # by scanning a letter, instead of typing
    REVIEW = "review"
    CONTACT = "contact"  # opened from review: the name of a citizen without card
    PHONE = "phone"  # opened from review: the phone number
    DETAILS = "details"  # opened from review: nature, about whom, for whom
    RECEIPT = "receipt"
    FAREWELL = "farewell"
    TRACK = "track"  # type the code, or scan the receipt
    TRACKING_RESULT = "tracked"
    RATING = "rate"  # opened from the tracking result: one to five stars for the work on a closed case
    ABOUT = "about"
    TECHNICIAN_PIN = "technician_pin"
    TECHNICIAN = "technician"
    SETUP = "setup"  # the first set-up, and the same opened again by a technician
    FAULT = "fault"  # a fault that blocks new visits, or one whose banner was touched


RESTING_SCREENS = (Screen.ATTRACT, Screen.FAULT)  # shown while nobody uses the kiosk
TRACKING_SCREENS = (Screen.TRACK, Screen.TRACKING_RESULT, Screen.RATING)
TECHNICIAN_SCREENS = (Screen.TECHNICIAN_PIN, Screen.TECHNICIAN)


class VisitOnScreen(Protocol):
    """The attributes of a visit (`journey.state.Visit`) that the rules read."""

    @property
    def draft(self) -> Draft: ...
    @property
    def is_card_step_done(self) -> bool: ...
    @property
    def is_scanning(self) -> bool: ...
    @property
    def saving(self) -> bool: ...
    @property
    def is_saved(self) -> bool: ...


def _can_always_leave(visit: VisitOnScreen) -> bool:
    return True


@dataclass(frozen=True)
class ScreenRules:
    """The rules of one screen. "next" is allowed (`can_leave`) when the required entries of the screen exist.

    `reading_s` is the time in seconds to read or do what the screen asks, before "still there?" may come, on top of the
    hall's base time: about one second for three Thai words, and a minute more where words or documents are looked for.
    """

    next: Screen | None = None  # where the button "next" leads; None: there is no such button
    can_leave: Callable[[VisitOnScreen], bool] = _can_always_leave  # whether "next" is allowed
    previous: Screen | None = None  # where "back" leads; None: it ends the visit
    opens_from_review: bool = False  # a section that review edits
    reading_s: float = 0.0


def _can_leave_identify(visit: VisitOnScreen) -> bool:
    return visit.is_card_step_done


def _can_leave_topic(visit: VisitOnScreen) -> bool:
    return check_topic(visit.draft) is None


def _can_leave_story(visit: VisitOnScreen) -> bool:
    return check_story(visit.draft) is None


def _can_leave_scan(visit: VisitOnScreen) -> bool:
    return _can_leave_story(visit) and not visit.is_scanning


def _can_leave_review(visit: VisitOnScreen) -> bool:
    return _can_leave_topic(visit) and _can_leave_story(visit) and not visit.saving and not visit.is_saved


SCREEN_RULES: dict[Screen, ScreenRules] = {
    Screen.ATTRACT: ScreenRules(),
    Screen.NOTICE: ScreenRules(reading_s=40.0),
    Screen.IDENTIFY: ScreenRules(Screen.TOPIC, _can_leave_identify, previous=Screen.NOTICE, reading_s=30.0),
    Screen.TOPIC: ScreenRules(
        Screen.PLACE, _can_leave_topic, previous=Screen.IDENTIFY, opens_from_review=True, reading_s=15.0
    ),
    Screen.PLACE: ScreenRules(Screen.STORY, previous=Screen.TOPIC, opens_from_review=True, reading_s=45.0),
    Screen.STORY: ScreenRules(
        Screen.REVIEW, _can_leave_story, previous=Screen.PLACE, opens_from_review=True, reading_s=90.0
    ),
    Screen.SCAN: ScreenRules(
        Screen.REVIEW, _can_leave_scan, previous=Screen.STORY, opens_from_review=True, reading_s=90.0
    ),
    Screen.REVIEW: ScreenRules(can_leave=_can_leave_review, reading_s=60.0),
    Screen.CONTACT: ScreenRules(Screen.REVIEW, previous=Screen.REVIEW, opens_from_review=True, reading_s=45.0),
    Screen.PHONE: ScreenRules(Screen.REVIEW, previous=Screen.REVIEW, opens_from_review=True, reading_s=45.0),
    Screen.DETAILS: ScreenRules(Screen.REVIEW, previous=Screen.REVIEW, opens_from_review=True, reading_s=45.0),
    Screen.RECEIPT: ScreenRules(reading_s=45.0),
    Screen.FAREWELL: ScreenRules(),
    Screen.TRACK: ScreenRules(reading_s=30.0),
    Screen.TRACKING_RESULT: ScreenRules(previous=Screen.TRACK, reading_s=60.0),
    Screen.RATING: ScreenRules(previous=Screen.TRACKING_RESULT, reading_s=30.0),
    Screen.ABOUT: ScreenRules(),
    Screen.TECHNICIAN_PIN: ScreenRules(),
    Screen.TECHNICIAN: ScreenRules(reading_s=240.0),
    Screen.SETUP: ScreenRules(reading_s=600.0),
    Screen.FAULT: ScreenRules(),
}


def can_leave_screen(visit: VisitOnScreen, screen: Screen) -> bool:
    """Whether "next" ("send" on review) is allowed on this screen."""
    return SCREEN_RULES[screen].can_leave(visit)
