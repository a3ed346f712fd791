"""The lock-down's files: what is masked, what the kernel and systemd are told, and where it is installed."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provision.packaging import build_package

ROOT = Path(__file__).parents[3]
LOCKDOWN = ROOT / "provision" / "lockdown"
ETC = LOCKDOWN / "etc"


def _ini(path: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys are case-sensitive
    parser.read(ETC / path, encoding="utf-8")
    return {key: value for section in parser.sections() for key, value in parser[section].items()}


def _masked_units() -> set[str]:
    script = f"HELPERS={LOCKDOWN}; . {LOCKDOWN}/lockdown.sh; units_to_mask"
    return set(subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True).stdout.split())


def test_no_login_opens_by_a_key_or_a_port() -> None:
    assert {
        "getty@.service",
        "autovt@.service",
        "serial-getty@.service",
        "console-getty.service",
        "debug-shell.service",
        "ctrl-alt-del.target",
    } <= _masked_units()
    assert _ini("systemd/system.conf.d/damrongdham-kiosk.conf")["CtrlAltDelBurstAction"] == "none"


def test_a_missing_disk_shows_the_fault_page_and_asks_for_no_password() -> None:
    dropin = ETC / "systemd/system/emergency.service.d/damrongdham-kiosk.conf"
    lines = [line for line in dropin.read_text("utf-8").splitlines() if not line.startswith("#")]
    commands = [line for line in lines if line.startswith("ExecStart=")]
    assert commands[0] == "ExecStart=", "Debian's own command, which asks for root's password, is not removed"
    assert [Path(command.split()[-2]).name for command in commands[1:]] == ["fault_page.py"]
    assert commands[-1].endswith(" --page-only"), "a missing disk says nothing of a release on trial"
    assert lines.index("ExecStopPost=") < lines.index("ExecStopPost=/usr/bin/systemctl --no-block reboot")


def test_no_memory_reaches_the_disk() -> None:
    assert {"swap.target", "hibernate.target", "suspend.target"} <= _masked_units()
    sysctl = (ETC / "sysctl.d/61-damrongdham-kiosk-lockdown.conf").read_text("utf-8")
    assert "kernel.core_pattern = /dev/null/core" in sysctl.splitlines(), "with a pipe a requested stop is a failure"
    assert _ini("systemd/coredump.conf.d/damrongdham-kiosk.conf") == {"Storage": "none", "ProcessSizeMax": "0"}
    assert _ini("systemd/system.conf.d/damrongdham-kiosk.conf")["DefaultLimitCORE"] == "0"
    assert "swapoff -a" in (LOCKDOWN / "lockdown.sh").read_text("utf-8")
    mount = _ini("systemd/system/tmp.mount")
    assert (mount["Where"], mount["Type"]) == ("/tmp", "tmpfs")


@pytest.mark.parametrize("is_open", [True, False])
def test_an_update_does_not_close_the_lock_that_a_technician_uses(tmp_path: Path, *, is_open: bool) -> None:
    programs, state = tmp_path / "programs", tmp_path / "state"
    for directory in (programs, state):
        directory.mkdir()
    for name in ("systemctl", "udevadm", "swapoff", "ss"):
        is_active = "case $* in *is-active*) exit 1 ;; esac" if not is_open else ""
        (programs / name).write_text(f"#!/bin/sh\n{is_active}\n")
        (programs / name).chmod(0o755)
    (tmp_path / "usb_lock.py").write_text(f"import sys\nopen({str(state / 'calls')!r}, 'w').write(sys.argv[1])\n")
    script = f". {LOCKDOWN}/lockdown.sh; LOCKDOWN_STATE={state}; apply_lockdown"
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HELPERS": str(tmp_path)}
    subprocess.run(["sh", "-euc", script], env=environment, check=True, timeout=20)
    assert (state / "calls").exists() != is_open


def test_every_unit_of_the_kiosk_leaves_no_core_dump() -> None:
    services = sorted((ROOT / "systemd").glob("*.service"))
    assert services
    assert [path.name for path in services if "LimitCORE=0" not in path.read_text("utf-8").splitlines()] == []


def test_the_journal_is_bounded_in_size_and_age() -> None:
    journal = _ini("systemd/journald.conf.d/damrongdham-kiosk.conf")
    assert re.fullmatch(r"\d+M", journal["SystemMaxUse"]) and re.fullmatch(r"\d+day", journal["MaxRetentionSec"])
    assert (journal["ForwardToConsole"], journal["ForwardToWall"]) == ("no", "no")


@pytest.mark.skipif(not shutil.which("apt-config"), reason="this machine has no apt")
def test_apt_keeps_no_package_and_no_kernel_that_is_not_used(tmp_path: Path) -> None:
    own = tmp_path / "apt.conf"
    own.write_text(f'Dir::Etc::parts "{ETC}/apt/apt.conf.d"; Dir::Etc::main "/dev/null";', encoding="utf-8")
    names = ("APT::Keep-Downloaded-Packages", "Unattended-Upgrade::Remove-Unused-Kernel-Packages")
    words = [word for name in names for word in (f"V{names.index(name)}", f"{name}/b")]
    environment = {"PATH": "/usr/bin:/bin", "APT_CONFIG": str(own)}
    shown = subprocess.run(["apt-config", "shell", *words], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines() == ["V0='false'", "V1='true'"]


def test_a_failed_kernel_restarts_the_machine_and_a_hanging_one_is_restarted_by_the_hardware() -> None:
    sysctl = (ETC / "sysctl.d/61-damrongdham-kiosk-lockdown.conf").read_text("utf-8").splitlines()
    assert {"kernel.panic = 10", "kernel.panic_on_oops = 1"} <= set(sysctl)
    assert _ini("systemd/system.conf.d/damrongdham-kiosk.conf")["RuntimeWatchdogSec"] == "60s"


def test_the_package_has_the_files_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_package, "SOURCE", ROOT)
    build_package.place_programs(build_package.PACKAGES["damrongdham-kiosk"], tmp_path)
    files = [path.relative_to(LOCKDOWN) for path in ETC.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if not (tmp_path / path).is_file()] == []
    assert (tmp_path / "usr/lib/damrongdham-kiosk/provision/firewall.py").is_file()


@pytest.mark.parametrize("mounted", [0, 1])
def test_a_mount_over_tmp_waits_for_the_next_boot(tmp_path: Path, mounted: int) -> None:
    script = f"""
        HELPERS={LOCKDOWN}
        systemctl() {{ :; }}
        systemd-tmpfiles() {{ :; }}
        . {LOCKDOWN}/lockdown.sh
        LOCKDOWN_STATE={tmp_path}/state
        mountpoint() {{ return {mounted}; }}
        lock_down
    """
    subprocess.run(["bash", "-euc", script], check=True, timeout=20)  # names of functions with a hyphen
    assert (tmp_path / "state/tmp-stays-on-disk").exists() == (mounted == 1)
    condition = "ConditionPathExists=!/run/damrongdham-kiosk-lockdown/tmp-stays-on-disk"
    assert condition in (ETC / "systemd/system/tmp.mount").read_text("utf-8").splitlines()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_mount_is_valid() -> None:
    subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", ETC / "systemd/system/tmp.mount"],
        check=True,
        timeout=60,
    )
