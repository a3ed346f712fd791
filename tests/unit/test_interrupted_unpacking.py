"""A package that dpkg has half unpacked is whole at the next turn; meanwhile no program of root stops the interface.

dpkg is the real one, in a directory as its root; apt-get is a script that records its calls."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "provision/complete_unpacking.sh"
PACKAGE = "damrongdham-kiosk"
CACHE, FILES = "var/cache/apt/archives", ("opt/damrongdham-kiosk/package/name", "usr/lib/damrongdham-kiosk/program")

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg is not installed")


class Machine:
    """A root directory with dpkg's database."""

    def __init__(self, directory: Path) -> None:
        self.root, self._programs = directory / "root", directory / "programs"
        self._work, self.calls = directory / "work", directory / "calls"
        for path in (*(self.root / "var/lib/dpkg" / name for name in ("info", "updates", "triggers")), self._programs):
            path.mkdir(parents=True)
        for name in ("status", "available"):
            (self.root / "var/lib/dpkg" / name).touch()
        (self.root / CACHE).mkdir(parents=True)
        options = f"--root={self.root} --force-not-root --force-script-chrootless --force-bad-path"
        self._script("dpkg", f'exec {shutil.which("dpkg")} {options} "$@"')
        self._script("dpkg-query", f'exec {shutil.which("dpkg-query")} --admindir={self.root}/var/lib/dpkg "$@"')
        self.let_apt_do("exit 0")

    def _script(self, name: str, body: str) -> None:
        (self._programs / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (self._programs / name).chmod(0o755)

    def let_apt_do(self, body: str) -> None:
        self._script("apt-get", f'echo "$*" >>{self.calls}\n{body}')

    def build(self, version: str, target: Path) -> Path:
        """A package of that version. dpkg is killed while it replaces files, if the file `cut` exists."""
        tree = self._work / version
        for name in FILES:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(version, encoding="utf-8")
        (tree / "DEBIAN").mkdir(exist_ok=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: {PACKAGE}\nVersion: {version}\nArchitecture: all\nMaintainer: A <a@example.invalid>\n"
            "Description: test\n",
            encoding="utf-8",
        )
        preinst = tree / "DEBIAN/preinst"
        preinst.write_text(f"#!/bin/sh\n[ ! -e {self._work}/cut ] || kill -KILL $PPID\n", encoding="utf-8")
        preinst.chmod(0o755)
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, target], check=True, capture_output=True)
        return target

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{self._programs}:{os.environ['PATH']}:/usr/sbin:/sbin"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def interrupt(self, package: Path) -> None:
        """Power off while dpkg unpacks: one file is already replaced."""
        (self._work / "cut").touch()
        self.run("dpkg", "--install", package)
        (self._work / "cut").unlink()
        (self.root / FILES[1]).write_text("2", encoding="utf-8")
        assert self.state() == "half-installed"

    def state(self) -> str:
        return self.run("dpkg-query", "--show", "--showformat=${db:Status-Status}", PACKAGE).stdout

    def files(self) -> list[str]:
        return [(self.root / name).read_text("utf-8") for name in FILES]

    def complete(self) -> int:
        return self.run("sh", PROGRAM, self.root).returncode


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    assert machine.run("dpkg", "--install", machine.build("1", tmp_path / "1.deb")).returncode == 0
    return machine


def test_a_half_unpacked_package_is_completed_from_the_cache_without_a_network(machine: Machine) -> None:
    older = machine.root / CACHE / f"{PACKAGE}_0_all.deb"
    machine.build("0", older)
    archive = machine.build("2", machine.root / CACHE / f"{PACKAGE}_2_all.deb")
    os.utime(archive, (0, 0))  # apt gives it the server's time
    machine.interrupt(archive)
    assert machine.complete() == 0
    assert (machine.state(), machine.files()) == ("installed", ["2", "2"])
    assert machine.calls.read_text("utf-8").split("\n") == ["clean", ""]


def test_an_archive_that_is_not_whole_is_left_out(machine: Machine, tmp_path: Path) -> None:
    machine.build("1", machine.root / CACHE / f"{PACKAGE}_1_all.deb")
    machine.interrupt(machine.build("2", tmp_path / "2.deb"))
    content = (tmp_path / "2.deb").read_bytes()
    (machine.root / CACHE / f"{PACKAGE}_2_all.deb").write_bytes(content[: len(content) - 100])
    assert machine.complete() == 0
    assert (machine.state(), machine.files()) == ("installed", ["1", "1"])


def test_without_an_archive_the_repository_has_it(machine: Machine, tmp_path: Path) -> None:
    archive = machine.build("2", tmp_path / "2.deb")
    machine.interrupt(archive)
    assert machine.complete() == 1, "without a network the next turn tries again"
    machine.let_apt_do(f"case $* in *{PACKAGE}=1) dpkg --install {archive};; esac")
    assert machine.complete() == 0
    assert (machine.state(), machine.files()) == ("installed", ["2", "2"])


def test_a_whole_package_is_left_alone(machine: Machine) -> None:
    machine.build("2", machine.root / CACHE / f"{PACKAGE}_2_all.deb")
    assert machine.complete() == 0
    assert machine.files() == ["1", "1"]
    assert not machine.calls.exists()


def test_a_program_of_root_that_cannot_start_does_not_stop_the_interface() -> None:
    """Half unpacked, it may import a module of the other release."""
    unit = (ROOT / "systemd/damrongdham-kiosk-ui.service").read_text("utf-8")
    commands = re.findall(r"^Exec(?:StartPre|StopPost)=(\S+)", unit, re.MULTILINE)
    assert commands == ["-+/usr/bin/python3"] * 2


def test_the_interface_and_the_repair_import_no_other_program() -> None:
    """What the units name: these two start also in the middle of an update."""
    assert not re.search(
        r"^(from|import) provision", (ROOT / "provision/compositor_renderer.py").read_text("utf-8"), re.M
    )
    update = (ROOT / "systemd/damrongdham-kiosk-update.service").read_text("utf-8")
    first, *_ = re.findall(r"^Exec\w+=(.+)", update, re.MULTILINE)
    assert first == "-/bin/sh /usr/lib/damrongdham-kiosk/provision/complete_unpacking.sh"
    assert "python" not in PROGRAM.read_text("utf-8")
