"""Figures of a province with 100,000 cases on SQLite and PostgreSQL. `country` has a country with 1,000,000.

    python -m tests.bench.insight [CASES_OF_PROVINCE]

Budgets: the view of a fiscal year and the overview of a province 300 ms; any report of a year 10 s; the fact of a case
after a change 50 ms. Facts of three years are generated; making all monthly counts anew is measured too. SQLite is
measured in processor time."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgresql import PROGRAMS, cluster

SIZE = 100_000
BUDGETS_MS = {
    "view": 300.0,
    "overview": 300.0,
    "report": 10_000.0,
    "change": 50.0,
    "map, received": 300.0,
    "map, median_days": 300.0,
    "map, open": 300.0,
}
ROOT = Path(__file__).parents[2]


def _measure(database_url: str, province: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="central-insight-") as place:
        environment = {**os.environ, "CENTRAL_DATA": place, "DJANGO_SETTINGS_MODULE": "central.settings"}
        environment.pop("DATABASE_URL", None)
        if database_url:
            environment["DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "tests.bench._insight_figures", str(province)]
        result = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    times: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return times


def main(province: int = SIZE) -> int:
    """Print the times. 0 when every budget is kept."""
    is_kept = True
    with ExitStack() as stack:
        runs = {"SQLite": ""}
        if PROGRAMS:
            runs["PostgreSQL"] = stack.enter_context(cluster(durable=False)).url
        for name, url in runs.items():
            print(f"{name}: {province:,} cases of a province", flush=True)
            for what, milliseconds in _measure(url, province).items():
                budget = BUDGETS_MS.get(what)
                is_kept = is_kept and (budget is None or milliseconds <= budget)
                print(
                    f"  {what:16} {milliseconds:10,.1f} ms   {f'budget {budget:,.0f} ms' if budget else ''}", flush=True
                )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main(*(int(size) for size in sys.argv[1:])))
