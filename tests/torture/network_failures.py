"""Network failures of every kind: each complaint still arrives once and whole, and nothing on the wire is readable.

    unshare --net --mount sh -c 'ip link set lo up && exec python -m tests.torture.network_failures DIRECTORY [--quick]'

The kiosk delivers over a network that delays and loses packets (network_faults.py), through a relay that cuts
connections and replays requests (tcp_relay.py), to names that do not resolve, to wrong certificates, and to a centre
that fails most requests.
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
from tests.torture.headless_kiosk import CANARY, PHONE, HeadlessKiosk, PrintedReceipt
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
from tests.torture.recording_centre import CentreProcess, RecordingCentre, centre_process, find_broken_promises, serve
from tests.torture.tcp_relay import ConnectionEnd, Relay, send_request, split_requests

TIMEOUT_S = (2.0, 1.5)  # connect and read timeouts; 10 and 30 s would take too long for hundreds of cuts
TICK_S = 400.0  # longer than any back-off
MAX_TICKS = 2000  # with seven of ten requests failing, a page may need some hundred
NETWORK_CONDITIONS = {
    "far away": NetworkFaults(delay_s=0.15, jitter_s=0.02),
    "reordered and doubled": NetworkFaults(delay_s=0.02, jitter_s=0.04, duplicate=0.1),
    "one in fifty lost": NetworkFaults(delay_s=0.02, jitter_s=0.01, loss=0.02),
    "one in twelve lost": NetworkFaults(delay_s=0.02, jitter_s=0.02, loss=0.08, duplicate=0.02),
}


class NetworkTest:
    """Delivers with kiosks whose clock is controlled, and collects broken promises."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._turns = count()
        self.cases = 0
        self.codes: list[str] = []  # tracking codes of all receipts
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
        """Save visits, deliver them at `url`, and check the promises. `before_delivery` gets a function that lets the
        forwarder try once; it may do so while nothing can be delivered yet."""
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
                outbox,
                enrolled,
                KIOSK_SIGNING_KEY,
                url,
                state_dir=place / "state",
                version="1",
                monotonic=lambda: now[0],
            )
            forwarder._connection._timeout_s = TIMEOUT_S

            def tick() -> None:
                now[0] += TICK_S
                forwarder._tick(threading.Event())

            before_delivery(tick)
            for _ in range(MAX_TICKS):
                if not outbox.count():
                    break
                tick()
            else:
                self.wrong.append(f"{name}: {outbox.count()} rows never arrived")
            forwarder._connection.session.close()
        arrived = [delivery for delivery in centre.arrived() if delivery.tag in tags]
        leaks = find_leaks(place / "state", *(receipt.code for receipt in printed_receipts))
        self.wrong += [f"{name}: {problem}" for problem in find_broken_promises(printed_receipts, set(tags), arrived)]
        self.wrong += [f"{name}: readable in {leak}" for leak in leaks]

    def expect(self, condition: bool, problem: str) -> None:
        """Collect the problem when the condition is false."""
        if not condition:
            self.wrong.append(problem)


def deliver_over_bad_network(network_test: NetworkTest, directory: Path, visits: int) -> None:
    """Delay, loss, reordering and duplicates over IPv4 and IPv6; afterwards the captured packets are searched."""
    kiosk_socket, centre_socket = socket.socketpair()

    def serve_in_namespace(pipe: Connection) -> None:
        tun = enter_network_namespace(CENTRE_END)
        socket.send_fds(centre_socket, [b"tun"], [tun])
        serve(pipe, RecordingCentre("::"))

    with centre_process(serve_in_namespace) as centre:
        _, (centre_tun,), _, _ = socket.recv_fds(kiosk_socket, 10, 1)
        capture = directory / "capture"
        link = PacketLink(enter_network_namespace(KIOSK_END), centre_tun, capture, Random(5))
        port = centre.address[1]
        with link.running():
            for name, faults in NETWORK_CONDITIONS.items():
                link.faults = faults
                for host in (f"{V4}{CENTRE_END}", f"[{V6}{CENTRE_END}]"):
                    network_test.deliver(f"{name} {host}", centre, f"http://{host}:{port}", visits=visits)
            link.faults = NetworkFaults()
            with _hosts_file(directory, f"{V6}99 centre.test\n{V4}{CENTRE_END} centre.test\n"):
                network_test.deliver("IPv6 unreachable", centre, f"http://centre.test:{port}", visits=1)

            def unplug_for_one_try(tick: Callable[[], None]) -> None:
                link.faults = NetworkFaults(loss=1.0)
                tick()
                link.faults = NetworkFaults()

            network_test.deliver(
                "cable unplugged", centre, f"http://{V4}{CENTRE_END}:{port}", before_delivery=unplug_for_one_try
            )
        captured = capture.read_bytes()
        secrets = find_secrets(captured, [CANARY, PHONE, *network_test.codes])
        network_test.expect(b"Idempotency-Key" in captured, "no packet was captured")
        network_test.expect(not secrets, "a secret is readable on the wire")
        print(
            f"bad network: {link.forwarded} packets carried, {link.dropped} lost, {len(captured)} bytes captured",
            flush=True,
        )
    kiosk_socket.close()
    centre_socket.close()


def cut_connections(network_test: NetworkTest, centre: CentreProcess, max_points: int) -> None:
    """End a connection after any number of bytes in either direction: by FIN, by RST, and by silence."""
    with Relay(centre.address) as relay:
        network_test.deliver("undisturbed", centre, relay.url)
        relay.reset_counts()
        network_test.deliver("undisturbed again", centre, relay.url)
        boundaries = _request_boundaries(bytes(relay.sent_bytes))
        for up, length in ((True, relay.counts[0]), (False, relay.counts[1])):
            direction = "up" if up else "down"
            step = max(1, length // max_points)
            points = sorted((boundaries if up else set()) | set(range(0, length, step)))
            for turn, after in enumerate(point for point in points if 0 <= point <= length):
                ending = (ConnectionEnd.CLOSED, ConnectionEnd.RESET)[turn % 2]
                relay.cut(up, after, ending)
                network_test.deliver(f"{ending.value} after {after} bytes {direction}", centre, relay.url)
                relay.close_connections()
            for after in (length - 1, 0, length // 3)[: 3 if max_points > 10 else 1]:
                relay.cut(up, after, ConnectionEnd.SILENT)
                network_test.deliver(f"silent after {after} bytes {direction}", centre, relay.url)
                relay.close_connections()


def _request_boundaries(stream: bytes) -> set[int]:
    """Offsets at and beside start, request line, body start, body middle and end of every request."""
    boundaries: set[int] = set()
    start = 0
    for request in split_requests(stream):
        body = request.index(b"\r\n\r\n") + 4
        for offset in (0, request.index(b"\r\n"), body, (body + len(request)) // 2, len(request)):
            boundaries |= {start + offset - 1, start + offset, start + offset + 1}
        start += len(request)
    return boundaries


def replay_requests(network_test: NetworkTest, centre: CentreProcess) -> None:
    """Send every recorded request again three times, in random order: nothing may change."""
    with Relay(centre.address) as relay:
        network_test.deliver("recorded", centre, relay.url, visits=5)
        before = {(delivery.submission_id, delivery.case_number) for delivery in centre.arrived()}
        requests = split_requests(bytes(relay.sent_bytes)) * 3
        Random(3).shuffle(requests)
        for request in requests:
            response = send_request(centre.address, request)
            network_test.expect(response.startswith(b"HTTP/1.1 "), "a repeated request was not answered")
        arrived = centre.arrived()
        after = {(delivery.submission_id, delivery.case_number) for delivery in arrived}
        network_test.expect(after == before, "a repeated request made a case")
        network_test.expect(all(delivery.distinct_contents == 1 for delivery in arrived), "a repeat changed a case")
        print(f"repeats: {len(requests)} requests sent again", flush=True)


def deliver_to_failing_centre(network_test: NetworkTest, centre: CentreProcess) -> None:
    """A centre that fails three and seven of ten requests, or handles them and closes the connection."""
    for share in (0.3, 0.7):
        centre.set_failure_rate(share)
        network_test.deliver(f"{share:.0%} of requests fail", centre, centre.url, visits=8)
        centre.set_failure_rate(0.0)


def deliver_by_name(network_test: NetworkTest, centre: CentreProcess, directory: Path) -> None:
    """The centre's name does not resolve at first, and then does."""
    _, port = centre.address
    with _hosts_file(directory, "") as hosts:

        def add_name_after_one_try(tick: Callable[[], None]) -> None:
            tick()
            hosts.write_text("127.0.0.1 centre.test\n")

        network_test.deliver(
            "no such name", centre, f"http://centre.test:{port}", before_delivery=add_name_after_one_try
        )


def reject_wrong_certificates(network_test: NetworkTest, directory: Path) -> None:
    """Nothing is sent to a server with a wrong certificate; the right one is delivered to afterwards."""
    authority, other_authority = new_authority("authority"), new_authority("other authority")
    day = timedelta(days=1)
    now = datetime.now(UTC)
    wrong = {
        "another authority's": issue_certificate(other_authority, "127.0.0.1", now - day, now + day),
        "for another name": issue_certificate(authority, "127.0.0.2", now - day, now + day),
        "expired": issue_certificate(authority, "127.0.0.1", now - 2 * day, now - day),
        "not valid yet": issue_certificate(authority, "127.0.0.1", now + day, now + 2 * day),
    }
    right = issue_certificate(authority, "127.0.0.1", now - day, now + day)
    pem = to_pem(authority)
    for trusted in (True, False):
        for name, certificate in wrong.items():
            label = f"{name}, clock {'set' if trusted else 'not set'}"
            with (
                _clock_state(directory, trusted),
                _tls_centre(directory, right) as centre,
                _tls_centre(directory, certificate) as impostor,
                Relay(impostor.address) as relay,
            ):
                url = relay.url.replace("http:", "https:")
                if not trusted and name in {"expired", "not valid yet"}:
                    # With a clock that was never set, validity dates mean nothing.
                    network_test.deliver(label, impostor, url, authority=pem)
                    continue

                def impostor_first(
                    tick: Callable[[], None], relay: Relay = relay, address: tuple[str, int] = centre.address
                ) -> None:
                    tick()
                    relay.retarget(address)

                network_test.deliver(label, centre, url, authority=pem, before_delivery=impostor_first)
                network_test.expect(not impostor.arrived(), f"{label}: something was sent to an impostor")


@contextmanager
def _tls_centre(directory: Path, certificate: CertificateAndKey) -> Iterator[CentreProcess]:
    context = server_context(directory, certificate)
    with centre_process(lambda pipe: serve(pipe, RecordingCentre(tls=context))) as centre:
        yield centre


# -- names, clocks -------------------------------------------------------------------------------------------------


@contextmanager
def _bind_mounted(target: Path, source: Path) -> Iterator[None]:
    """`source` appears at `target` in this mount namespace while the block runs."""
    subprocess.run(["mount", "--bind", source, target], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", target], check=True)


@contextmanager
def _hosts_file(directory: Path, lines: str) -> Iterator[Path]:
    """These lines are /etc/hosts while the block runs, and no name server answers."""
    hosts = directory / "hosts"
    hosts.write_text(lines)
    resolver = directory / "resolv.conf"
    resolver.write_text("options attempts:1 timeout:1\nnameserver 127.0.0.1\n")
    with _bind_mounted(Path("/etc/hosts"), hosts), _bind_mounted(Path("/etc/resolv.conf"), resolver):
        yield hosts


@contextmanager
def _clock_state(directory: Path, trusted: bool) -> Iterator[None]:
    """systemd-timesyncd's file says whether the clock was synchronised."""
    run = directory / "run"
    place = run / "systemd" / "timesync"
    place.mkdir(parents=True, exist_ok=True)
    (place / "synchronized").unlink(missing_ok=True)
    if trusted:
        (place / "synchronized").touch()
    with _bind_mounted(Path("/run"), run):
        yield


def main(arguments: list[str]) -> int:
    """0 when every promise was kept."""
    directory, quick = Path(arguments[0]), "--quick" in arguments
    journal = directory / "journal"
    log_to_directory(journal)  # it contains about a thousand intended failures
    network_test, start = NetworkTest(directory), time.monotonic()
    with centre_process() as centre:
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("cuts", lambda: cut_connections(network_test, centre, 10 if quick else 400)),
            ("repeats", lambda: replay_requests(network_test, centre)),
            ("server errors", lambda: deliver_to_failing_centre(network_test, centre)),
            ("names", lambda: deliver_by_name(network_test, centre, directory)),
            ("certificates", lambda: reject_wrong_certificates(network_test, directory)),
        )
        for name, run in steps:
            run()
            print(f"{name}: {network_test.cases} cases so far, {time.monotonic() - start:.0f} s", flush=True)
    deliver_over_bad_network(network_test, directory, 1 if quick else 6)
    network_test.wrong += [
        f"readable in the journal: {leak}" for leak in find_leaks(journal, *sample_codes(network_test.codes))
    ]
    for problem in network_test.wrong[:20]:
        print(f"BROKEN: {problem}")
    print(f"{network_test.cases} cases, {len(network_test.wrong)} promises broken, {time.monotonic() - start:.0f} s")
    return int(bool(network_test.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
