"""A terminated parent interrupts its command, which then stops what it has started."""

import signal
import subprocess
import sys
from pathlib import Path

_CHILD = """
import pathlib, time
try:
    print("runs", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path("ended").write_text("in order")
"""


def test_a_terminated_parent_interrupts_its_command(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.child_command import run_command
run_command([sys.executable, "-c", {_CHILD!r}])
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"runs\n"
        parent.terminate()
        assert parent.wait(20) == 128 + signal.SIGTERM
    assert (tmp_path / "ended").read_text() == "in order"


def test_the_exit_status_is_that_of_the_command() -> None:
    program = "from tests.child_command import run_command; import sys; sys.exit(run_command(['sh', '-c', 'exit 3']))"
    result = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)
    assert result.returncode == 3
