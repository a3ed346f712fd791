"""A generated country of 77 provinces with a million cases on PostgreSQL: pages and reports, each figure compared with
SQL on the truth that the cases were made from.

    python -m tests.bench.country [CASES [CASES_OF_THE_BIG_PROVINCE [PROVINCES]]]

Budgets: the pages of the country 1 s, those of a province with 100,000 cases 300 ms for its dashboard; a file of a
province 10 s, of the country 30 s; a page 300 kB; no figure may differ. Times are of whole requests with their
template, in processor time of the service and of its server process, on a cluster without fsync. On a quiet machine
it takes half an hour, most of it for generating the cases."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgresql import PROGRAMS, cluster

SIZES = (1_000_000, 100_000, 77)
MAX_PAGE_BYTES = 300_000
BUDGETS_MS = {"country: ": 1_000.0, "province: ": 1_000.0, "country, files: ": 30_000.0, "province, files: ": 10_000.0}
DASHBOARD_MS = {"province: overview": 300.0}
ROOT = Path(__file__).parents[2]
_SHOWN_DIFFERENCES = 20


def main(*sizes: int) -> int:
    """Print the times. 0 when every budget is kept and every figure is true."""
    if not PROGRAMS:
        print("PostgreSQL is not installed")
        return 1
    sizes = (*sizes, *SIZES[len(sizes) :])
    print("{:,} cases, {:,} of them in one province, {} provinces".format(*sizes), flush=True)
    with cluster(durable=False) as server, tempfile.TemporaryDirectory(prefix="central-country-") as place:
        environment = {**os.environ, "CENTRAL_DATA": place, "DJANGO_SETTINGS_MODULE": "central.settings"}
        environment |= {"DATABASE_URL": server.url, "CENTRAL_REQUIRE_SECOND_FACTOR": "no"}
        command = [sys.executable, "-m", "tests.bench._country_run", *map(str, sizes)]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            last = ""
            for line in child.stdout or ():
                if last:
                    print(last, end="", flush=True)
                last = line
        if child.returncode:
            print(last)
            return 1
    return _judge(json.loads(last))


def _judge(result: dict[str, dict[str, float]]) -> int:
    is_kept = not result["differences"]
    for what, milliseconds in result["times"].items():
        budget = DASHBOARD_MS.get(what) or next(
            (ms for start, ms in BUDGETS_MS.items() if what.startswith(start)), None
        )
        if budget is not None and milliseconds > budget:
            is_kept = False
            print(f"  {what}: {milliseconds:,.0f} ms, budget {budget:,.0f} ms")
    for what, size in result["sizes"].items():
        if size > MAX_PAGE_BYTES and "files" not in what:
            is_kept = False
            print(f"  {what}: {size:,.0f} bytes, budget {MAX_PAGE_BYTES:,}")
    print(f"  {result['compared']:,} figures compared, {len(result['differences']):,} differ")
    for sentence in list(result["differences"])[:_SHOWN_DIFFERENCES]:
        print(f"    {sentence}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main(*(int(size) for size in sys.argv[1:])))
