"""`./run postgresql`: every test of the central service on PostgreSQL, then the story of one case.

python -m tests.central_on_postgresql [ARGS for pytest]
"""

import os
import sys
from pathlib import Path

from tests.child_command import run_command
from tests.postgresql import cluster

ROOT = Path(__file__).parents[1]
# They start servers or clusters of their own, on both databases.
_OWN_DATABASES = ("test_postgresql.py", "test_killed_workers.py", "test_backup.py", "test_serve.py")


def main(arguments: list[str]) -> int:
    """0 when everything has passed."""
    central = "tests/unit/central"
    ignored = [f"--ignore={central}/{name}" for name in _OWN_DATABASES]
    with cluster(durable=False) as running:
        environment = {**os.environ, "DATABASE_URL": running.url}
        command = [sys.executable, "-m", "pytest", "-q", central, *ignored, *arguments]
        tests = run_command(command, cwd=ROOT, env=environment)
    with cluster(durable=False) as running:
        environment = {**os.environ, "DATABASE_URL": running.url}
        command = [sys.executable, "-m", "simulators.case_story"]
        story = run_command(command, cwd=ROOT, env=environment)
    return tests or story


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
