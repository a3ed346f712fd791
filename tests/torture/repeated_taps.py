"""A hand that trembles: every target of every screen and overlay tapped twice and three times, in the real window.

    python -m tests.torture.repeated_taps known|quick|full [--without-guard] [STATE…]

The real journey answers, and its effects are answered as the runner would: scans, saves, prints, with paper out too.
Time is steered, so that half a second takes as long as its pictures. First a target is tapped once, and what stands at
its spot is written down, picture by picture. Then it is tapped again after each gap. A later tap must do nothing if it
comes within half a second of a change at its spot, or of the first tap where nothing changed: all that was sent, and
what stands there in the end, must be as after one tap. A tap that comes later must be taken. The judge knows nothing of
the guard: it looks at what stands where. Prints what is wrong, one a line; the exit status is 1 if anything is.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.device_tests import DeviceTest
from journey.state import Journey
from journey.step import step
from screens.kivy_setup import configure_kivy
from screens.touch_targets import TouchTarget
from simulators.sample_data import BOONMA, SAVED_SUBMISSION
from tools.gui_checks.window_harness import WindowHarness, x_display
from tools.sample_journeys import sample_journeys, track_response

SIZE = 540, 960
FRAME_S = 0.025
GUARD_S = 0.5  # as decided, not as the guard has it
REPEAT_S = 1.0
TOLERANCE_S = 0.1  # a picture may come late; a list presses 0.2 s after the finger left
WATCH_AFTER_S = 0.7  # how long it is looked on after the last tap
RELEASE_EFFECT_S = 0.3  # by then a tap has done what it does
GAPS_S = {
    "known": (0.15, 0.3, 0.45, 0.9),
    "quick": (0.25, 1.0),
    "full": (0.05, 0.2, 0.45, 1.0),
}
# Tapped again they do the same: keys of one meaning, steps back, a caret.
REPEATABLE_TARGETS = (
    "key.",
    "undo",
    "spot",
    "story",
    "page_text",
    "name",
    "phone",
    "about_note",
    "for_whom_note",
    "topic_note",
)
KEYS = ("key.ก", "key.shift", "key.space", "key.delete", "key.english", "key.numbers", "key.1", "key.0", "key.7")
EXCLUDED_TARGET = "test.touch"  # brings up marks that are to be hit one after the other, wherever they are
QUICK_STATES = ("tell", "review", "scan_pages", "place", "overlay_start_over", "overlay_no_paper", "receipt_asking")
# State, what is tapped, whether paper is out: each did harm before there was a guard.
KNOWN_CASES = (
    ("tell", "next", False),  # sent the story unreviewed
    ("review", "send", True),  # closed the receipt, and the code was lost
    ("review", "send", False),  # closed the receipt before it was read
    ("receipt_printed", "print_again", False),  # "done" grew under the finger
    ("notice", "accept", False),  # started over
    ("review", "edit.topic", False),  # chose another topic
    ("review", "edit.story", False),
    ("review", "edit.phone", False),
    ("topic", "topic.labour", False),  # wrote into the place
    ("scan_empty", "scan", False),  # cancelled itself
    ("scan_pages", "remove", False),  # answered its own question
    ("overlay_comfort", "dismiss", False),  # sent the story
    ("place", "area.province", False),  # chose a province, then a district
    ("overlay_comfort", "option.text_size", False),  # skipped a size, or moved the buttons
)

SpotContents = tuple[Any, ...]


class SteppedClock:
    """Time that passes with the pictures only."""

    def __init__(self) -> None:
        self._kivy = import_module("kivy.clock").Clock
        self.now = float(self._kivy.time())
        self._kivy.time = lambda: self.now

    def advance_frame(self) -> None:
        """One picture's time."""
        self.now += FRAME_S


@dataclass
class TapRecord:
    """What came of some taps: each event with the time after the first tap, what stood at the spot and everywhere at
    each picture, and when a tap was taken."""

    sent_events: list[tuple[float, Any]] = field(default_factory=list)
    spot_by_frame: list[SpotContents] = field(default_factory=list)
    accepted_at: list[float] = field(default_factory=list)
    screen_by_frame: list[tuple[Any, ...]] = field(default_factory=list)

    def changed_before(self, when: float) -> float | None:
        """When something at the spot last changed before that time; None if nothing did since the first tap."""
        last = min(len(self.spot_by_frame) - 1, round(when / FRAME_S))
        changes = [
            number for number in range(1, last + 1) if self.spot_by_frame[number] != self.spot_by_frame[number - 1]
        ]
        return changes[-1] * FRAME_S if changes else None


class JourneyWindow:
    """The window with a running journey, and whatever answers its effects."""

    def __init__(self, guarded: bool = True) -> None:
        self._clock = SteppedClock()
        self.harness = WindowHarness(self._on_event, lambda: self._clock.now)
        self._touch: Any = import_module("kivy.tests.common").UnitTestTouch
        self._accepted_taps = 0
        time.time = lambda: SAVED_SUBMISSION.saved_at_epoch_s  # an event that tells it is the same each time
        import_module("screens.touch_targets").touch_handled.bind(on_touch_handled=self._count)
        if not guarded:
            self.harness.shell.touch_guard.touch_began = lambda touch: True
        self.journey = Journey()
        self._paper_out = False
        self._queue: list[Any] = []
        self._due: list[tuple[float, Any]] = []
        self._tap_record = TapRecord()
        self._began = 0.0

    def reset_to(self, state: Journey, paper_out: bool) -> None:
        """Begin anew in this state, with nothing open, until touches count."""
        self._queue, self._due, self._paper_out = [], [], paper_out
        self.journey = Journey(kiosk=state.kiosk, environment=state.environment, now=state.now, last_touch_at=state.now)
        self.harness.shell.show(self.journey)
        self._run_frames(3)
        if paper_out:
            state = replace(state, environment=replace(state.environment, printer=PrinterStatus.PAPER_OUT))
        self.journey = replace(state, last_touch_at=state.now, overlay_deadline=state.now + 60)
        self.harness.shell.show(self.journey)
        self._run_frames(round(2 * GUARD_S / FRAME_S))

    def targets(self) -> list[str]:
        """What can be tapped; of the keys a few."""
        names = [tap.name for tap in self.harness.shell.visible_touch_targets()]
        return [name for name in names if name != EXCLUDED_TARGET and (not name.startswith("key.") or name in KEYS)]

    def tap(self, name: str, times: tuple[float, ...], seconds: float) -> TapRecord:
        """Tap the middle of this at those times after the first tap, and look on for so long."""
        there = {tap.name: tap for tap in self.harness.shell.visible_touch_targets()}
        if name not in there:
            raise LookupError(f"{name} is not there; there is {', '.join(there)}")
        place = there[name]
        x, top = place.x + place.width / 2, place.y + place.height / 2
        self._tap_record, self._began = TapRecord(), self._clock.now
        downs = {round(when / FRAME_S) for when in times}
        finger: Any = None
        for number in range(round(seconds / FRAME_S)):
            if finger is not None:
                finger.touch_up()
                finger = None
            if number in downs:
                before = self._accepted_taps
                finger = self._touch(x, self.harness.window.height - top)
                finger.touch_down()
            self._run_frames(1)
            if number - 1 in downs or number in downs:
                self._tap_record.accepted_at += [number * FRAME_S] * (self._accepted_taps > before)
            there = self.harness.shell.visible_touch_targets()
            self._tap_record.spot_by_frame.append(self._targets_at(there, x, top))
            self._tap_record.screen_by_frame.append(self._screen_snapshot(there))
        return self._tap_record

    def _targets_at(self, there: list[TouchTarget], x: float, top: float) -> SpotContents:
        found = (
            (tap.name, tap.text)
            for tap in there
            if tap.x <= x <= tap.x + tap.width and tap.y <= top <= tap.y + tap.height
        )
        return (*self._screen_identity(), *found)

    def _screen_identity(self) -> tuple[Any, ...]:
        visit = self.journey.visit
        return self.journey.screen, self.journey.overlay, visit and visit.visit_id, self.journey.asleep

    def _screen_snapshot(self, there: list[TouchTarget]) -> tuple[Any, ...]:
        still = replace(self.journey, now=0.0, last_touch_at=0.0, overlay_deadline=0.0)
        return still, tuple((tap.name, tap.text, round(tap.y)) for tap in there)

    def _count(self, _signal: object) -> None:
        self._accepted_taps += 1

    def _on_event(self, event: Any) -> None:
        if not isinstance(event, events.ScreenTouched):
            self._tap_record.sent_events.append((self._clock.now - self._began, event))
        self._queue.append(event)

    def _run_frames(self, pictures: int) -> None:
        for _picture in range(pictures):
            self._clock.advance_frame()
            self._process_events()
            self.harness.run_frames(1)

    def _process_events(self) -> None:
        """As the runner: events in their order, effects answered when their time has come."""
        now, before = self._clock.now, self.journey
        self._queue += [event for due, event in self._due if due <= now]
        self._due = [(due, event) for due, event in self._due if due > now]
        self._queue.append(events.Tick(self.journey.now + FRAME_S))
        queue, self._queue = self._queue, []
        for event in queue:
            self.journey, asked = step(self.journey, event)
            for effect in asked:
                self._due += [(now + wait, told) for wait, told in self._effect_responses(effect)]
        if self.journey.screen is not before.screen:
            self._due.append((now + 2 * FRAME_S, events.ScreenShown(self.journey.screen)))
        if self.journey != replace(before, now=self.journey.now, last_touch_at=self.journey.last_touch_at):
            self.harness.shell.show(self.journey)

    def _effect_responses(self, effect: Any) -> Iterator[tuple[float, Any]]:
        """Seconds, and what comes then."""
        match effect:
            case effects.ReadCard(request_id):
                yield 0.4, events.CardRead(request_id, BOONMA, "400115")
            case effects.ReadCitizenId(request_id):
                yield 0.3, events.CitizenIdRead(request_id, BOONMA.citizen_id)
            case effects.ScanPages(request_id):
                yield 0.2, events.ScanProgress(request_id, 0.3)
                yield 1.2, events.PageScanned(request_id, LetterPage("page-9", 1240, 1754))
            case effects.RecognisePage(request_id, page_id):
                yield 0.4, events.PageRecognised(request_id, page_id, (), readable=False, confidence=0.0)
            case effects.RotatePicture(request_id, page_id):
                yield 0.2, events.PageRotated(request_id, LetterPage(page_id, 1754, 1240))
            case effects.SaveSubmission(request_id):
                yield 0.15, events.SaveSucceeded(request_id, SAVED_SUBMISSION)
            case effects.PrintReceipt(request_id) if self._paper_out:
                yield 0.1, events.PrintFinished(request_id, PrintVerdict.NOT_PRINTED, PrinterStatus.PAPER_OUT)
            case effects.PrintReceipt(request_id):
                yield 0.8, events.PrintFinished(request_id, PrintVerdict.PRINTED, PrinterStatus.READY)
            case effects.ReadReceiptCode(request_id):
                yield 0.6, events.ReceiptCodeReadFailed(request_id)
            case effects.LookUp(request_id):
                yield 0.3, events.LookUpSucceeded(request_id, track_response())
            case effects.RunDeviceTest(part):
                yield (
                    0.5,
                    events.DeviceTestFinished(
                        DeviceTest(part, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s)
                    ),
                )


class RepeatedTapTest:
    """Taps, and judges what comes of it."""

    def __init__(self, journey_window: JourneyWindow, gaps: tuple[float, ...]) -> None:
        self._journey_window, self._gaps = journey_window, gaps
        self.taps = 0

    def check_target(self, name: str, state: Journey, target: str, paper_out: bool) -> Iterator[str]:
        """What is wrong after two and three taps on one target."""
        self._tap_from_fresh_state(
            state, target, paper_out, (0.0,), WATCH_AFTER_S
        )  # what it brings up is built and laid out the first time
        single_tap = self._tap_from_fresh_state(state, target, paper_out, (0.0,), 3 * max(self._gaps) + WATCH_AFTER_S)
        for gap in self._gaps:
            for count in self._tap_counts(gap):
                times = tuple(gap * number for number in range(count))
                dead = [when for when in times[1:] if self._must_be_ignored(single_tap, target, when, gap)]
                free = [when for when in times[1:] if when not in dead]
                seconds = times[-1] + WATCH_AFTER_S
                tap_record = self._tap_from_fresh_state(state, target, paper_out, times, seconds)
                label = f"{name}{', no paper' if paper_out else ''}: {target} tapped {count} times, {gap:g} s apart"
                if dead and dead[0] == times[1]:
                    yield from self._check_no_effect(
                        label, single_tap, tap_record, free[0] if free else seconds, bool(free)
                    )
                elif not self._was_accepted(single_tap, tap_record, target, times[1]):
                    yield f"{label}: the last tap was not taken, though nothing had changed for long enough"

    def _tap_counts(self, gap: float) -> tuple[int, ...]:
        """How many taps. A third tap does no harm where a second does none, but for the gap in the middle both are
        tried."""
        if gap >= GUARD_S:
            return (2,)
        return (2, 3) if gap == self._gaps[len(self._gaps) // 2 - 1] else (3,)

    def _tap_from_fresh_state(
        self, state: Journey, target: str, paper_out: bool, times: tuple[float, ...], seconds: float
    ) -> TapRecord:
        self.taps += len(times)
        self._journey_window.reset_to(state, paper_out)
        return self._journey_window.tap(target, times, seconds)

    def _must_be_ignored(self, single_tap: TapRecord, target: str, when: float, gap: float) -> bool:
        names = self._names(single_tap, when)
        if gap <= REPEAT_S and names and target not in names and not target.startswith("key."):
            return True
        changed = single_tap.changed_before(when)
        if changed is not None:
            return when - changed < GUARD_S
        return when < GUARD_S and not target.startswith(REPEATABLE_TARGETS)

    def _names(self, single_tap: TapRecord, when: float) -> set[str]:
        """Of what stands at the spot at that time."""
        return {
            name
            for name, _text in single_tap.spot_by_frame[round(when / FRAME_S)][
                len(self._journey_window._screen_identity()) :
            ]
        }

    def _was_accepted(self, single_tap: TapRecord, tap_record: TapRecord, target: str, when: float) -> bool:
        """Whether a tap that may be taken was. Right after the half second it may be either; where nothing stands there
        is nothing to take."""
        changed = single_tap.changed_before(when)
        since = when - max(changed or 0.0, 0.0 if target.startswith(REPEATABLE_TARGETS) else RELEASE_EFFECT_S)
        if not self._names(single_tap, when) or (
            since < GUARD_S + TOLERANCE_S and not target.startswith(REPEATABLE_TARGETS)
        ):
            return True
        return any(
            when - FRAME_S <= accepted_at <= when + 2 * RELEASE_EFFECT_S for accepted_at in tap_record.accepted_at
        )

    def _check_no_effect(
        self, label: str, single_tap: TapRecord, tap_record: TapRecord, until: float, goes_on: bool
    ) -> Iterator[str]:
        until -= FRAME_S / 2  # what comes at that very picture is the free tap's
        expected = [event for when, event in single_tap.sent_events if when < until]
        came = [event for when, event in tap_record.sent_events if when < until]
        if came != expected:
            extra = [event for event in came if event not in expected] or came[len(expected) :] or came
            yield f"{label}: sent {', '.join(type(event).__name__ for event in extra)} as well"
        elif not goes_on and tap_record.screen_by_frame[-1] != (
            expects := single_tap.screen_by_frame[len(tap_record.screen_by_frame) - 1]
        ):
            other = [place for place in tap_record.screen_by_frame[-1][1] if place not in expects[1]]
            yield f"{label}: something else stands there than after one tap: {other[:3] or 'unseen'}"


def cases(case_set: str, state_names: list[str]) -> Iterator[tuple[str, str, bool]]:
    """State, target ('' is all), whether paper is out."""
    if case_set == "known":
        yield from KNOWN_CASES
        return
    for name in sample_journeys("th"):
        if (name in state_names) if state_names else case_set == "full" or name in QUICK_STATES:
            yield name, "", False
            if name.startswith(("review", "receipt", "overlay_no_paper")) and case_set == "full":
                yield name, "", True


def check(journey_window: JourneyWindow, case_set: str, state_names: list[str]) -> Iterator[str]:
    """Everything that is wrong, as sentences."""
    repeated_tap_test, states = RepeatedTapTest(journey_window, GAPS_S[case_set]), sample_journeys("th")
    tried = 0
    for name, target, paper_out in cases(case_set, state_names):
        state = states[name]
        journey_window.reset_to(state, paper_out)
        for one in [target] if target else journey_window.targets():
            tried += 1
            yield from repeated_tap_test.check_target(name, state, one, paper_out)
    print(f"{tried} targets, {repeated_tap_test.taps} taps")


def main(words: list[str]) -> int:
    """The exit status is 1 if anything is wrong."""
    guarded = "--without-guard" not in words
    case_set, *state_names = [word for word in words if not word.startswith("--")]
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        journey_window = JourneyWindow(guarded)
        journey_window.harness.resize(SIZE)
        wrong = 0
        for sentence in check(journey_window, case_set, state_names):
            print(sentence, flush=True)
            wrong += 1
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
