"""Steps that are easily forgotten after adding a screen, an event or a submission field (CONTRIBUTING.md)."""

import re
from dataclasses import fields
from enum import Enum
from pathlib import Path
from uuid import UUID

from journey import events
from journey.complaint.draft import Draft, field_rules
from journey.complaint.submission_builder import build_submission
from journey.screens import RESTING_SCREENS, SCREEN_RULES, Screen
from journey.state import Journey, Visit
from journey.step import HANDLERS, step
from protocol.choices import ClockQuality
from protocol.submission import Submission
from protocol.topics import Topic
from screens.visit import choice_labels

ROOT = Path(__file__).parents[3]
NOT_FROM_THE_DRAFT = {"version"}  # a constant


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


def view_modules() -> dict[Screen, Path]:
    """The module of each screen's view, without importing Kivy."""
    source = (ROOT / "screens" / "view_cache.py").read_text(encoding="utf-8")
    rows = re.findall(r"^    Screen\.(\w+): \"([\w.]+):\w+\",$", source, re.MULTILINE)
    return {Screen[name]: ROOT / f"{module.replace('.', '/')}.py" for name, module in rows}


def shown_step(screen: Screen) -> int:
    """The step that the header of a screen shows; 0 for a screen outside the form."""
    rules = view_modules()[screen].with_suffix(".kv").read_text(encoding="utf-8")
    step = re.search(r"^    step: (\d+)$", rules, re.MULTILINE)
    return int(step[1]) if step else 0


def test_every_screen_has_a_view() -> None:
    assert set(view_modules()) == set(Screen)


def test_the_steps_in_the_header_count_the_screens_of_the_form() -> None:
    """The form goes from identify by "next" to review, and ends with the receipt."""
    form = [Screen.IDENTIFY]
    while (following := SCREEN_RULES[form[-1]].next) is not None:
        form.append(following)
    form.append(Screen.RECEIPT)
    assert [shown_step(screen) for screen in form] == list(range(1, len(form) + 1))
    header = ROOT / "screens" / "widgets" / "screen_view.py"
    assert f"STEP_COUNT = {len(form)}\n" in header.read_text(encoding="utf-8")
    assert f"steps={len(form)})" in header.with_suffix(".kv").read_text(encoding="utf-8")


def test_a_screen_beside_the_form_shows_the_step_that_it_belongs_to() -> None:
    """Scan replaces story; name, phone and details belong to review."""
    for screen, rules in SCREEN_RULES.items():
        if rules.next is not None:
            assert shown_step(screen) in (shown_step(rules.next) - 1, shown_step(rules.next)), screen


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


def test_every_choice_of_the_draft_has_a_label_on_the_screen() -> None:
    labelled = [set(table) for table in vars(choice_labels).values() if isinstance(table, dict)]
    for field in fields(Draft):
        kind = field_rules(field.name).choice_type
        if kind is not None:
            members = set(kind) if issubclass(kind, Enum) else {False, True}
            assert members in labelled, field.name
