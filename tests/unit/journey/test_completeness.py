"""Steps that are easily forgotten after adding a screen, an event or a submission field (CONTRIBUTING.md)."""

from uuid import UUID

from journey import events
from journey.complaint.draft import Draft
from journey.complaint.submission_builder import build_submission
from journey.screens import RESTING_SCREENS, SCREEN_RULES, Screen
from journey.state import Journey, Visit
from journey.step import HANDLERS, step
from protocol.choices import ClockQuality
from protocol.submission import Submission
from protocol.topics import Topic

NOT_FROM_THE_DRAFT = {"version", "consents"}  # a constant, and a consent that no kiosk requests


def test_every_event_has_a_handler() -> None:
    declared = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)}
    kinds = {events.Event, events.UserAction, events.ExternalEvent, events.EffectResult}
    assert declared - kinds == set(HANDLERS)


def test_every_screen_has_its_rules() -> None:
    assert set(SCREEN_RULES) == set(Screen)


def test_every_screen_of_a_visit_has_a_way_out() -> None:
    for screen in set(Screen) - set(RESTING_SCREENS):
        journey = Journey(screen=screen, visit=Visit(1, draft=Draft(topic=Topic.OTHER, text="ก")), now=1.0)
        after = [step(journey, way)[0] for way in (events.Next(), events.Back(), events.Finish())]
        assert any((state.screen, state.overlay) != (screen, None) for state in after), screen


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
