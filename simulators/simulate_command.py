"""`kiosk simulate`: start a bench in the foreground, or steer the one that runs."""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from simulators.control_server import ControlServer, default_socket_path, send_command
from simulators.simulated_devices import COMMAND_HELP, DEFAULT_SPEED_MM_PER_S, SimulatedDevices, SimulatorError


def main(argv: Sequence[str]) -> int:
    """Run `kiosk simulate` with `argv`. Returns the exit status: 0 done, 1 the bench could not, 2 misunderstood."""
    parser = argparse.ArgumentParser(
        prog="kiosk simulate",
        description="Without words: start simulated devices and keep them until Ctrl-C. With words: steer them.",
        epilog=f"words:\n{COMMAND_HELP}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dir", type=Path, default=Path("simulated-devices"), help="where the papers go")
    parser.add_argument("--socket", type=Path, default=default_socket_path(), help=argparse.SUPPRESS)
    parser.add_argument("words", nargs="*", metavar="WORD", help="e.g. card insert boonma")
    arguments = parser.parse_args(argv)
    try:
        if arguments.words:
            print(send_command(make_paths_absolute(arguments.words), arguments.socket))
        else:
            run_foreground(arguments.dir, arguments.socket)
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 2 if arguments.words else 1
    return 0


def make_paths_absolute(command: Sequence[str]) -> list[str]:
    """The bench may run in another directory: file names become absolute."""
    if list(command[:2]) == ["scanner", "load"]:
        return [*command[:2], *(str(Path(word).absolute()) for word in command[2:])]
    return list(command)


def run_foreground(directory: Path, socket_path: Path) -> None:
    """Keep a bench until interrupted or terminated."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with SimulatedDevices(directory, mm_per_s=DEFAULT_SPEED_MM_PER_S) as devices, ControlServer(devices, socket_path):
        exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in devices.environment.items())
        print(f"The devices are on; papers appear in {devices.receipt_directory}. Ctrl-C ends.\n")
        print(f"In the kiosk's shell:\n\n  export {exports}\n\nIn its kiosk.toml:\n\n{devices.settings}")
        print(f"From another shell, `kiosk simulate` and one of:\n\n{COMMAND_HELP}", flush=True)
        stop.wait()
