"""Interface, `kiosk forward` and `central serve` killed as whole processes, over and over, while they work.

    python -m tests.torture.process_kills DIRECTORY KILLS

The centre is the real one, on SQLite; the kiosk is enrolled there as every kiosk is. In the end every receipt that was
printed is a case, once; and nothing that the kiosk left (state, logs, temporary files, cores) can be read.
"""

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import requests

from tests.torture.headless_kiosk import PrintedReceipt, tag_of
from tests.torture.leak_search import find_leaks, sample_codes
from tests.unit.central.served_installation import CENTRAL, Installation
from tests.waiting import poll_until, wait_until

SEED = 20261121
MAX_KILL_INTERVAL_S = 2.5  # between two kills; a start takes about one second
STALL_TIMEOUT_S = 180  # without one row leaving
PASSWORD = "thung-ruang-thong-69"
KIOSK = [str(Path(sys.executable).with_name("kiosk"))]


class KioskAndCentre:
    """A kiosk and its centre in one directory; processes by their names."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state, self.runtime, self.logs = (directory / name for name in ("state", "runtime", "logs"))
        for place in (self.state, self.runtime, self.logs, directory / "tmp"):
            place.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.installation = Installation(directory / "central")
        settings = directory / "kiosk.toml"
        settings.write_text(
            f'[kiosk]\nid = "KKN07"\n[centre]\nurl = "{self.url}"\n'
            f'[paths]\nstate = "{self.state}"\nruntime = "{self.runtime}"\n'
        )
        self.environment = {
            **os.environ,
            "DAMRONGDHAM_KIOSK_SETTINGS": str(settings),
            "TMPDIR": str(directory / "tmp"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started_count = self.last_interface = 0

    def start_up(self) -> None:
        """Migrate, serve, enrol."""
        self.installation.run_checked("migrate")
        self.installation.run_checked("create-centre", "khonkaen", "--area", "40")
        words = ("create-officer", "officer", "--centre", "khonkaen", "--password-stdin")
        self.installation.run_checked(*words, stdin=PASSWORD)
        self.start("central")
        self.wait_for_centre()
        self.enrol()

    def enrol(self) -> str:
        """Its series letter."""
        asking = subprocess.Popen(
            [*KIOSK, "enrol", self.url], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert asking.stdout is not None
        code = asking.stdout.readline().strip()
        self.installation.run_checked("approve", code, "--as", "officer")
        _, said = asking.communicate(timeout=60)
        assert asking.returncode == 0, said
        return said.strip().rstrip(".")[-1]

    def start(self, name: str) -> None:
        self.started_count += 1
        words = {
            "central": [*CENTRAL, "serve", "--port", str(self.port)],
            "forwarder": [*KIOSK, "forward"],
            "interface": [
                *(sys.executable, "-m", "tests.torture.interface_process", str(self.state), str(self.runtime)),
                f"life{self.started_count}",
            ],
        }[name]
        if name == "interface":
            self.last_interface = self.started_count
        environment = self.installation.environment if name == "central" else self.environment
        # What an interface prints is the paper, one file for each life; all else is a log.
        printed_receipt = (
            (self.directory / f"paper-{self.started_count}") if name == "interface" else self.logs / f"{name}.out"
        )
        with printed_receipt.open("ab") as said, (self.logs / f"{name}.err").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words,
                env=environment,
                cwd=self.directory / "tmp",  # where a core would be laid
                stdout=said,
                stderr=log,
            )

    def end(self, name: str, number: signal.Signals) -> int:
        """Its exit status."""
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(60)

    def wait_for_centre(self) -> None:
        """Raises AssertionError when the centre does not answer within a minute."""

        def answers() -> bool:
            try:
                requests.head(self.url, timeout=5)
            except requests.RequestException:
                return False
            return True

        wait_until(answers, 60, interval_s=0.1, problem="the centre does not answer")

    def printed_receipts(self) -> list[PrintedReceipt]:
        """Every receipt that any life printed."""
        found = []
        for file in self.directory.glob("paper-*"):
            for line in file.read_text().splitlines():
                if line.startswith("{") and line.endswith("}"):
                    found.append(PrintedReceipt(**json.loads(line)))
        return found

    def pending_count(self) -> int:
        done = subprocess.run(
            [*KIOSK, "outbox", "status", "--json"], env=self.environment, capture_output=True, text=True, check=True
        )
        return int(json.loads(done.stdout)["waiting"])


def kill_over_and_over(site: KioskAndCentre, kills: int) -> None:
    """Any of the three, mostly the kiosk's two, each started again at once."""
    rng = Random(SEED)
    for name in ("forwarder", "interface"):
        site.start(name)
    for turn in range(kills):
        time.sleep(rng.uniform(0, MAX_KILL_INTERVAL_S))
        victim = rng.choice(("interface", "forwarder", "forwarder", "central"))
        site.end(victim, signal.SIGKILL)
        site.start(victim)
        if turn % 20 == 19:
            print(f"{turn + 1} kills, {len(site.printed_receipts())} receipts printed", flush=True)
    poll_until(lambda: "ready" in (site.directory / f"paper-{site.last_interface}").read_text(), 60)
    time.sleep(1)
    site.end("interface", signal.SIGABRT)


def check_results(site: KioskAndCentre) -> list[str]:
    """Wait until everything is delivered, end everything, and look at the centre's cases."""
    left, moved = site.pending_count(), time.monotonic()
    while left and time.monotonic() - moved < STALL_TIMEOUT_S:
        time.sleep(1)
        before, left = left, site.pending_count()
        if left != before:
            moved = time.monotonic()
    wrong = [f"{left} rows never left"] if left else []
    for name, number in (("forwarder", signal.SIGABRT), ("central", signal.SIGTERM)):
        site.end(name, number)
    printed_receipts = site.printed_receipts()
    with closing(sqlite3.connect(site.directory / "central" / "central.sqlite3")) as db:
        cases = db.execute("SELECT submission_id, case_number, text FROM cases_case").fetchall()
        (quarantined,) = db.execute("SELECT count(*) FROM intake_accepteddelivery WHERE case_id IS NULL").fetchone()
        (pages,) = db.execute("SELECT count(*) FROM cases_letterpage").fetchone()
    print(
        f"{len(printed_receipts)} receipts printed, {len(cases)} cases, {pages} pages, {quarantined} in quarantine",
        flush=True,
    )
    if quarantined:
        wrong.append(f"{quarantined} in quarantine")
    arrived = [(str(submission_id).replace("-", ""), number, tag_of(text)) for submission_id, number, text in cases]
    by_number = {number: (submission_id, tag) for submission_id, number, tag in arrived}
    for printed_receipt in printed_receipts:
        if by_number.get(printed_receipt.number) != (
            printed_receipt.submission_id.replace("-", ""),
            printed_receipt.tag,
        ):
            wrong.append(f"{printed_receipt.number} was printed and is no case")
    tags = [tag for _, _, tag in arrived]
    wrong += [f"{tag} is more than one case" for tag in set(tags) if tags.count(tag) > 1]
    # Saved, and killed before the printer was asked: the only ones without paper, at most one for each life.
    without = set(tags) - {printed_receipt.tag for printed_receipt in printed_receipts}
    if len(without) > site.started_count:
        wrong.append(f"{len(without)} cases without a receipt")
    codes = sample_codes([printed_receipt.code for printed_receipt in printed_receipts])
    for place in (site.state, site.runtime, site.logs, site.directory / "tmp"):
        wrong += [f"readable in {found}" for found in find_leaks(place, *codes)]
    wrong += [f"a core was left: {core.name}" for core in (site.directory / "tmp").rglob("core*")]
    return wrong


def main(words: list[str]) -> int:
    """0 when every promise was kept."""
    # Cores are welcome, so that only the program itself keeps its memory out of one.
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    site = KioskAndCentre(Path(words[0]))
    try:
        site.start_up()
        kill_over_and_over(site, int(words[1]))
        wrong = check_results(site)
    finally:
        for name in list(site.running):
            site.end(name, signal.SIGKILL)
    for broken in wrong[:20]:
        print(f"BROKEN: {broken}")
    print(f"{words[1]} kills, {len(wrong)} promises broken")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
