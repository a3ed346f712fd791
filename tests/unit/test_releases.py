"""Releases: the last good one is retained and rolled back to, and an update waits for the end of a visit."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kiosk_app.visit_lock import LOCK_FILE, VisitLock
from provision.release_trial import ReleaseTrial
from provision.releases import Releases, wait_for_no_visit


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def make_release(releases: Releases, name: str) -> str:
    directory = releases.prefix / "releases" / name
    directory.mkdir(parents=True)
    (directory / "complete").touch()
    return name


def confirm(releases: Releases, seconds: float = 0) -> None:
    """As on a kiosk without an earlier release: there is no trial."""
    ReleaseTrial(releases).confirm(seconds, 0)


def kept_releases(releases: Releases) -> set[str]:
    return {path.name for path in (releases.prefix / "releases").iterdir()}


def test_a_release_is_good_only_after_it_ran_for_a_while(releases: Releases) -> None:
    releases.activate(make_release(releases, "a"))
    assert releases.linked_release("good") == ""
    confirm(releases)
    assert (releases.linked_release("venv"), releases.linked_release("good")) == ("a", "a")


def test_a_release_replaced_meanwhile_is_not_confirmed(releases: Releases) -> None:
    releases.activate(make_release(releases, "a"))
    make_release(releases, "b")
    settling = threading.Thread(target=confirm, args=(releases, 0.3))
    settling.start()
    time.sleep(0.1)
    releases.set_link("venv", "b")
    settling.join()
    assert releases.linked_release("good") == ""


def test_the_good_release_is_retained_over_any_number_of_bad_ones(releases: Releases) -> None:
    releases.activate(make_release(releases, "a"))
    confirm(releases)
    for name in ("b", "c"):
        releases.activate(make_release(releases, name))
        assert kept_releases(releases) == {"a", name}
        assert releases.roll_back() == "a"
        assert releases.linked_release("venv") == "a"
        assert not (releases.prefix / "releases" / name / "complete").exists(), "the next installation creates it again"
    assert releases.roll_back() == "", "no earlier release is left"


def package(releases: Releases, name: str) -> Path:
    """A file of the installed package, which dpkg replaces at an update."""
    directory = releases.prefix / "package"
    (directory / "lib").mkdir(parents=True, exist_ok=True)
    for file, content in (("name", f"{name}\n"), ("lib/module.py", name)):
        unpacked = directory / f"{file}.dpkg-new"
        unpacked.write_text(content, encoding="utf-8")
        unpacked.rename(directory / file)
    return directory / "lib" / "module.py"


def test_a_release_is_unchanged_when_the_next_package_is_unpacked(releases: Releases) -> None:
    module = package(releases, "1")
    assert releases.add_packaged_release() == "1"
    assert (releases.prefix / "releases/1/lib/module.py").samefile(module), "no second copy on the disk"
    package(releases, "2")
    assert (releases.prefix / "releases/1/lib/module.py").read_text() == "1"
    assert releases.add_packaged_release() == "2"
    assert (releases.prefix / "releases/2/lib/module.py").read_text() == "2"
    assert releases.add_packaged_release() == "2", "again: nothing to do"


def test_a_rejected_release_works_again_only_after_it_is_installed_again(releases: Releases) -> None:
    package(releases, "1")
    releases.add_packaged_release()
    assert not releases.is_rejected("1")
    releases.reject("1")
    assert releases.is_rejected("1")
    releases.add_packaged_release()
    assert not releases.is_rejected("1")


def test_a_package_that_is_installed_again_repairs_the_release_in_use(releases: Releases) -> None:
    module = package(releases, "1")
    releases.activate(releases.add_packaged_release())
    module.write_text("damaged", encoding="utf-8")
    assert (releases.prefix / "venv/lib/module.py").read_text() == "damaged"
    package(releases, "1")
    assert releases.add_packaged_release() == "1"
    assert (releases.prefix / "venv/lib/module.py").read_text() == "1"
    assert releases.linked_release("venv") == "1"
    assert kept_releases(releases) == {"1"}


def test_an_interrupted_copy_is_no_release(releases: Releases) -> None:
    package(releases, "1")
    (releases.prefix / "releases/1.new").mkdir(parents=True)
    assert not releases.is_rejected("1")
    releases.add_packaged_release()
    assert kept_releases(releases) == {"1"}


def test_a_release_without_a_confirmation_record_counts_as_good(releases: Releases) -> None:
    releases.set_link("venv", make_release(releases, "a"))
    releases.activate(make_release(releases, "b"))
    assert releases.linked_release("good") == "a"


def test_a_missing_or_incomplete_release_is_not_rolled_back_to(releases: Releases) -> None:
    releases.activate(make_release(releases, "a"))
    confirm(releases)
    releases.activate(make_release(releases, "b"))
    (releases.prefix / "releases" / "a" / "complete").unlink()
    assert releases.roll_back() == ""
    assert releases.linked_release("venv") == "b"


def test_an_update_waits_for_the_end_of_a_visit(tmp_path: Path) -> None:
    mark = VisitLock(tmp_path)
    assert wait_for_no_visit(0, tmp_path / LOCK_FILE)
    mark.set_visit_running(is_running=True)
    mark.set_visit_running(is_running=True)
    assert not wait_for_no_visit(0, tmp_path / LOCK_FILE)
    threading.Timer(0.3, mark.set_visit_running, (False,)).start()
    assert wait_for_no_visit(10, tmp_path / LOCK_FILE)
    mark.set_visit_running(is_running=True)
    assert not wait_for_no_visit(0, tmp_path / LOCK_FILE)
    mark.set_visit_running(is_running=False)


_FAILING_PROGRAM = """
import os, signal, sys
from pathlib import Path
from kiosk_app.visit_lock import VisitLock
VisitLock(Path(sys.argv[1])).set_visit_running(is_running=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crash_leaves_no_visit_behind(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _FAILING_PROGRAM, str(tmp_path)], check=False)
    assert (tmp_path / LOCK_FILE).exists()
    assert wait_for_no_visit(0, tmp_path / LOCK_FILE)


def test_planted_files_do_not_block_an_update(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/etc/passwd")
    for name in ("fifo", "link", "none"):
        assert wait_for_no_visit(0, tmp_path / name)


def test_an_unwritable_runtime_directory_does_not_prevent_visits(tmp_path: Path) -> None:
    VisitLock(tmp_path / "none").set_visit_running(is_running=True)
