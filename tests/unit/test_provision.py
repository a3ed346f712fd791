"""provision/install changes nothing unless it is called correctly and as root."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).parents[2] / "provision" / "install"


@pytest.mark.parametrize(
    ("arguments", "status", "output"),
    [
        (["--help"], 0, "install a kiosk on a bare Debian 12 or 13"),
        (["--dry-run"], 2, "nothing was done"),
        ([], 1, "run it as root"),
    ],
)
def test_nothing_is_changed_for_invalid_arguments_or_without_root(
    tmp_path: Path, arguments: list[str], status: int, output: str
) -> None:
    nobody = tmp_path / "id"  # the tests may run as root: if the arguments were accepted, this still stops it
    nobody.write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    nobody.chmod(0o755)
    result = subprocess.run(
        [INSTALL, *arguments],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (result.returncode, output in result.stdout + result.stderr) == (status, True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A directory that looks like a repository for this machine's Debian."""
    suite = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text("utf-8"), re.MULTILINE)
    if suite is None:
        pytest.skip("no Debian")
    (tmp_path / "dists" / suite[1]).mkdir(parents=True)
    return tmp_path


def test_a_repository_for_another_debian_is_refused_before_anything_changes(repository: Path) -> None:
    result = run_as_root(repository, "--repository", str(repository))
    assert result.returncode == 1
    assert "the repository has no packages for Debian" in result.stderr


def test_a_directory_without_packages_is_no_repository(tmp_path: Path) -> None:
    result = run_as_root(tmp_path, "--check", "--repository", str(tmp_path))
    assert result.returncode == 2
    assert "is no repository" in result.stderr


def test_the_choice_about_the_outbox_is_refused_for_an_installation(tmp_path: Path) -> None:
    result = run_as_root(tmp_path, "--shred-outbox")
    assert result.returncode == 2
    assert "--shred-outbox belongs to --uninstall" in result.stderr


def run_as_root(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run provision/install as a root whose apt and dpkg do nothing."""
    programs = directory / "programs"
    programs.mkdir()
    for name, text in {"id": "echo 0", "apt-get": "exit 1", "dpkg": "exit 1"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "DAMRONGDHAM_INSTALL_LOG": str(directory / "log")}
    return subprocess.run(
        [INSTALL, *arguments], env=environment, capture_output=True, text=True, timeout=20, check=False
    )


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ({"waiting": 0, "damaged": [], "lost": []}, "0"),
        ({"waiting": 12, "damaged": [], "lost": []}, "12"),
        ({"waiting": 0, "damaged": ["damaged-outbox.db"], "lost": []}, "some"),
        ({"waiting": 0, "damaged": [], "lost": ["lost-outbox.db"]}, "some"),
        ({"error": "the store cannot be used"}, "some"),
    ],
)
def test_a_store_that_was_set_aside_counts_as_undelivered(
    tmp_path: Path, status: dict[str, object], shown: str
) -> None:
    (tmp_path / "outbox").mkdir()
    kiosk = tmp_path / "kiosk"
    kiosk.write_text(f"#!/bin/sh\necho '{json.dumps(status, indent=2)}'\n", encoding="utf-8")
    kiosk.chmod(0o755)
    function = re.search(r"(?ms)^undelivered\(\) \{.*?^\}", INSTALL.read_text("utf-8"))
    assert function
    result = subprocess.run(
        ["sh", "-euc", f"{function[0]}\nundelivered"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert result.stdout == f"{shown}\n"


def test_every_shell_script_is_linted() -> None:
    """Whatever their names: programs by their first line, sourced files by their directive."""
    run = INSTALL.parents[1] / "run"
    function = re.search(r"(?ms)^shell_scripts\(\) \{.*?^\}", run.read_text("utf-8"))
    assert function
    listed = subprocess.run(
        ["sh", "-euc", f"{function[0]}\nshell_scripts"], cwd=run.parent, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {
        "run",
        "assets/fonts/subset-for-web.sh",
        "provision/image/files/data/data-partition",
        "provision/packaging/kiosk/postinst",
        "provision/state_layout.sh",
    } <= set(listed)
    assert not [name for name in listed if name.endswith(".py")], "a script inside another file"
