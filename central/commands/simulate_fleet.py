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
from central.commands import CommandError, say
from central.simulation import enrolment
from central.simulation.fleet import play

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WORKERS = 2
_REVOKED = 30  # one kiosk in so many was stolen, and revoked


def run(arguments: argparse.Namespace) -> None:
    _check(arguments)
    with _served(arguments.url) as url:
        try:
            fleet = enrolment.enrol(arguments.kiosks)
        except enrolment.EnrollingError as error:
            raise CommandError(str(error)) from error
        say(f"{len(fleet)} kiosks, {fleet[0]} to {fleet[-1]}, at {url}")
        enrolment.revoke(fleet[_REVOKED - 1 :: _REVOKED])
        played = play(fleet, url, arguments.visits, arguments.seconds, arguments.seed)
        connections.close_all()
    for name, count in played.went.most_common():
        sys.stdout.write(f"{count:>8}  {name}\n")
    sys.stdout.write(f"{played.went.total():>8}  visits in {played.seconds:.0f} s; {played.heard} kiosks were heard\n")
    for sentence in played.wrong[:20]:
        say(f"NOT AS IT MUST: {sentence}")
    if played.wrong:
        raise CommandError(f"{len(played.wrong)} things are not as they must be")
    say("Every visit is here once, as it must. To see the kiosks at /desk/fleet:")
    say(f"central create-officer NAME --centre {enrolling.CENTRE}, central serve")


def _check(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.kiosks <= enrolment.MOST:
        raise CommandError(f"there can be 1 to {enrolling.MOST} simulated kiosks")
    if arguments.visits < 0 or arguments.seconds <= 0:
        raise CommandError("visits and seconds cannot be negative")
    if settings.PUBLIC_URL:
        raise CommandError("CENTRAL_URL is set: this installation is for real kiosks only; use another CENTRAL_DATA")
    if arguments.url and urlsplit(arguments.url).hostname not in _LOOPBACK:
        raise CommandError("simulated kiosks speak to this machine only: http://127.0.0.1:PORT")
    if Case.objects.exclude(centre__slug=enrolment.CENTRE).exists():
        raise CommandError("there are real cases here; use another CENTRAL_DATA")


@contextmanager
def _served(url: str | None) -> Iterator[str]:
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
