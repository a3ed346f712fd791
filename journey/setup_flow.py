"""The set-up on the screen: from page to page, and the tasks that the machine does for it.

A kiosk that is not set up yet shows nothing else. Later a technician may open the set-up again.
"""

from collections.abc import Mapping
from dataclasses import replace

from journey import effects, events
from journey.language import _
from journey.screens import Screen
from journey.setup.checks import MAX_ANSWER_CHARS
from journey.setup.navigation import answer_or_default, next_page, present_page, previous_page
from journey.setup.pages import PAGES, PAGES_BY_NAME, REOPENED, ROTATION, PageKind, SetupPage
from journey.setup.setup_state import Setup, SetupTask, TaskOutcome
from journey.state import Journey
from journey.transitions import StepResult, event_handler, go_to_screen

_DIFFERENT_PINS = _("The two PINs differ")


@event_handler
def open_setup(journey: Journey, _event: events.OpenSetup) -> StepResult:
    """Open the set-up again, from the technician's screen. Not while a citizen's visit waits behind it."""
    if journey.screen is not Screen.TECHNICIAN or journey.visit is not None or journey.running_test is not None:
        return journey, ()
    setup = Setup(reopened=True).with_answers({REOPENED: "yes"})
    return _open_page(go_to_screen(replace(journey, setup=setup), Screen.SETUP), setup, PAGES[0])


@event_handler
def answer_setup(journey: Journey, event: events.AnswerSetup) -> StepResult:
    """Keep what is typed."""
    setup = _open_setup(journey, event.page)
    if setup is None or len(event.answer) > MAX_ANSWER_CHARS:
        return journey, ()
    return replace(journey, setup=replace(setup.with_answers({event.page: event.answer}), wrong="")), ()


@event_handler
def choose_option(journey: Journey, event: events.ChooseSetupOption) -> StepResult:
    """Keep the choice and go on, which saves a touch."""
    setup = _open_setup(journey, event.page)
    if setup is None or present_page(setup).kind is not PageKind.CHOICE:
        return journey, ()
    if event.answer not in _option_values(setup):
        return journey, ()
    setup = setup.with_answers({event.page: event.answer})
    return _open_page(journey, setup, next_page(setup))


def _option_values(setup: Setup) -> set[str]:
    page, outcome = present_page(setup), setup.outcome(setup.page)
    return {value for value, _label in (*page.options, *(outcome.options if outcome is not None else ()))}


@event_handler
def go_to_next_page(journey: Journey, _event: events.NextSetupPage) -> StepResult:
    """Go on when the page is answered acceptably, or its task has succeeded. The last page ends the set-up."""
    setup = _open_setup(journey)
    if setup is None:
        return journey, ()
    page, outcome = present_page(setup), setup.outcome(setup.page)
    match page.kind:
        case PageKind.CHOICE:
            return journey, ()
        case PageKind.TEXT | PageKind.RULER:
            answer = answer_or_default(setup, page).strip()
            if wrong := _wrong_answer(setup, page, answer):
                return replace(journey, setup=replace(setup, wrong=wrong)), ()
            setup = setup.with_answers({page.name: answer})
        case PageKind.TRIAL | PageKind.TOUCH if outcome is None or not outcome.passed:
            return journey, ()
    if page is PAGES[-1]:
        return _start_task(journey, setup, SetupTask.FINISH)
    return _open_page(journey, setup, next_page(setup))


def _wrong_answer(setup: Setup, page: SetupPage, answer: str) -> str:
    if page.name == "pin.again" and answer != setup.answer("pin.new"):
        return _DIFFERENT_PINS
    return page.check(answer)


@event_handler
def go_to_previous_page(journey: Journey, _event: events.PreviousSetupPage) -> StepResult:
    """Go back. From the first page of a set-up that was opened again: close it."""
    setup = _setup_on_screen(journey)
    if setup is None or (setup.running is not None and setup.running is not SetupTask.ENROL):
        return journey, ()
    if setup.reopened and present_page(setup) is PAGES[0]:
        return replace(go_to_screen(journey, Screen.ATTRACT), setup=None), ()
    return _open_page(journey, replace(setup, running=None), previous_page(setup))


@event_handler
def skip_page(journey: Journey, _event: events.SkipSetupPage) -> StepResult:
    """Leave out a step that the kiosk works without."""
    setup = _open_setup(journey)
    if setup is None or not present_page(setup).can_skip:
        return journey, ()
    setup = replace(setup, skipped=(*(name for name in setup.skipped if name != setup.page), setup.page))
    return _open_page(journey, setup, next_page(setup))


@event_handler
def try_task(journey: Journey, _event: events.TrySetupTask) -> StepResult:
    """Run the task of the page."""
    setup = _open_setup(journey)
    page = present_page(setup) if setup is not None else None
    task = page.task or page.options_task if page is not None else None
    return (journey, ()) if setup is None or task is None else _start_task(journey, setup, task)


@event_handler
def judge_task(journey: Journey, event: events.JudgeSetupTask) -> StepResult:
    """The technician's judgement of a slip or a sound is the result of the task."""
    setup = _open_setup(journey)
    outcome = setup.outcome(setup.page) if setup is not None else None
    if setup is None or outcome is None or outcome.passed is not None or present_page(setup).kind is not PageKind.TRIAL:
        return journey, ()
    judged = TaskOutcome(event.passed, "device.works" if event.passed else "device.refused")
    return replace(journey, setup=setup.with_outcome(setup.page, judged)), ()


@event_handler
def on_task_ended(journey: Journey, event: events.SetupTaskEnded) -> StepResult:
    """Show the result. An enrolment that still waits for the officer is asked again; an end restarts the interface."""
    setup, outcome = journey.setup, event.outcome
    if setup is None or event.task_number != setup.task_number or setup.running is None:
        return journey, ()
    task, page = setup.running, present_page(setup)
    answers = dict(outcome.answers)
    if task is SetupTask.STICK and setup.answer(ROTATION):
        answers.pop(ROTATION, None)  # who turned the picture has seen it
    setup = setup.with_answers(answers).with_outcome(page.name, outcome)
    if task is SetupTask.ENROL and outcome.passed is None:
        again = replace(setup, task_number=setup.task_number + 1)
        effect = effects.RunSetupTask(SetupTask.ENROL_STATUS, again.task_number, _sent_answers(again))
        return replace(journey, setup=again), (effect,)
    setup = replace(setup, running=None)
    if task is SetupTask.FINISH and outcome.passed:
        return replace(journey, setup=setup), (effects.Restart(reboot=False),)
    journey = replace(journey, setup=setup, last_touch_at=journey.now)
    if task is SetupTask.CALIBRATE and outcome.sentence == "touch.calibrated":
        # The compositor reads the calibration at its start. The set-up then continues here, and the touches are tried.
        return journey, (effects.Restart(reboot=False),)
    return journey, (_save_progress(setup),)


def _setup_on_screen(journey: Journey) -> Setup | None:
    return journey.setup if journey.screen is Screen.SETUP else None


def _open_setup(journey: Journey, page: str = "") -> Setup | None:
    """The set-up that accepts an action now: its page is shown (`page`, if given), and no task runs."""
    setup = _setup_on_screen(journey)
    if setup is None or setup.running is not None or page not in ("", present_page(setup).name):
        return None
    return setup


def _open_page(journey: Journey, setup: Setup, page: SetupPage) -> StepResult:
    """Open a page, keep the progress, and start what it does by itself. A task is done again at each visit of its page,
    because the answers before it may have changed."""
    setup = replace(setup, page=page.name, wrong="")
    journey = replace(journey, setup=setup, last_touch_at=journey.now)
    task = page.options_task or (page.task if page.starts_by_itself else None)
    if task is None:
        return journey, (_save_progress(setup),)
    journey, started = _start_task(journey, setup, task)
    return journey, (_save_progress(setup), *started)


def _start_task(journey: Journey, setup: Setup, task: SetupTask) -> StepResult:
    outcomes = tuple((name, outcome) for name, outcome in setup.outcomes if name != setup.page)
    setup = replace(setup, running=task, task_number=setup.task_number + 1, outcomes=outcomes)
    effect = effects.RunSetupTask(task, setup.task_number, _sent_answers(setup))
    return replace(journey, setup=setup, last_touch_at=journey.now), (effect,)


def _sent_answers(setup: Setup) -> tuple[tuple[str, str], ...]:
    """The answers of the pages that are shown, with defaults, and what tasks have reported."""
    answers: Mapping[str, str] = dict(setup.answers)
    reported = {name: answer for name, answer in answers.items() if name not in PAGES_BY_NAME}
    shown = {page.name: answer_or_default(setup, page) for page in PAGES if page.is_shown(answers)}
    return tuple((reported | shown).items())


def _save_progress(setup: Setup) -> effects.SaveSetupProgress:
    """The progress without secrets."""
    secret = {page.name for page in PAGES if page.is_secret}
    answers = tuple((name, answer) for name, answer in setup.answers if name not in secret)
    return effects.SaveSetupProgress(setup.page, answers, setup.skipped)
