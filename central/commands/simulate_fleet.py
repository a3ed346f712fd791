"""`central simulate-fleet`: many kiosks that are not there send to this installation, over loopback, for a while."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from central.cases.models import Case
from central.commands import CommandError, print_message
from central.simulation import enrolment
from central.simulation.fleet import run_simulation

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WORKERS = 2
_REVOKED_EVERY = 30  # one kiosk in so many was stolen, and revoked


def run(arguments: argparse.Namespace) -> None:
    _check_arguments(arguments)
    with _serve_temporarily(arguments.url) as url:
        try:
            fleet = enrolment.enrol_kiosks(arguments.kiosks)
        except enrolment.SimulatedEnrolmentError as error:
            raise CommandError(str(error)) from error
        print_message(f"{len(fleet)} kiosks, {fleet[0]} to {fleet[-1]}, at {url}")
        enrolment.revoke(fleet[_REVOKED_EVERY - 1 :: _REVOKED_EVERY])
        report = run_simulation(fleet, url, arguments.visits, arguments.duration_s, arguments.seed)
        connections.close_all()
    for name, count in report.scenario_counts.most_common():
        sys.stdout.write(f"{count:>8}  {name}\n")
    sys.stdout.write(
        f"{report.scenario_counts.total():>8}  visits in {report.duration_s:.0f} s; "
        f"{report.heartbeat_count} kiosks were heard\n"
    )
    for sentence in report.errors[:20]:
        print_message(f"NOT AS IT MUST: {sentence}")
    if report.errors:
        raise CommandError(f"{len(report.errors)} things are not as they must be")
    print_message("Every visit is here once, as it must. To see the kiosks at /desk/fleet:")
    print_message(f"central create-officer NAME --centre {enrolment.CENTRE_SLUG}, central serve")


def _check_arguments(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.kiosks <= enrolment.MAX_KIOSKS:
        raise CommandError(f"there can be 1 to {enrolment.MAX_KIOSKS} simulated kiosks")
    if arguments.visits < 0 or arguments.duration_s <= 0:
        raise CommandError("visits and duration cannot be negative")
    if settings.PUBLIC_URL:
        raise CommandError("CENTRAL_URL is set: this installation is for real kiosks only; use another CENTRAL_DATA")
    if arguments.url and urlsplit(arguments.url).hostname not in _LOOPBACK:
        raise CommandError("simulated kiosks speak to this machine only: http://127.0.0.1:PORT")
    if Case.objects.exclude(centre__slug=enrolment.CENTRE_SLUG).exists():
        raise CommandError("there are real cases here; use another CENTRAL_DATA")


@contextmanager
def _serve_temporarily(url: str | None) -> Iterator[str]:
    """The address of this installation: the one given, or of a service that runs for as long."""
    if url:
        yield url
        return
    command = [sys.executable, "-m", "central.cli", "serve", "--port", "0", "--workers", str(_WORKERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise CommandError("the service did not start")
            yield address
        finally:
            process.terminate()
            process.wait()
