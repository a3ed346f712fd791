"""`./run postgresql`: every test of the central service on PostgreSQL, then those that start a database of their own,
and the story of one case.

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
_SLOW_ON_POSTGRESQL = ("test_killed_workers.py", "test_backup.py")


def main(arguments: list[str]) -> int:
    """0 when everything has passed."""
    central = "tests/unit/central"
    ignored = [f"--ignore={central}/{name}" for name in _OWN_DATABASES]
    with cluster(durable=False) as running:
        environment = {**os.environ, "DATABASE_URL": running.url}
        command = [sys.executable, "-m", "pytest", "-q", central, *ignored, *arguments]
        tests = run_command(command, cwd=ROOT, env=environment)
        migrations = [sys.executable, "-m", "pytest", "-q", "--slow", f"{central}/test_migrations.py"]
        tests = run_command(migrations, cwd=ROOT, env=environment) or tests
    own = [f"{central}/{name}" for name in _SLOW_ON_POSTGRESQL]
    tests = run_command([sys.executable, "-m", "pytest", "-q", "--slow", *own], cwd=ROOT) or tests
    with cluster(durable=False) as running:
        environment = {**os.environ, "DATABASE_URL": running.url}
        command = [sys.executable, "-m", "simulators.case_story"]
        story = run_command(command, cwd=ROOT, env=environment)
    return tests or story


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
