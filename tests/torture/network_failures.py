"""Every way a line can fail: each complaint arrives once, whole, and nothing on the wire can be read.

    unshare --net --mount sh -c 'ip link set lo up && exec python -m tests.torture.network_failures DIRECTORY [--quick]'

The kiosk delivers over a line that delays and loses packets (see network_faults.py), through a relay that cuts, falls
silent and repeats (see tcp_relay.py), to names that are not found, to certificates that are wrong, and to a centre that
mostly fails.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from kiosk_app.forwarder import Forwarder
from kiosk_app.outbox import Outbox
from kiosk_app.outbox.state_directory import outbox_directory
from tests.certificates import CertificateAndKey, issue_certificate, new_authority, server_context, to_pem
from tests.outbox_samples import KIOSK_SIGNING_KEY, enrolment
from tests.torture.headless_kiosk import (
    CANARY,
    PHONE,
    CentreProcess,
    HeadlessKiosk,
    PrintedReceipt,
    RecordingCentre,
    centre_process,
    find_broken_promises,
    serve,
)
from tests.torture.leak_search import find_leaks, find_secrets, log_to_directory, sample_codes
from tests.torture.network_faults import (
    CENTRE_END,
    KIOSK_END,
    V4,
    V6,
    NetworkFaults,
    PacketLink,
    enter_network_namespace,
)
from tests.torture.tcp_relay import ConnectionEnd, Relay, send_request, split_requests

TIMEOUT_S = (2.0, 1.5)  # instead of 10 and 30: what waits for them is tried a hundred times
MAX_TICKS = 2000  # of 400 s; seven answers of ten being faults, a page may need some hundred
NETWORK_CONDITIONS = {
    "far away": NetworkFaults(delay_s=0.15, jitter_s=0.02),
    "reordered and doubled": NetworkFaults(delay_s=0.02, jitter_s=0.04, duplicate=0.1),
    "one in fifty lost": NetworkFaults(delay_s=0.02, jitter_s=0.01, loss=0.02),
    "one in twelve lost": NetworkFaults(delay_s=0.02, jitter_s=0.02, loss=0.08, duplicate=0.02),
}


class NetworkTest:
    """A kiosk whose clock is turned by hand, and a tally of what went wrong."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._turns = count()
        self.cases = 0
        self.codes: list[str] = []  # of every receipt
        self.wrong: list[str] = []

    def deliver(
        self,
        name: str,
        centre: CentreProcess,
        url: str,
        *,
        visits: int = 1,
        pages: int = 1,
        authority: str = "",
        before_delivery: Callable[[Callable[[], None]], None] = lambda tick: None,
    ) -> None:
        """File, let `before_delivery` try with its own ticks what shall not help, deliver; check the promises."""
        self.cases += 1
        place = self._directory / f"kiosk-{next(self._turns)}"
        (place / "state").mkdir(parents=True)
        (place / "runtime").mkdir()
        enrolled = enrolment(url).model_copy(update={"authority": authority})
        enrolled.save(place / "state")
        printed_receipts: list[PrintedReceipt] = []
        kiosk = HeadlessKiosk(place / "state", place / "runtime", printed_receipts.append)
        tags = [f"{name}-{turn}" for turn in range(visits)]
        for tag in tags:
            kiosk.visit(tag, pages)
        kiosk.close()
        self.codes += [printed_receipt.code for printed_receipt in printed_receipts]
        now = [0.0]
        with Outbox.open(outbox_directory(place / "state"), enrolled) as outbox:
            forwarder = Forwarder(
                outbox, enrolled, KIOSK_SIGNING_KEY, url, state=place / "state", version="1", monotonic=lambda: now[0]
            )
            forwarder._connection._timeout_s = TIMEOUT_S

            def tick() -> None:
                now[0] += 400
                forwarder._tick(threading.Event())

            before_delivery(tick)
            for _ in range(MAX_TICKS):
                if not outbox.count():
                    break
                tick()
            else:
                self.wrong.append(f"{name}: {outbox.count()} rows never arrived")
            forwarder._connection.session.close()
        arrived = [one for one in centre.arrived() if one.tag in tags]
        self.wrong += [f"{name}: {broken}" for broken in find_broken_promises(printed_receipts, set(tags), arrived)]
        self.wrong += [
            f"{name}: readable in {found}"
            for found in find_leaks(place / "state", *(printed_receipt.code for printed_receipt in printed_receipts))
        ]

    def expect(self, condition: bool, sentence: str) -> None:
        if not condition:
            self.wrong.append(sentence)


def deliver_over_bad_network(network_test: NetworkTest, directory: Path, visits: int) -> None:
    """The line itself: delay, loss, order, doubles, over both protocols; then what a listener heard."""
    ours, theirs = socket.socketpair()

    def there(pipe: Connection) -> None:
        tun = enter_network_namespace(CENTRE_END)
        socket.send_fds(theirs, [b"tun"], [tun])
        serve(pipe, RecordingCentre("::"))

    with centre_process(there) as centre:
        _, (far,), _, _ = socket.recv_fds(ours, 10, 1)
        capture = directory / "capture"
        link = PacketLink(enter_network_namespace(KIOSK_END), far, capture, Random(5))
        port = centre.address[1]
        with link.running():
            for name, faults in NETWORK_CONDITIONS.items():
                link.faults = faults
                for host in (f"{V4}{CENTRE_END}", f"[{V6}{CENTRE_END}]"):
                    network_test.deliver(f"{name} {host}", centre, f"http://{host}:{port}", visits=visits)
            link.faults = NetworkFaults()
            with _hosts_file(directory, f"{V6}99 centre.test\n{V4}{CENTRE_END} centre.test\n"):
                network_test.deliver("IPv6 leads nowhere", centre, f"http://centre.test:{port}", visits=1)

            def gone(tick: Callable[[], None]) -> None:
                link.faults = NetworkFaults(loss=1.0)
                tick()
                link.faults = NetworkFaults()

            network_test.deliver(
                "the cable out, in the middle", centre, f"http://{V4}{CENTRE_END}:{port}", before_delivery=gone
            )
        heard = capture.read_bytes()
        network_test.expect(b"Idempotency-Key" in heard, "the listener heard nothing")
        network_test.expect(
            not find_secrets(heard, [CANARY, PHONE, *network_test.codes]), "a secret was heard on the wire"
        )
        print(f"weather: {link.forwarded} packets carried, {link.dropped} lost, {len(heard)} bytes heard", flush=True)
    ours.close()
    theirs.close()


def cut_connections(network_test: NetworkTest, centre: CentreProcess, max_points: int) -> None:
    """A connection that ends after any number of bytes, either way, by FIN, by RST, and silently."""
    with Relay(centre.address) as relay:
        network_test.deliver("undisturbed", centre, relay.url)
        relay.reset_counts()
        network_test.deliver("undisturbed again", centre, relay.url)
        edges: set[int] = set()
        place = 0
        for request in split_requests(bytes(relay.sent_bytes)):
            body = request.index(b"\r\n\r\n") + 4
            for edge in (0, request.index(b"\r\n"), body, (body + len(request)) // 2, len(request)):
                edges |= {place + edge - 1, place + edge, place + edge + 1}
            place += len(request)
        for up, length in ((True, relay.counts[0]), (False, relay.counts[1])):
            step = max(1, length // max_points)
            points = sorted((edges if up else set()) | set(range(0, length, step)))
            for turn, after in enumerate(point for point in points if 0 <= point <= length):
                ending = (ConnectionEnd.CLOSED, ConnectionEnd.RESET)[turn % 2]
                relay.cut(up, after, ending)
                network_test.deliver(f"{ending.value} after {after} bytes {'up' if up else 'down'}", centre, relay.url)
                relay.close_connections()
            for after in (length - 1, 0, length // 3)[: 3 if max_points > 10 else 1]:
                relay.cut(up, after, ConnectionEnd.SILENT)
                network_test.deliver(f"silent after {after} bytes {'up' if up else 'down'}", centre, relay.url)
                relay.close_connections()


def replay_requests(network_test: NetworkTest, centre: CentreProcess) -> None:
    """Everything that was ever said, said again afterwards in any order: nothing changes."""
    with Relay(centre.address) as relay:
        network_test.deliver("recorded", centre, relay.url, visits=5)
        before = {(one.submission_id, one.case_number) for one in centre.arrived()}
        said = split_requests(bytes(relay.sent_bytes)) * 3
        Random(3).shuffle(said)
        for request in said:
            answer = send_request(centre.address, request)
            network_test.expect(answer.startswith(b"HTTP/1.1 "), "a repeated request was not answered")
        after = centre.arrived()
        network_test.expect({(one.submission_id, one.case_number) for one in after} == before, "a repeat made a case")
        network_test.expect(all(one.distinct_contents == 1 for one in after), "a repeat changed a case")
        print(f"repeats: {len(said)} requests said again", flush=True)


def deliver_to_failing_centre(network_test: NetworkTest, centre: CentreProcess) -> None:
    """A centre that answers seven requests of ten with a fault, or takes them and hangs up."""
    for share in (0.3, 0.7):
        centre.set_failure_rate(share)
        network_test.deliver(f"a storm of {share:.0%}", centre, centre.url, visits=8)
        centre.set_failure_rate(0.0)


def deliver_by_name(network_test: NetworkTest, centre: CentreProcess, directory: Path) -> None:
    """A name that is not found, then one that is."""
    _, port = centre.address
    with _hosts_file(directory, "") as hosts:

        def later(tick: Callable[[], None]) -> None:
            tick()
            hosts.write_text("127.0.0.1 centre.test\n")

        network_test.deliver("no such name", centre, f"http://centre.test:{port}", before_delivery=later)


def reject_wrong_certificates(network_test: NetworkTest, directory: Path) -> None:
    """Wrong certificates: nothing is said to whoever shows them; with the right one everything goes."""
    ours, others = new_authority("ours"), new_authority("somebody else's")
    day = timedelta(days=1)
    now = datetime.now(UTC)
    wrong = {
        "another authority's": issue_certificate(others, "127.0.0.1", now - day, now + day),
        "for another name": issue_certificate(ours, "127.0.0.2", now - day, now + day),
        "expired": issue_certificate(ours, "127.0.0.1", now - 2 * day, now - day),
        "not valid yet": issue_certificate(ours, "127.0.0.1", now + day, now + 2 * day),
    }
    right = issue_certificate(ours, "127.0.0.1", now - day, now + day)
    pem = to_pem(ours)
    for trusted in (True, False):
        for name, shown in wrong.items():
            label = f"{name}, clock {'set' if trusted else 'not set'}"
            with (
                _clock_state(directory, trusted),
                _tls_centre(directory, right) as centre,
                _tls_centre(directory, shown) as impostor,
                Relay(impostor.address) as relay,
            ):
                url = relay.url.replace("http:", "https:")
                if not trusted and name in {"expired", "not valid yet"}:
                    # A clock that nobody has set does not know what is expired.
                    network_test.deliver(label, impostor, url, authority=pem)
                    continue

                def first_wrong(
                    tick: Callable[[], None], relay: Relay = relay, address: tuple[str, int] = centre.address
                ) -> None:
                    tick()
                    relay.retarget(address)

                network_test.deliver(label, centre, url, authority=pem, before_delivery=first_wrong)
                network_test.expect(not impostor.arrived(), f"{label}: something was said to an impostor")


@contextmanager
def _tls_centre(directory: Path, signed: CertificateAndKey) -> Iterator[CentreProcess]:
    made = server_context(directory, signed)
    with centre_process(lambda pipe: serve(pipe, RecordingCentre(tls=made))) as centre:
        yield centre


# -- names, clocks -------------------------------------------------------------------------------------------------


@contextmanager
def _bind_mounted(target: Path, source: Path) -> Iterator[None]:
    """`source` stands at `target`, in this mount namespace."""
    subprocess.run(["mount", "--bind", source, target], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", target], check=True)


@contextmanager
def _hosts_file(directory: Path, lines: str) -> Iterator[Path]:
    """This is /etc/hosts; nobody else answers for names."""
    hosts = directory / "hosts"
    hosts.write_text(lines)
    empty = directory / "resolv.conf"
    empty.write_text("options attempts:1 timeout:1\nnameserver 127.0.0.1\n")
    with _bind_mounted(Path("/etc/hosts"), hosts), _bind_mounted(Path("/etc/resolv.conf"), empty):
        yield hosts


@contextmanager
def _clock_state(directory: Path, trusted: bool) -> Iterator[None]:
    """Whether a time server has been heard, as systemd-timesyncd says it."""
    run = directory / "run"
    place = run / "systemd" / "timesync"
    place.mkdir(parents=True, exist_ok=True)
    (place / "synchronized").unlink(missing_ok=True)
    if trusted:
        (place / "synchronized").touch()
    with _bind_mounted(Path("/run"), run):
        yield


def main(words: list[str]) -> int:
    """0 when every promise was kept."""
    directory, quick = Path(words[0]), "--quick" in words
    journal = directory / "journal"
    log_to_directory(journal)  # a thousand failures are meant here
    network_test, start = NetworkTest(directory), time.monotonic()
    with centre_process() as centre:
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("cuts", lambda: cut_connections(network_test, centre, 10 if quick else 400)),
            ("repeats", lambda: replay_requests(network_test, centre)),
            ("storms", lambda: deliver_to_failing_centre(network_test, centre)),
            ("names", lambda: deliver_by_name(network_test, centre, directory)),
            ("certificates", lambda: reject_wrong_certificates(network_test, directory)),
        )
        for name, run in steps:
            run()
            print(f"{name}: {network_test.cases} cases so far, {time.monotonic() - start:.0f} s", flush=True)
    deliver_over_bad_network(network_test, directory, 1 if quick else 6)
    network_test.wrong += [
        f"readable in the journal: {found}" for found in find_leaks(journal, *sample_codes(network_test.codes))
    ]
    for broken in network_test.wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{network_test.cases} cases, {len(network_test.wrong)} promises broken, {time.monotonic() - start:.0f} s")
    return int(bool(network_test.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
