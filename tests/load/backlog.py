"""A month's backlog: many kiosks, each with its visits, a few of them letters, deliver to one centre."""

import itertools
import threading
import time
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.storage import default_storage

from central.alarms.models import Alarm
from central.cases.models import Case, LetterPage
from central.intake.models import AcceptedDelivery, PartChunk
from protocol import sealing
from simulators.fleet.registration import enrol_kiosks
from simulators.http_transport import HttpKiosk
from tests.load.central_service import CentralService, print_now

LETTER_EVERY_VISITS = 50  # one visit in fifty is a letter
LETTER_PAGES = 3
PAGE_BYTES = 300_000  # size of a stored page (decision 0028)
CONCURRENT_CONNECTIONS = 24  # kiosks that send at the same time
MAX_GROWTH_RATIO = 1.25  # memory at the end over that in the middle;
WARM_UP_S = 100  # checked only in runs of this length, because threads and caches fill at first


def find_violations(central_service: CentralService, options: Namespace) -> list[str]:
    """Sentences about broken promises; none when the test passed."""
    print_now(f"  {options.kiosks} kiosks with {options.visits} visits each")
    before = central_service.cpu_s()
    result = _drain(central_service, options.kiosks, options.visits, options.seconds)
    service, database = (after - earlier for after, earlier in zip(central_service.cpu_s(), before, strict=True))
    _report(result, service, database)
    wrong = _find_violations(result)
    memory = _memory_by_tenth(central_service.private_memory_samples)
    print_now(
        f"  private memory of the service in MB, tenth by tenth: {' '.join(f'{mean / 1e6:.0f}' for mean in memory)}"
    )
    if (
        len(central_service.private_memory_samples) >= WARM_UP_S
        and memory[-1] > MAX_GROWTH_RATIO * memory[len(memory) // 2]
    ):
        wrong.append("memory grew")
    return wrong


@dataclass
class DrainResult:
    """What the kiosks recorded: the receipts they verified, and the bytes they sent."""

    receipted: list[UUID] = field(default_factory=list)
    letters: int = 0
    content_bytes: int = 0
    wire_bytes: int = 0
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


def _drain(central_service: CentralService, kiosks: int, visits: int, seconds: float) -> DrainResult:
    """Every kiosk sends its visits one after another, CONCURRENT_CONNECTIONS kiosks at the same time; no visit begins
    after `seconds`."""
    fleet = enrol_kiosks(kiosks, central_service.url)
    result, every = DrainResult(), itertools.count(1)
    begun = time.monotonic()
    until = begun + seconds
    progress = max(1, kiosks * visits // 10)

    def send(kiosk: HttpKiosk) -> None:
        with kiosk.transport:
            for _ in range(visits):
                if time.monotonic() > until:
                    break
                number = next(every)
                pages = LETTER_PAGES if number % LETTER_EVERY_VISITS == 0 else 0
                visit = kiosk.create_visit(pages, PAGE_BYTES)
                kiosk.deliver_visit(visit)
                with result.lock:
                    result.receipted.append(visit.delivery.submission_id)
                    result.letters += bool(pages)
                    result.content_bytes += visit.size_bytes
                if number % progress == 0:
                    print_now(f"  {number:>7} receipted after {time.monotonic() - begun:6.0f} s")
            with result.lock:
                result.wire_bytes += kiosk.transport.sent_bytes

    with ThreadPoolExecutor(CONCURRENT_CONNECTIONS) as pool:
        for _ in pool.map(send, fleet):
            pass
    result.seconds = time.monotonic() - begun
    return result


def _find_violations(done: DrainResult) -> list[str]:
    """One sentence for each promise that the centre does not keep."""
    wrong = []
    held = set(Case.objects.values_list("submission_id", flat=True).iterator())
    receipted = set(done.receipted)
    if len(receipted) != len(done.receipted):
        wrong.append("one submission was receipted twice")
    if lost := receipted - held:
        wrong.append(f"{len(lost)} receipted submissions are no cases")
    if surplus := held - receipted:
        wrong.append(f"{len(surplus)} cases were never receipted")
    # Kiosks that have sent everything are silent, which the service reports.
    if AcceptedDelivery.objects.filter(case=None).exists() or Alarm.objects.exclude(kind=Alarm.Kind.SILENT).exists():
        wrong.append("something is quarantined or alarmed")
    if PartChunk.objects.exists():
        wrong.append("sealed bytes were left behind")
    pages = list(LetterPage.objects.values_list("picture", flat=True))
    if len(pages) != done.letters * LETTER_PAGES:
        wrong.append(f"{len(pages)} pages instead of {done.letters * LETTER_PAGES}")
    if torn := [name for name in pages if default_storage.size(name) != PAGE_BYTES]:
        wrong.append(f"{len(torn)} pictures are not whole")
    return wrong


def _report(done: DrainResult, service_s: float, database_s: float) -> None:
    count = len(done.receipted)
    print_now(f"  {count} submissions, {done.letters} of them letters of {LETTER_PAGES} pages of {PAGE_BYTES} bytes")
    print_now(
        f"  {done.seconds:.0f} s, {count / done.seconds:.0f} a second, {CONCURRENT_CONNECTIONS} connections at once"
    )
    print_now(f"  {done.content_bytes / 1e6:.0f} MB of content, {done.wire_bytes / 1e6:.0f} MB sent with all headers")
    other_bytes = done.wire_bytes - done.letters * LETTER_PAGES * (PAGE_BYTES + sealing.OVERHEAD_BYTES)
    print_now(f"  {other_bytes / count:.0f} bytes per submission besides its pictures")
    each = count / 1e3
    print_now(f"  processor a submission: service {service_s / each:.2f} ms, PostgreSQL {database_s / each:.2f} ms")


def _memory_by_tenth(samples: list[int]) -> list[float]:
    """Mean of each tenth of the samples."""
    length = max(1, len(samples) // 10)
    tenths = [samples[start : start + length] for start in range(0, len(samples), length)][:10]
    return [sum(tenth) / len(tenth) for tenth in tenths]
