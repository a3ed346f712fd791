"""A window whose long list is dragged up and down; each move is timed from the touch to the painted frame.

    python -m tests.bench._scroll_window kiosk|baseline

Prints [] when it is ready. Then it runs one round for each line it reads and prints one line of JSON: a list of
[milliseconds until painted, milliseconds of processor time of the busiest frame]. The kiosk's list has the provinces on
the place screen. The baseline is Kivy's RecycleView with the same names, in as many columns of Kivy's buttons, as large
as the window: it paints about as much as the kiosk's list.
"""

import json
import sys
from functools import partial
from importlib import import_module
from typing import Any

from screens.kivy_setup import configure_kivy
from tests.bench._tap_window import SIZE, TOUCH_GUARD_S, LoopDriver, tap_counted
from thai.places import provinces
from tools.gui_checks.touch_input import new_touch, target_center
from tools.sample_journeys import sample_journeys

STEP_PX = 30  # pixels between two frames: 900 a second, a quick finger
MOVES_PER_DIRECTION = 40
WARM_UP_MOVES = 5  # until the list follows: before that the touch may still be a tap
SETTLE_FRAMES = 12


def kiosk(loop: LoopDriver) -> Any:
    """Open the list of provinces as a citizen does. Returns the list."""
    root_view = import_module("screens.root_view").RootView(lambda event: None)
    loop.window.add_widget(root_view)
    root_view.show(sample_journeys("th")["place"])
    loop.idle_for(TOUCH_GUARD_S)
    tap_counted(root_view, new_touch(*target_center(root_view, loop.window.height, "area.province")))
    loop.idle_for(TOUCH_GUARD_S)
    return root_view.view(sample_journeys("th")["place"].screen).chooser.names


def baseline(loop: LoopDriver) -> Any:
    """Show Kivy's list of the same names. Returns the list."""
    grid = import_module("kivy.uix.recyclegridlayout").RecycleGridLayout(
        cols=2, default_size=(None, 104), default_size_hint=(1, None), size_hint_y=None, spacing=16
    )
    grid.bind(minimum_height=grid.setter("height"))
    names = import_module("kivy.uix.recycleview").RecycleView(do_scroll_x=False)
    names.add_widget(grid)
    names.viewclass = "Button"
    names.data = [{"text": province.th, "font_size": 40, "font_name": "Sarabun"} for province in provinces()]
    loop.window.add_widget(names)
    return names


def drag_list(loop: LoopDriver, names: Any) -> list[tuple[float, float]]:
    """Drag the list up and down again; the measurements of each move."""
    measured = []
    for direction in (1, -1):
        x, y = names.to_window(names.center_x, names.y + names.height * (0.25 if direction > 0 else 0.75))
        finger = new_touch(x, y)
        finger.touch_down()
        for move in range(1, MOVES_PER_DIRECTION + 1):
            painted, busiest = loop.measure(partial(finger.touch_move, x, y + direction * STEP_PX * move))
            if move > WARM_UP_MOVES:
                measured.append((painted, busiest))
        finger.touch_up()
        loop.idle_for(0.2)
    return measured


def main(variant: str) -> None:
    """Run rounds until stdin ends."""
    configure_kivy(False, SIZE)
    loop = LoopDriver()
    names = {"kiosk": kiosk, "baseline": baseline}[variant](loop)
    for _ in range(SETTLE_FRAMES):
        loop.run_frame()
    response: list[tuple[float, float]] = []
    while True:
        print(json.dumps(response), flush=True)
        if not sys.stdin.readline():
            return
        response = drag_list(loop, names)


if __name__ == "__main__":
    main(sys.argv[1])
