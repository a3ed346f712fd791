"""`./run load [NAMES]`: `backlog`, a month's submissions of many kiosks delivered to one centre; `case-growth`, the
cost of a submission with more and more stored cases. Each has its own installation: PostgreSQL and `central serve`.

Exit status 0: nothing lost, nothing twice, memory and cost constant. Times are printed, not checked.
"""

import argparse
import importlib
import multiprocessing
import shutil
import sys
import tempfile
from pathlib import Path

import django

from tests.load.central_service import central_service
from tests.postgresql import PROGRAMS

LOAD_TESTS = ("backlog", "case-growth")


def _run_load_test(name: str, options: argparse.Namespace) -> None:
    place = Path(tempfile.mkdtemp(prefix="central-load-"))
    try:
        with central_service(place) as central:
            django.setup()  # Django reads its settings once, so each load test is a separate process
            violations = importlib.import_module(f"tests.load.{name.replace('-', '_')}").find_violations(
                central, options
            )
    finally:
        shutil.rmtree(place)
    for sentence in violations:
        sys.stdout.write(f"VIOLATION: {sentence}\n")
    sys.exit(1 if violations else 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run load", description="The central service under load.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(LOAD_TESTS)} (default: all)")
    parser.add_argument("--kiosks", type=int, default=90, help="in the backlog; in full 900 (default 90)")
    parser.add_argument("--visits", type=int, default=20, help="of each kiosk; in full 100 (default 20)")
    parser.add_argument("--seconds", type=float, default=3600, help="limit of the backlog (default an hour)")
    parser.add_argument("--cases", type=int, default=100_000, help="stored at the end; in full 1000000")
    options = parser.parse_args()
    if min(options.kiosks, options.visits, options.seconds, options.cases) < 1:
        parser.error("kiosks, visits, seconds and cases must be at least 1")
    if unknown := set(options.names) - set(LOAD_TESTS):
        parser.error(f"no such load test: {', '.join(sorted(unknown))}")
    if not PROGRAMS:
        parser.error("PostgreSQL is not installed here (Debian package: postgresql)")
    exit_codes = {}
    for name in options.names or LOAD_TESTS:
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        process = multiprocessing.get_context("fork").Process(target=_run_load_test, args=(name, options))
        process.start()
        process.join()
        exit_codes[name] = process.exitcode
        sys.stdout.write("passed\n" if process.exitcode == 0 else "")
    return 0 if set(exit_codes.values()) == {0} else 1


if __name__ == "__main__":
    sys.exit(main())
