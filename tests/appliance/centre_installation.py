"""Follows docs/centre.md in a fresh Debian, command by command: install, a case, a backup, a restore after a loss.

The root shares the network of this machine while it is booted, because installing needs the mirrors. The commands are
taken from the page; only the password is typed and the certificate is made here.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from simulators.http_transport import HttpKiosk, HttpTransport
from tests.appliance.appliance import CHECKOUT, CHECKOUT_IN_ROOT, PROXY_ENV, Appliance
from tests.appliance.guide import guide_blocks
from tests.appliance.tools import ApplianceTestError, CheckReport, log, wait_for

PASSWORD = "a-long-pass-phrase-for-a-test"
UNITS = ("damrongdham-central.service", "damrongdham-central-worker.service")
SERVICE_URL = "http://127.0.0.1:8080"
MORE_FILES = ("docs", "requirements-central.lock")
_SELF_SIGNED = (
    "install -d /etc/letsencrypt/live/track.example.go.th && openssl req -x509 -newkey rsa:2048 -nodes -days 2 "
    "-subj /CN=track.example.go.th -keyout /etc/letsencrypt/live/track.example.go.th/privkey.pem "
    "-out /etc/letsencrypt/live/track.example.go.th/fullchain.pem"
)


class CentreInstallation:
    """The checks of one release."""

    def __init__(self, appliance: Appliance, report: CheckReport) -> None:
        self._appliance = appliance
        self._report = report

    def run_all(self) -> None:
        """Raises ApplianceTestError at the first check that fails."""
        install, first_accounts, inspection = guide_blocks("Installing")
        started = time.monotonic()
        self._run_shell(f"apt-get update && apt-get install --yes --no-install-recommends openssl && {_SELF_SIGNED}")
        self._run_shell(install, timeout=900)
        self._report.record_pass(f"the commands of the guide on a bare root: {time.monotonic() - started:.0f} s")
        self._check_running()
        self._run_in_terminal(first_accounts)
        self._report.record_pass("a centre and its administrator, with a typed password")
        wait_for("each job has run once", lambda: "never" not in self._run_shell(inspection), 90)
        self._report.record_pass("the service is ready, a worker lives, and each job has run")
        self._check_proxy()
        tracking_code, case_number = self._deliver_case()
        self._check_killed_processes()
        self._check_backup_and_restore(tracking_code, case_number)
        self._check_letters_in_the_sandbox()
        self._check_units()

    def _run_shell(self, script: str, timeout: float = 300) -> str:
        """A block of the guide, by a root shell in the checkout that stops at the first error."""
        return self._appliance.run_in_root(
            "sh",
            "-ec",
            f"cd {CHECKOUT_IN_ROOT}\n{script}",
            timeout=timeout,
            DEBIAN_FRONTEND="noninteractive",
            **PROXY_ENV,
        )

    def _run_in_terminal(self, script: str) -> None:
        """The same at a terminal, where a password is typed when it is asked for."""
        terminal, far_end = pty.openpty()
        command = self._appliance.command_in_root("sh", "-ec", script)
        process = subprocess.Popen(command, stdin=far_end, stdout=far_end, stderr=far_end, start_new_session=True)
        os.close(far_end)
        output = b""
        typed = 0
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    output += os.read(terminal, 4096)
                except OSError:  # the far end is closed
                    break
                if len(re.findall(rb"(?:Password|Once more)[^:]*: ", output)) > typed:
                    os.write(terminal, f"{PASSWORD}\n".encode())
                    typed += 1
        os.close(terminal)
        if process.wait(timeout=30):
            raise ApplianceTestError(f"the first accounts: {output.decode(errors='replace')}")

    def _check_running(self) -> None:
        for unit in UNITS:
            wait_for(f"{unit} is active", lambda unit=unit: self._is_active(unit), 60)  # type: ignore[misc]
        wait_for(
            "the service is ready", lambda: self._appliance.succeeds_in_root("curl", "-fs", f"{SERVICE_URL}/readyz"), 60
        )
        self._report.record_pass("web and worker run, and the service is ready")

    def _is_active(self, unit: str) -> bool:
        return self._appliance.succeeds_in_root("systemctl", "is-active", "--quiet", unit)

    def _check_proxy(self) -> None:
        curl = (
            "curl",
            "-s",
            "-k",
            "--resolve",
            "track.example.go.th:443:127.0.0.1",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
        )
        codes = [
            self._appliance.run_in_root(*curl, f"https://track.example.go.th{path}")
            for path in ("/t", "/healthz", "/metrics", "/readyz", "/desk/login")
        ]
        self._report.expect(
            codes == ["200", "200", "404", "404", "200"], f"nginx passes pages and hides metrics: {codes}"
        )
        scraped = self._appliance.run_in_root("curl", "-fs", f"{SERVICE_URL}/metrics")
        self._report.expect("central_workers 2.0" in scraped, "the metrics count two worker processes")

    def _deliver_case(self) -> tuple[str, str]:
        """A kiosk enrols and delivers a letter. Returns tracking code and case number."""
        kiosk = HttpKiosk("KKN07", HttpTransport(SERVICE_URL))
        kiosk.request_enrolment()
        self._run_shell(f"central approve {kiosk.compare_code} --as somsri")
        kiosk.fetch_enrolment()
        submission = kiosk.letter_submission(1)
        (page,) = kiosk.sealed_pages(submission)
        self._report.expect(kiosk.upload(page).status_code == 204, "a kiosk uploads a page")
        self._report.expect(
            kiosk.deliver(kiosk.delivery(submission, [page])).status_code == 200, "its case is receipted"
        )
        return submission.tracking_code, submission.case_number

    def _check_killed_processes(self) -> None:
        for unit in UNITS:
            self._appliance.run_in_root("systemctl", "kill", "--signal=KILL", unit)
        self._check_running()

    def _check_backup_and_restore(self, tracking_code: str, case_number: str) -> None:
        self._appliance.run_in_root("systemctl", "start", "damrongdham-central-backup.service")
        keys, restore = guide_blocks("Back-up")
        self._run_shell(keys)
        listed = self._appliance.run_in_root("sh", "-c", "ls /var/backups/damrongdham-central /root/*.keys.tar")
        self._report.expect(len(re.findall(r"^damrongdham-.*\.tar$", listed, re.MULTILINE)) == 2, "two backups")
        self._report.expect(listed.count(".keys.tar") == 1, "the keys are apart")
        lost = """
            systemctl disable --now damrongdham-central damrongdham-central-worker damrongdham-central-backup.timer
            runuser -u postgres -- dropdb damrongdham
            rm -rf /var/lib/damrongdham-central
            install -d -o damrongdham -g damrongdham -m 700 /var/lib/damrongdham-central
            runuser -u postgres -- createdb --owner=damrongdham --encoding=UTF8 --template=template0 damrongdham
        """
        self._run_shell(lost)
        self._run_shell(restore)
        self._check_running()
        page = self._appliance.run_in_root(
            "curl", "-fs", "--data", f"code={tracking_code}&language=th", f"{SERVICE_URL}/t"
        )
        self._report.expect(case_number in page, "after the loss of database and data the citizen finds the case")
        pictures = self._appliance.run_in_root("find", "/var/lib/damrongdham-central/media", "-type", "f")
        self._report.expect(len(pictures.splitlines()) >= 1, "and its letter is there")

    def _check_letters_in_the_sandbox(self) -> None:
        """WeasyPrint calls C libraries, which the restrictions of the web unit must allow."""
        program = "import weasyprint; weasyprint.HTML(string='<p>letter').write_pdf('letter.pdf')"
        unit = (CHECKOUT / "docs" / "centre" / UNITS[0]).read_text(encoding="utf-8")
        unit = re.sub(r"^(?:ExecStartPre|Restart|RestartSec)=.*\n", "", unit, flags=re.MULTILINE)
        start = (
            f"Type=oneshot\nWorkingDirectory=/var/lib/damrongdham-central\n"
            f'ExecStart=/opt/damrongdham-central/bin/python -c "{program}"'
        )
        unit = re.sub(r"^ExecStart=.*$", start, unit, flags=re.MULTILINE)
        (self._appliance.root / "etc/systemd/system/letter-test.service").write_text(unit, encoding="utf-8")
        self._run_shell("systemctl daemon-reload && systemctl start letter-test")
        size = self._run_shell("stat --format=%s /var/lib/damrongdham-central/letter.pdf").strip()
        self._report.expect(
            int(size) > 500, f"a letter is printed under the restrictions of the web unit: {size} bytes"
        )

    def _check_units(self) -> None:
        failed = self._appliance.run_in_root("systemctl", "list-units", "--failed", "--plain", "--no-legend")
        self._report.expect("damrongdham" not in failed and "nginx" not in failed, f"no unit has failed {failed}")
        journal = self._appliance.run_in_root("journalctl", "--no-pager", "--unit=damrongdham-central*")
        (self._report.output / "journal.txt").write_text(journal, encoding="utf-8")
        self._report.expect("central.requests: POST" in journal, "requests are in the journal")
        self._report.expect("KKN07" not in journal and "somsri" not in journal, "without a case number and a name")
        for unit in UNITS:
            verdict = self._appliance.run_in_root("systemd-analyze", "security", "--no-pager", unit)
            (self._report.output / f"security-{unit}.txt").write_text(verdict, encoding="utf-8")


def run_centre_for_release(release: str) -> None:
    """All checks of the central service for one release. Raises ApplianceTestError."""
    output = CHECKOUT / "appliance-output" / f"centre-{release}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"centre-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))
    appliance, report = Appliance(work / "root"), CheckReport(output)
    started = time.monotonic()
    try:
        log(f"centre on {release}: a bare root")
        appliance.bootstrap(release)
        appliance.copy_checkout(MORE_FILES)
        with appliance.boot(output / "console.txt", network=True):
            CentreInstallation(appliance, report).run_all()
    finally:
        appliance.remove_cgroups()
        if os.environ.get("APPLIANCE_KEEP"):
            log(f"the root is kept in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    log(f"centre on {release}: {len(report.passed_checks)} checks passed, {time.monotonic() - started:.0f} s")
