"""A window whose long list is drawn up and down by a finger; each move is timed from the touch to the picture.

    python -m tests.bench._scroll_window kiosk|baseline

Says [] once it stands, then plays one round for each line it reads and answers with one line of JSON: a list of
[milliseconds until painted, milliseconds of processor time of the busiest turn]. Ours is the list of provinces on the
page of places; the bare one is Kivy's RecycleView of the same names in as many columns of Kivy's buttons, as large as
the window: its picture is about as full as ours.
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

STEP_PX = 30  # pixels between two pictures: 900 a second, a quick finger
MOVES_PER_DIRECTION = 40  # in each direction
WARM_UP_MOVES = 5  # moves until the list follows: before that it may still be a tap
SETTLE_FRAMES = 12  # turns of the loop


def kiosk(loop: LoopDriver) -> Any:
    """The provinces, as a citizen opens them. The list."""
    shell = import_module("screens.root_view").RootView(lambda event: None)
    loop.window.add_widget(shell)
    shell.show(sample_journeys("th")["place"])
    loop.idle_for(TOUCH_GUARD_S)
    tap_counted(shell, new_touch(*target_center(shell, loop.window.height, "area.province")))
    loop.idle_for(TOUCH_GUARD_S)
    return shell.view(sample_journeys("th")["place"].screen).chooser.names


def baseline(loop: LoopDriver) -> Any:
    """The list."""
    grid = import_module("kivy.uix.recyclegridlayout").RecycleGridLayout(
        cols=2, default_size=(None, 104), default_size_hint=(1, None), size_hint_y=None, spacing=16
    )
    grid.bind(minimum_height=grid.setter("height"))
    names = import_module("kivy.uix.recycleview").RecycleView(do_scroll_x=False)
    names.add_widget(grid)
    names.viewclass = "Button"
    names.data = [{"text": one.th, "font_size": 40, "font_name": "Sarabun"} for one in provinces()]
    loop.window.add_widget(names)
    return names


def drag_list(loop: LoopDriver, names: Any) -> list[tuple[float, float]]:
    """Up and down again, each move measured."""
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
    """Serve rounds until stdin ends."""
    configure_kivy(False, SIZE)
    loop = LoopDriver()
    names = {"kiosk": kiosk, "baseline": baseline}[variant](loop)
    for _ in range(SETTLE_FRAMES):
        loop.run_frame()
    answer: list[tuple[float, float]] = []
    while True:
        print(json.dumps(answer), flush=True)
        if not sys.stdin.readline():
            return
        answer = drag_list(loop, names)


if __name__ == "__main__":
    main(sys.argv[1])
