"""Health checks of the lock-down: what provision/lockdown set up is still in force on the running machine."""

import os
from collections.abc import Iterator
from pathlib import Path

from kiosk_app.health.finding import Finding, HealthContext, Severity, cure_of
from kiosk_app.outbox.enrolment import ENROLMENT_FILE
from protocol.bilingual_text import BilingualText

ROOT = Path("/")
LOCKDOWN_STATE = "run/damrongdham-kiosk-lockdown"  # a machine without it is no appliance, and is not checked
UNLOCKED_FILE = "unlocked"  # in it, while usb_lock.py holds the lock open
KIOSK_CONSOLE = "tty1"
TEMPORARY = Path("/tmp")  # noqa: S108 - nothing is stored there
# File systems that write through to the disk on fsync, unless an option says otherwise.
DURABLE_FILE_SYSTEMS = frozenset({"ext4", "xfs", "btrfs", "f2fs"})
UNSAFE_OPTIONS = frozenset({"nobarrier", "barrier=0", "data=writeback"})


def check_lockdown(context: HealthContext) -> Iterator[Finding]:
    """Whether every part of the lock-down is in force."""
    if not (ROOT / LOCKDOWN_STATE).is_dir():
        return
    gaps = list(find_gaps(ROOT, context.settings.paths.state))
    if gaps:
        yield Finding(
            "T-10",
            Severity.NOTE,
            BilingualText(
                f"การปิดกั้นเครื่องไม่ครบ ({', '.join(gap.th for gap in gaps)})",
                f"The machine is not fully locked down: {', '.join(gap.en for gap in gaps)}",
            ),
            cure_of("T-10"),
        )


def check_console(_: HealthContext) -> Iterator[Finding]:
    """Whether the display shows the console of the interface."""
    if not (ROOT / LOCKDOWN_STATE).is_dir():
        return
    active = _read(ROOT / "sys/class/tty/tty0/active")
    if active and active != KIOSK_CONSOLE:
        yield Finding(
            "T-12",
            Severity.HINDERS,
            BilingualText(f"จอแสดงคอนโซลอื่น ({active})", f"The display shows another console: {active}"),
            cure_of("T-12"),
        )


def check_usb_lock(context: HealthContext) -> Iterator[Finding]:
    """Whether the lock of the USB ports is closed. Before the enrolment it is open on purpose."""
    is_enrolled = os.access(context.settings.paths.state / ENROLMENT_FILE, os.F_OK)
    if is_enrolled and (ROOT / LOCKDOWN_STATE / UNLOCKED_FILE).exists():
        yield Finding(
            "T-11",
            Severity.NOTE,
            BilingualText(
                "ช่อง USB ปลดล็อกอยู่ แป้นพิมพ์และแฟลชไดรฟ์ใช้ได้", "The USB ports are unlocked: a keyboard and a stick work"
            ),
            cure_of("T-11"),
        )


def check_keypad(context: HealthContext) -> Iterator[Finding]:
    """Whether the keypad is known to the lock of the USB ports."""
    keypad = context.settings.keypad
    if (ROOT / LOCKDOWN_STATE).is_dir() and keypad.enabled and not keypad.usb:
        yield Finding(
            "T-13",
            Severity.HINDERS,
            BilingualText("แป้นปุ่มถูกล็อก เพราะไม่ได้ตั้ง keypad.usb", "The keypad is locked, because keypad.usb is not set"),
            cure_of("T-13"),
        )


def find_gaps(root: Path, state_dir: Path) -> Iterator[BilingualText]:
    """Each part of the lock-down that is not in force, in a few words. A file that cannot be read is no gap."""
    if _read(root / "proc/sys/kernel/sysrq") not in ("", "0"):
        yield BilingualText("ปุ่ม SysRq ใช้ได้", "SysRq keys work")
    if _read(root / "proc/sys/kernel/core_pattern") not in ("", "/dev/null/core"):
        yield BilingualText("โปรแกรมที่ล้มทิ้งสำเนาหน่วยความจำ", "crashed programs leave core dumps")
    if len(_read(root / "proc/swaps").splitlines()) > 1:
        yield BilingualText("มีพื้นที่สลับหน่วยความจำบนดิสก์", "memory is swapped to a disk")
    if not (root / LOCKDOWN_STATE / "firewall.json").exists():
        yield BilingualText("ไฟร์วอลล์ไม่ทำงาน", "the firewall is not active")
    mounts = _read(root / "proc/self/mountinfo")
    if mounts and _mount_of(TEMPORARY, mounts)[0] != "tmpfs":
        yield BilingualText("แฟ้มชั่วคราวอยู่บนดิสก์", "temporary files are on a disk")
    if mounts and not _is_durable(*_mount_of(state_dir, mounts)):
        yield BilingualText("ดิสก์ของเรื่องที่รอส่งไม่กันไฟดับ", "the outbox's file system does not survive a power cut")


def _is_durable(file_system: str, options: frozenset[str]) -> bool:
    return file_system in DURABLE_FILE_SYSTEMS and not options & UNSAFE_OPTIONS


def _mount_of(path: Path, mountinfo: str) -> tuple[str, frozenset[str]]:
    """Type and options of the file system that holds `path`, by /proc/self/mountinfo; ('', ∅) when it is not listed."""
    best, result = -1, ("", frozenset[str]())
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        mounted, described = before.split(), after.split()
        if len(mounted) < 6 or len(described) < 3:
            continue
        point = Path(mounted[4])
        if path.is_relative_to(point) and len(point.parts) >= best:  # the last mount on a point covers earlier ones
            best = len(point.parts)
            result = described[0], frozenset({*mounted[5].split(","), *described[2].split(",")})
    return result


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
