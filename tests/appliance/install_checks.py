"""Checks of provision/install: on a bare, an interrupted and an installed root, and its removal."""

import json
import subprocess
import time
from pathlib import Path

from provision.packaging.architecture import own_architecture
from tests.appliance.appliance import (
    CHECKOUT,
    INSTALL_COMMAND,
    PROXY_ENV,
    RUNTIME_DIR,
    Appliance,
)
from tests.appliance.tools import ApplianceTestError, CheckReport, wait_for
from tests.exposure_limits import EXPOSURE, exposure_in

UI_UNIT = "damrongdham-kiosk-ui.service"
FORWARDER_UNIT = "damrongdham-kiosk-forwarder.service"
FAULT_UNIT = "damrongdham-kiosk-fault.service"
GOOD_UNIT = "damrongdham-kiosk-confirm-release.service"
UPDATE_UNIT = "damrongdham-kiosk-update.service"
DISPLAY_FILE = "/run/damrongdham-kiosk-fault/display"  # used instead of a framebuffer
DISPLAY_SIZE = (1080, 1920)
RETRY_S = 20  # instead of five minutes
CONFIRM_S, DEVICE_WAIT_S = 5, 40  # instead of one minute and ten
HELPERS = "/usr/lib/damrongdham-kiosk/provision"
UNIT_DIR = "/usr/lib/systemd/system"
CHECK_CHANGES = 3  # exit status of --check when something would change
KERNEL_PACKAGES = f"linux-image-cloud-{own_architecture()} initramfs-tools"
REINSTALL_TIMEOUT_S = 1800
TEST_ONLY_PACKAGES = ("grim", "vsmartcard-vpcd")  # screenshots; a card reader
SANE_CONFIG_DIR = "/etc/appliance-test-sane"
TOUCH_MAP = f"{RUNTIME_DIR}/touch-map.json"  # the touch targets, for the touch robot
INTERFACE_DROP_IN = """\
[Service]
Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1
Environment=SANE_CONFIG_DIR={sane}
ExecStart=
ExecStart={cage} {options} -- /opt/damrongdham-kiosk/venv/bin/kiosk run --touch-map {touch_map}
"""
# The root is a directory on this machine's disk, so its ballast is the small one. There is no framebuffer, and the test
# has less time.
DROP_INS = {
    UPDATE_UNIT: "[Service]\nNice=5\n",  # nobody uses this kiosk meanwhile
    FORWARDER_UNIT: "[Service]\nExecStart=\nExecStart=/opt/damrongdham-kiosk/venv/bin/kiosk forward\n",
    FAULT_UNIT: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/fault_page.py --retry {RETRY_S} "
    f"--display-file {DISPLAY_FILE} --size {DISPLAY_SIZE[0]}x{DISPLAY_SIZE[1]}\n",
    GOOD_UNIT: f"[Service]\nExecStart=\nExecStart=/usr/bin/python3 -I {HELPERS}/release_trial.py confirm "
    f"{CONFIRM_S} {DEVICE_WAIT_S}\n",
}
# Debian 12's cage passes a full-screen window directly to the display, where grim cannot capture it. Rotated by 90°
# (`-r`, which later versions do not have) it composes. So one release is tested in portrait, the other in landscape.
CAGE_OPTIONS = {"bookworm": "-d -r"}


def check_exposure(appliance: Appliance, report: CheckReport, directory: str) -> None:
    """The units of the running machine, with every drop-in, by its own systemd. `directory` has their files in the
    checkout."""
    rated = []
    for file, highest in EXPOSURE.items():
        path = Path(file)
        if str(path.parent) == directory:
            unit = path.name.replace("@.", "@x.")
            exposure = exposure_in(appliance.run_in_root("systemd-analyze", "security", "--no-pager", unit))
            rated.append(f"{exposure:.1f}  {path.name}")
            report.expect(exposure <= highest, f"systemd-analyze security {path.name}: {exposure:.1f}")
    (report.output / "security.txt").write_text("\n".join(rated) + "\n", encoding="utf-8")


class InstallChecks:
    """Installs the kiosk on a bare, an interrupted or an installed root."""

    def __init__(self, appliance: Appliance, report: CheckReport) -> None:
        self._appliance = appliance
        self._report = report

    def write_unit_overrides(self, release: str) -> None:
        """Drop-ins of the test: a headless display, a file as framebuffer."""
        interface = INTERFACE_DROP_IN.format(
            cage=f"/usr/bin/python3 -I {HELPERS}/compositor_renderer.py /usr/bin/cage",
            options=CAGE_OPTIONS.get(release, "-d"),
            sane=SANE_CONFIG_DIR,
            touch_map=TOUCH_MAP,
        )
        for unit, text in {UI_UNIT: interface, **DROP_INS}.items():
            drop_in = self._appliance.root / f"etc/systemd/system/{unit}.d/appliance-test.conf"
            drop_in.parent.mkdir(parents=True)
            drop_in.write_text(text, encoding="utf-8")

    def check_install_without_network(self) -> None:
        """The message names the first step that fails."""
        try:
            self._appliance.run_offline(*INSTALL_COMMAND, network=False)
        except ApplianceTestError as error:
            self._report.expect(
                "reading the lists" in str(error) and "Packages:" not in str(error),
                "a missing network is reported as such",
            )
        else:
            raise ApplianceTestError("provision/install succeeded without network")

    def check_what_would_change(self) -> None:
        """--check on a bare machine says what would be installed, and changes no file."""
        # A first boot writes caches: the linker's, the journal's.
        self._appliance.run_in_root("sh", "-c", "systemctl is-system-running --wait || true")
        stamp = self._appliance.root / "var/tmp/stamp"
        stamp.touch()
        status, output = self._run_check()
        self._report.expect(
            status == CHECK_CHANGES and "damrongdham-kiosk " in output and "cage " in output,
            f"--check on a bare root: {len(output.splitlines())} changes are announced",
        )
        stamp.with_name("stamp-end").touch()
        changed = self._appliance.run_in_root(
            "sh",
            "-c",
            "cd / && find etc opt usr var/lib var/cache var/log -newercm var/tmp/stamp ! -path '*/journal/*'",
        )
        # What a running Debian writes by itself.
        own_files = {"var/lib/systemd/timesync/clock", "var/lib/systemd/random-seed", "var/log/wtmp", "var/log/lastlog"}
        own_files |= {name for name in changed.split() if name.startswith("var/lib/systemd/timers/")}
        files = [
            name for name in changed.split() if name not in own_files and not (self._appliance.root / name).is_dir()
        ]
        self._report.expect(not files, f"--check changes no file {files}")

    def check_nothing_would_change(self) -> None:
        """--check on an installed machine."""
        status, output = self._run_check()
        self._report.expect((status, output) == (0, "nothing would change\n"), f"--check after it: {output.strip()}")

    def _run_check(self) -> tuple[int, str]:
        command = self._appliance.command_in_root(*INSTALL_COMMAND, "--check", **PROXY_ENV)
        result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        return result.returncode, result.stdout

    def check_install(self) -> None:
        """On a bare machine that runs: no restart is needed."""
        started = time.monotonic()
        output = self._appliance.run_in_root(*INSTALL_COMMAND, timeout=1200, **PROXY_ENV)
        self._report.record_pass(f"provision/install on the bare, running root: {time.monotonic() - started:.0f} s")
        (self._report.output / "install.txt").write_text(output, encoding="utf-8")
        root = self._appliance.root
        self._report.expect(not (root / "usr/bin/gcc").exists(), "there is no compiler")
        self._report.expect("download " in output and "install  9" in output, "the progress is shown")
        site = next((root / "opt/damrongdham-kiosk/releases").glob("*/lib/python3*/site-packages"))
        self._report.expect(
            not (site / "simulators").exists() and not (site / "central").exists(), "no simulators, no central service"
        )
        units = sorted(
            path.name for path in (CHECKOUT / "systemd").iterdir() if path.suffix in {".service", ".path", ".timer"}
        )
        self._appliance.run_in_root("systemd-analyze", "verify", "--man=no", *(f"{UNIT_DIR}/{unit}" for unit in units))
        self._report.record_pass("systemd-analyze verify: no complaint about the installed units")
        check_exposure(self._appliance, self._report, "systemd")
        self._report.expect(
            self._appliance.unit_property(UI_UNIT, "ActiveState") == "active",
            "the interface runs without a restart of the machine",
        )
        interface_pid = self._appliance.unit_property(UI_UNIT, "MainPID")
        self._report.expect(
            self._appliance.succeeds_in_root(
                "pkcheck", "--action-id", "org.freedesktop.login1.reboot", "--process", interface_pid
            ),
            "dbus and polkit run, and polkit has the kiosk's rule",
        )

    def check_interrupted_install(self) -> None:
        """An installation on a machine whose dpkg was interrupted, and where a package that the kiosk needs is gone."""
        broken = (
            "apt-get -q update && apt-get -qy download hello && dpkg --unpack hello_*.deb && rm hello_*.deb && "
            "dpkg --purge --force-depends alsa-utils && dpkg-query -s hello >/var/lib/dpkg/updates/0001"
        )
        self._appliance.run_offline("sh", "-c", f"cd /root && {broken}")
        output = self._appliance.run_offline(*INSTALL_COMMAND)
        self._report.expect("completing an interrupted installation" in output, "an interrupted dpkg is repaired")
        self._appliance.run_offline("sh", "-c", 'test -z "$(dpkg --audit)" && test -e /usr/bin/aplay')

    def check_documents(self) -> None:
        """Licences and bill of materials are in the package."""
        documents = self._appliance.root / "usr/share/doc/damrongdham-kiosk"
        bill = json.loads((documents / "sbom.cdx.json").read_text("utf-8"))
        components = {component["name"]: component for component in bill["components"]}
        self._report.expect(
            {"kivy", "pyscard", "cryptography"} <= components.keys()
            and all(component.get("licenses") for component in components.values()),
            f"the bill of materials names {len(components)} packages with their licences",
        )
        texts = [path for path in (documents / "licences").rglob("*") if path.is_file()]
        self._report.expect(len(texts) > len(components) // 2, f"{len(texts)} licence texts are installed")

    def check_confined_update(self) -> None:
        """Every package of this machine is installed again in the unit of the night's update, and a kernel for the
        first time: none of their scripts needs what the unit denies."""
        names = "$(dpkg-query --show --showformat='${db:Status-Abbrev}${Package}\\n' | sed -n 's/^ii //p')"
        command = f"apt-get -qq --yes --reinstall --no-install-recommends install {names} {KERNEL_PACKAGES}"
        script = self._appliance.root / "root/reinstall"
        script.write_text(f"#!/bin/sh\napt-get -qq update && {command}\n", encoding="utf-8")
        script.chmod(0o755)
        drop_in = self._appliance.root / f"etc/systemd/system/{UPDATE_UNIT}.d/reinstall.conf"
        drop_in.parent.mkdir(parents=True, exist_ok=True)
        proxies = "".join(f"Environment={name}={value}\n" for name, value in PROXY_ENV.items())
        drop_in.write_text(
            f"[Service]\nExecStart=\nExecStart=/root/reinstall\nEnvironment=DEBIAN_FRONTEND=noninteractive\n{proxies}",
            encoding="utf-8",
        )
        started = time.monotonic()
        self._appliance.run_in_root("systemctl", "daemon-reload")
        # Not waited for by systemctl: systemd executes itself again when its own package is installed.
        self._appliance.run_in_root("systemctl", "start", "--no-block", UPDATE_UNIT)
        try:
            wait_for("the update ends", self._has_update_ended, REINSTALL_TIMEOUT_S)
        finally:
            journal = self._appliance.run_in_root("journalctl", "--no-pager", "--output=cat", f"--unit={UPDATE_UNIT}")
            (self._report.output / "confined-update.txt").write_text(journal, encoding="utf-8")
        outcome = self._appliance.unit_property(UPDATE_UNIT, "Result")
        self._report.expect(outcome == "success", f"every script of every package ends well: {outcome}")
        refused = [line for line in journal.splitlines() if "not permitted" in line or "Read-only" in line]
        self._report.expect(not refused, f"nothing was refused {refused[:3]}")
        audit = self._appliance.run_in_root("dpkg", "--audit").strip()
        count = len(self._appliance.run_in_root("dpkg-query", "--show").splitlines())
        kernels = list((self._appliance.root / "boot").glob("initrd.img-*"))
        duration_s = time.monotonic() - started
        self._report.expect(
            not audit and bool(kernels), f"{count} packages and a kernel in the confined update, {duration_s:.0f} s"
        )
        for left in (script, drop_in):
            left.unlink()
        self._appliance.run_in_root("systemctl", "daemon-reload")

    def _has_update_ended(self) -> bool:
        try:
            return self._appliance.unit_property(UPDATE_UNIT, "ActiveState") in ("inactive", "failed")
        except ApplianceTestError:  # systemd is executing itself again
            return False

    def install_test_packages(self) -> None:
        """Packages for the test only: screenshots, a card reader."""
        self._appliance.run_offline(
            "sh",
            "-c",
            f"apt-get -q update && apt-get -qy install --no-install-recommends {' '.join(TEST_ONLY_PACKAGES)}",
        )

    def check_reinstall_without_network(self) -> None:
        started = time.monotonic()
        before = self._appliance.interface_pid()
        output = self._appliance.run_in_root(*INSTALL_COMMAND)
        self._report.expect("Nothing was to be done" in output, "a second run has nothing to do")
        self._report.expect(self._appliance.interface_pid() == before, "it left the interface running")
        self._report.record_pass(f"provision/install again, without network: {time.monotonic() - started:.0f} s")
