"""The systemd units: valid, confined, and complete after an update."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provision import activation, releases
from provision.packaging.package_tree import PLACES, place_system_files
from tests.exposure_limits import EXPOSURE, exposure_in

ROOT = Path(__file__).parents[2]
UNIT_SUFFIXES = (".service", ".path", ".timer", ".socket")
UNITS = sorted(path for path in (ROOT / "systemd").iterdir() if path.suffix in UNIT_SUFFIXES)
OTHER_DIRECTORIES = ("systemd/central", "provision/image/files/data")  # of the centre, of the disk image
ALL_UNITS = UNITS + sorted(
    path for name in OTHER_DIRECTORIES for path in (ROOT / name).iterdir() if path.suffix in UNIT_SUFFIXES
)
# What this machine may be without.
PROGRAMS = re.compile(r"/opt/\S+/bin/(kiosk|central)|/usr/bin/cage|/usr/local/lib/\S+")


@pytest.mark.parametrize("name", [releases.INTERFACE_UNIT, releases.PACKAGE])
def test_the_programs_without_a_release_write_a_name_once(name: str) -> None:
    sources = [path for path in (ROOT / "provision").glob("*.py") if f'"{name}"' in path.read_text("utf-8")]
    assert [path.name for path in sources] == ["releases.py"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_every_unit_is_valid(tmp_path: Path) -> None:
    """systemd checks that the programs exist: this test uses stand-ins, tests/appliance the real ones."""
    assert UNITS
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for unit in ALL_UNITS:
        text = PROGRAMS.sub(str(program), unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    copies = [tmp_path / unit.name for unit in ALL_UNITS]
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *copies],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verdict.returncode == 0, verdict.stderr
    assert not [line for line in verdict.stderr.splitlines() if str(tmp_path) in line], verdict.stderr


def test_every_service_has_an_exposure_limit() -> None:
    assert {str(unit.relative_to(ROOT)) for unit in ALL_UNITS if unit.suffix == ".service"} == EXPOSURE.keys()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize(("unit", "highest"), EXPOSURE.items())
def test_the_exposure_of_each_unit_is_below_its_limit(unit: str, highest: float) -> None:
    """The limit is systemd's exposure level, from 0 to 10."""
    report = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", ROOT / unit],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    ).stdout
    assert exposure_in(report) <= highest, report


def test_a_keyboard_cannot_reach_a_login_or_the_kernel() -> None:
    logind = (ROOT / "systemd" / "damrongdham-kiosk.logind.conf").read_text("utf-8").splitlines()
    assert {"[Login]", "NAutoVTs=0", "ReserveVT=0"} <= set(logind)
    assert "kernel.sysrq = 0" in (ROOT / "systemd" / "damrongdham-kiosk.sysctl.conf").read_text("utf-8")
    for unit in ("ui", "fault"):  # the only console shows one of the two
        text = (ROOT / "systemd" / f"damrongdham-kiosk-{unit}.service").read_text("utf-8")
        assert re.search(r"^Conflicts=.*getty@tty1\.service", text, re.MULTILINE)


def test_every_program_of_the_release_reads_the_centres_new_keys() -> None:
    """They are in a directory of the forwarder's user and the group. Root without capabilities needs the group, too."""
    programs = [unit for unit in UNITS if re.search(r"^ExecStart=.*/venv/bin/kiosk ", unit.read_text("utf-8"), re.M)]
    assert len(programs) == 5
    for unit in programs:
        assert re.search(r"^SupplementaryGroups=damrongdham-kiosk\b", unit.read_text("utf-8"), re.M), unit.name


def test_no_start_limit_ends_what_watches_a_file() -> None:
    """systemd ends a path unit, until somebody starts it again, when its service reaches a start limit."""
    watched = [unit for unit in UNITS if unit.suffix == ".path"]
    assert watched
    for unit in watched:
        assert "StartLimitIntervalSec=0" in unit.with_suffix(".service").read_text("utf-8").splitlines(), unit.name


def test_an_update_starts_everything_that_the_package_enables(tmp_path: Path) -> None:
    enabled = set(place_system_files([path for path in (ROOT / "systemd").iterdir() if path.is_file()], tmp_path))
    by_others = {  # the package's script, the interface's start
        "damrongdham-kiosk-activate.service",
        "damrongdham-kiosk-firewall.service",
        "damrongdham-kiosk-firewall-first.service",
        "damrongdham-kiosk-unlocked.service",
        "damrongdham-kiosk-confirm-release.service",
    }
    assert {*activation.STARTED_UNITS, releases.INTERFACE_UNIT} == enabled - by_others
    assert "damrongdham-kiosk-commands.path" in enabled


def test_every_system_file_has_a_place_in_the_package(tmp_path: Path) -> None:
    files = [path for path in (ROOT / "systemd").iterdir() if path.is_file()]
    enabled = place_system_files(files, tmp_path)
    placed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert len(placed) == len(files)
    names = [path.name for path in (ROOT / "systemd").rglob("*") if path.is_file()]
    assert [end for end in PLACES if not any(name.endswith(end) for name in names)] == [], "a place without a file"
    assert {
        "usr/lib/systemd/system/damrongdham-kiosk-ui.service",
        "usr/lib/udev/rules.d/70-damrongdham-kiosk-backlight.rules",
        "usr/lib/udev/rules.d/72-damrongdham-kiosk-touch.rules",
        "usr/share/polkit-1/rules.d/50-damrongdham-kiosk.rules",
        "usr/lib/sysctl.d/60-damrongdham-kiosk.conf",
    } <= placed
    assert "damrongdham-kiosk-ui.service" in enabled
    assert "damrongdham-kiosk-fault.service" not in enabled, "only a failure starts it"


def test_the_image_s_early_unit_needs_nothing_that_waits_for_it() -> None:
    """Each of these makes systemd order the unit after the local file systems, or takes the disks from it."""
    lines = (ROOT / "provision/image/files/data/damrongdham-data.service").read_text("utf-8").splitlines()
    assert "DefaultDependencies=no" in lines
    assert not {"PrivateTmp=yes", "PrivateDevices=yes", "ProtectClock=yes", "DevicePolicy=closed"} & set(lines)


@pytest.mark.parametrize("part", ["ui", "forwarder"])
def test_program_memory_is_never_written_to_disk(part: str) -> None:
    lines = (ROOT / "systemd" / f"damrongdham-kiosk-{part}.service").read_text("utf-8").splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(lines)


def _unit(part: str) -> list[str]:
    return (ROOT / "systemd" / f"damrongdham-kiosk-{part}.service").read_text("utf-8").splitlines()


def test_each_program_has_the_devices_of_its_drivers_and_no_others() -> None:
    assert "PrivateDevices=yes" in _unit("forwarder")
    assert not [line for line in _unit("forwarder") if line.startswith("DeviceAllow")]
    assert "SupplementaryGroups=damrongdham-kiosk" in _unit("forwarder")
    allowed = {line.split("=")[1] for line in _unit("ui") if line.startswith("DeviceAllow")}
    names = ("drm", "alsa", "usb_device", "usb", "ttyUSB", "ttyACM", "ttyS")
    assert allowed == {f"char-{name} rw" for name in names}, "no disk, no input device, no camera"
    assert "DevicePolicy=closed" in _unit("ui")


def test_only_the_forwarder_gets_the_signing_key() -> None:
    holders = [path.name for path in UNITS if "kiosk-signing.key" in path.read_text("utf-8")]
    assert holders == ["damrongdham-kiosk-forwarder.service"]


def test_a_program_that_crashes_every_few_minutes_ends_in_the_fault_page() -> None:
    values = dict(line.split("=", 1) for line in _unit("ui") if line.startswith(("StartLimit", "OnFailure=")))
    between_starts_s = float(values["StartLimitIntervalSec"]) / int(values["StartLimitBurst"])
    assert between_starts_s > 180
    assert values["OnFailure"] == "damrongdham-kiosk-fault.service"


def test_a_picture_that_uses_all_memory_does_not_stop_the_interface() -> None:
    """By default systemd stops a unit when the kernel kills one of its processes."""
    lines = (ROOT / "systemd" / "damrongdham-kiosk-ui.service").read_text("utf-8").splitlines()
    assert "OOMPolicy=continue" in lines


def test_the_interfaces_unit_allows_the_picture_sandbox() -> None:
    """systemd 252's sets of system calls do not contain Landlock, so the filter must name its calls."""
    text = (ROOT / "systemd" / "damrongdham-kiosk-ui.service").read_text("utf-8")
    allowed = [line.partition("=")[2] for line in text.splitlines() if line.startswith("SystemCallFilter=")]
    named = set(" ".join(allowed).split())
    assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"} <= named
