"""Two forwarders by mistake, and one visit handed over many times at once: still one case each.

    python -m tests.torture.duplicate_delivery DIRECTORY VISITS

First both forwarders, in processes of their own, empty one outbox at a counting centre while somebody goes on filing;
each tries what the other is trying. Then one visit with a page is handed to the real centre a hundred times at once.
"""

import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.centre_client import Centre
from kiosk_app.forwarder.centre_connection import Line
from kiosk_app.forwarder.centre_errors import CentreTroubleError
from kiosk_app.forwarder.delivery import Pieces, deliver
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.outbox_samples import KIOSK_KEY, enrolment
from tests.torture.headless_kiosk import FarCentre, Hall, Paper, broken_promises, far_centre, processes
from tests.torture.leak_search import log_into, readable
from tests.torture.process_kills import Scene

AT_ONCE = 100
WITHIN_S = 120


def _forward(state: Path) -> None:
    """A forwarder as it runs, ended by its parent."""
    enrolled = Enrolment.load(state)
    assert enrolled is not None
    with Outbox.open(outbox_directory(state), enrolled) as outbox:
        Forwarder(outbox, enrolled, KIOSK_KEY, enrolled.centre_url, state=state, version="1").run(threading.Event())


def two_forwarders(directory: Path, centre: FarCentre, visits: int) -> list[str]:
    """What is wrong after both have emptied the outbox."""
    state, runtime = directory / "state", directory / "runtime"
    state.mkdir(parents=True)
    runtime.mkdir()
    enrolment(centre.url).save(state)
    papers: list[Paper] = []
    tags = [f"twice-{turn}" for turn in range(visits)]
    hall = Hall(state, runtime, papers.append)
    both = [processes.Process(target=_forward, args=(state,)) for _ in range(2)]
    for one in both:
        one.start()
    try:
        for turn, tag in enumerate(tags):
            hall.visit(tag, turn % 3)
        left = _wait_until_empty(state)
    finally:
        hall.close()
        for one in both:
            one.kill()
            one.join()
    taken = centre.taken()
    print(f"two forwarders: {visits} visits handed over {sum(one.times for one in taken)} times", flush=True)
    return [
        *broken_promises(papers, set(tags), taken),
        *([f"{left} rows never left"] if left else []),
        *(f"readable in {found}" for found in readable(directory, *(paper.code for paper in papers))),
    ]


def _wait_until_empty(state: Path) -> int:
    """How many rows are still there when the time is up."""
    until = time.monotonic() + WITHIN_S
    with Outbox.open(outbox_directory(state), None) as outbox:
        while outbox.count() and time.monotonic() < until:
            time.sleep(0.1)
        return outbox.count()


def a_hundred_at_once(directory: Path) -> list[str]:
    """What is wrong after one visit was handed to the real centre a hundred times at once."""
    directory.mkdir()
    scene = Scene(directory)
    try:
        scene.open()
        enrolled = Enrolment.load(scene.state)
        assert enrolled is not None
        hall = Hall(scene.state, scene.runtime, lambda paper: None)
        paper = hall.visit("at-once", 1)
        hall.close()
        key = keys.load_signing_key(signing_key_file(scene.state))
        with Outbox.open(outbox_directory(scene.state), enrolled) as outbox:
            row = outbox.read(paper.submission_id)

            def hand_over(_: int) -> str:
                with Line() as line:
                    for _ in range(50):
                        try:
                            return deliver(row, outbox, Centre(scene.url, key, line), Pieces.of(1, 0)).model_dump_json()
                        except CentreTroubleError:
                            time.sleep(0.1)
                return ""

            with ThreadPoolExecutor(AT_ONCE) as crowd:
                receipts = list(crowd.map(hand_over, range(AT_ONCE)))
        with closing(sqlite3.connect(scene.directory / "central" / "central.sqlite3")) as db:
            (cases,) = db.execute("SELECT count(*) FROM cases_case").fetchone()
            (accepted,) = db.execute("SELECT count(*) FROM intake_accepted").fetchone()
    finally:
        for name in list(scene.running):
            scene.running[name].kill()
            scene.running.pop(name).wait()
    print(f"{AT_ONCE} at once: {cases} case, {len(set(receipts))} receipt", flush=True)
    wrong = [] if (cases, accepted, len(set(receipts)), "" in receipts) == (1, 1, 1, False) else ["not one case"]
    places = (scene.state, scene.logs, scene.directory / "tmp")
    return wrong + [f"readable in {found}" for place in places for found in readable(place, paper.code)]


def main(words: list[str]) -> int:
    """0 when every promise was kept."""
    directory = Path(words[0])
    journal = directory / "journal"
    log_into(journal)
    with far_centre() as centre:
        wrong = two_forwarders(directory / "two", centre, int(words[1]))
    wrong += a_hundred_at_once(directory / "crowd")
    wrong += [f"readable in the journal: {found}" for found in readable(journal)]
    for broken in wrong[:20]:
        print(f"BROKEN: {broken}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
