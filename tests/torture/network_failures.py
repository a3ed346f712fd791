"""Every way a line can fail: each complaint arrives once, whole, and nothing on the wire can be read.

    unshare --net --mount sh -c 'ip link set lo up && exec python -m tests.torture.network_failures DIRECTORY [--quick]'

The kiosk delivers over a line with weather (see weather.py), through a relay that cuts, falls silent and repeats (see
wire.py), to names that are not found, to certificates that are wrong, and to a centre that mostly fails.
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
from tests.certificates import Signed, authority, certificate, pem_of, server_context
from tests.outbox_samples import KIOSK_KEY, enrolment
from tests.torture.headless_kiosk import (
    CANARY,
    PHONE,
    CountingCentre,
    FarCentre,
    Hall,
    Paper,
    broken_promises,
    far_centre,
    serve,
)
from tests.torture.leak_search import log_into, readable, some, tells
from tests.torture.network_faults import CENTRE_END, KIOSK_END, V4, V6, Line, Weather, enter_new_namespace
from tests.torture.tcp_relay import End, Relay, requests_in, say

TIMEOUT_S = (2.0, 1.5)  # instead of 10 and 30: what waits for them is tried a hundred times
MOST_TICKS = 2000  # of 400 s; seven answers of ten being faults, a page may need some hundred
WEATHERS = {
    "far away": Weather(delay_s=0.15, jitter_s=0.02),
    "reordered and doubled": Weather(delay_s=0.02, jitter_s=0.04, twice=0.1),
    "one in fifty lost": Weather(delay_s=0.02, jitter_s=0.01, loss=0.02),
    "one in twelve lost": Weather(delay_s=0.02, jitter_s=0.02, loss=0.08, twice=0.02),
}


class Trial:
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
        centre: FarCentre,
        url: str,
        *,
        visits: int = 1,
        pages: int = 1,
        authority: str = "",
        before: Callable[[Callable[[], None]], None] = lambda tick: None,
    ) -> None:
        """File, let `before` try with ticks of its own what shall not help, then deliver; look at the promises."""
        self.cases += 1
        place = self._directory / f"kiosk-{next(self._turns)}"
        (place / "state").mkdir(parents=True)
        (place / "runtime").mkdir()
        enrolled = enrolment(url).model_copy(update={"authority": authority})
        enrolled.save(place / "state")
        papers: list[Paper] = []
        hall = Hall(place / "state", place / "runtime", papers.append)
        tags = [f"{name}-{turn}" for turn in range(visits)]
        for tag in tags:
            hall.visit(tag, pages)
        hall.close()
        self.codes += [paper.code for paper in papers]
        now = [0.0]
        with Outbox.open(outbox_directory(place / "state"), enrolled) as outbox:
            forwarder = Forwarder(
                outbox, enrolled, KIOSK_KEY, url, state=place / "state", version="1", clock=lambda: now[0]
            )
            forwarder._line._timeout_s = TIMEOUT_S

            def tick() -> None:
                now[0] += 400
                forwarder._tick(threading.Event())

            before(tick)
            for _ in range(MOST_TICKS):
                if not outbox.count():
                    break
                tick()
            else:
                self.wrong.append(f"{name}: {outbox.count()} rows never arrived")
            forwarder._line.session.close()
        taken = [one for one in centre.taken() if one.tag in tags]
        self.wrong += [f"{name}: {broken}" for broken in broken_promises(papers, set(tags), taken)]
        self.wrong += [
            f"{name}: readable in {found}" for found in readable(place / "state", *(paper.code for paper in papers))
        ]

    def expect(self, true: bool, sentence: str) -> None:
        if not true:
            self.wrong.append(sentence)


def bad_weather(trial: Trial, directory: Path, visits: int) -> None:
    """The line itself: delay, loss, order, doubles, over both protocols; then what a listener heard."""
    ours, theirs = socket.socketpair()

    def there(pipe: Connection) -> None:
        tun = enter_new_namespace(CENTRE_END)
        socket.send_fds(theirs, [b"tun"], [tun])
        serve(pipe, CountingCentre("::"))

    with far_centre(there) as centre:
        _, (far,), _, _ = socket.recv_fds(ours, 10, 1)
        capture = directory / "capture"
        line = Line(enter_new_namespace(KIOSK_END), far, capture, Random(5))
        port = centre.address[1]
        with line.carrying():
            for name, weather in WEATHERS.items():
                line.weather = weather
                for host in (f"{V4}{CENTRE_END}", f"[{V6}{CENTRE_END}]"):
                    trial.deliver(f"{name} {host}", centre, f"http://{host}:{port}", visits=visits)
            line.weather = Weather()
            with _names(directory, f"{V6}99 centre.test\n{V4}{CENTRE_END} centre.test\n"):
                trial.deliver("IPv6 leads nowhere", centre, f"http://centre.test:{port}", visits=1)

            def gone(tick: Callable[[], None]) -> None:
                line.weather = Weather(loss=1.0)
                tick()
                line.weather = Weather()

            trial.deliver("the cable out, in the middle", centre, f"http://{V4}{CENTRE_END}:{port}", before=gone)
        heard = capture.read_bytes()
        trial.expect(b"Idempotency-Key" in heard, "the listener heard nothing")
        trial.expect(not tells(heard, [CANARY, PHONE, *trial.codes]), "a secret was heard on the wire")
        print(f"weather: {line.carried} packets carried, {line.lost} lost, {len(heard)} bytes heard", flush=True)
    ours.close()
    theirs.close()


def cuts(trial: Trial, centre: FarCentre, most: int) -> None:
    """A connection that ends after any number of bytes, either way, by FIN, by RST, and silently."""
    with Relay(centre.address) as relay:
        trial.deliver("undisturbed", centre, relay.url)
        relay.begin()
        trial.deliver("undisturbed again", centre, relay.url)
        edges: set[int] = set()
        place = 0
        for request in requests_in(bytes(relay.said)):
            body = request.index(b"\r\n\r\n") + 4
            for edge in (0, request.index(b"\r\n"), body, (body + len(request)) // 2, len(request)):
                edges |= {place + edge - 1, place + edge, place + edge + 1}
            place += len(request)
        for up, length in ((True, relay.counts[0]), (False, relay.counts[1])):
            step = max(1, length // most)
            points = sorted((edges if up else set()) | set(range(0, length, step)))
            for turn, after in enumerate(point for point in points if 0 <= point <= length):
                how = (End.CLOSED, End.RESET)[turn % 2]
                relay.cut(up, after, how)
                trial.deliver(f"{how.value} after {after} bytes {'up' if up else 'down'}", centre, relay.url)
                relay.hang_up()
            for after in (length - 1, 0, length // 3)[: 3 if most > 10 else 1]:
                relay.cut(up, after, End.SILENT)
                trial.deliver(f"silent after {after} bytes {'up' if up else 'down'}", centre, relay.url)
                relay.hang_up()


def repeats(trial: Trial, centre: FarCentre) -> None:
    """Everything that was ever said, said again afterwards in any order: nothing changes."""
    with Relay(centre.address) as relay:
        trial.deliver("recorded", centre, relay.url, visits=5)
        before = {(one.submission_id, one.case_number) for one in centre.taken()}
        said = requests_in(bytes(relay.said)) * 3
        Random(3).shuffle(said)
        for request in said:
            answer = say(centre.address, request)
            trial.expect(answer.startswith(b"HTTP/1.1 "), "a repeated request was not answered")
        after = centre.taken()
        trial.expect({(one.submission_id, one.case_number) for one in after} == before, "a repeat made a case")
        trial.expect(all(one.contents == 1 for one in after), "a repeat changed a case")
        print(f"repeats: {len(said)} requests said again", flush=True)


def storms(trial: Trial, centre: FarCentre) -> None:
    """A centre that answers seven requests of ten with a fault, or takes them and hangs up."""
    for share in (0.3, 0.7):
        centre.storm(share)
        trial.deliver(f"a storm of {share:.0%}", centre, centre.url, visits=8)
        centre.storm(0.0)


def names(trial: Trial, centre: FarCentre, directory: Path) -> None:
    """A name that is not found, then one that is."""
    _, port = centre.address
    with _names(directory, "") as hosts:

        def later(tick: Callable[[], None]) -> None:
            tick()
            hosts.write_text("127.0.0.1 centre.test\n")

        trial.deliver("no such name", centre, f"http://centre.test:{port}", before=later)


def certificates(trial: Trial, directory: Path) -> None:
    """Wrong certificates: nothing is said to whoever shows them; with the right one everything goes."""
    ours, others = authority("ours"), authority("somebody else's")
    day = timedelta(days=1)
    now = datetime.now(UTC)
    wrong = {
        "another authority's": certificate(others, "127.0.0.1", now - day, now + day),
        "for another name": certificate(ours, "127.0.0.2", now - day, now + day),
        "expired": certificate(ours, "127.0.0.1", now - 2 * day, now - day),
        "not valid yet": certificate(ours, "127.0.0.1", now + day, now + 2 * day),
    }
    right = certificate(ours, "127.0.0.1", now - day, now + day)
    pem = pem_of(ours)
    for trusted in (True, False):
        for name, shown in wrong.items():
            label = f"{name}, clock {'set' if trusted else 'not set'}"
            with (
                _clock(directory, trusted),
                _speaking_tls(directory, right) as centre,
                _speaking_tls(directory, shown) as impostor,
                Relay(impostor.address) as relay,
            ):
                url = relay.url.replace("http:", "https:")
                if not trusted and name in {"expired", "not valid yet"}:
                    # A clock that nobody has set does not know what is expired.
                    trial.deliver(label, impostor, url, authority=pem)
                    continue

                def first_wrong(
                    tick: Callable[[], None], relay: Relay = relay, address: tuple[str, int] = centre.address
                ) -> None:
                    tick()
                    relay.lead_to(address)

                trial.deliver(label, centre, url, authority=pem, before=first_wrong)
                trial.expect(not impostor.taken(), f"{label}: something was said to an impostor")


@contextmanager
def _speaking_tls(directory: Path, signed: Signed) -> Iterator[FarCentre]:
    made = server_context(directory, signed)
    with far_centre(lambda pipe: serve(pipe, CountingCentre(tls=made))) as centre:
        yield centre


# -- names, clocks -------------------------------------------------------------------------------------------------


@contextmanager
def _over(target: Path, source: Path) -> Iterator[None]:
    """`source` stands at `target`, in this mount namespace."""
    subprocess.run(["mount", "--bind", source, target], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", target], check=True)


@contextmanager
def _names(directory: Path, lines: str) -> Iterator[Path]:
    """This is /etc/hosts; nobody else answers for names."""
    hosts = directory / "hosts"
    hosts.write_text(lines)
    empty = directory / "resolv.conf"
    empty.write_text("options attempts:1 timeout:1\nnameserver 127.0.0.1\n")
    with _over(Path("/etc/hosts"), hosts), _over(Path("/etc/resolv.conf"), empty):
        yield hosts


@contextmanager
def _clock(directory: Path, trusted: bool) -> Iterator[None]:
    """Whether a time server has been heard, as systemd-timesyncd says it."""
    run = directory / "run"
    place = run / "systemd" / "timesync"
    place.mkdir(parents=True, exist_ok=True)
    (place / "synchronized").unlink(missing_ok=True)
    if trusted:
        (place / "synchronized").touch()
    with _over(Path("/run"), run):
        yield


def main(words: list[str]) -> int:
    """0 when every promise was kept."""
    directory, quick = Path(words[0]), "--quick" in words
    journal = directory / "journal"
    log_into(journal)  # a thousand failures are meant here
    trial, start = Trial(directory), time.monotonic()
    with far_centre() as centre:
        for name, run in (
            ("cuts", lambda: cuts(trial, centre, 10 if quick else 400)),
            ("repeats", lambda: repeats(trial, centre)),
            ("storms", lambda: storms(trial, centre)),
            ("names", lambda: names(trial, centre, directory)),
            ("certificates", lambda: certificates(trial, directory)),
        ):
            run()
            print(f"{name}: {trial.cases} cases so far, {time.monotonic() - start:.0f} s", flush=True)
    bad_weather(trial, directory, 1 if quick else 6)
    trial.wrong += [f"readable in the journal: {found}" for found in readable(journal, *some(trial.codes))]
    for broken in trial.wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{trial.cases} cases, {len(trial.wrong)} promises broken, {time.monotonic() - start:.0f} s")
    return int(bool(trial.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
