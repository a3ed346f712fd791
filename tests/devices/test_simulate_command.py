"""`kiosk simulate` in one shell, controlled from another."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until

LAST_LINE = "  scanner load-sample-letter"
PROGRAM = "import sys; from simulators.simulate_command import main; sys.exit(main(sys.argv[1:]))"


class Shell:
    """Runs the command in its own directory and with its own control socket."""

    def __init__(self, directory: Path) -> None:
        self.socket = directory / "s"
        self._common = [sys.executable, "-c", PROGRAM, "--socket", str(self.socket)]
        self.foreground = subprocess.Popen(
            [*self._common, "--dir", str(directory / "out")], stdout=subprocess.PIPE, text=True
        )
        self.output = ""
        while self.foreground.stdout and LAST_LINE not in self.output:
            line = self.foreground.stdout.readline()
            assert line, "the command ended early"
            self.output += line

    def steer(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self._common, *words], capture_output=True, text=True, check=False)

    def stop(self, number: int = signal.SIGINT) -> int:
        self.foreground.send_signal(number)
        with self.foreground as foreground:
            return foreground.wait(30)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    if shell.foreground.poll() is None:
        shell.stop()


def processes_with(word: str) -> list[str]:
    matches = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if word in (process / "cmdline").read_text():
                matches.append(process.name)
        except OSError:
            continue
    return matches


def test_the_command_prints_hints_runs_commands_and_cleans_up(shell: Shell, tmp_path: Path) -> None:
    daemon_directory = re.search(r"PCSCLITE_CSOCK_NAME=(\S+)/run/", shell.output)
    sane_directory = re.search(r"SANE_CONFIG_DIR=(\S+)", shell.output)
    port = re.search(r"network:127\.0\.0\.1:(\d+)", shell.output)
    assert daemon_directory and sane_directory and port
    for words in (
        ["card", "insert", "boonma"],
        ["card", "remove"],
        ["printer", "paper-out"],
        ["printer", "ok"],
        ["scanner", "jam"],
        ["scanner", "empty"],
    ):
        assert shell.steer(*words).returncode == 0
    assert shell.stop() == 0
    assert not shell.socket.exists()
    assert not Path(daemon_directory[1]).exists()
    assert not Path(sane_directory[1]).exists()
    assert processes_with(daemon_directory[1]) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port[1])))
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (["card", "insert", "nobody"], "boonma"),
        (["printer", "explode"], "paper-out"),
        (["scanner", "load", "/nowhere.png"], "nowhere.png"),
        (["tea"], "card insert"),
    ],
)
def test_an_unknown_command_is_reported(shell: Shell, words: list[str], output: str) -> None:
    result = shell.steer(*words)
    assert result.returncode == 2
    assert output in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_in_its_terminal_ends_it_quietly(tmp_path: Path) -> None:
    """In a terminal, Ctrl-C reaches every foreground process at once."""
    command = [sys.executable, "-c", PROGRAM, "--socket", str(tmp_path / "s"), "--dir", str(tmp_path / "out")]
    with (tmp_path / "output").open("w+") as output:
        simulated_devices = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        with simulated_devices:
            wait_until(lambda: LAST_LINE in (tmp_path / "output").read_text())
            os.killpg(simulated_devices.pid, signal.SIGINT)
            assert simulated_devices.wait(20) == 0
    assert "Traceback" not in (tmp_path / "output").read_text()


def test_without_simulated_devices_the_command_explains_how_to_start_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, "--socket", str(tmp_path / "s"), "card", "remove"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "kiosk simulate" in result.stderr


def test_killed_simulated_devices_end_pcscd_too(shell: Shell) -> None:
    matches = re.search(r"PCSCLITE_CSOCK_NAME=(\S+)/run/", shell.output)
    assert matches
    assert processes_with(matches[1])
    os.kill(shell.foreground.pid, signal.SIGKILL)
    with shell.foreground:
        shell.foreground.wait()
    wait_until(lambda: processes_with(matches[1]) == [])
