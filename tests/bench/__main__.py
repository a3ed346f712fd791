"""`./run bench [NAMES]`: runs every benchmark of this directory, or the named ones, one after another.

Options after one name go to that benchmark: `./run bench ocr --quick`.

A benchmark is a module here whose `main()` prints its table and returns 0 when its budget is kept, 1 when not. Each
runs in a process of its own, so that none warms the caches of the next. An exceeded budget is reported and is no
failure, because times depend on other load on the machine. Exit status 1 means that something could not be measured.
`./run bench --fuzz [SEED]` feeds parsers with a million damaged inputs instead, see tests/fuzz.
"""

import sys
from itertools import takewhile
from pathlib import Path

from tests.child_command import run_command
from tests.fuzz.__main__ import main as fuzz

EXIT_BUDGET_EXCEEDED = 3  # not 1, with which Python ends on a traceback
VERDICTS = {0: "budget kept", EXIT_BUDGET_EXCEEDED: "BUDGET EXCEEDED"}


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--fuzz"]:
        return fuzz(arguments[1:])
    names = list(takewhile(lambda argument: not argument.startswith("-"), arguments))
    options = arguments[len(names) :]
    if options and len(names) != 1:
        print("Options go to one benchmark: ./run bench NAME OPTIONS", file=sys.stderr)
        return 2
    known = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    if unknown := set(names) - set(known):
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    statuses: dict[str, int] = {}
    for name in names or known:
        print(f"\n== {name}", flush=True)
        call = "main(sys.argv[1:])" if options else "main()"
        program = f"import sys; from {__package__}.{name} import main; sys.exit({call} and {EXIT_BUDGET_EXCEEDED})"
        statuses[name] = run_command([sys.executable, "-c", program, *options])
    print("\n== budgets")
    for name, status in statuses.items():
        print(f"{name:24} {VERDICTS.get(status, f'could not be measured (exit status {status})')}")
    return 0 if statuses and all(status in VERDICTS for status in statuses.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
