"""A real window with a running journey, on a clock that advances only with its frames.

Effects are answered as the effect runner would: scans, saves and prints succeed after the time that devices take.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from drivers.ports.receipt_printer import PrinterStatus, PrintVerdict
from journey import effects, events
from journey.complaint.draft import LetterPage
from journey.device_tests import DeviceTest
from journey.screens import Screen
from journey.state import Journey, Overlay
from journey.step import step
from screens.touch_targets import TouchTarget
from simulators.sample_data import BOONMA, SAVED_SUBMISSION
from tools.gui_checks.stepped_clock import FRAME_S
from tools.gui_checks.touch_input import new_touch, target_center
from tools.gui_checks.window_harness import WindowHarness
from tools.sample_journeys import closed_response, track_response

RESET_S = 1.0  # after that long touches are accepted: twice the touch guard
TAPPED_KEYS = ("key.ก", "key.shift", "key.space", "key.delete", "key.english", "key.numbers", "key.1", "key.0", "key.7")
EXCLUDED_TARGET = "test.touch"  # shows further targets that are tapped one after the other at any position


@dataclass(frozen=True)
class SpotContents:
    """What is shown at one place: the state of the screen, and (name, text) of the targets there."""

    screen: Screen
    overlay: Overlay | None
    visit_id: int | None
    asleep: bool
    targets: tuple[tuple[str, str], ...]

    @property
    def target_names(self) -> set[str]:
        return {name for name, _text in self.targets}


@dataclass(frozen=True)
class ScreenContents:
    """The journey without its times, and (name, text, y) of every target."""

    journey: Journey
    targets: tuple[tuple[str, str, int], ...]


@dataclass
class TapRecord:
    """The effects of a series of taps. Times are seconds after the first tap."""

    sent_events: list[tuple[float, Any]] = field(default_factory=list)  # (time, event)
    accepted_at: list[float] = field(default_factory=list)  # when the touch guard let a tap through
    spot_by_frame: list[SpotContents] = field(default_factory=list)
    screen_by_frame: list[ScreenContents] = field(default_factory=list)

    def spot_at(self, at_s: float) -> SpotContents:
        """What was shown at the tapped place at that time."""
        return self.spot_by_frame[round(at_s / FRAME_S)]

    def last_change_before(self, at_s: float) -> float | None:
        """When the tapped place last changed before that time; None if it has not since the first tap."""
        last_frame = min(len(self.spot_by_frame) - 1, round(at_s / FRAME_S))
        for frame in range(last_frame, 0, -1):
            if self.spot_by_frame[frame] != self.spot_by_frame[frame - 1]:
                return frame * FRAME_S
        return None


class JourneyWindow:
    """A window with a running journey. `guarded=False` disables the touch guard."""

    def __init__(self, guarded: bool = True) -> None:
        self.harness = WindowHarness(self._on_event)
        self._clock = self.harness.clock
        self._accepted_taps = 0
        time.time = lambda: SAVED_SUBMISSION.saved_at_epoch_s  # events that contain the time are the same each time
        import_module("screens.touch_guard").touch_handled.bind(on_touch_handled=self._count_accepted_tap)
        if not guarded:
            self.harness.root_view.touch_guard.touch_began = lambda touch: True
        self.journey = Journey()
        self._paper_out = False
        self._events: list[Any] = []
        self._scheduled_events: list[tuple[float, Any]] = []  # (time, event)
        self._tap_record = TapRecord()
        self._first_tap_at = 0.0

    def reset_to(self, state: Journey, paper_out: bool) -> None:
        """Show this state, without events and effects of an earlier one, until touches are accepted."""
        self._events, self._scheduled_events, self._paper_out = [], [], paper_out
        self.journey = Journey(kiosk=state.kiosk, environment=state.environment, now=state.now, last_touch_at=state.now)
        self.harness.root_view.show(self.journey)
        self._run_frames(3)
        if paper_out:
            state = replace(state, environment=replace(state.environment, printer=PrinterStatus.PAPER_OUT))
        self.journey = replace(state, last_touch_at=state.now, overlay_deadline=state.now + 60)
        self.harness.root_view.show(self.journey)
        self._run_frames(round(RESET_S / FRAME_S))

    def target_names(self) -> list[str]:
        """The names of all tappable targets; of the keys only TAPPED_KEYS."""
        names = [target.name for target in self.harness.root_view.visible_touch_targets()]
        return [
            name for name in names if name != EXCLUDED_TARGET and (not name.startswith("key.") or name in TAPPED_KEYS)
        ]

    def tap(self, name: str, times_s: tuple[float, ...], watch_s: float) -> TapRecord:
        """Tap the middle of the target at those seconds after the first tap and record `watch_s` seconds. Raises
        LookupError when the target is not shown."""
        x, y = target_center(self.harness.root_view, self.harness.window.height, name)
        self._tap_record, self._first_tap_at = TapRecord(), self._clock.now
        tap_frames = {round(at_s / FRAME_S) for at_s in times_s}
        accepted_before, touch = self._accepted_taps, None
        for frame in range(round(watch_s / FRAME_S)):
            is_release = touch is not None
            if touch is not None:
                touch.touch_up()
                touch = None
            if frame in tap_frames:
                accepted_before = self._accepted_taps
                touch = new_touch(x, y)
                touch.touch_down()
            self._run_frames(1)
            if (touch is not None or is_release) and self._accepted_taps > accepted_before:
                self._tap_record.accepted_at.append(frame * FRAME_S)
            self._record_frame(x, self.harness.window.height - y)
        return self._tap_record

    def _record_frame(self, x: float, top: float) -> None:
        targets: list[TouchTarget] = self.harness.root_view.visible_touch_targets()
        self._tap_record.spot_by_frame.append(self._contents_at(targets, x, top))
        without_times = replace(self.journey, now=0.0, last_touch_at=0.0, overlay_deadline=0.0)
        self._tap_record.screen_by_frame.append(
            ScreenContents(without_times, tuple((target.name, target.text, round(target.y)) for target in targets))
        )

    def _contents_at(self, targets: list[TouchTarget], x: float, top: float) -> SpotContents:
        journey = self.journey
        return SpotContents(
            journey.screen,
            journey.overlay,
            journey.visit.visit_id if journey.visit else None,
            journey.asleep,
            tuple(
                (target.name, target.text)
                for target in targets
                if target.x <= x <= target.x + target.width and target.y <= top <= target.y + target.height
            ),
        )

    def _count_accepted_tap(self, _signal: object) -> None:
        self._accepted_taps += 1

    def _on_event(self, event: Any) -> None:
        if not isinstance(event, events.ScreenTouched):
            self._tap_record.sent_events.append((self._clock.now - self._first_tap_at, event))
        self._events.append(event)

    def _run_frames(self, count: int) -> None:
        for _frame in range(count):
            self._clock.advance_frame()
            self._process_events()
            self.harness.draw_frame()

    def _process_events(self) -> None:
        """Work as the effect runner does: events in their order, effects answered when they are due."""
        now, before = self._clock.now, self.journey
        self._events += [event for due, event in self._scheduled_events if due <= now]
        self._scheduled_events = [(due, event) for due, event in self._scheduled_events if due > now]
        self._events.append(events.Tick(self.journey.now + FRAME_S))
        pending, self._events = self._events, []
        for event in pending:
            self.journey, requested = step(self.journey, event)
            for effect in requested:
                self._scheduled_events += [(now + after_s, result) for after_s, result in self._results_of(effect)]
        if self.journey.screen is not before.screen:
            self._scheduled_events.append((now + 2 * FRAME_S, events.ScreenShown(self.journey.screen)))
        if self.journey != replace(before, now=self.journey.now, last_touch_at=self.journey.last_touch_at):
            self.harness.root_view.show(self.journey)

    def _results_of(self, effect: Any) -> Iterator[tuple[float, Any]]:
        """(seconds until then, event) of every result of the effect."""
        match effect:
            case effects.ReadCard(request_id):
                yield 0.4, events.CardRead(request_id, BOONMA, "400115")
            case effects.ReadCitizenId(request_id):
                yield 0.3, events.CitizenIdRead(request_id, BOONMA.citizen_id)
            case effects.ScanPages(request_id):
                yield 0.2, events.ScanProgress(request_id, 0.3)
                yield 1.2, events.PageScanned(request_id, LetterPage("page-9", 1240, 1754))
            case effects.RecognisePage(request_id, page_id):
                yield 0.4, events.PageRecognised(request_id, page_id, (), is_readable=False, confidence=0.0)
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
            case effects.SendRating(request_id):
                yield 0.3, events.RatingSent(request_id, closed_response(to_rate=(), has_rated=True))
            case effects.RunDeviceTest(device):
                result = DeviceTest(device, passed=True, at_epoch_s=SAVED_SUBMISSION.saved_at_epoch_s)
                yield 0.5, events.DeviceTestFinished(result)
