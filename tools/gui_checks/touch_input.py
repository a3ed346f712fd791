"""Taps touch targets of the window by their names."""

from importlib import import_module
from typing import Any

from journey.events import ScreenTouched
from tools.gui_checks.window_harness import WindowHarness

# The touch targets that are text fields: a touch sets the caret.
TEXT_FIELD_TARGETS = (
    "answer",
    "spot",
    "story",
    "page_text",
    "name",
    "phone",
    "about_note",
    "for_whom_note",
    "topic_note",
)


def target_center(root_view: Any, window_height: float, name: str) -> tuple[float, float]:
    """The middle of the touch target `name` in pixels, origin bottom left. Raises LookupError when it is not shown."""
    targets = {target.name: target for target in root_view.visible_touch_targets()}
    if name not in targets:
        raise LookupError(f"{name} is not there; there is {', '.join(targets)}")
    target = targets[name]
    return target.x + target.width / 2, window_height - target.y - target.height / 2


def new_touch(x: float, y: float) -> Any:
    """A touch at this place in pixels, origin bottom left, that is not down yet."""
    return import_module("kivy.tests.common").UnitTestTouch(x, y)


class TouchInput:
    """Taps touch targets of the harness' window and returns what each tap sent."""

    def __init__(self, harness: WindowHarness) -> None:
        self._harness = harness

    def tap(self, name: str) -> list[Any]:
        """Tap the middle of the target: keys at once, other targets once the touch guard accepts touches. Returns the
        events sent except ScreenTouched. Raises LookupError when the target is not shown or sends no ScreenTouched."""
        if not name.startswith("key."):
            self._harness.pass_touch_guard()
        touch = new_touch(*target_center(self._harness.root_view, self._harness.window.height, name))
        sent_before = len(self._harness.sent)
        touch.touch_down()
        self._harness.run_frames(2)
        touch.touch_up()
        self._harness.run_frames(2)
        sent = self._harness.sent[sent_before:]
        if ScreenTouched() not in sent:
            raise LookupError(f"tapping {name} sent no ScreenTouched")
        return [event for event in sent if event != ScreenTouched()]
