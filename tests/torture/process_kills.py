"""Interface, `kiosk forward` and `central serve` killed as whole processes, over and over, while they work.

    python -m tests.torture.process_kills DIRECTORY KILLS

The centre is the real one, on SQLite, and the kiosk is enrolled there as every kiosk is. At the end every printed
receipt must be one case, and nothing in the kiosk's state, logs, temporary files and core dumps may be readable.
"""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import requests

from simulators.reserved_port import ReservedPort
from tests.torture.headless_kiosk import PrintedReceipt, tag_of
from tests.torture.leak_search import find_leaks, sample_codes
from tests.unit.central.served_installation import CENTRAL, Installation
from tests.waiting import poll_until, wait_until

SEED = 20261121
MAX_KILL_INTERVAL_S = 2.5  # a start takes about one second
STALL_TIMEOUT_S = 180  # without one delivered row
PASSWORD = "thung-ruang-thong-69"
KIOSK = [str(Path(sys.executable).with_name("kiosk"))]


class KioskAndCentre:
    """A kiosk and its centre in one directory. `running` has their processes: central, forwarder, interface."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state, self.runtime, self.logs = (directory / name for name in ("state", "runtime", "logs"))
        for place in (self.state, self.runtime, self.logs, directory / "tmp"):
            place.mkdir()
        self._reserved = ReservedPort()  # the centre is killed and listens at it again
        self.port, self.url = self._reserved.port, self._reserved.url
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
        """Migrate and serve the centre, and enrol the kiosk."""
        self.installation.migrate()
        self.installation.run_checked("create-centre", "khonkaen", "--area", "40")
        words = ("create-officer", "officer", "--centre", "khonkaen", "--password-stdin")
        self.installation.run_checked(*words, stdin=PASSWORD)
        self.start("central")
        self.wait_for_centre()
        self.enrol()

    def enrol(self) -> str:
        """Enrol the kiosk and approve it. Returns the series letter."""
        enrolling = subprocess.Popen(
            [*KIOSK, "enrol", self.url], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert enrolling.stdout is not None
        compare_code = enrolling.stdout.readline().strip()
        self.installation.run_checked("approve", compare_code, "--as", "officer")
        _, messages = enrolling.communicate(timeout=60)
        assert enrolling.returncode == 0, messages
        return messages.strip().rstrip(".")[-1]

    def start(self, name: str) -> None:
        """Start one of the three processes. Each interface writes its receipts to a separate file."""
        self.started_count += 1
        command = {
            "central": [*CENTRAL, "serve", "--port", str(self.port)],
            "forwarder": [*KIOSK, "forward"],
            "interface": [
                *(sys.executable, "-m", "tests.torture.interface_process", str(self.state), str(self.runtime)),
                f"run{self.started_count}",
            ],
        }[name]
        output = self.logs / f"{name}.out"
        if name == "interface":
            self.last_interface = self.started_count
            output = self._receipt_file(self.started_count)
        with output.open("ab") as stdout, (self.logs / f"{name}.err").open("ab") as stderr:
            self.running[name] = subprocess.Popen(
                command,
                env=self.installation.environment if name == "central" else self.environment,
                cwd=self.directory / "tmp",  # a core dump would be written here
                stdout=stdout,
                stderr=stderr,
            )

    def _receipt_file(self, run: int) -> Path:
        return self.directory / f"receipts-{run}"

    def is_interface_ready(self) -> bool:
        """Whether the newest interface has started to make visits."""
        return "ready" in self._receipt_file(self.last_interface).read_text()

    def end_all(self) -> None:
        """Kill every process that is still running."""
        for name in list(self.running):
            self.end(name, signal.SIGKILL)

    def end(self, name: str, number: signal.Signals) -> int:
        """Send the signal and wait. Returns the exit status."""
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
        """Every receipt that any interface printed."""
        lines = [line for file in self.directory.glob("receipts-*") for line in file.read_text().splitlines()]
        complete = [line for line in lines if line.startswith("{") and line.endswith("}")]
        return [PrintedReceipt(**json.loads(line)) for line in complete]

    def pending_count(self) -> int:
        result = subprocess.run(
            [*KIOSK, "outbox", "status", "--json"], env=self.environment, capture_output=True, text=True, check=True
        )
        return int(json.loads(result.stdout)["waiting"])


def kill_over_and_over(site: KioskAndCentre, kills: int) -> None:
    """Kill one of the three processes after a random time and start it again at once, `kills` times."""
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
    poll_until(site.is_interface_ready, 60)
    time.sleep(1)
    site.end("interface", signal.SIGABRT)


def check_results(site: KioskAndCentre) -> list[str]:
    """Wait until everything is delivered and end all processes. One sentence per broken promise."""
    pending = _wait_until_delivered(site)
    wrong = [f"{pending} rows were never delivered"] if pending else []
    for name, number in (("forwarder", signal.SIGABRT), ("central", signal.SIGTERM)):
        site.end(name, number)
    printed_receipts = site.printed_receipts()
    wrong += _compare_with_cases(site, printed_receipts)
    codes = sample_codes([receipt.code for receipt in printed_receipts])
    for directory in (site.state, site.runtime, site.logs, site.directory / "tmp"):
        wrong += [f"readable in {leak}" for leak in find_leaks(directory, *codes)]
    return wrong + [f"a core dump exists: {core.name}" for core in (site.directory / "tmp").rglob("core*")]


def _wait_until_delivered(site: KioskAndCentre) -> int:
    """The rows still pending when none was delivered for STALL_TIMEOUT_S seconds."""
    pending, last_change = site.pending_count(), time.monotonic()
    while pending and time.monotonic() - last_change < STALL_TIMEOUT_S:
        time.sleep(1)
        before, pending = pending, site.pending_count()
        if pending != before:
            last_change = time.monotonic()
    return pending


def _compare_with_cases(site: KioskAndCentre, printed_receipts: list[PrintedReceipt]) -> list[str]:
    """One sentence per difference between the printed receipts and the centre's cases."""
    with closing(sqlite3.connect(site.directory / "central" / "central.sqlite3")) as db:
        rows = db.execute("SELECT submission_id, case_number, text FROM cases_case").fetchall()
        (quarantined,) = db.execute("SELECT count(*) FROM intake_accepteddelivery WHERE case_id IS NULL").fetchone()
        (pages,) = db.execute("SELECT count(*) FROM cases_letterpage").fetchone()
    print(
        f"{len(printed_receipts)} receipts printed, {len(rows)} cases, {pages} pages, {quarantined} in quarantine",
        flush=True,
    )
    wrong = [f"{quarantined} in quarantine"] if quarantined else []
    cases = {number: (str(submission_id).replace("-", ""), tag_of(text)) for submission_id, number, text in rows}
    for receipt in printed_receipts:
        if cases.get(receipt.number) != (receipt.submission_id.replace("-", ""), receipt.tag):
            wrong.append(f"{receipt.number} was printed and is no case")
    tags = Counter(tag_of(text) for _, _, text in rows)
    wrong += [f"{tag} is more than one case" for tag, times in tags.items() if times > 1]
    # An interface killed between save and print leaves one case without a receipt.
    without_receipt = tags.keys() - {receipt.tag for receipt in printed_receipts}
    if len(without_receipt) > site.started_count:
        wrong.append(f"{len(without_receipt)} cases without a receipt")
    return wrong


def main(arguments: list[str]) -> int:
    """0 when every promise was kept."""
    # Core dumps are allowed here, so that only the program itself keeps its memory out of one.
    _, hard_limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard_limit, hard_limit))
    site = KioskAndCentre(Path(arguments[0]))
    try:
        site.start_up()
        kill_over_and_over(site, int(arguments[1]))
        wrong = check_results(site)
    finally:
        site.end_all()
    for problem in wrong[:20]:
        print(f"BROKEN: {problem}")
    print(f"{arguments[1]} kills, {len(wrong)} promises broken")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
