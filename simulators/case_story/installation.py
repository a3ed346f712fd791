"""An installation for the story: the invented province of `central demo-data`, served, with a mail server."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self
from uuid import uuid4

from protocol.messages import Consumables, Heartbeat
from simulators.desk_client import DeskClient
from simulators.http_transport import HttpResponse, HttpTransport
from simulators.kiosk import SimulatedKiosk, kiosk_moment
from simulators.mail_server import MailServer
from simulators.reserved_port import ReservedPort

PASSWORD = "thung-ruang-thong-69"  # noqa: S105
_HEARTBEAT_PATH = "/api/v1/heartbeats"
_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 20
CENTRE_SLUG = "khonkaen"
AGENCY = "police-region-4"
AGENCY_ADDRESS = f"{AGENCY}@mail.internal"


class StoryInstallation:
    """Context manager. `database_url` '' means SQLite. `url` is where it is served,
    `environment` what its command line runs in."""

    def __init__(self, database_url: str = "", cases: int = 60) -> None:
        self._database_url, self._cases = database_url, cases

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="dk-story-data-"))
        self.mail = MailServer().__enter__()
        self._reserved = ReservedPort()
        self.url = self._reserved.url
        self.environment = {
            **os.environ,
            "CENTRAL_DATA": str(self._directory),
            "CENTRAL_REQUIRE_SECOND_FACTOR": "no",  # the invented officers have no phones
            "CENTRAL_SMTP": self.mail.url,
            "CENTRAL_URL": self.url,  # in the links of mails
        }
        if self._database_url:
            self.environment["DATABASE_URL"] = self._database_url
        self._run("migrate")
        self._run("demo-data", "--cases", str(self._cases), "--password-stdin", stdin=f"{PASSWORD}\n")
        self._give_agency_an_address()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "central.cli", "serve", "--port", str(self._reserved.port)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if not (self._server.stdout and self._server.stdout.readline().startswith("http")):
            raise RuntimeError("The central service did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.send_signal(signal.SIGTERM)
        try:
            self._server.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._reserved.close()
        self.mail.__exit__()
        shutil.rmtree(self._directory, ignore_errors=True)

    def enrol_kiosk(self) -> SimulatedKiosk[HttpResponse]:
        """A kiosk that a technician has approved at the desk."""
        kiosk = SimulatedKiosk("KKN09", HttpTransport(self.url))
        kiosk.request_enrolment()
        desk = DeskClient(self.url, "technician", PASSWORD, CENTRE_SLUG)
        desk.approve_enrolment(kiosk.compare_code)
        kiosk.fetch_enrolment()
        return kiosk

    def add_kiosks_in_need(self) -> SimulatedKiosk[HttpResponse]:
        """A kiosk at which a citizen calls for staff and whose paper ends, and one that waits for its enrolment.
        Returns the first."""
        kiosk = self.enrol_kiosk()
        heartbeat = Heartbeat(
            kiosk_id=kiosk.kiosk_id,
            version="1.0",
            moment=kiosk_moment(),
            outbox_count=0,
            devices={"printer": "paper_near_end", "card_reader": "ready", "scanner": "ready"},
            staff_called=True,
            staff_call=str(uuid4()),
            findings=("P-07",),
            consumables=Consumables(paper_left_mm=12_000, paper_days=3, cutter_percent=21, disk_percent=4),
        )
        kiosk.send_signed_request("POST", _HEARTBEAT_PATH, heartbeat.model_dump_json().encode())
        SimulatedKiosk("KKN10", HttpTransport(self.url)).request_enrolment("ที่ว่าการอำเภอ")
        return kiosk

    def verify_history(self) -> str:
        """The output of `central verify-history`."""
        return self._run("verify-history")

    def _give_agency_an_address(self) -> None:
        """Let one agency receive mail: nothing is sent to the invented addresses of the register."""
        register = self._directory / "agencies.csv"
        content = self._run("agencies", "export", "--centre", CENTRE_SLUG)
        register.write_text(content.replace(f"{AGENCY}@agency.example", AGENCY_ADDRESS), encoding="utf-8")
        self._run("agencies", "import", str(register), "--centre", CENTRE_SLUG)

    def _run(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "central.cli", *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_START_TIMEOUT_S * 5,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"central {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout + done.stderr
