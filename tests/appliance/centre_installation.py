"""Follows docs/centre.md in a fresh Debian: packages, `central setup`, a case, updates, a backup, a restore after loss.

The root shares the network of this machine while it is booted, because installing needs the mirrors. The commands are
taken from the page; the repository is a directory in the root, and the answers of `central setup` are in a file.
"""

import http.client
import os
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path

from provision.packaging.debian_root import remove_root
from simulators.http_transport import HttpKiosk, HttpTransport
from tests.appliance.appliance import CHECKOUT, PROXY_ENV, STICK, Appliance
from tests.appliance.guide import guide_blocks
from tests.appliance.install_checks import check_exposure
from tests.appliance.stick import Stick
from tests.appliance.tools import ApplianceTestError, CheckReport, log, wait_for

PASSWORD = "a-long-pass-phrase-for-a-test"
HOST = "track.example.go.th"
UNITS = ("damrongdham-central.service", "damrongdham-central-worker.service")
SERVICE_URL = "http://127.0.0.1:8080"
ANSWERS = f"""\
host = "{HOST}"
centre = "khonkaen"
area = "40"
administrator = "somsri"
database = "local"
mail = "none"
tls = "self-signed"
"""
SECONDS_WITHOUT_MAIL_ERRORS = 75  # the recurring jobs run each minute


def break_service(tree: Path) -> None:
    """The web server ends at its start; migrations work."""
    (module,) = tree.glob("opt/*/package/lib/python3*/site-packages/central/web_server.py")
    module.write_text("raise SystemExit(1)\n", encoding="utf-8")
    for compiled in module.parent.glob("__pycache__/web_server.*.pyc"):
        compiled.unlink()


class CentreInstallation:
    """The checks of one release."""

    def __init__(self, appliance: Appliance, report: CheckReport, stick: Stick) -> None:
        self._appliance = appliance
        self._report = report
        self._stick = stick

    def run_all(self, package: Path) -> None:
        """Raises ApplianceTestError at the first check that fails."""
        install, setup, inspection = guide_blocks("Installing")
        started = time.monotonic()
        sources = f"{STICK}/damrongdham-{package.parent.name}.sources"
        self._run_shell(f"sed 's#^URIs: .*#URIs: file:{STICK}#' {sources} >/etc/apt/sources.list.d/damrongdham.sources")
        self._run_shell(install, timeout=900)
        self._run_shell("apt-get install --yes --no-install-recommends curl", timeout=300)  # what the checks ask with
        self._report.record_pass(f"apt install on a bare root: {time.monotonic() - started:.0f} s")
        self._check_contents()
        self._check_wrong_answers()
        self._set_up(setup)
        wait_for("each job has run once", lambda: "never" not in self._run_shell(inspection), 150)
        self._report.record_pass("the service is ready, a worker lives, and each job has run")
        self._check_proxy()
        self._check_packages()
        tracking_code, case_number = self._deliver_case()
        self._check_quiet_without_mail()
        self._check_second_setup(setup)
        self._check_updates(package)
        self._check_killed_processes()
        self._check_backup_and_restore(tracking_code, case_number)
        self._check_letters_in_the_sandbox()
        self._check_units()
        self._check_removal()

    def _check_contents(self) -> None:
        site = next((self._appliance.root / "opt/damrongdham-central/package").glob("lib/python3*/site-packages"))
        foreign = [name for name in ("kiosk_app", "screens", "drivers", "simulators", "kivy") if (site / name).exists()]
        self._report.expect(not foreign, f"no code of the kiosk is installed {foreign}")
        self._report.expect(not (self._appliance.root / "usr/bin/gcc").exists(), "there is no compiler")

    def _check_wrong_answers(self) -> None:
        """A wrong answer is one sentence, and nothing is changed."""
        answers = self._appliance.root / "root/answers.toml"
        for text, sentence in (
            (ANSWERS.replace('area = "40"', 'area = "400"'), "is neither a code of 2 digits"),
            (ANSWERS.replace('mail = "none"', 'mail = "smtp://127.0.0.1:9"\nalert_to = "a@b.go.th"'), "take a message"),
        ):
            answers.write_text(text, encoding="utf-8")
            command = "central setup --answers /root/answers.toml --password-stdin </dev/null"
            try:
                self._run_shell(command)
            except ApplianceTestError as error:
                self._report.expect(sentence in str(error), f"central setup refuses: {sentence}")
            else:
                raise ApplianceTestError(f"central setup accepted {text}")
        self._report.expect(
            not (self._appliance.root / "etc/damrongdham-central.env").exists(), "a refused answer changes nothing"
        )
        answers.write_text(ANSWERS, encoding="utf-8")

    def _set_up(self, setup: str) -> None:
        started = time.monotonic()
        command = setup.replace("central setup", "central setup --answers /root/answers.toml --password-stdin")
        self._run_shell(f"echo {PASSWORD} | {command.strip()}")
        self._report.record_pass(f"central setup: {time.monotonic() - started:.0f} s")
        warnings = self._run_shell("nginx -t 2>&1")
        self._report.expect(
            "warn" not in warnings and "successful" in warnings, "nginx accepts the site without a warning"
        )
        self._check_running()

    def _check_second_setup(self, setup: str) -> None:
        """Again with the same answers: accounts and settings stay."""
        file = self._appliance.root / "etc/damrongdham-central.env"
        file.write_text(file.read_text("utf-8") + "CENTRAL_LOG=json\n", encoding="utf-8")
        before = file.read_text("utf-8")
        command = setup.replace("central setup", "central setup --answers /root/answers.toml")
        self._run_shell(f"{command.strip()} </dev/null")
        self._report.expect(
            file.read_text("utf-8") == before, "central setup again keeps settings that it does not know"
        )
        file.write_text(before.replace("CENTRAL_LOG=json\n", ""), encoding="utf-8")
        self._appliance.run_in_root("systemctl", "restart", *UNITS)
        self._check_running()

    def _check_quiet_without_mail(self) -> None:
        """An open alarm at a centre without mail is no error in the log."""
        kiosk = self._kiosk
        kiosk.deliver(kiosk.delivery(kiosk.submission(), sealing_key="0" * 32))
        since = self._run_shell("date '+%Y-%m-%d %H:%M:%S'").strip()
        time.sleep(SECONDS_WITHOUT_MAIL_ERRORS)
        lines = self._run_shell(f"journalctl --no-pager --unit damrongdham-central-worker --since '{since}'")
        errors = [line for line in lines.splitlines() if "ERROR" in line or "queued again" in line or "refused" in line]
        self._report.expect(not errors, f"an alarm without mail leaves no error in the log {errors[:2]}")

    def _check_updates(self, package: Path) -> None:
        """apt upgrade while kiosks deliver: nobody is refused. A release that does not start is taken back."""
        before = self._release()
        self._stick.publish(self._stick.later_version(package, "a"))
        self._appliance.insert_stick(self._stick.directory)
        statuses: list[str] = []
        is_done = threading.Event()

        def deliver_again_and_again() -> None:
            while not is_done.is_set():
                try:
                    with HttpTransport(SERVICE_URL) as transport:
                        self._kiosk.transport = transport
                        statuses.append(
                            str(self._kiosk.deliver(self._kiosk.delivery(self._kiosk.submission())).status_code)
                        )
                except (OSError, http.client.HTTPException) as error:
                    statuses.append(type(error).__name__)
                time.sleep(0.2)

        delivering = threading.Thread(target=deliver_again_and_again)
        delivering.start()
        started = time.monotonic()
        try:
            self._run_shell("apt-get update && apt-get upgrade --yes", timeout=600)
        finally:
            is_done.set()
            delivering.join()
        duration_s = time.monotonic() - started
        self._report.expect(self._release() == f"{before}+a", f"apt upgrade: {duration_s:.0f} s, {self._release()}")
        self._report.expect(
            len(statuses) > 5 and set(statuses) == {"200"},
            f"{len(statuses)} deliveries during it: {sorted(set(statuses))}",
        )
        self._stick.publish(self._stick.later_version(package, "b", break_service))
        self._appliance.insert_stick(self._stick.directory)
        try:
            self._run_shell("apt-get update && apt-get upgrade --yes", timeout=600)
        except ApplianceTestError as error:
            self._report.expect(
                "is not ready after its start" in str(error), "a release that does not start is reported"
            )
        else:
            raise ApplianceTestError("apt upgrade accepted a release that does not start")
        self._report.expect(self._release() == f"{before}+a", "the release before it is in use")
        self._check_running()
        self._stick.publish(self._stick.later_version(package, "c"))
        self._appliance.insert_stick(self._stick.directory)
        self._run_shell("apt-get update && apt-get upgrade --yes", timeout=600)
        self._report.expect(self._release() == f"{before}+c", "the release after it is installed over it")

    def _release(self) -> str:
        return Path(self._appliance.run_in_root("readlink", "/opt/damrongdham-central/venv").strip()).name

    def _check_removal(self) -> None:
        """purge removes programs and settings, never cases."""
        self._run_shell("apt-get purge --yes damrongdham-central")
        left = self._run_shell(
            "ls -d /opt/damrongdham-central /etc/damrongdham-central.env /usr/bin/central 2>/dev/null || true"
        )
        self._report.expect(not left.strip(), f"purge removes the programs {left}")
        self._run_shell("test -d /var/lib/damrongdham-central/keys && nginx -t")
        databases = self._run_shell("runuser -u postgres -- psql -tAc 'select datname from pg_database'")
        self._report.expect("damrongdham" in databases.split(), "keys and database stay, and nginx is whole")

    def _run_shell(self, script: str, timeout: float = 300) -> str:
        """A block of the guide, by a root shell that stops at the first error."""
        return self._appliance.run_in_root(
            "sh",
            "-ec",
            script,
            timeout=timeout,
            DEBIAN_FRONTEND="noninteractive",
            **PROXY_ENV,
        )

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
            f"{HOST}:443:127.0.0.1",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
        )
        codes = [
            self._appliance.run_in_root(*curl, f"https://{HOST}{path}")
            for path in ("/t", "/healthz", "/metrics", "/readyz", "/desk/login")
        ]
        self._report.expect(
            codes == ["200", "200", "404", "404", "200"], f"nginx passes pages and hides metrics: {codes}"
        )
        scraped = self._appliance.run_in_root("curl", "-fs", f"{SERVICE_URL}/metrics")
        self._report.expect("central_workers 2.0" in scraped, "the metrics count two worker processes")

    def _check_packages(self) -> None:
        """nginx serves a repository, which apt then reads, and no list of its files."""
        served = "/srv/damrongdham-packages"
        self._run_shell(f"test ! -e {served} && cp -r {STICK} {served}")
        base = f"https://{HOST}/packages"
        query = f"curl -s -k --resolve {HOST}:443:127.0.0.1 -o /dev/null -w '%{{http_code}} '"
        suite = self._run_shell(". /etc/os-release && echo $VERSION_CODENAME").strip()
        paths = (f"dists/{suite}/InRelease", "dists/none", "", "../../etc/passwd", "..%2f..%2fetc/passwd")
        codes = self._run_shell("; ".join(f"{query} --path-as-is '{base}/{path}'" for path in paths)).split()
        self._report.expect(
            codes[:3] == ["200", "404", "403"] and not {"200"} & set(codes[3:]), f"nginx serves the repository: {codes}"
        )
        refused = self._run_shell(f"{query} -X DELETE {base}/dists/{suite}/InRelease").strip()
        self._report.expect(refused == "403", f"and changes nothing in it: {refused}")
        own = "-o Dir::Etc::sourceparts=- -o Dir::Etc::sourcelist=/root/kiosk.sources -o Dir::State::lists=/root/lists"
        trust = "-o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false"  # it is self-signed
        lists = self._run_shell(f"""
            echo 127.0.0.1 {HOST} >>/etc/hosts
            sed 's#^URIs: .*#URIs: {base}#' {STICK}/damrongdham-{suite}.sources >/root/kiosk.sources
            mkdir -p /root/lists/partial
            apt-get update {own} {trust} -o Acquire::https::Proxy=DIRECT -o APT::Update::Error-Mode=any
            ls /root/lists
        """)
        self._report.expect(f"{HOST}_packages_dists_{suite}_InRelease" in lists, "apt reads the repository from there")

    def _deliver_case(self) -> tuple[str, str]:
        """A kiosk enrols and delivers a letter. Returns tracking code and case number."""
        self._kiosk = kiosk = HttpKiosk("KKN07", HttpTransport(SERVICE_URL))
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
            systemctl stop damrongdham-central.socket damrongdham-central damrongdham-central-worker
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
        unit = (CHECKOUT / "systemd" / "central" / UNITS[0]).read_text(encoding="utf-8")
        unit = re.sub(r"^(?:ExecStartPre|Restart|RestartSec|Requires)=.*\n", "", unit, flags=re.MULTILINE)
        start = (
            f"Type=oneshot\nWorkingDirectory=/var/lib/damrongdham-central\n"
            f'ExecStart=/opt/damrongdham-central/venv/bin/python3 -c "{program}"'
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
        # The kiosk's own name may be there: a slow test leaves it silent for a quarter of an hour.
        personal = re.findall(r"KKN07A-\d+|somsri", journal)
        self._report.expect(not personal, f"without a case number and a name {personal[:3]}")
        check_exposure(self._appliance, self._report, "systemd/central")


def run_centre_for_release(release: str) -> None:
    """All checks of the central service for one release. Raises ApplianceTestError."""
    output = CHECKOUT / "appliance-output" / f"centre-{release}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    work = Path(tempfile.mkdtemp(prefix=f"centre-{release}-", dir=os.environ.get("APPLIANCE_ROOTS", "/var/tmp")))
    appliance, report, stick = Appliance(work / "root"), CheckReport(output), Stick(work, release)
    started = time.monotonic()
    try:
        log(f"centre on {release}: the package")
        package = stick.build_package("damrongdham-central")
        stick.publish(package)
        log(f"centre on {release}: a bare root")
        appliance.bootstrap(release)
        appliance.insert_stick(stick.directory)
        with appliance.boot(output / "console.txt", network=True):
            CentreInstallation(appliance, report, stick).run_all(package)
    finally:
        stick.close()
        appliance.remove_cgroups()
        if os.environ.get("APPLIANCE_KEEP"):
            log(f"the root is kept in {work}")
        else:
            remove_root(work)
    log(f"centre on {release}: {len(report.passed_checks)} checks passed, {time.monotonic() - started:.0f} s")
