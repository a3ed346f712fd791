"""systemd accepts the units."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPOSURE = {
    "systemd/damrongdham-kiosk-ui.service": 2.0,
    "systemd/damrongdham-kiosk-forwarder.service": 1.5,
    "systemd/damrongdham-kiosk-fault.service": 2.0,
    "systemd/damrongdham-kiosk-confirm-release.service": 2.0,
    "systemd/damrongdham-kiosk-enrolled.service": 2.0,
    "systemd/damrongdham-kiosk-settings.service": 2.0,
    "docs/centre/damrongdham-central.service": 2.0,
}
UNITS = sorted([*(ROOT / "systemd").glob("*.service"), *(ROOT / "systemd").glob("*.path")])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """systemd checks that the programs exist: placeholders are enough here; the appliance test has the real ones."""
    assert UNITS
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/damrongdham-kiosk/venv/bin/kiosk", str(program))
        (tmp_path / unit.name).write_text(text.replace("/usr/bin/cage", str(program)), encoding="utf-8")
    copies = [tmp_path / unit.name for unit in UNITS]
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *copies],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verdict.returncode == 0, verdict.stderr
    assert not [line for line in verdict.stderr.splitlines() if str(tmp_path) in line], verdict.stderr


def test_every_service_has_its_measure() -> None:
    assert {f"systemd/{unit.name}" for unit in UNITS if unit.suffix == ".service"} <= EXPOSURE.keys()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize(("unit", "most"), EXPOSURE.items())
def test_what_a_unit_may_reach_stays_little(unit: str, most: float) -> None:
    """By systemd's own exposure level, from 0 to 10."""
    output = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", ROOT / unit],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    ).stdout
    overall = re.search(r"Overall exposure level for \S+: (\d+\.\d)", output)
    assert overall is not None, output
    assert float(overall[1]) <= most, output


def test_a_keyboard_in_the_hall_reaches_no_login_and_no_kernel() -> None:
    read = (ROOT / "systemd" / "damrongdham-kiosk.logind.conf").read_text("utf-8").splitlines()
    assert {"[Login]", "NAutoVTs=0", "ReserveVT=0"} <= set(read)
    assert "kernel.sysrq = 0" in (ROOT / "systemd" / "damrongdham-kiosk.sysctl.conf").read_text("utf-8")
    for unit in ("ui", "fault"):  # the only console shows one of the two
        text = (ROOT / "systemd" / f"damrongdham-kiosk-{unit}.service").read_text("utf-8")
        assert re.search(r"^Conflicts=.*getty@tty1\.service", text, re.MULTILINE)


def test_every_file_for_the_system_is_put_in_place() -> None:
    install = (ROOT / "provision" / "install").read_text("utf-8")
    files = [path.name for path in (ROOT / "systemd").iterdir() if path.suffix not in {".service", ".path"}]
    assert [name for name in files if f"install_file systemd/{name} /etc/" not in install] == []


@pytest.mark.parametrize("part", ["ui", "forwarder"])
def test_what_a_program_holds_in_memory_reaches_no_disk(part: str) -> None:
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


def test_the_signing_key_is_handed_to_delivery_alone() -> None:
    holders = [path.name for path in UNITS if "kiosk-signing.key" in path.read_text("utf-8")]
    assert holders == ["damrongdham-kiosk-forwarder.service"]


def test_a_picture_that_takes_all_memory_ends_no_interface() -> None:
    """Without this option systemd stops a unit when the kernel kills one of its processes for lack of memory."""
    lines = (ROOT / "systemd" / "damrongdham-kiosk-ui.service").read_text("utf-8").splitlines()
    assert "OOMPolicy=continue" in lines


def test_whatever_opens_a_picture_can_still_confine_itself_in_the_interfaces_unit() -> None:
    """systemd 252's system call sets lack Landlock's calls: a filter has to name them."""
    text = (ROOT / "systemd" / "damrongdham-kiosk-ui.service").read_text("utf-8")
    allowed = [line.partition("=")[2] for line in text.splitlines() if line.startswith("SystemCallFilter=")]
    if allowed:
        named = set(" ".join(allowed).split())
        assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"} <= named
