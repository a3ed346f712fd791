"""Changes of devices and services that concern no single flow: printer, health checks, enrolment."""

from dataclasses import replace

from journey import events
from journey.environment_faults import blocking_fault
from journey.faults import Fault
from journey.staff_call_flow import expire_unanswered_call
from journey.state import Journey
from journey.submission_flow import mark_acknowledged
from journey.transitions import StepResult, event_handler, with_visit

SAVE_BLOCKING_FAULTS = (Fault.NOT_ENROLLED, Fault.STORE_FULL, Fault.STORE_BROKEN)


@event_handler
def on_printer_changed(journey: Journey, event: events.PrinterChanged) -> StepResult:
    """Remember the printer's status."""
    return replace(journey, environment=replace(journey.environment, printer=event.status)), ()


@event_handler
def on_environment_changed(journey: Journey, event: events.EnvironmentChanged) -> StepResult:
    """Follow the changes: acknowledged submissions, lost network during a staff call, a store that works again."""
    changes = dict(event.changes)
    journey = replace(journey, environment=replace(journey.environment, **changes))  # type: ignore[arg-type]
    journey, _ = expire_unanswered_call(mark_acknowledged(journey))
    visit = journey.visit
    if visit is not None and visit.save_fault in SAVE_BLOCKING_FAULTS and blocking_fault(journey.environment) is None:
        journey = with_visit(journey, save_fault=None)
    return journey, ()


@event_handler
def on_kiosk_profile_changed(journey: Journey, event: events.KioskProfileChanged) -> StepResult:
    """Use the names and addresses of the new enrolment."""
    return replace(journey, kiosk=event.kiosk), ()
