"""The update of the night: what it installs, when it does not, and what it reports. apt is a script that records its
calls; `./run appliance` uses the real one."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk_app.visit_lock import LOCK_FILE, VisitLock
from provision import apt_commands, debian_update, release_update
from provision.packaging import build_package
from provision.release_trial import FailureReason, ReleaseTrial
from provision.release_update import LOCAL, ReleaseUpdate, is_in_window, main
from provision.releases import Releases

NIGHT, DAY = datetime(2026, 11, 30, 2, tzinfo=LOCAL), datetime(2026, 11, 30, 14, tzinfo=LOCAL)
REQUEST = {
    "enrolment_id": "0193",
    "version": "2.0",
    "from_hour": 1,
    "until_hour": 5,
    "requested_at": "2026-11-29T08:00:00Z",
}
OFFER = "damrongdham-kiosk | 2.0+deb12 | file:/stick bookworm/main amd64 Packages"


class Kiosk:
    """A kiosk whose programs are scripts. `calls` are those of apt and systemctl."""

    def __init__(self, directory: Path) -> None:
        self.prefix, self.programs = directory / "opt", directory / "bin"
        self.programs.mkdir()
        for name in ("1.0+deb12",):
            (self.prefix / "releases" / name / "bin").mkdir(parents=True)
            (self.prefix / "releases" / name / "complete").touch()
        releases = Releases(self.prefix)
        releases.activate("1.0+deb12")
        ReleaseTrial(releases).confirm(0, 0)
        self.calls_file = directory / "calls"
        self.visit_lock = VisitLock(directory)
        self.update = ReleaseUpdate(self.prefix, directory / "sources", directory / LOCK_FILE)
        self.script("apt-get", "exit 0")
        self.script("apt-cache", f"echo '{OFFER}'")
        self.script("unattended-upgrade", "exit 0")
        self.script("systemctl", "exit 0")
        self.script("dpkg", "exit 0")
        self.request(**REQUEST)

    def script(self, name: str, body: str) -> None:
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "$(basename "$0") $*" >>"{self.calls_file}"\n{body}\n', encoding="utf-8")
        program.chmod(0o755)

    def request(self, **fields: object) -> None:
        program = self.prefix / "venv/bin/kiosk"
        program.write_text(f"#!/bin/sh\necho '{json.dumps(fields)}'\n", encoding="utf-8")
        program.chmod(0o755)

    def run(self, now: datetime = NIGHT, *arguments: str) -> str:
        """One turn of the timer; the calls that it made."""
        self.calls_file.write_text("", encoding="utf-8")
        assert main(list(arguments), self.update, now) == 0
        return self.calls_file.read_text("utf-8")

    def failure(self) -> tuple[str, str]:
        failure = self.update.trial.last_failure()
        assert failure is not None
        return failure.release, failure.reason


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    machine = Kiosk(tmp_path)
    monkeypatch.setenv("PATH", f"{machine.programs}:{os.environ['PATH']}")
    monkeypatch.setattr(debian_update, "RECORD", tmp_path / "security-updates.json")
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path)
    monkeypatch.setattr(release_update, "configure_apt", lambda: None)
    monkeypatch.setattr(release_update, "REBOOT_REQUIRED", tmp_path / "reboot-required")
    monkeypatch.setattr(release_update, "MIN_FREE_BYTES", 1)
    return machine


def test_the_requested_release_is_installed_at_night(kiosk: Kiosk) -> None:
    assert kiosk.run(DAY) == ""
    calls = kiosk.run()
    assert "install damrongdham-kiosk=2.0+deb12" in calls
    assert "--allow-downgrades" in calls, "a centre may return to an older release"
    assert "unattended-upgrade" not in calls, "Debian's updates wait until the release is in use"
    assert "install" in kiosk.run(DAY, "--any-time")


def test_nothing_is_installed_during_a_visit_or_a_trial(kiosk: Kiosk) -> None:
    kiosk.visit_lock.set_visit_running(is_running=True)
    assert kiosk.run() == ""
    kiosk.visit_lock.set_visit_running(is_running=False)
    (kiosk.prefix / "releases/1.5").mkdir()
    (kiosk.prefix / "releases/1.5/complete").touch()
    kiosk.update.trial.prepare("1.5", ())
    kiosk.update.releases.activate("1.5")
    assert kiosk.run() == ""


def test_the_release_in_use_is_not_installed_again(kiosk: Kiosk) -> None:
    kiosk.request(**{**REQUEST, "version": "1.0"})
    assert "install" not in kiosk.run()


@pytest.mark.parametrize(
    ("program", "script", "reason"),
    [
        ("apt-get", 'case $* in *update) echo "E: The repository is not signed." && exit 100;; esac', "signature"),
        ("apt-get", 'case $* in *update) echo "W: GPG error: BADSIG 1234" && exit 100;; esac', "signature"),
        ("apt-get", 'case $* in *update) echo "W: OpenPGP signature verification failed"; exit 1;; esac', "signature"),
        ("apt-get", 'case $* in *update) echo "E: Could not connect" && exit 100;; esac', "repository"),
        ("apt-cache", "exit 0", "not_offered"),
        ("apt-get", 'case $* in *install*) echo "E: dpkg: error" && exit 100;; esac', "package"),
        ("apt-get", 'case $* in *install*) echo "write: No space left on device" && exit 100;; esac', "disk_full"),
    ],
)
def test_what_prevents_an_update_is_reported_and_tried_again(
    kiosk: Kiosk, program: str, script: str, reason: str
) -> None:
    kiosk.script(program, script)
    calls = kiosk.run()
    assert kiosk.failure() == ("2.0", reason)
    assert "unattended-upgrade" in calls, "Debian's security updates do not depend on the repository of the kiosk"
    assert kiosk.update.releases.linked_release("venv") == "1.0+deb12"
    assert "update" in kiosk.run(), "the next turn tries again"
    assert reason in {each.value for each in FailureReason if not each.is_of_release}


def test_an_interrupted_dpkg_is_completed_first(kiosk: Kiosk) -> None:
    """apt refuses to work before that."""
    calls = kiosk.run().splitlines()
    assert calls.index("dpkg --force-confold --configure -a") < calls.index(next(c for c in calls if "install" in c))
    kiosk.request()
    assert kiosk.run().startswith("dpkg --force-confold --configure -a\n"), "also before Debian's own updates"
    assert kiosk.run() == "dpkg --force-confold --configure -a\n", "also when these were made in the same night"


def test_a_full_disk_is_noticed_before_apt_fills_it(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_update, "MIN_FREE_BYTES", 1 << 60)
    calls = kiosk.run()
    assert "install" not in calls
    assert kiosk.failure() == ("2.0", "disk_full")
    assert calls.startswith("apt-get clean\ndpkg --force-confold --configure -a\n")
    assert "unattended-upgrade" in calls


def test_space_that_downloads_took_is_freed(kiosk: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "archives").mkdir()
    kiosk.script("apt-get", f'case $* in clean) rmdir "{tmp_path}/archives" ;; esac')
    free = {True: 1_000_000_000, False: 2_000_000_000}
    monkeypatch.setattr(release_update, "MIN_FREE_BYTES", 1_500_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free[(tmp_path / "archives").exists()]))
    assert "install damrongdham-kiosk=2.0+deb12" in kiosk.run()


def test_releases_that_failed_do_not_pile_up(kiosk: Kiosk) -> None:
    for number in range(3):
        (kiosk.prefix / f"releases/1.{number + 1}+deb12").mkdir()
    (kiosk.prefix / "package").mkdir()
    (kiosk.prefix / "package/name").write_text("1.3+deb12\n", encoding="ascii")
    kiosk.run()
    assert {path.name for path in (kiosk.prefix / "releases").iterdir()} == {"1.0+deb12", "1.3+deb12"}


def test_interrupted_downloads_are_removed_each_night_unless_they_can_continue(kiosk: Kiosk) -> None:
    calls = kiosk.run().splitlines()
    assert "apt-get -qq autoclean" not in calls, "not before the release is in use"
    kiosk.request()
    calls = kiosk.run().splitlines()
    assert "apt-get -qq autoclean" in calls and "apt-get clean" not in calls


def test_a_release_that_failed_is_tried_again_only_for_a_new_request(kiosk: Kiosk) -> None:
    kiosk.update.trial.reject("2.0+deb12", FailureReason.HANG)
    assert "install" not in kiosk.run()
    kiosk.request(**{**REQUEST, "requested_at": "2126-11-30T08:00:00Z"})  # the officer has saved the plan again
    assert "install damrongdham-kiosk=2.0+deb12" in kiosk.run()


def test_a_recorded_request_is_ignored(kiosk: Kiosk) -> None:
    kiosk.run()
    kiosk.request(**{**REQUEST, "version": "0.5", "requested_at": "2026-11-01T08:00:00Z"})
    assert "damrongdham-kiosk=0.5" not in kiosk.run()
    kiosk.script("apt-cache", f"echo '{OFFER.replace('2.0', '0.5')}'")
    assert "install" not in kiosk.run()


def test_a_release_before_that_does_not_state_the_enrolment_is_still_updated(kiosk: Kiosk) -> None:
    """A release that has failed leaves its program, and the release before runs again."""
    kiosk.run()
    without = {name: value for name, value in REQUEST.items() if name != "enrolment_id"}
    kiosk.request(**without)
    assert "install damrongdham-kiosk=2.0+deb12" in kiosk.run()
    kiosk.request(**{**without, "requested_at": "2026-11-01T08:00:00Z"})
    assert "install" not in kiosk.run(), "a recorded request"


def test_a_kiosk_that_was_enrolled_again_accepts_the_older_plan_of_its_centre(kiosk: Kiosk) -> None:
    kiosk.run()
    older = {**REQUEST, "version": "0.5", "requested_at": "2026-11-01T08:00:00Z"}
    kiosk.request(**{**older, "enrolment_id": "0194", "unknown": "of a later release"})
    kiosk.script("apt-cache", f"echo '{OFFER.replace('2.0', '0.5')}'")
    assert "install damrongdham-kiosk=0.5+deb12" in kiosk.run()


def test_security_updates_once_a_night_and_a_restart_when_nobody_is_there(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.request()  # an older centre, or no plan
    assert kiosk.run(DAY) == ""
    assert "unattended-upgrade" in kiosk.run()
    assert "unattended-upgrade" not in kiosk.run()
    (tmp_path / "reboot-required").touch()
    assert "systemctl --no-block reboot" in kiosk.run()
    assert "unattended-upgrade" in kiosk.run(NIGHT.replace(year=2027))


@pytest.mark.parametrize(
    ("program", "script"),
    [
        ("apt-get", 'case $* in *Error-Mode=any*) echo "E: Failed to fetch" && exit 100;; esac'),
        ("unattended-upgrade", "exit 1"),
    ],
)
def test_security_updates_that_failed_are_tried_again_in_the_same_night(
    kiosk: Kiosk, program: str, script: str
) -> None:
    kiosk.request()
    kiosk.script(program, script)
    assert "unattended-upgrade" in kiosk.run(), "with old lists, an update of another night may wait"
    kiosk.script(program, "exit 0")
    assert "unattended-upgrade" in kiosk.run()
    assert "unattended-upgrade" not in kiosk.run()


def test_debians_lists_are_read_without_the_sources_of_this_product(tmp_path: Path) -> None:
    for name in ("debian.sources", "damrongdham.sources", "damrongdham-install.sources", "local.list"):
        (tmp_path / name).write_text(name, encoding="ascii")
    with apt_commands.debian_sources(tmp_path) as (_, option):
        sources = Path(option.removeprefix("Dir::Etc::sourceparts="))
        assert {file.name: file.read_text("ascii") for file in sources.iterdir()} == {
            name: name for name in ("debian.sources", "local.list")
        }
    assert not sources.exists()


@pytest.mark.parametrize("is_set", [True, False])
def test_lists_of_the_future_are_read_while_no_time_server_has_set_the_clock(
    kiosk: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_set: bool
) -> None:
    monkeypatch.setattr(apt_commands, "SYNCHRONISED", tmp_path if is_set else tmp_path / "synchronized")
    kiosk.script("apt-cache", "exit 0")
    reads = [call for call in kiosk.run().splitlines() if call.endswith(" update")]
    assert len(reads) == 2, "of the repository and of Debian"
    assert [is_set] * 2 == ["Acquire::Max-FutureTime=1000000000" not in read for read in reads]
    assert not any("Check-Date" in read or "Check-Valid-Until" in read for read in reads)


def test_after_a_week_of_missed_nights_an_idle_hour_of_the_day_counts(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.script("apt-cache", "exit 0")
    for day in range(7):
        assert kiosk.run(DAY + timedelta(days=day)) == "", "a kiosk that is switched off at night"
    (tmp_path / "reboot-required").touch()
    later = DAY + timedelta(days=7)
    kiosk.visit_lock.set_visit_running(is_running=True)
    assert kiosk.run(later) == ""
    kiosk.visit_lock.set_visit_running(is_running=False)
    calls = kiosk.run(later)
    assert kiosk.failure() == ("2.0", "not_offered")
    assert "unattended-upgrade" in calls and "reboot" not in calls, "it restarts when it is switched on"
    assert kiosk.run(later + timedelta(minutes=20)) == "", "not at each turn of the day"
    calls = kiosk.run(later + timedelta(hours=3))
    assert "apt-cache" in calls and "unattended-upgrade" not in calls, "only the release is overdue"


def test_a_new_request_waits_for_the_night_although_security_updates_are_overdue(kiosk: Kiosk) -> None:
    """A kiosk that reaches its centre only: its releases keep to the window."""
    kiosk.request()
    kiosk.script("unattended-upgrade", "exit 1")
    kiosk.run()
    kiosk.request(**REQUEST)
    calls = kiosk.run(DAY + timedelta(days=9))
    assert "unattended-upgrade" in calls and "apt-cache" not in calls


def test_a_clock_that_was_ahead_hides_nothing(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.request()
    kiosk.run(NIGHT.replace(year=2036))
    kiosk.run(DAY)
    assert json.loads((tmp_path / "security-updates.json").read_text("utf-8"))["counted_from"][:4] == "2026"


def test_the_package_has_every_module_that_the_update_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_package, "SOURCE", Path(__file__).parents[2])
    build_package.place_programs(build_package.PACKAGES["damrongdham-kiosk"], tmp_path)
    program = tmp_path / "usr/lib/damrongdham-kiosk/provision/release_update.py"
    usage = subprocess.run([sys.executable, "-I", program, "--help"], capture_output=True, text=True, check=False)
    assert usage.returncode == 2 and "release-update [--any-time]" in usage.stderr


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [((1, 5), (1, 4), (0, 5, 14)), ((22, 4), (22, 23, 0, 3), (4, 12, 21)), ((3, 3), (0, 3, 23), ())],
)
def test_the_window_may_include_midnight(
    hours: tuple[int, int], inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    assert all(is_in_window(NIGHT.replace(hour=hour), *hours) for hour in inside)
    assert not any(is_in_window(NIGHT.replace(hour=hour), *hours) for hour in outside)
