"""Jumps to any screen: an invented visit that could have reached it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from drivers.ports.receipt_printer import PrintVerdict
from journey.complaint.draft import Draft
from journey.faults import Fault
from journey.screens import TRACKING_SCREENS, Screen
from journey.state import CardPhase, Journey, PrintPhase, Visit
from journey.step import step
from protocol.case_status import CaseStatus, status_text
from protocol.choices import IdentitySource
from protocol.messages import TrackingResponse, TrackingStep
from protocol.topics import Topic
from simulators.sample_data import BOONMA, COMPLAINT_TEXT, SAVED_SUBMISSION

_REST = (Screen.ATTRACT, Screen.ABOUT, Screen.SETUP, Screen.FAULT)
SCREENS_WITHOUT_VISIT = (*_REST, Screen.TECHNICIAN_PIN, Screen.TECHNICIAN)


@dataclass(frozen=True)
class JumpToScreen:
    """Show this screen, whatever is shown now. Not an event of the journey: `step_or_jump` handles it."""

    screen: Screen


def step_or_jump(journey: Journey, event: Any) -> tuple[Journey, tuple[Any, ...]]:
    """journey.step.step, extended by JumpToScreen."""
    if isinstance(event, JumpToScreen):
        return sample_journey(journey, event.screen), ()
    return step(journey, event)


def sample_journey(journey: Journey, screen: Screen) -> Journey:
    """The journey on that screen, without the previous visit."""
    base = replace(journey, screen=screen, overlay=None, last_touch_at=journey.now, asleep=False, fault=None)
    if screen in SCREENS_WITHOUT_VISIT:
        return replace(base, visit=None, fault=Fault.PRINTER_PAPER_OUT if screen is Screen.FAULT else None)
    return replace(base, visit=_visit(journey, screen), next_visit_id=journey.next_visit_id + 1)


def _visit(journey: Journey, screen: Screen) -> Visit:
    if screen in TRACKING_SCREENS:
        return Visit(journey.next_visit_id, tracking_response=_sample_track_response(journey.accessibility.language))
    draft = Draft(
        identity_source=IdentitySource.CHIP,
        card=BOONMA,
        topic=Topic.UTILITIES,
        area=journey.kiosk.area or "400115",
        text=COMPLAINT_TEXT,
        notice_version=journey.kiosk.notice_version,
        notice_accepted_at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s,
    )
    visit = Visit(journey.next_visit_id, draft=draft, card_phase=CardPhase.READ)
    if screen in (Screen.RECEIPT, Screen.FAREWELL):
        return replace(
            visit,
            saved=SAVED_SUBMISSION,
            print_phase=PrintPhase.DONE,
            print_verdict=PrintVerdict.PRINTED,
            print_requests=1,
        )
    return visit


def _sample_track_response(language: str) -> TrackingResponse:
    statuses = (CaseStatus.RECEIVED, CaseStatus.CHECKING)
    steps = tuple(
        TrackingStep(
            status=status, text=status_text(status, language, "ขอนแก่น"), at=datetime(2026, 11, day, tzinfo=UTC)
        )
        for day, status in enumerate(statuses, start=21)
    )
    return TrackingResponse(
        found=True,
        sentence=steps[-1].text,
        case_number=SAVED_SUBMISSION.number,
        status=CaseStatus.CHECKING,
        steps=steps,
    )
