"""`./run fleet`: many simulated kiosks send to a central installation on this machine for a while.

Exit status 0: every visit is stored at the centre once and in the right place. 2, with one sentence: the simulation did
not run, or a visit is missing or misplaced.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

from simulators.fleet.traffic import SimulationReport, run_simulation

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WORKERS = 2
_REVOKED_EVERY = 30  # one kiosk in thirty is revoked, like a stolen one
_MAX_SHOWN_ERRORS = 20
_EXIT_FAILED = 2


class FleetError(Exception):
    """The simulation cannot run, or the centre failed it; the message is one sentence."""


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run fleet",
        description="Simulated kiosks send to the central installation in CENTRAL_DATA, which `central migrate` made.",
    )
    parser.add_argument("--kiosks", type=int, default=50, help="number of kiosks (default 50)")
    parser.add_argument("--visits", type=int, default=2, help="visits of each kiosk (default 2)")
    parser.add_argument("--duration-s", type=float, default=120, help="no visit begins later, in seconds (default 120)")
    parser.add_argument("--seed", type=int, default=1, help="decides which failure each visit meets (default 1)")
    parser.add_argument("--url", help="address of `central serve` on this machine (default: a service is started)")
    return parser


def _check_arguments(arguments: argparse.Namespace, max_kiosks: int) -> None:
    if not 1 <= arguments.kiosks <= max_kiosks:
        raise FleetError(f"--kiosks takes 1 to {max_kiosks}")
    if arguments.visits < 0 or arguments.duration_s <= 0:
        raise FleetError("--visits cannot be negative and --duration-s must be positive")
    if arguments.url and urlsplit(arguments.url).hostname not in _LOOPBACK:
        raise FleetError("simulated kiosks send to this machine only: --url http://127.0.0.1:PORT")


def _run(arguments: argparse.Namespace) -> None:
    from simulators.fleet import registration  # noqa: PLC0415  # Django models are importable only after django.setup()

    _check_arguments(arguments, registration.MAX_KIOSKS)
    try:
        registration.check_installation()
        with _serve_temporarily(arguments.url) as url:
            kiosks = registration.enrol_kiosks(arguments.kiosks, url)
            print_message(f"{len(kiosks)} kiosks, {kiosks[0]} to {kiosks[-1]}, send to {url}")
            revoked = kiosks[_REVOKED_EVERY - 1 :: _REVOKED_EVERY]
            registration.revoke(revoked)
            report = run_simulation(kiosks, revoked, arguments.visits, arguments.duration_s, arguments.seed)
            report.errors += registration.find_discrepancies(report.expected_destinations)
            connections.close_all()
    except registration.RegistrationError as error:
        raise FleetError(str(error)) from error
    _print_report(report)
    if report.errors:
        raise FleetError(f"{len(report.errors)} errors")
    print_message("Every visit is at the centre once, where it must be. To see the kiosks at /desk/fleet:")
    print_message(f"central create-officer NAME --centre {registration.CENTRE_SLUG}, then central serve")


def _print_report(report: SimulationReport) -> None:
    for name, count in report.script_counts.most_common():
        sys.stdout.write(f"{count:>8}  {name}\n")
    sys.stdout.write(
        f"{report.script_counts.total():>8}  visits in {report.duration_s:.0f} s; "
        f"{report.heartbeat_count} kiosks sent a heartbeat\n"
    )
    for sentence in report.errors[:_MAX_SHOWN_ERRORS]:
        print_message(f"ERROR: {sentence}")


@contextmanager
def _serve_temporarily(url: str | None) -> Iterator[str]:
    """`url`, or the address of a service that runs while the context lasts."""
    if url:
        yield url
        return
    command = [sys.executable, "-m", "central.cli", "serve", "--port", "0", "--workers", str(_WORKERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise FleetError("the service did not start")
            yield address
        finally:
            process.terminate()
            process.wait()


def print_message(sentence: str) -> None:
    """A sentence for people, on stderr."""
    sys.stderr.write(f"{sentence}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the simulation; the exit status."""
    arguments = _build_parser().parse_args(argv)
    os.umask(0o077)  # what the service writes is readable by this user only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "central.settings")
    try:
        django.setup()
        _run(arguments)
    except (FleetError, ImproperlyConfigured) as error:
        print_message(f"fleet: {error}")
        return _EXIT_FAILED
    except (DatabaseError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")  # PostgreSQL sends several lines
        print_message(f"fleet: {reason}. Check DATABASE_URL and CENTRAL_DATA, and run `central migrate`.")
        return _EXIT_FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
