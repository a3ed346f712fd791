"""Trembling hands: every target of every screen and overlay tapped two and three times, in the real window.

    python -m tests.torture.repeated_taps known|quick|full [--without-guard] [STATE…]

The real journey runs and its effects are answered, with paper out too (see journey_window.py). First a target is tapped
once, and what is shown at its place is recorded frame by frame. Then it is tapped again after each gap.

A later tap must do nothing if it comes within half a second of a change at its place, or of the first tap where nothing
changed: the events sent and the final screen must be those of a single tap. A tap after that must be accepted. The
comparison uses what is shown, not the state of the touch guard. Prints one problem a line; exit status 1 if there is
any.
"""

import sys
from collections.abc import Iterator

from journey.state import Journey
from screens.kivy_setup import configure_kivy
from tests.torture.journey_window import JourneyWindow, TapRecord
from tools.gui_checks.stepped_clock import FRAME_S
from tools.gui_checks.touch_input import TEXT_FIELD_TARGETS
from tools.gui_checks.window_harness import x_display
from tools.sample_journeys import sample_journeys

SIZE = 540, 960
GUARD_S = 0.5  # the decided time, on purpose not read from the guard
REPEAT_S = 1.0  # within this time a tap must not reach another target than the first one did
TOLERANCE_S = 0.1  # a frame may be late, and a list presses 0.2 s after the release
WATCH_AFTER_S = 0.7  # recorded after the last tap
RELEASE_EFFECT_S = 0.3  # a tap has its effect within this time
GAPS_S = {
    "known": (0.15, 0.3, 0.45, 0.9),
    "quick": (0.25, 1.0),
    "full": (0.05, 0.2, 0.45, 1.0),
}
# A repeated tap on these does the same again, as intended: keys, undo, setting the caret.
REPEATABLE_TARGETS = ("key.", "undo", *TEXT_FIELD_TARGETS)
QUICK_STATES = ("tell", "review", "scan_pages", "place", "overlay_start_over", "overlay_no_paper", "receipt_asking")
# (state, target, whether paper is out). Without the touch guard a repeated tap on each of these does harm.
KNOWN_CASES = (
    ("tell", "next", False),  # sent the complaint before its review
    ("review", "send", True),  # closed the receipt, and the code was lost
    ("review", "send", False),  # closed the receipt before it was read
    ("receipt_printed", "print_again", False),  # "done" grew under the finger
    ("notice", "accept", False),  # started over
    ("review", "edit.topic", False),  # chose another topic
    ("review", "edit.story", False),
    ("review", "edit.phone", False),
    ("topic", "topic.labour", False),  # wrote into the place note
    ("scan_empty", "scan", False),  # cancelled the scan
    ("scan_pages", "remove", False),  # confirmed its own question
    ("overlay_comfort", "dismiss", False),  # sent the complaint
    ("place", "area.province", False),  # chose a province, then a district
    ("overlay_comfort", "option.text_size", False),  # skipped a size, or moved the buttons
)


class RepeatedTapTest:
    """Taps targets and compares repeated taps with a single one. `taps` counts all taps."""

    def __init__(self, journey_window: JourneyWindow, gaps_s: tuple[float, ...]) -> None:
        self._journey_window, self._gaps_s = journey_window, gaps_s
        self.taps = 0

    def check_target(self, name: str, state: Journey, target: str, paper_out: bool) -> Iterator[str]:
        """One sentence per problem after two and three taps on one target."""

        def tap(times_s: tuple[float, ...], watch_s: float) -> TapRecord:
            self.taps += len(times_s)
            self._journey_window.reset_to(state, paper_out)
            return self._journey_window.tap(target, times_s, watch_s)

        tap((0.0,), WATCH_AFTER_S)  # views are built at the first tap, which would shift the frames of the record
        single = tap((0.0,), 3 * max(self._gaps_s) + WATCH_AFTER_S)
        for gap_s in self._gaps_s:
            for count in self._tap_counts(gap_s):
                times_s = tuple(gap_s * number for number in range(count))
                repeated = tap(times_s, times_s[-1] + WATCH_AFTER_S)
                label = f"{name}{', no paper' if paper_out else ''}: {target} tapped {count} times, {gap_s:g} s apart"
                yield from self._compare(label, target, single, repeated, times_s)

    def _tap_counts(self, gap_s: float) -> tuple[int, ...]:
        """A third tap does no harm where a second does none; both are tried only at the middle gap."""
        if gap_s >= GUARD_S:
            return (2,)
        return (2, 3) if gap_s == self._gaps_s[len(self._gaps_s) // 2 - 1] else (3,)

    def _compare(
        self, label: str, target: str, single: TapRecord, repeated: TapRecord, times_s: tuple[float, ...]
    ) -> Iterator[str]:
        second_tap_s, gap_s = times_s[1], times_s[1] - times_s[0]
        accepted_times = [at_s for at_s in times_s[1:] if not _must_be_ignored(single, target, at_s, gap_s)]
        if second_tap_s not in accepted_times:
            yield from _find_effects_of_ignored_taps(label, single, repeated, accepted_times)
        elif _must_be_accepted(single, target, second_tap_s) and not _was_accepted(repeated, second_tap_s):
            yield f"{label}: the last tap was not accepted, though nothing had changed for long enough"


def _is_repeatable(target: str) -> bool:
    return target.startswith(REPEATABLE_TARGETS)


def _must_be_ignored(single: TapRecord, target: str, at_s: float, gap_s: float) -> bool:
    """Whether a tap at that time must do nothing, judged by what a single tap showed at the place."""
    names = single.spot_at(at_s).target_names
    reaches_another_target = bool(names) and target not in names
    if gap_s <= REPEAT_S and reaches_another_target and not target.startswith("key."):
        return True
    changed_at = single.last_change_before(at_s)
    if changed_at is not None:
        return at_s - changed_at < GUARD_S
    return at_s < GUARD_S and not _is_repeatable(target)


def _must_be_accepted(single: TapRecord, target: str, at_s: float) -> bool:
    """Whether a tap at that time must have an effect: there is a target, and the guard time is over for certain."""
    if not single.spot_at(at_s).target_names:
        return False
    guarded_from = max(single.last_change_before(at_s) or 0.0, RELEASE_EFFECT_S)
    return _is_repeatable(target) or at_s - guarded_from >= GUARD_S + TOLERANCE_S


def _was_accepted(repeated: TapRecord, at_s: float) -> bool:
    return any(at_s - FRAME_S <= accepted <= at_s + 2 * RELEASE_EFFECT_S for accepted in repeated.accepted_at)


def _find_effects_of_ignored_taps(
    label: str, single: TapRecord, repeated: TapRecord, accepted_times: list[float]
) -> Iterator[str]:
    """Compare with the single tap, up to the first later tap that is accepted, or to the end."""
    end_s = (accepted_times[0] if accepted_times else len(repeated.screen_by_frame) * FRAME_S) - FRAME_S / 2
    expected = [event for at_s, event in single.sent_events if at_s < end_s]
    sent = [event for at_s, event in repeated.sent_events if at_s < end_s]
    if sent != expected:
        extra = [event for event in sent if event not in expected] or sent[len(expected) :] or sent
        yield f"{label}: sent {', '.join(type(event).__name__ for event in extra)} as well"
        return
    last = repeated.screen_by_frame[-1]
    expected_last = single.screen_by_frame[len(repeated.screen_by_frame) - 1]
    if not accepted_times and last != expected_last:
        other_targets = [shown for shown in last.targets if shown not in expected_last.targets]
        yield f"{label}: the screen is not that of one tap: {other_targets[:3] or 'no visible difference'}"


def cases(case_set: str, state_names: list[str]) -> Iterator[tuple[str, str, bool]]:
    """(state, target or '' for all targets, whether paper is out)."""
    if case_set == "known":
        yield from KNOWN_CASES
        return
    for name in sample_journeys("th"):
        if (name in state_names) if state_names else case_set == "full" or name in QUICK_STATES:
            yield name, "", False
            if name.startswith(("review", "receipt", "overlay_no_paper")) and case_set == "full":
                yield name, "", True


def check(journey_window: JourneyWindow, case_set: str, state_names: list[str]) -> Iterator[str]:
    """One sentence per problem."""
    repeated_tap_test, states = RepeatedTapTest(journey_window, GAPS_S[case_set]), sample_journeys("th")
    checked = 0
    for name, target, paper_out in cases(case_set, state_names):
        journey_window.reset_to(states[name], paper_out)
        for tapped in [target] if target else journey_window.target_names():
            checked += 1
            yield from repeated_tap_test.check_target(name, states[name], tapped, paper_out)
    print(f"{checked} targets, {repeated_tap_test.taps} taps")


def main(arguments: list[str]) -> int:
    """The exit status: 1 if there is any problem."""
    guarded = "--without-guard" not in arguments
    case_set, *state_names = [argument for argument in arguments if not argument.startswith("--")]
    with x_display(SIZE):
        configure_kivy(False, SIZE)
        journey_window = JourneyWindow(guarded)
        journey_window.harness.resize(SIZE)
        problems = 0
        for problem in check(journey_window, case_set, state_names):
            print(problem, flush=True)
            problems += 1
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
