"""A whole campaign: `./run bench --fuzz [SEED]`. More than a million damaged inputs in a few minutes.

Prints for each target: damaged inputs, cases, the slowest case. The first failing case ends the campaign with its
traceback and its number; `python -m tests.fuzz TARGET NUMBER` repeats it.
"""

import faulthandler
import sys
import time

from tests.fuzz.targets import TARGETS

HANG_TIMEOUT_S = 20.0
CASES_PER_SEED = 1 << 32


def run_campaign(seed: int) -> int:
    """Run all targets. Returns 0; a failing case raises."""
    total = 0
    for name, (case, enough) in TARGETS.items():
        fed = number = 0
        slowest = 0.0
        began = time.monotonic()
        while fed < enough:
            faulthandler.dump_traceback_later(HANG_TIMEOUT_S, exit=True)
            case_began = time.perf_counter()
            try:
                fed += case(seed * CASES_PER_SEED + number)
            except BaseException:
                print(f"{name}: case {seed * CASES_PER_SEED + number} failed", file=sys.stderr)
                raise
            slowest = max(slowest, time.perf_counter() - case_began)
            number += 1
        faulthandler.cancel_dump_traceback_later()
        total += fed
        print(
            f"{name:16} {fed:8,} damaged inputs in {number:7,} cases, {time.monotonic() - began:4.0f} s, "
            f"slowest case {slowest * 1e3:4.0f} ms",
            flush=True,
        )
    print(f"{total:,} damaged inputs: no crash, no hang, nobody accepted without the right check digit")
    return 0


def main(arguments: list[str]) -> int:
    """SEED, or TARGET NUMBER to repeat one case."""
    if len(arguments) == 2:
        case, _ = TARGETS[arguments[0]]
        print(case(int(arguments[1])))
        return 0
    return run_campaign(int(arguments[0]) if arguments else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
