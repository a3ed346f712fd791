"""Launch → attract painted, against a bare Kivy window with one label of the same size.

    python -m tests.bench.launch [ROUNDS]

Both are started in turn on one virtual screen, from a new process to READY=1; the first of each only warms the disk's
cache. Budget: at most twice the bare window, by medians.
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
    ours, bare = [], []
    with VirtualDisplay(*SIZE) as display, enrolled_kiosk_environment() as kiosk:
        shown = os.environ | {"DISPLAY": display.name}
        for turn in range(rounds + 1):
            with open_window(BASELINE_COMMAND, shown) as window:
                anchor = window.time_to_first_frame_s
            with open_window(KIOSK_COMMAND, shown | kiosk) as window:
                if turn:
                    ours.append(window.time_to_first_frame_s)
                    bare.append(anchor)
                    print(f"round {turn}: attract {ours[-1]:6.2f} s   bare {bare[-1]:6.2f} s", flush=True)
    ratio = median(ours) / median(bare)
    print(f"median:  attract {median(ours):6.2f} s   bare {median(bare):6.2f} s   ratio {ratio:.2f}   budget {BUDGET}")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
