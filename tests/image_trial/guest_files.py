"""What the trial adds to an installed disk: time for an emulated processor, and the touch map for the host."""

import shutil
import subprocess
from pathlib import Path

from kiosk_app.setup.network import PROFILE_UUID
from protocol import setup_stick
from simulators.demo_environment import DemoEnvironment
from tests.appliance.tools import run_command
from tests.image_trial.installed_disk import SETTINGS
from tests.image_trial.trial_error import TrialError
from tests.image_trial.virtual_machine import PRINTER_SERIAL, TOUCH_MAP_PORT

KIOSK_ID = "KKN08"
_TOUCH_MAP = "/run/damrongdham-kiosk/touch-map.json"
_RELAY = "usr/local/lib/image-trial-relay.py"
_LABEL = "usr/local/lib/image-trial-label.py"
_PRINTER = f"/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_{PRINTER_SERIAL}-if00-port0"
_UNITS = Path("etc/systemd/system")
_CAGE = "/usr/bin/python3 -I /usr/lib/damrongdham-kiosk/provision/compositor_renderer.py /usr/bin/cage -d"

# The limits of the interface are for a processor with a graphics chip: a minute becomes 15 min of the guest's clock.
_SLOW_UNIT = f"""\
[Service]
TimeoutStartSec=900
TimeoutStopSec=120
WatchdogSec=600
ExecStart=
ExecStart={_CAGE} -- /opt/damrongdham-kiosk/venv/bin/kiosk run --touch-map {_TOUCH_MAP}
"""
# The same compositor, the same toolkit, and one label: what a boot takes without the kiosk's own program.
_LABEL_UNIT = f"""\
[Service]
Type=exec
WatchdogSec=0
ExecStart=
ExecStart={_CAGE} -- /opt/damrongdham-kiosk/venv/bin/python /{_LABEL}
"""
_LABEL_PROGRAM = f"""\
import json
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.label import Label


class LabelApp(App):
    def build(self):
        Window.clearcolor = 1, 1, 1, 1
        Window.bind(on_flip=self.report)
        return Label(text="Kiosk", color=(0, 0, 0, 1), font_size=200)

    def report(self, *_):
        Window.unbind(on_flip=self.report)
        Clock.schedule_once(self.write)  # when the frame is visible, as the kiosk does

    def write(self, _seconds):
        shown = {{"screen": "label", "overlay": "", "targets": [], "frames": 1, "touches": 0, "ignored_touches": 0}}
        Path("{_TOUCH_MAP}").write_text(json.dumps(shown))


LabelApp().run()
"""
_SETUP_FILE = setup_stick.FILE_NAME
_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"  # 4 bytes, and 1 when on
_UPDATE = "var/cache/image-trial/update.deb"
_UPDATE_UNIT = f"""\
[Unit]
Description=Image trial: an update
ConditionPathExists=/{_UPDATE}
After=damrongdham-kiosk-ui.service
[Service]
Type=oneshot
ExecStart=/usr/bin/dpkg --configure --pending
ExecStart=/usr/bin/dpkg --install /{_UPDATE}
[Install]
WantedBy=multi-user.target
"""
_RELAY_UNIT = f"""\
[Unit]
Description=Image trial: the touch map for the host
DefaultDependencies=no
Conflicts=shutdown.target
IgnoreOnIsolate=yes
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/bin/python3 -I /{_RELAY}
Restart=always
RestartSec=2
[Install]
WantedBy=sysinit.target
"""
# Each line is a JSON object: the touch map, what the interface reports about its devices, the id of this boot (the
# report may be that of the boot before), the console on the display, whether each USB interface may have a driver, the
# seconds from the start of the kernel to the first screen, the releases that are used and good, whether the
# profile of the image connects a network, whether settings for the set-up have come from a stick, whether the machine
# has Secure Boot, and the recovery key of its disk and whether the machine asks for it. It is sent before the data
# partition is there, because the question comes then.
_RELAY_PROGRAM = f"""\
import json
import time
from pathlib import Path

def read(path):
    try:
        return path.read_text("ascii", errors="replace").strip()
    except OSError:
        return ""

def usb_interfaces():
    interfaces = Path("/sys/bus/usb/devices").glob("*:*")
    return {{
        read(each / "bInterfaceClass") + ":" + read(each / "bInterfaceProtocol"): read(each / "authorized")
        for each in interfaces
    }}

RELEASES = Path("/opt/damrongdham-kiosk")
first_screen_s, turns = 0.0, 0
sources, sent = (Path("{_TOUCH_MAP}"), Path("/var/lib/damrongdham-kiosk/interface/status.json")), b""
boot = Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
with Path("/dev/virtio-ports/{TOUCH_MAP_PORT}").open("wb", buffering=0) as port:
    while True:
        texts = [source.read_bytes().replace(b"\\n", b" ") if source.exists() else b"{{}}" for source in sources]
        if not first_screen_s and json.loads(texts[0]).get("screen"):
            first_screen_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        if turns % 20 == 0:  # an emulated processor is slow: not each time
            console, usb = read(Path("/sys/class/tty/tty0/active")), usb_interfaces()
            releases = {{name: (RELEASES / link).resolve().name for name, link in (("used", "venv"), ("good", "good"))}}
            networks = Path("/run/NetworkManager/devices").glob("*")
            has_network = any("connection-uuid={PROFILE_UUID}" in read(each) for each in networks)
            has_stick_settings = Path("/run/damrongdham-kiosk-lockdown/{_SETUP_FILE}").exists()
            found = {{"has_network": has_network, "has_stick_settings": has_stick_settings}}
            found["has_secure_boot"] = read(Path("{_SECURE_BOOT}")).endswith("\x01")
            found["recovery_key"] = read(Path("/data/recovery-key"))
            found["asks_for_key"] = any(Path("/run/systemd/ask-password").glob("ask.*"))
        turns += 1
        found |= {{"console": console, "usb": usb, "first_screen_s": first_screen_s, **releases}}
        facts = json.dumps(found).encode()
        content = b'{{"touch_map": %s, "status": %s, "boot_id": "%s", "machine": %s}}' % (*texts, boot, facts)
        if content != sent:
            port.write(content + b"\\n")
            sent = content
        time.sleep(0.1)
"""


def write_settings(root: Path, centre_url: str) -> None:
    """The settings of a kiosk with card reader and serial printer, without scanner."""
    (root / SETTINGS / "kiosk.toml").write_text(
        f'[kiosk]\nid = "{KIOSK_ID}"\ncentre_name_th = "ศาลากลางตัวอย่าง"\ncentre_name_en = "Example Hall"\n'
        f'area = "400101"\nidle_seconds = 600.0\n\n[centre]\nurl = "{centre_url}"\n\n'
        f'[printer]\nconnection = "serial:{_PRINTER}:115200"\n'
        "width_dots = 576\nslip_at_boot = false\n\n[scanner]\nenabled = false\n",
        encoding="utf-8",
    )


def add_trial_units(root: Path) -> None:
    """Longer limits for the interface, and the unit that sends the touch map."""
    files = {
        f"{_UNITS}/damrongdham-kiosk-ui.service.d/image-trial.conf": _SLOW_UNIT,
        f"{_UNITS}/image-trial-relay.service": _RELAY_UNIT,
        _RELAY: _RELAY_PROGRAM,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    _enable(root, "image-trial-relay.service", "sysinit.target")


def place_update(root: Path, package: Path) -> None:
    """The next boot installs the package."""
    target = root / _UPDATE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(package, target)
    (root / _UNITS / "image-trial-update.service").write_text(_UPDATE_UNIT, encoding="utf-8")
    _enable(root, "image-trial-update.service", "multi-user.target")


def withdraw_update(root: Path) -> None:
    """The next boots install nothing."""
    (root / _UPDATE).unlink(missing_ok=True)


def _enable(root: Path, unit: str, target: str) -> None:
    link = root / _UNITS / f"{target}.wants" / unit
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(f"../{unit}")


def show_label(root: Path, *, instead: bool) -> None:
    """Show one label instead of the kiosk, or the kiosk again."""
    override = root / _UNITS / "damrongdham-kiosk-ui.service.d/label.conf"  # is read after image-trial.conf
    (root / _LABEL).write_text(_LABEL_PROGRAM, encoding="utf-8")
    override.unlink(missing_ok=True)
    if instead:
        override.write_text(_LABEL_UNIT, encoding="utf-8")


def enrol(root: Path, centre: DemoEnvironment) -> None:
    """Enrol the installed kiosk by its own command, in its own system; an officer approves. Raises TrialError."""
    enrolling = subprocess.Popen(
        ["chroot", root, "/usr/bin/kiosk", "enrol", centre.url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"},
    )
    try:
        centre.desk.approve_enrolment(enrolling.stdout.readline().strip() if enrolling.stdout else "")
        _, errors = enrolling.communicate(timeout=60)
    finally:
        enrolling.kill()
        enrolling.wait()
    if enrolling.returncode:
        raise TrialError(f"kiosk enrol ended with {enrolling.returncode}: {errors}")


def export_outbox(root: Path, target: Path) -> None:
    """Write what waits in the outbox to the directory, by the installed kiosk's own command."""
    inside = root / "mnt"
    run_command("mount", "--bind", target, inside)
    try:
        run_command("chroot", root, "/usr/bin/kiosk", "outbox", "export", "/mnt")
    finally:
        run_command("umount", inside)
