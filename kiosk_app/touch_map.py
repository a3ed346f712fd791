"""The touch map: a JSON file with everything that can be tapped, for programs that tap the real window.

    {"frames": 12, "touches": 3, "ignored_touches": 0, "screen": "topic", "overlay": "", "targets": [{…}, …],
     "rotation": 90, "size": [1080, 1920]}

`frames` counts the frames since the start, `touches` the taps taken; a target has its name, text and rectangle, and
`accepted_from`, the monotonic time in seconds from which a touch on it counts. Rectangles are in the upright picture,
which has this `size` in pixels and is turned on the display by `rotation` degrees, anticlockwise.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from journey.state import Journey
from machine.safe_files import replace_file_atomically

MAX_WAIT_S = 1.0  # for targets that ignore touches until a finger is lifted: the map must be read again after it


class TouchMap:
    """Writes the map after every frame.

    `root` is the window's root widget and `root_view` the kiosk's; the two differ while a tool has its panel beside.
    `journey` gives the state that is drawn.
    """

    def __init__(self, path: Path, root: Any, root_view: Any, journey: Callable[[], Journey]) -> None:
        self._path = path
        self._root = root
        self._root_view = root_view
        self._journey = journey
        self._clock = import_module("kivy.clock").Clock
        self._frame_count = 0
        self._touch_count = 0

    def attach(self, window: Any) -> None:
        """Follow the frames and touches of the window."""
        window.bind(on_flip=self._on_flip, on_touch_up=self._on_touch_up)

    def _on_flip(self, window: Any) -> None:
        """A frame is being presented: record its targets, and write them in the next turn of the loop, when it is
        visible."""
        self._frame_count += 1
        journey, targets = self._journey(), self._visible_targets()
        content = {
            "frames": self._frame_count,
            "touches": self._touch_count,
            "screen": journey.screen.value,
            "overlay": journey.overlay.value if journey.overlay else "",
            "rotation": window.rotation,
            "size": list(window.size),
        }
        self._clock.schedule_once(lambda _: self._write(content, targets))

    def _on_touch_up(self, window: Any, _touch: object) -> None:
        """Count the tap in the next turn, and draw a frame even if the tap changed nothing."""

        def count(_seconds: float) -> None:
            self._touch_count += 1
            window.canvas.ask_update()

        self._clock.schedule_once(count)

    def _visible_targets(self) -> list[Any]:
        if self._root is self._root_view:
            return list(self._root_view.visible_touch_targets())
        return list(import_module("screens.touch_targets").visible_touch_targets(self._root))

    def _write(self, content: dict[str, Any], targets: list[Any]) -> None:
        content["ignored_touches"] = self._root_view.touch_guard.ignored_count
        content["targets"] = [asdict(target) | {"accepted_from": self._accepted_from(target)} for target in targets]
        replace_file_atomically(self._path, json.dumps(content, ensure_ascii=False).encode(), 0o644, durable=False)

    def _accepted_from(self, target: Any) -> float:
        """When a touch on the target counts, in monotonic seconds; 0.0 on the developer panel, which has no guard."""
        x, y = target.x + target.width / 2, self._root.height - target.y - target.height / 2
        if not self._root_view.collide_point(x, y):
            return 0.0
        return float(min(self._root_view.touch_guard.accepted_from(x, y), time.monotonic() + MAX_WAIT_S))
