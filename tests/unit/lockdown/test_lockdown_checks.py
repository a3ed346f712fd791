"""`kiosk doctor` and the heartbeat report a lock-down that is no longer in force."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk_app.health import lockdown_checks
from kiosk_app.health.finding import HealthContext
from kiosk_app.settings import Settings

MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw,errors=remount-ro
30 22 0:30 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=50%
"""
LOCKED_DOWN = {
    "proc/sys/kernel/sysrq": "0\n",
    "proc/sys/kernel/core_pattern": "/dev/null/core\n",
    "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
    "proc/self/mountinfo": MOUNTS,
    "run/damrongdham-kiosk-lockdown/firewall.json": "{}",
    "sys/class/tty/tty0/active": "tty1\n",
}
CONTEXT = HealthContext(Settings())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in LOCKED_DOWN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(lockdown_checks, "ROOT", tmp_path)
    return tmp_path


def _gaps() -> list[str]:
    return [finding.summary.en for finding in lockdown_checks.check_lockdown(CONTEXT)]


def test_a_machine_that_is_locked_down_has_no_finding(machine: Path) -> None:
    assert _gaps() == []
    assert list(lockdown_checks.check_console(CONTEXT)) == []


@pytest.mark.parametrize(
    ("file", "text", "gap"),
    [
        ("proc/sys/kernel/sysrq", "438\n", "SysRq"),
        ("proc/sys/kernel/core_pattern", "core\n", "core dumps"),
        ("proc/swaps", "Filename\n/dev/sda2 partition 1 0 -2\n", "swapped"),
        ("proc/self/mountinfo", MOUNTS.splitlines()[0], "temporary files"),
        ("proc/self/mountinfo", MOUNTS.replace("errors=remount-ro", "nobarrier"), "power cut"),
        ("proc/self/mountinfo", MOUNTS + "31 22 0:31 / /var/lib rw - tmpfs tmpfs rw\n", "power cut"),
    ],
)
def test_each_gap_is_named(machine: Path, file: str, text: str, gap: str) -> None:
    (machine / file).write_text(text, encoding="utf-8")
    (summary,) = _gaps()
    assert gap in summary and "," not in summary, "this gap and no other"


def test_a_missing_firewall_is_named(machine: Path) -> None:
    (machine / "run/damrongdham-kiosk-lockdown/firewall.json").unlink()
    assert "firewall" in _gaps()[0]


def test_another_console_on_the_display_is_reported(machine: Path) -> None:
    (machine / "sys/class/tty/tty0/active").write_text("tty2\n", encoding="utf-8")
    (finding,) = lockdown_checks.check_console(CONTEXT)
    assert (finding.code, "tty2" in finding.summary.en) == ("T-12", True)


def test_a_machine_that_is_no_appliance_is_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockdown_checks, "ROOT", tmp_path)
    assert _gaps() == [] == list(lockdown_checks.check_console(CONTEXT))


def test_an_open_lock_is_reported_after_the_enrolment_only(machine: Path) -> None:
    settings = replace(Settings(), paths=replace(Settings().paths, state=machine / "state"))
    (machine / "state").mkdir()
    (machine / "run/damrongdham-kiosk-lockdown/unlocked").touch()
    assert list(lockdown_checks.check_usb_lock(HealthContext(settings))) == []
    (machine / "state/enrolment.json").touch()
    assert [finding.code for finding in lockdown_checks.check_usb_lock(HealthContext(settings))] == ["T-11"]
    (machine / "run/damrongdham-kiosk-lockdown/unlocked").unlink()
    assert list(lockdown_checks.check_usb_lock(HealthContext(settings))) == []
