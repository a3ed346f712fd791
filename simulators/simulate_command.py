"""`kiosk simulate`: start simulated devices in the foreground, or control those that run."""

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
    """Run `kiosk simulate` with `argv`. The exit status: 0 done, 1 the devices could not start, 2 the
    command failed."""
    parser = argparse.ArgumentParser(
        prog="kiosk simulate",
        description="Without words: run simulated devices until Ctrl-C. With words: control them.",
        epilog=f"words:\n{COMMAND_HELP}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dir", type=Path, default=Path("simulated-devices"), help="directory of the printed receipts")
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
    """File names become absolute, because the devices may run in another directory."""
    if list(command[:2]) == ["scanner", "load"]:
        return [*command[:2], *(str(Path(word).absolute()) for word in command[2:])]
    return list(command)


def run_foreground(directory: Path, socket_path: Path) -> None:
    """Run simulated devices until the process is interrupted or terminated."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with SimulatedDevices(directory, mm_per_s=DEFAULT_SPEED_MM_PER_S) as devices, ControlServer(devices, socket_path):
        exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in devices.environment.items())
        print(f"The devices run; receipts appear in {devices.receipt_directory}. Ctrl-C ends them.\n")
        print(f"In the kiosk's shell:\n\n  export {exports}\n\nIn its kiosk.toml:\n\n{devices.settings}")
        print(f"From another shell, `kiosk simulate` and one of:\n\n{COMMAND_HELP}", flush=True)
        stop.wait()
