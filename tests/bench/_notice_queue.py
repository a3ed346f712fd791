"""An installation with thousands of queued notices, and a local SMS gateway: for `tests.bench.notices`."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path
from uuid import uuid4

import django

from simulators.notice_gateways import sms
from simulators.notice_gateways.server import GatewayServer
from tests.unit.central.served_installation import CENTRAL, Installation

API_KEY = "bench-key"


@contextmanager
def prepared_installation() -> Iterator[Installation]:
    """A migrated installation that this process uses as well. SQLite, or PostgreSQL with DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="bench-notices-") as directory:
        installation = Installation(Path(directory, "data"))
        installation.environment["CENTRAL_URL"] = "https://track.example.go.th"
        installation.migrate()
        os.environ.update(installation.environment, DJANGO_SETTINGS_MODULE="central.settings")
        django.setup()
        installation.run_checked("create-centre", "khonkaen", "--area", "40")
        yield installation


@contextmanager
def worker(installation: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process; killed at the end if it still runs."""
    process = subprocess.Popen([*CENTRAL, "worker"], env=installation.environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def set_up_route(server: GatewayServer) -> None:
    """The SMS route of the centre, without quiet hours."""
    from central.centres.models import Centre  # noqa: PLC0415  # needs Django set up
    from central.notices.models import NoticeRoute, NoticeRules  # noqa: PLC0415  # needs Django set up
    from central.notices.route_secrets import encrypt_secret  # noqa: PLC0415  # needs Django set up

    centre = Centre.objects.get(slug="khonkaen")
    values = {"url": f"{server.url}{sms.PATH}", "sender": "Bench", "secret": encrypt_secret(API_KEY)}
    NoticeRoute.objects.update_or_create(centre=centre, channel="sms", defaults=values)
    NoticeRules.objects.update_or_create(centre=centre, defaults={"quiet_from": time(0), "quiet_until": time(0)})


def fill_queue(count: int, *, is_queued: bool) -> list[int]:
    """Add cases with a consent to SMS, each with a held notice that is due if `is_queued`. Returns the case ids."""
    from django.utils import timezone  # noqa: PLC0415  # needs Django set up

    from central.cases.case_clock import start_clock  # noqa: PLC0415  # needs Django set up
    from central.cases.models import Case  # noqa: PLC0415  # needs Django set up
    from central.centres.models import Centre  # noqa: PLC0415  # needs Django set up
    from central.notices.models import Notice, NoticeConsent, NoticeRoute, ReportedFacts  # noqa: PLC0415  # needs Django set up

    now, centre = timezone.now(), Centre.objects.get(slug="khonkaen")
    first, route = Case.objects.count() + 1, NoticeRoute.objects.get()
    cases: list[Case] = []
    for number in range(first, first + count):
        case = Case(
            submission_id=uuid4(), case_number=f"KKN07A-{number:06d}-51", tracking_hash=f"{number:064x}",
            nature="complaint", topic="utilities", about="nobody", area="400101", for_whom="self", text="x",
            name_disclosure="named", language="th", notice_version="1", notice_accepted_at=now, received_at=now,
            filed_at=now, filing_time_quality="kiosk_clock", centre=centre, status="received", attention="new",
        )  # fmt: skip
        if not cases:
            start_clock(case)
        else:
            for name in ("clock_start", "period_days", "period_basis", "due"):
                setattr(case, name, getattr(cases[0], name))
        cases.append(case)
    stored = Case.objects.bulk_create(cases, batch_size=500)
    consents = NoticeConsent.objects.bulk_create(
        [
            NoticeConsent(
                case=case, channel="sms", address=f"+668{case.pk:08d}", text="x", text_version="bench", language="th",
                given_by="kiosk", given_at=now,
            )
            for case in stored
        ],
        batch_size=500,
    )  # fmt: skip
    ReportedFacts.objects.bulk_create(
        [ReportedFacts(case=case, status="received", due=case.due) for case in stored], batch_size=500
    )
    if is_queued:
        past = now - timedelta(hours=1)
        Notice.objects.bulk_create(
            [
                Notice(
                    consent=consent, case=consent.case, channel="sms", centre=centre, route=route, news=["status"],
                    priority=Notice.Priority.HELD, created_at=now, queued_at=now, due_at=past,
                )
                for consent in consents
            ],
            batch_size=500,
        )  # fmt: skip
    return [case.pk for case in stored]


def log(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)
