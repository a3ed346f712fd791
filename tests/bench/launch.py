"""Time from launch to the painted attract screen, against a plain Kivy window with one label.

    python -m tests.bench.launch [ROUNDS]

Both are started alternately on one virtual display and timed from the new process to READY=1. The first round only
warms the disk cache. Budget: at most twice the plain window, by medians.
"""

import os
import sys
from statistics import median

from simulators.virtual_display import VirtualDisplay
from tests.bench._timed_windows import BASELINE_COMMAND, KIOSK_COMMAND, SIZE, enrolled_kiosk_environment, open_window

BUDGET = 2.0
ROUNDS = 7


def main() -> int:
    """Print the table. 0 when the budget is kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    kiosk_times, baseline_times = [], []
    with VirtualDisplay(*SIZE) as display, enrolled_kiosk_environment() as kiosk:
        environment = os.environ | {"DISPLAY": display.name}
        for turn in range(rounds + 1):
            with open_window(BASELINE_COMMAND, environment) as window:
                baseline_s = window.time_to_first_frame_s
            with open_window(KIOSK_COMMAND, environment | kiosk) as window:
                if turn:
                    kiosk_times.append(window.time_to_first_frame_s)
                    baseline_times.append(baseline_s)
                    print(f"round {turn}: attract {kiosk_times[-1]:6.2f} s   plain {baseline_s:6.2f} s", flush=True)
    kiosk_s, baseline_s = median(kiosk_times), median(baseline_times)
    ratio = kiosk_s / baseline_s
    print(f"median:  attract {kiosk_s:6.2f} s   plain {baseline_s:6.2f} s   ratio {ratio:.2f}   budget {BUDGET}")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
