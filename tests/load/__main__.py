"""`./run load [NAMES]`: `backlog`, a month of many kiosks drained into one central machine; `case-growth`, what a
submission costs beside ever more cases already there. Each on a machine of its own: PostgreSQL and `central serve`.

Exit status 0: nothing lost, nothing twice, memory and cost flat. Times are told, not judged.
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
            django.setup()  # which reads its settings once: hence a process for each proof
            wrong = importlib.import_module(f"tests.load.{name.replace('-', '_')}").find_violations(central, options)
    finally:
        shutil.rmtree(place)
    for sentence in wrong:
        sys.stdout.write(f"NOT AS PROMISED: {sentence}\n")
    sys.exit(1 if wrong else 0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run load", description="A central machine under load.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(LOAD_TESTS)} (default: all)")
    parser.add_argument("--kiosks", type=int, default=90, help="in the backlog; the whole proof: 900 (default 90)")
    parser.add_argument("--visits", type=int, default=20, help="of each kiosk; the whole proof: 100 (default 20)")
    parser.add_argument("--seconds", type=float, default=3600, help="the backlog stops here (default an hour)")
    parser.add_argument("--cases", type=int, default=100_000, help="stored in the end; the whole proof: 1000000")
    options = parser.parse_args()
    if min(options.kiosks, options.visits, options.seconds, options.cases) < 1:
        parser.error("kiosks, visits, seconds and cases begin at 1")
    if unknown := set(options.names) - set(LOAD_TESTS):
        parser.error(f"no such proof: {', '.join(sorted(unknown))}")
    if not PROGRAMS:
        parser.error("PostgreSQL is not installed here (Debian package: postgresql)")
    ended = {}
    for name in options.names or LOAD_TESTS:
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        proof = multiprocessing.get_context("fork").Process(target=_run_load_test, args=(name, options))
        proof.start()
        proof.join()
        ended[name] = proof.exitcode
        sys.stdout.write("as promised\n" if proof.exitcode == 0 else "")
    return 0 if set(ended.values()) == {0} else 1


if __name__ == "__main__":
    sys.exit(main())
