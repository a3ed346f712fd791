"""Search of cases by words: relevance of the results, time, and size of the index, on SQLite and PostgreSQL.

    python -m tests.bench.search [--cases 100000] [--judged 5000] [--only SQLite|PostgreSQL]

Relevance: 64 questions over a generated corpus of `--judged` cases, half of them tuned and half held out
(`_search_matters`); nDCG and recall of the first ten. Time: with `--cases` cases, processor time of this process and of
its connection's server process, which does not depend on the rest of the machine, for questions of one frequent word,
of several words, and with filters. Budgets: p95 of the search on PostgreSQL 100 ms; index at most twice the text.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.postgresql import PROGRAMS, cluster

P95_BUDGET_MS, SIZE_BUDGET = 100.0, 2.0
ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] = ()) -> int:
    """Print the tables. 0 when the budgets are kept."""
    parser = argparse.ArgumentParser(prog="./run bench search")
    parser.add_argument("--cases", type=int, default=100_000, help="cases for times and size (default 100000)")
    parser.add_argument("--judged", type=int, default=5_000, help="cases of the judged corpus (default 5000)")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"), help="one database")
    parser.add_argument("--show", action="store_true", help="also print each tuned question with its figures")
    options = parser.parse_args(arguments)
    is_kept = True
    for database in ("SQLite", "PostgreSQL"):
        if options.only not in (None, database) or (database == "PostgreSQL" and not PROGRAMS):
            continue
        judged = _measure(database, options.judged, "relevance", show=options.show)
        print(f"{database}: relevance with {options.judged:,} cases")
        for split, figures in judged["splits"].items():
            print(
                f"  {split:10} {figures['questions']} questions  nDCG@10 {figures['ndcg']:.3f}"
                f"  recall@10 {figures['recall']:.3f}  nothing found {figures['empty']}",
                flush=True,
            )
        if not options.cases:
            continue
        timed = _measure(database, options.cases, "time")
        text_mb, index_mb = timed["text_mb"], timed["index_mb"]
        print(f"{database}: {options.cases:,} cases, {text_mb:.0f} MB of text, {timed['index_ms']:.1f} ms to index one")
        print(f"  index {index_mb:.0f} MB, {index_mb / text_mb:.2f} times the text, budget {SIZE_BUDGET}")
        for name, figures in timed["times"].items():
            print(f"  {name:34} median {figures['median']:6.1f} ms  p95 {figures['p95']:6.1f} ms", flush=True)
        is_kept &= index_mb <= SIZE_BUDGET * text_mb
        if database == "PostgreSQL":
            p95 = timed["times"]["every question"]["p95"]
            print(f"  p95 of every question: {p95:.1f} ms, budget {P95_BUDGET_MS:.0f}")
            is_kept &= p95 <= P95_BUDGET_MS
    return int(not is_kept)


def _measure(database: str, size: int, what: str, *, show: bool = False) -> dict:  # type: ignore[type-arg]
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="central-search-"))
        environment = {**os.environ, "CENTRAL_DATA": place, "DJANGO_SETTINGS_MODULE": "central.settings"}
        environment.pop("DATABASE_URL", None)
        if database == "PostgreSQL":
            environment["DATABASE_URL"] = stack.enter_context(cluster(durable=False)).url
        command = [sys.executable, "-m", "tests.bench._search_run", what, str(size), str(int(show))]
        result = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    *shown, last = result.stdout.splitlines()
    print("\n".join(shown), end="\n" if shown else "")
    measured: dict[str, object] = json.loads(last)
    return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
