"""A new release is confirmed after a while with its devices, or the release before it runs at the next start.

The programs run as on a kiosk: as processes of Debian's Python, in a real directory of releases."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk_app.health.device_checks import DEVICE_KINDS
from provision import activation, release_trial
from provision.release_trial import FailureReason, ReleaseTrial, Trial, answering_devices
from provision.releases import Releases

PROGRAM = Path(release_trial.__file__)
BOOT = release_trial.BOOT_ID.read_text("ascii").strip()


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Release 'a' is confirmed, and 'b' is used and on trial."""
    releases = Releases(tmp_path)
    make_release(tmp_path, "a")
    releases.activate("a")
    ReleaseTrial(releases).confirm(0, 0)
    make_release(tmp_path, "b")
    ReleaseTrial(releases).prepare("b", {"printer", "scanner"})
    releases.activate("b")
    return releases


def make_release(prefix: Path, name: str) -> None:
    (prefix / "releases" / name).mkdir(parents=True)
    (prefix / "releases" / name / "complete").touch()


def step(releases: Releases, name: str, **environment: str) -> None:
    """Run the program as the interface's unit does."""
    environment = {"DAMRONGDHAM_PREFIX": str(releases.prefix), **environment}
    subprocess.run(["/usr/bin/python3", "-I", PROGRAM, name], check=True, env=environment, capture_output=True)


def in_use(releases: Releases) -> tuple[str, str]:
    return releases.linked_release("venv"), releases.linked_release("good")


def failure(releases: Releases) -> tuple[str, str]:
    last = ReleaseTrial(releases).last_failure()
    assert last is not None
    return last.release, last.reason


def write_report(file: Path, **devices: str) -> None:
    """A report that is newer than what the test starts afterwards."""
    report = {"boot_id": BOOT, "monotonic_ms": int(time.monotonic() * 1000) + 30_000, "devices": devices}
    new = file.with_suffix(".new")
    new.write_text(json.dumps(report), encoding="utf-8")
    new.replace(file)


@pytest.mark.parametrize(
    ("result", "reason"),
    [("watchdog", "hang"), ("timeout", "no_frame"), ("exit-code", "crash"), ("signal", "crash"), ("oom-kill", "crash")],
)
def test_the_release_before_runs_after_one_failure(releases: Releases, result: str, reason: str) -> None:
    step(releases, "begin")
    assert in_use(releases) == ("b", "a")
    step(releases, "end", SERVICE_RESULT=result, EXIT_CODE="exited", EXIT_STATUS="1")
    assert in_use(releases) == ("a", "a")
    assert failure(releases) == ("b", reason)
    assert releases.is_rejected("b")
    step(releases, "begin")
    assert in_use(releases) == ("a", "a")


def test_a_clean_restart_goes_on_with_the_trial(releases: Releases) -> None:
    for _ in range(2):
        step(releases, "begin")
        step(releases, "end", SERVICE_RESULT="success", EXIT_CODE="exited", EXIT_STATUS="0")
    step(releases, "begin")  # a technician makes a mistake in kiosk.toml
    step(releases, "end", SERVICE_RESULT="exit-code", EXIT_CODE="exited", EXIT_STATUS="2")
    step(releases, "begin")
    assert in_use(releases) == ("b", "a")


def test_a_release_that_ends_cleanly_again_and_again_fails(releases: Releases) -> None:
    for _ in range(release_trial.MAX_STARTS + 1):
        step(releases, "begin")
        step(releases, "end", SERVICE_RESULT="success", EXIT_CODE="exited", EXIT_STATUS="0")
    assert in_use(releases) == ("a", "a")
    assert failure(releases) == ("b", "crash_loop")


def test_after_a_power_cut_the_release_before_runs_and_the_new_one_has_few_more_trials(releases: Releases) -> None:
    for boot in range(release_trial.MAX_POWER_CUTS):
        assert not releases.is_rejected("b")
        if boot:  # damrongdham-kiosk-activate.service, at a boot after the one that ran the release before
            ReleaseTrial(releases, f"boot {boot}").prepare("b", ())
            releases.activate("b")
        ReleaseTrial(releases, f"boot {boot}").begin()
        assert in_use(releases) == ("b", "a")
        ReleaseTrial(releases, f"boot {boot} after the cut").begin()
        assert in_use(releases) == ("a", "a")
        assert failure(releases) == ("b", "power_cut")
    assert releases.is_rejected("b")


def test_a_trial_that_was_not_started_survives_a_power_cut(releases: Releases) -> None:
    ReleaseTrial(releases, "later boot").begin()
    assert in_use(releases) == ("b", "a")


def test_a_release_is_confirmed_after_a_while_with_its_devices(releases: Releases, tmp_path: Path) -> None:
    report = tmp_path / "status.json"
    trial = ReleaseTrial(releases)
    threading.Timer(0.3, write_report, (report,), {"printer": "paper_out", "scanner": "ready"}).start()
    trial.begin()
    assert trial.confirm(0.2, 20, report) is None
    assert report.exists()
    assert in_use(releases) == ("b", "b")
    assert trial.current() is None
    assert trial.begin() is None and trial.end("watchdog") is None
    assert in_use(releases) == ("b", "b"), "a confirmed release is not on trial"
    assert (tmp_path / "releases/a/complete").exists(), "the release before is there until the next update"


def test_a_device_that_answered_before_must_answer(releases: Releases, tmp_path: Path) -> None:
    report = tmp_path / "status.json"
    write_report(report, printer="unresponsive", scanner="ready", card_reader="no_reader")
    trial = ReleaseTrial(releases)
    trial.begin()
    failed = trial.confirm(0.05, 0.1, report)
    assert failed is not None and "printer" in failed.detail
    assert in_use(releases) == ("a", "a")
    assert failure(releases) == ("b", "devices")


def test_an_interface_that_reports_nothing_is_not_confirmed(releases: Releases, tmp_path: Path) -> None:
    trial = ReleaseTrial(releases)
    trial.begin()
    failed = trial.confirm(0.05, 0.1, tmp_path / "none")
    assert failed is not None and failed.detail == "interface"


def test_only_a_recent_report_of_this_boot_counts(tmp_path: Path) -> None:
    report = tmp_path / "status.json"
    write_report(report, printer="ready", scanner="absent")
    assert answering_devices(report, BOOT) == {"printer"}
    assert answering_devices(report, "another boot") is None
    assert answering_devices(report, BOOT, time.monotonic() + 60) is None
    for content in ("[]", "{", '{"monotonic_ms": "x"}', '{"devices": 1}'):
        report.write_text(content, encoding="utf-8")
        assert answering_devices(report, BOOT) is None
    report.unlink()
    os.mkfifo(report)
    assert answering_devices(report, BOOT) is None


def test_every_status_of_a_device_says_whether_it_answers() -> None:
    """A new status has to be added here, or to the silent ones."""
    answers = {
        *("ready", "paper_near_end", "paper_out", "cover_open", "cutter_error", "error", "offline", "holds_old_data"),
        *("empty", "card_present", "card_mute"),
        *("busy", "no_paper", "jam", "io_error", "bad_picture", "disk_full", "cancelled"),
    }
    statuses = {str(status.value) for kind in DEVICE_KINDS for status in kind.status}
    assert statuses <= answers | release_trial.SILENT_STATUSES
    assert not answers & release_trial.SILENT_STATUSES


def test_the_first_release_of_a_kiosk_is_not_on_trial(tmp_path: Path) -> None:
    make_release(tmp_path, "a")
    releases = Releases(tmp_path)
    trial = ReleaseTrial(releases)
    trial.prepare("a", ())
    releases.activate("a")
    assert trial.begin() is None and trial.end("watchdog") is None
    assert releases.linked_release("venv") == "a"


def test_a_damaged_record_stops_nothing(releases: Releases) -> None:
    for content in ("", "[]", '{"release": "b"}', '{"release": "b", "previous": "a", "answering": 1}'):
        (releases.prefix / "trial.json").write_text(content, encoding="utf-8")
        step(releases, "begin")
        assert in_use(releases) == ("b", "a")


KILLED_STEPS = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from provision import release_trial, releases as module
from provision.release_trial import ReleaseTrial
from provision.releases import Releases
calls, limit = 0, int(sys.argv[3])
def counted(original):
    def call(*arguments, **keywords):
        global calls
        calls += 1
        if calls > limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **keywords)
    return call
for name in ("rename", "replace", "symlink", "unlink", "fsync", "link", "mkdir", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
releases = Releases(Path(sys.argv[2]))
exec(sys.argv[4])
"""
STEPS: dict[str, str] = {
    "update": "releases.add_packaged_release(); ReleaseTrial(releases).prepare('c', ()); releases.activate('c')",
    "rollback": "ReleaseTrial(releases).end('watchdog')",
    "confirm": "ReleaseTrial(releases).confirm(0, 0)",
    "reinstall": "releases.add_packaged_release()",
}


@pytest.mark.parametrize("name", STEPS)
def test_a_kill_at_any_step_leaves_a_release_that_runs(tmp_path: Path, name: str) -> None:
    """Each step is killed at its first, second, third … change of the disk, until it ends by itself."""
    packaged = {"update": "c", "reinstall": "a"}.get(name, "b")
    for limit in range(200):
        prefix = tmp_path / str(limit)
        releases = Releases(prefix)
        make_release(prefix, "a")
        make_release(prefix, "b")
        (prefix / "package").mkdir()
        (prefix / "package/name").write_text(f"{packaged}\n", encoding="utf-8")
        releases.set_link("good", "a")
        releases.set_link("venv", "b")
        ReleaseTrial(releases).prepare("b", ())
        command = [sys.executable, "-c", KILLED_STEPS, str(PROGRAM.parents[1]), str(prefix), str(limit), STEPS[name]]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        running, good = in_use(releases)
        assert running and good, f"killed at change {limit}: {running!r} runs, {good!r} is confirmed"
        ReleaseTrial(releases, "after the cut").begin()
        assert releases.linked_release("venv"), "and the next start has a release"
        if ended.returncode == 0:
            assert limit > 2
            return
    pytest.fail("the step does not end")


def fake_release(prefix: Path, name: str, script: str) -> Path:
    program = prefix / "releases" / name / "bin/kiosk"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program.parents[1]


def test_a_release_is_not_used_when_its_self_test_fails(releases: Releases) -> None:
    good = fake_release(releases.prefix, "b", "exit 0")
    assert activation.find_fault(good) == ""
    bad = fake_release(releases.prefix, "c", '[ "$1" != self-test ] || { echo "no typeface" >&2; exit 1; }')
    assert activation.find_fault(bad) == "self-test: no typeface"
    ReleaseTrial(releases).reject("c", FailureReason.SELF_TEST, "no typeface")
    assert failure(releases) == ("c", "self_test")
    assert in_use(releases) == ("b", "a")


def test_a_half_unpacked_package_becomes_no_release(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dpkg was killed while it replaced files: some are of the old release."""
    package = fake_release(releases.prefix, "../package", "exit 0")
    (package / "name").write_text("c\n", encoding="utf-8")
    programs = tmp_path / "programs"
    programs.mkdir()
    dpkg = programs / "dpkg-query"
    dpkg.write_text("#!/bin/sh\nprintf half-installed\n", encoding="utf-8")
    dpkg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    assert activation.main(releases.prefix) == 0
    assert in_use(releases) == ("b", "a")
    assert not (releases.prefix / "releases/c").exists()


def test_settings_that_only_the_new_release_refuses_are_its_fault(releases: Releases) -> None:
    refusing = '[ "$2" = --help ] || { echo "kiosk.toml: x" >&2; exit 2; }'
    new = fake_release(releases.prefix, "c", refusing)
    fake_release(releases.prefix, "b", "exit 0")
    assert activation.find_fault(new) == "self-test: kiosk.toml: x"
    fake_release(releases.prefix, "b", refusing)
    assert activation.find_fault(new) == "", "a technician's mistake, which the running release refuses too"


def test_a_full_disk_leaves_the_release_in_use(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: Path, __: dict[str, object]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release_trial, "write_durably", no_space)
    monkeypatch.setenv("DAMRONGDHAM_PREFIX", str(releases.prefix))
    start: Callable[[], int] = lambda: release_trial.main(["begin"])  # noqa: E731
    assert start() == 0
    assert in_use(releases) == ("b", "a")
    assert ReleaseTrial(releases).current() == Trial("b", "a", ("printer", "scanner"))
