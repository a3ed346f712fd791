"""`./run bench [NAMES]`: run every measurement of this directory, or those named, one after another.

A measurement is a module here whose `main()` prints its table and returns 0 when its budget is kept, 1 when not. Each
runs in a process of its own, so that none warms the caches of the next. A budget that is not kept is told, not failed:
times depend on what else the machine does. Exit status 1 means that something could not be measured.
`./run bench --fuzz [SEED]` feeds parsers with a million damaged inputs instead, see tests/fuzz.
"""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.__main__ import main as fuzz

EXIT_BUDGET_EXCEEDED = 3  # not 1, with which Python ends on a traceback
VERDICTS = {0: "budget kept", EXIT_BUDGET_EXCEEDED: "BUDGET NOT KEPT"}


def main(names: list[str]) -> int:
    if names[:1] == ["--fuzz"]:
        return fuzz(names[1:])
    known = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    if unknown := set(names) - set(known):
        print(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    ended: dict[str, int] = {}
    for name in names or known:
        print(f"\n== {name}", flush=True)
        measure = f"import sys; from {__package__}.{name} import main; sys.exit(main() and {EXIT_BUDGET_EXCEEDED})"
        ended[name] = subprocess.run([sys.executable, "-c", measure], check=False).returncode
    print("\n== budgets")
    for name, status in ended.items():
        print(f"{name:24} {VERDICTS.get(status, f'could not be measured (exit status {status})')}")
    return 0 if ended.keys() and all(status in VERDICTS for status in ended.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
