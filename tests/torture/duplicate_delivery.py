"""Two forwarders on one outbox, and one submission delivered many times at once: still one case each.

    python -m tests.torture.duplicate_delivery DIRECTORY VISITS

First two forwarder processes empty one outbox at a recording centre while a kiosk saves more visits; both try the same
rows. Then one submission with a page is delivered to the real centre a hundred times at once.
"""

import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from kiosk_app.forwarder import Forwarder
from kiosk_app.forwarder.centre_client import CentreClient
from kiosk_app.forwarder.centre_connection import CentreConnection
from kiosk_app.forwarder.centre_errors import CentreError
from kiosk_app.forwarder.delivery import ChunkSizes, deliver_row
from kiosk_app.outbox import Enrolment, Outbox
from kiosk_app.outbox.state_directory import outbox_directory, signing_key_file
from protocol import keys
from tests.outbox_samples import KIOSK_SIGNING_KEY, enrolment
from tests.torture.headless_kiosk import HeadlessKiosk, PrintedReceipt
from tests.torture.leak_search import find_leaks, log_to_directory
from tests.torture.process_kills import KioskAndCentre
from tests.torture.recording_centre import CentreProcess, centre_process, find_broken_promises, fork_context
from tests.waiting import poll_until

CONCURRENT_DELIVERIES = 100
DRAIN_TIMEOUT_S = 120


def _run_forwarder(state: Path) -> None:
    """A forwarder that runs until its parent kills it."""
    enrolled = Enrolment.load(state)
    assert enrolled is not None
    with Outbox.open(outbox_directory(state), enrolled) as outbox:
        Forwarder(outbox, enrolled, KIOSK_SIGNING_KEY, enrolled.centre_url, state_dir=state, version="1").run(
            threading.Event()
        )


def run_two_forwarders(directory: Path, centre: CentreProcess, visits: int) -> list[str]:
    """One sentence per promise broken after both have emptied the outbox."""
    state, runtime = directory / "state", directory / "runtime"
    state.mkdir(parents=True)
    runtime.mkdir()
    enrolment(centre.url).save(state)
    printed_receipts: list[PrintedReceipt] = []
    tags = [f"twice-{turn}" for turn in range(visits)]
    kiosk = HeadlessKiosk(state, runtime, printed_receipts.append)
    forwarders = [fork_context.Process(target=_run_forwarder, args=(state,)) for _ in range(2)]
    for forwarder in forwarders:
        forwarder.start()
    try:
        for turn, tag in enumerate(tags):
            kiosk.visit(tag, turn % 3)
        pending = _wait_until_empty(state)
    finally:
        kiosk.close()
        for forwarder in forwarders:
            forwarder.kill()
            forwarder.join()
    arrived = centre.arrived()
    print(
        f"two forwarders: {visits} visits delivered {sum(delivery.delivery_count for delivery in arrived)} times",
        flush=True,
    )
    return [
        *find_broken_promises(printed_receipts, set(tags), arrived),
        *([f"{pending} rows were never delivered"] if pending else []),
        *(f"readable in {leak}" for leak in find_leaks(directory, *(receipt.code for receipt in printed_receipts))),
    ]


def _wait_until_empty(state: Path) -> int:
    """How many rows are still pending after DRAIN_TIMEOUT_S seconds."""
    with Outbox.open(outbox_directory(state), None) as outbox:
        poll_until(lambda: outbox.count() == 0, DRAIN_TIMEOUT_S, interval_s=0.1)
        return outbox.count()


def deliver_once_concurrently(directory: Path) -> list[str]:
    """One sentence per promise broken after one submission was delivered to the real centre a hundred times at once."""
    directory.mkdir()
    site = KioskAndCentre(directory)
    try:
        site.start_up()
        enrolled = Enrolment.load(site.state)
        assert enrolled is not None
        kiosk = HeadlessKiosk(site.state, site.runtime, lambda printed_receipt: None)
        printed_receipt = kiosk.visit("at-once", 1)
        kiosk.close()
        key = keys.load_signing_key(signing_key_file(site.state))
        with Outbox.open(outbox_directory(site.state), enrolled) as outbox:
            row = outbox.read(printed_receipt.submission_id)

            def deliver(_: int) -> str:
                """The centre's receipt as JSON; empty after 50 failures."""
                with CentreConnection() as connection:
                    for _ in range(50):
                        try:
                            client = CentreClient(site.url, key, connection)
                            return deliver_row(row, outbox, client, ChunkSizes.for_attempt(1, 0)).model_dump_json()
                        except CentreError:
                            time.sleep(0.1)
                return ""

            with ThreadPoolExecutor(CONCURRENT_DELIVERIES) as pool:
                receipts = list(pool.map(deliver, range(CONCURRENT_DELIVERIES)))
        with closing(sqlite3.connect(site.directory / "central" / "central.sqlite3")) as db:
            (cases,) = db.execute("SELECT count(*) FROM cases_case").fetchone()
            (accepted,) = db.execute("SELECT count(*) FROM intake_accepteddelivery").fetchone()
    finally:
        site.end_all()
    print(f"{CONCURRENT_DELIVERIES} at once: {cases} case, {len(set(receipts))} receipt", flush=True)
    wrong = [] if (cases, accepted, len(set(receipts)), "" in receipts) == (1, 1, 1, False) else ["not one case"]
    directories = (site.state, site.logs, site.directory / "tmp")
    return wrong + [
        f"readable in {leak}" for searched in directories for leak in find_leaks(searched, printed_receipt.code)
    ]


def main(arguments: list[str]) -> int:
    """0 when every promise was kept."""
    directory = Path(arguments[0])
    journal = directory / "journal"
    log_to_directory(journal)
    with centre_process() as centre:
        wrong = run_two_forwarders(directory / "two", centre, int(arguments[1]))
    wrong += deliver_once_concurrently(directory / "at-once")
    wrong += [f"readable in the journal: {leak}" for leak in find_leaks(journal)]
    for problem in wrong[:20]:
        print(f"BROKEN: {problem}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
