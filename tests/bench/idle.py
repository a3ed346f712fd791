"""Processor time of the attract screen, against plain Kivy windows with one label that are open at the same time.

    python -m tests.bench.idle [SECONDS]

Three windows are open on virtual displays of their own: the kiosk, and the plain window twice, whose difference is the
noise. The kiosk's devices are simulated and respond; processes it starts (checks of the scanner and of text
recognition) count. A minute contains each periodic check at least once. Budget: at most that of the plain window.
"""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from simulators.simulated_devices import SimulatedDevices
from simulators.virtual_display import VirtualDisplay
from tests.bench._timed_windows import BASELINE_COMMAND, KIOSK_COMMAND, SIZE, enrolled_kiosk_environment, open_window

BUDGET = 1.0
SETTLE_S = 15.0  # views are preloaded and devices checked for the first time
MEASURE_S = 60.0


def main() -> int:
    """Print the table. 0 when the kiosk takes no more than the plain window plus the noise."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else MEASURE_S
    with ExitStack() as stack:
        simulated_devices = stack.enter_context(
            SimulatedDevices(Path(stack.enter_context(TemporaryDirectory(prefix="dk-bench-"))))
        )
        kiosk = (
            stack.enter_context(enrolled_kiosk_environment(simulated_devices.settings)) | simulated_devices.environment
        )
        windows = {}
        for name, command in (
            ("attract", KIOSK_COMMAND),
            ("plain window", BASELINE_COMMAND),
            ("its twin", BASELINE_COMMAND),
        ):
            display = stack.enter_context(VirtualDisplay(*SIZE))
            windows[name] = stack.enter_context(open_window(command, os.environ | kiosk | {"DISPLAY": display.name}))
        time.sleep(SETTLE_S)
        before = {name: window.cpu_s() for name, window in windows.items()}
        time.sleep(seconds)
        used = {name: window.cpu_s() - before[name] for name, window in windows.items()}
    baseline = (used["plain window"] + used["its twin"]) / 2
    noise = abs(used["plain window"] - used["its twin"]) / baseline
    for name, cpu_s in used.items():
        print(f"{name:16} {cpu_s:6.2f} s of processor in {seconds:.0f} s   {100 * cpu_s / seconds:5.2f} %")
    print(f"ratio {used['attract'] / baseline:.2f}   budget {BUDGET}, noise {noise:.2f}")
    return 0 if used["attract"] / baseline <= BUDGET + noise else 1


if __name__ == "__main__":
    sys.exit(main())
