"""The desk's pages and the tracking page with 1,000 and with 100,000 cases, on SQLite and on PostgreSQL.

    python -m tests.bench.desk [SIZE…]

Each page is requested by an officer of a province with twelve districts. Budget: with the most cases, the median of a
page is at most 1.2 times that with the fewest (p99 is printed too, but with 40 requests it is the slowest one, which
depends on the rest of the machine).
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench._desk_pages import FIRST_TRACKING, STATIC, TRACKING
from tests.postgresql import PROGRAMS, cluster

SIZES = (1_000, 100_000)
BUDGET = 1.2
TRACKING_BUDGET = 0.6  # of a page with the same template and middleware that reads nothing from the database
ROOT = Path(__file__).parents[2]


def _measure(database_url: str, sizes: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """For each size: page -> seconds of each request."""
    with tempfile.TemporaryDirectory(prefix="central-desk-") as place:
        environment = {**os.environ, "CENTRAL_DATA": place, "DJANGO_SETTINGS_MODULE": "central.settings"}
        environment["CENTRAL_REQUIRE_SECOND_FACTOR"] = "no"
        environment.pop("DATABASE_URL", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "tests.bench._desk_pages", *map(str, sizes)]
        result = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line)["times"] for line in result.stdout.splitlines()]


def main(sizes: tuple[int, ...] = SIZES) -> int:
    """Print a table for each database. 0 when every page is within the budget."""
    worst, is_kept = 0.0, True
    with ExitStack() as stack:
        databases = {"SQLite": ""}
        if PROGRAMS:
            databases["PostgreSQL"] = stack.enter_context(cluster(durable=False)).url
        for name, url in databases.items():
            fewest, *_, most = _measure(url, sizes)
            print(f"{name:22} {sizes[0]:>10,} {sizes[-1]:>10,}  ratio       p99    budget {BUDGET}", flush=True)
            for page, times in most.items():
                ratio = median(times) / median(fewest[page])
                worst = max(worst, ratio)
                print(
                    f"  {page:20} {median(fewest[page]) * 1e3:7.1f} ms {median(times) * 1e3:7.1f} ms {ratio:6.2f} "
                    f"{max(times) * 1e3:7.1f} ms",
                    flush=True,
                )
            first, share = (median(most[STATIC]) / median(most[page]) for page in (FIRST_TRACKING, TRACKING))
            print(
                f"  {TRACKING}: {share:.0%} of the throughput of the static page; budget {TRACKING_BUDGET:.0%}; "
                f"{FIRST_TRACKING}: {first:.0%}",
                flush=True,
            )
            is_kept = is_kept and share >= TRACKING_BUDGET
    return 0 if is_kept and worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main(tuple(int(size) for size in sys.argv[1:]) or SIZES))
