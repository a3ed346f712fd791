"""What lies beside the visit: tracking a case, about, the technician, a fault looked at."""

from dataclasses import replace

from journey import effects, events
from journey.device_tests import LOUDNESS_STEP, Part, Trial
from journey.environment_faults import SCANNER_FAULTS
from journey.state import Journey, LookUpPhase, Overlay, PrintPhase, ScanPhase, Screen, Visit
from journey.transitions import RESTING, Result, answered, ask, awaited, begin, cover, go, with_visit
from protocol import case_number
from protocol.tracking_code import TrackingCodeError, parse

PIN_FAILURES = 5  # then the PIN is locked, each time for a minute longer
PIN_LOCK_SECONDS = 60.0

LOOKING_UP = (LookUpPhase.ASKING, LookUpPhase.READING_PAPER)


def busy(journey: Journey) -> bool:
    """The citizen waits for the kiosk, not the kiosk for the citizen. Each of these ends by its lane's deadline."""
    visit = journey.visit
    return visit is not None and (
        visit.saving
        or visit.scan_phase is ScanPhase.SCANNING
        or visit.print_phase is PrintPhase.PRINTING
        or visit.look_up in LOOKING_UP
    )


def open_track(journey: Journey, _: events.OpenTrack) -> Result:
    """Tracking needs neither enrolment nor room in the store, so no fault stops it."""
    if journey.visit is not None or journey.screen not in RESTING:
        return journey, ()
    return begin(journey, Screen.TRACK), ()


def submit_code(journey: Journey, event: events.SubmitCode) -> Result:
    visit = journey.visit
    if visit is None or journey.screen is not Screen.TRACK or visit.look_up in LOOKING_UP:
        return journey, ()
    return _look_up(journey, visit, event.text)


def _look_up(journey: Journey, visit: Visit, text: str) -> Result:
    try:
        code = parse(text)
    except TrackingCodeError:
        phase = LookUpPhase.CASE_NUMBER if case_number.begins(text) else LookUpPhase.BAD_CODE
        return replace(journey, visit=replace(visit, look_up=phase, scan_fault=None)), ()
    language = journey.comfort.language
    return ask(
        journey,
        visit,
        "look up",
        lambda ticket: effects.LookUp(ticket, code, language),
        look_up=LookUpPhase.ASKING,
        scan_fault=None,
        tracked=None,
    )


def read_paper(journey: Journey, _: events.ReadCodeFromPaper) -> Result:
    visit = journey.visit
    if visit is None or journey.screen is not Screen.TRACK or visit.look_up in LOOKING_UP:
        return journey, ()
    return ask(journey, visit, "paper", effects.ReadPaperCode, look_up=LookUpPhase.READING_PAPER, scan_fault=None)


def code_read(journey: Journey, event: events.CodeRead) -> Result:
    visit = awaited(journey, event.ticket, "paper")
    if visit is None:
        return journey, ()
    return _look_up(replace(journey, last_touch=journey.now), answered(visit, "paper"), event.code)


def code_not_read(journey: Journey, event: events.CodeNotRead) -> Result:
    visit = awaited(journey, event.ticket, "paper")
    if visit is None:
        return journey, ()
    fault = SCANNER_FAULTS.get(event.status) if event.status is not None else None
    unread = answered(visit, "paper", look_up=LookUpPhase.PAPER_UNREADABLE, scan_fault=fault)
    return replace(journey, visit=unread, last_touch=journey.now), ()


def looked_up(journey: Journey, event: events.LookedUp) -> Result:
    visit = awaited(journey, event.ticket, "look up")
    if visit is None:
        return journey, ()
    found = answered(visit, "look up", look_up=LookUpPhase.ANSWERED, tracked=event.answer)
    return go(replace(journey, visit=found), Screen.TRACKED), ()


def look_up_failed(journey: Journey, event: events.LookUpFailed) -> Result:
    visit = awaited(journey, event.ticket, "look up")
    if visit is None:
        return journey, ()
    failed = answered(visit, "look up", look_up=LookUpPhase.NO_ANSWER)
    return replace(journey, visit=failed, last_touch=journey.now), ()


def open_about(journey: Journey, _: events.OpenAbout) -> Result:
    return (go(journey, Screen.ABOUT), ()) if journey.visit is None else (journey, ())


def show_fault(journey: Journey, event: events.ShowFault) -> Result:
    if journey.visit is not None or journey.screen not in RESTING:
        return journey, ()
    return replace(go(journey, Screen.FAULT), fault=event.fault), ()


def try_out(journey: Journey, event: events.TryOut) -> Result:
    """One at a time. The card of a citizen whose visit waits is not read for a trial."""
    if journey.screen is not Screen.TECHNICIAN or journey.trying is not None:
        return journey, ()
    if event.part is Part.CARD_READER and journey.visit is not None:
        return journey, ()
    return replace(journey, trying=event.part), (effects.TryOut(event.part),)


def tried_out(journey: Journey, event: events.TriedOut) -> Result:
    """It is the part's last result, and the part's trial is over."""
    trials = (*(old for old in journey.trials if old.part is not event.trial.part), event.trial)
    trying = None if journey.trying is event.trial.part else journey.trying
    return replace(journey, trials=trials, trying=trying), (effects.KeepTrials(trials, journey.loudness),)


def judge_trial(journey: Journey, event: events.JudgeTrial) -> Result:
    if journey.screen is not Screen.TECHNICIAN:
        return journey, ()
    return tried_out(journey, events.TriedOut(Trial(event.part, event.passed, event.wall)))


def trials_known(journey: Journey, event: events.TrialsKnown) -> Result:
    return replace(journey, trials=event.trials, loudness=event.loudness), ()


def set_loudness(journey: Journey, event: events.SetLoudness) -> Result:
    """Set, kept, and heard: by ear only does one know whether it is right."""
    if journey.screen is not Screen.TECHNICIAN or journey.trying is not None:
        return journey, ()
    percent = max(LOUDNESS_STEP, min(100, event.percent))
    journey, asked = try_out(replace(journey, loudness=percent), events.TryOut(Part.SOUND))
    return journey, (effects.KeepTrials(journey.trials, percent), *asked)


def restart(journey: Journey, event: events.Restart) -> Result:
    return journey, ((effects.Restart(event.machine),) if journey.screen is Screen.TECHNICIAN else ())


TECHNICIANS = (Screen.TECHNICIAN_PIN, Screen.TECHNICIAN)


def open_technician(journey: Journey, _: events.OpenTechnician) -> Result:
    """The PIN is asked for from every screen. A running visit stays as it is and shows nothing meanwhile.

    Not while the citizen waits for the kiosk: what is being scanned, saved or printed has a screen that its end
    belongs to. Each of these ends within its deadline.
    """
    if journey.screen in TECHNICIANS or not journey.hall.technician_pin_hash or busy(journey):
        return journey, ()
    asked = replace(with_visit(journey, technician_from=journey.screen), pin_checking=0)
    return go(asked, Screen.TECHNICIAN_PIN), ()


def leave_technician(journey: Journey, visit: Visit) -> Result:
    """Back to the visit the gesture interrupted. After the PIN the work takes minutes: the visit's page comes back
    behind "still there?", so that the technician does not read the story of somebody who left."""
    before = visit.technician_from or Screen.NOTICE
    back = go(replace(journey, visit=replace(visit, technician_from=None)), before)
    return (cover(back, Overlay.STILL_THERE) if journey.screen is Screen.TECHNICIAN else back), ()


def enter_pin(journey: Journey, event: events.EnterPin) -> Result:
    if journey.screen is not Screen.TECHNICIAN_PIN or journey.now < journey.pin_locked_until:
        return journey, ()
    if journey.pin_checking:
        return journey, ()
    number = journey.pin_checks + 1
    asked = replace(journey, pin_checks=number, pin_checking=number)
    return asked, (effects.CheckPin(number, event.pin, journey.hall.technician_pin_hash),)


def pin_checked(journey: Journey, event: events.PinChecked) -> Result:
    if journey.screen is not Screen.TECHNICIAN_PIN or event.number != journey.pin_checking:
        return journey, ()
    journey = replace(journey, pin_checking=0)
    if event.right:
        return replace(go(journey, Screen.TECHNICIAN), pin_failures=0), ()
    failures = journey.pin_failures + 1
    locks, within = divmod(failures, PIN_FAILURES)
    until = journey.now + locks * PIN_LOCK_SECONDS if within == 0 else journey.pin_locked_until
    return replace(journey, pin_failures=failures, pin_locked_until=until), ()
