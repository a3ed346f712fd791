"""What is easily forgotten when a screen, an event or a field of the submission is added (CONTRIBUTING.md)."""

from typing import get_args
from uuid import UUID

from journey import events
from journey.complaint.draft import Draft
from journey.complaint.submission_builder import build_submission
from journey.form_flow import NEXT_SCREEN
from journey.state import Journey, Screen, Visit
from journey.step import _HANDLERS, step
from journey.transitions import RESTING_SCREENS
from protocol.choices import ClockQuality
from protocol.submission import Submission
from protocol.topics import Topic

NOT_FROM_THE_DRAFT = {"version", "consents"}  # a constant; no kiosk asks for a consent


def test_every_event_has_a_handler() -> None:
    assert set(get_args(events.Event)) == set(_HANDLERS)


def test_every_screen_of_a_visit_has_a_way_out() -> None:
    for screen in set(Screen) - set(RESTING_SCREENS):
        journey = Journey(screen=screen, visit=Visit(1, draft=Draft(topic=Topic.OTHER, text="ก")), now=1.0)
        after = [step(journey, way)[0] for way in (events.Next(), events.Back(), events.Finish())]
        assert any((state.screen, state.overlay) != (screen, None) for state in after), screen
    assert set(NEXT_SCREEN) | set(NEXT_SCREEN.values()) <= set(Screen)


def test_every_field_of_the_submission_is_set_by_the_builder() -> None:
    submission = build_submission(
        Draft(topic=Topic.OTHER, text="ก", notice_version="1"),
        submission_id=UUID(int=1),
        tracking_code="7KQ2M9XD4TBVS",
        case_number="KKN07A-000001-54",
        language="th",
        clock_quality=ClockQuality.SYNCHRONISED,
    )
    assert submission.model_fields_set == set(Submission.model_fields) - NOT_FROM_THE_DRAFT
