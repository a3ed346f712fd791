"""Boots the disk image of `./run image` in QEMU, makes a visit on its display, and cuts its power.

    ./run image-trial [--architecture amd64|arm64] [--image FILE] [--installed DISK] [--cuts N] [--minutes M]
                      [--kvm] [--package DEB] [--skip-tpm] [--only-set-up] [--seed N] [--work DIR]

The image is written to a disk of 24 GB and installs itself. Then, for each check, the machine is started: by UEFI from
that disk, with a USB tablet as touch panel, a USB card reader and a printer at a USB-serial adapter, whose far ends are
the project's simulators. The kiosk is enrolled at a central service of this checkout, which it never reaches: what it
keeps is carried there at the end.

    TPM         with one, the data partition is encrypted and opens by itself; beside another TPM it needs the recovery
                key, typed on a USB keyboard
    set-up      a disk that has just installed itself shows the set-up, with Secure Boot; a stranger's stick changes
                nothing, another one brings settings; the network is connected
    lost disk   without its data partition the machine shows the fault page
    boot        the time to the first screen, beside the same system with one label
    USB         keyboards and a stick at a kiosk in service get no driver and change nothing
    visit       ID card, typed complaint, receipt on paper
    updates     with --package: one that is kept, one that crashes and goes back
    power cuts  N of them at random moments of boots, visits and updates; after each the disk has every confirmed
                complaint once
    recovery    chosen in the boot menu: the kiosk is ready again, and keeps what waits
    centre      has every confirmed complaint once; nothing is readable on the disk

--only-set-up ends there. Without --kvm the processor is emulated, by a clock of its own: a boot takes 4 minutes and
more, and the image for amd64 must have been built with --kernel-options "console=ttyS0 no_timer_check", because
Debian's kernel does not trust the emulated timer; that for arm64 with --kernel-options console=ttyAMA0. Two files are
added to the installed system: one multiplies the interface's limits of time by 30, one sends the touch map to this
machine. Needs root, for mounting the disk. Pictures and the report are written to image-trial-output/.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from pytesseract import image_to_string

from provision.packaging.architecture import ARCHITECTURES, EmulationError, own_architecture, runnable
from simulators.demo_environment import DemoEnvironment
from tests.appliance.tools import ApplianceTestError, CheckReport, log, run_command
from tests.image_trial.citizen import WAIT_S, MachineDevices
from tests.image_trial.guest_files import add_trial_units, enrol, show_label, write_settings
from tests.image_trial.installed_disk import InstalledDisk
from tests.image_trial.power_cuts import BOOT_TIMEOUT_S, TrialMachine
from tests.image_trial.promises import Promises
from tests.image_trial.sticks import make_setup_stick, make_stick_of_a_stranger
from tests.image_trial.trial_error import TrialError
from tests.image_trial.updates import UpdateTrial
from tests.image_trial.usb_attack import check_keyboards_and_stick
from tests.image_trial.virtual_machine import Machine, start_machine, wait_until

CHECKOUT = Path(__file__).parents[2]
MAX_CUTS = 100
_DISK_BYTES = 24_000_000_000
_SETTLE_S = 10.0  # after the last step of the installation, which syncs
_RECOVERY_ENTRY = 2  # of the boot menu, from 0
_PLUGGED_S = 20.0  # until the kernel knows a keyboard
_STAFF_CODE = "K-16"  # the program does not start
_MARK = "before-recovery"  # a file in the system that the recovery replaces


class ImageTrial:
    """The checks, in their order."""

    def __init__(self, machine: Machine, disk: InstalledDisk, report: CheckReport, rng: Random) -> None:
        self.disk = disk
        self._machine, self._report, self._rng = machine, report, rng
        self._promises = Promises(report.expect)

    def install(self, image: Path) -> None:
        """Write the image to the disk and start it until the installed system is complete."""
        shutil.copyfile(image, self._machine.disk)
        os.truncate(self._machine.disk, _DISK_BYTES)
        started = time.monotonic()
        with start_machine(replace(self._machine, has_secure_boot=True)):
            wait_until(lambda: self.disk.has_file("complete"), BOOT_TIMEOUT_S, "the image installs itself")
            time.sleep(_SETTLE_S)
        self._report.record_pass(
            f"with Secure Boot the image has installed itself in {time.monotonic() - started:.0f} s"
        )

    def check_tpm(self, trial: TrialMachine) -> None:
        """A new disk in a machine with a TPM 2; then the same disk in a machine with another one."""
        with self.disk.mounted_root() as root:
            add_trial_units(root)
        trial.set_tpm("own")
        with trial.boot() as (running, citizen):
            trial.wait_until_shown(running, citizen, "setup")
            recovery_key = citizen.machine_facts()["recovery_key"]
        self._report.expect(self.disk.data_type() == "crypto_LUKS", "with a TPM 2 the data partition is encrypted")
        with trial.boot() as (running, citizen):
            trial.wait_until_shown(running, citizen, "setup")
        self._report.record_pass("after a power cut the TPM opens it again, and nobody is asked")
        trial.set_tpm("other")
        with trial.boot() as (running, citizen):
            wait_until(
                lambda: bool(citizen.machine_facts().get("asks_for_key")), BOOT_TIMEOUT_S, "a question for the key"
            )
            self._report.expect(not citizen.read_screen().screen, "beside another TPM the disk does not open")
            running.take_picture("recovery-key").save(self._report.output / "recovery-key.png")
            running.plug_keyboard()
            time.sleep(_PLUGGED_S)
            running.type_text(recovery_key)
            trial.wait_until_shown(running, citizen, "setup")
            self._report.record_pass("the recovery key opens it, typed on a USB keyboard")
        trial.set_tpm("")

    def check_setup(self, trial: TrialMachine, sticks: Path) -> None:
        """A kiosk that nobody has set up shows the set-up, also with a stranger's stick in a port, and reads settings
        from another stick."""
        make_stick_of_a_stranger(sticks / "stranger.img")
        make_setup_stick(sticks / "setup.img")
        with self.disk.mounted_root() as root:
            add_trial_units(root)
        trial.set_secure_boot(is_on=True)
        trial.set_stick(sticks / "stranger.img")
        with trial.boot() as (running, citizen):
            trial.wait_until_shown(running, citizen, "setup")
            self._report.record_pass("a stick with the label of the system's partition is not started from")
            running.plug_stick(sticks / "setup.img")
            facts = {
                "has_stick_settings": "the file for the set-up is read from a stick",
                "has_network": "NetworkManager connects by the profile of the image",
                "has_secure_boot": "the machine has started with Secure Boot",
            }
            wait_until(lambda: all(map(citizen.machine_facts().get, facts)), WAIT_S, " and ".join(facts))
            for what in facts.values():
                self._report.record_pass(what)
        trial.set_stick(None)
        trial.set_secure_boot(is_on=False)
        self._report.expect(self.disk.data_type() == "ext4", "without a TPM the data partition is plain")

    def check_lost_disk(self, trial: TrialMachine) -> None:
        """A machine whose data partition is gone shows the fault page with its staff code."""
        with self.disk.without_data_partition(), trial.boot() as (running, citizen):
            page = partial(running.take_picture, "fault-page")
            wait_until(lambda: _STAFF_CODE in image_to_string(page()), BOOT_TIMEOUT_S, f"a page with {_STAFF_CODE}")
            page().save(self._report.output / "fault-page.png")
            self._report.expect(not citizen.read_screen().screen, "without its data partition it shows the fault page")

    def prepare(self, centre: DemoEnvironment) -> None:
        """Settings and enrolment of a kiosk in service."""
        with self.disk.mounted_system() as root:
            add_trial_units(root)
            write_settings(root, centre.url)
            enrol(root, centre)

    def check_visit(self, trial: TrialMachine) -> None:
        """Keyboards and a stick that change nothing, and a whole visit; then the power is cut."""
        visit = self._promises.begin_visit()
        with trial.boot(visit) as (running, citizen):
            trial.wait_until_shown(running, citizen, "attract")
            check_keyboards_and_stick(running, citizen, self._report, self._machine.directory)
            trial.play_visit(running, citizen, visit)
        self._report.record_pass(f"a visit with card and paper in {trial.durations.visit_s:.0f} s")
        self._promises.check_disk(self.disk, "after the first visit")

    def check_boot_time(self, trial: TrialMachine) -> None:
        """How long the kiosk takes, beside the same system that shows one label in the same compositor."""
        seconds = {}
        for screen in ("label", "attract"):
            with self.disk.mounted_root() as root:
                show_label(root, instead=screen == "label")
            with trial.boot() as (running, citizen):
                trial.wait_until_shown(running, citizen, screen)
                seconds[screen] = float(citizen.machine_facts()["first_screen_s"])
        self._report.record_pass(
            f"the first screen {seconds['attract']:.0f} s after the kernel by the guest's clock, "
            f"{seconds['attract'] / seconds['label']:.2f} x one label in the same compositor"
        )

    def check_power_cuts(self, trial: TrialMachine, count: int, minutes: float, updates: UpdateTrial | None) -> None:
        """Cuts at random moments. Each boot begins on the disk that the cut before has left. With `updates`, each third
        cut is during an update, and each second of these updates is broken. After `minutes` no further cut begins."""
        if updates is not None:
            updates.check_updates()
        end = time.monotonic() + 60 * minutes
        for number in range(1, count + 1):
            if time.monotonic() >= end:
                log(f"no further cut after {minutes:.0f} minutes")
                break
            if updates is not None and number % 3 == 0:
                what = updates.cut_update(self._rng, is_broken=number % 2 == 0)
            else:
                if updates is not None:
                    updates.withdraw()
                what = self._cut_visit(trial)
            self._promises.check_disk(self.disk, f"cut {number} of {count}, {what}")
        if updates is not None:
            updates.check_after_cuts()

    def _cut_visit(self, trial: TrialMachine) -> str:
        cut = trial.draw_cut(self._rng)
        screen = trial.run_until_cut(self._promises.begin_visit(), cut)
        after = "send" if cut.is_after_send else "power on"
        return f"{cut.seconds:.0f} s after {after}, on the screen {screen or 'nothing yet'}"

    def check_recovery(self, trial: TrialMachine) -> None:
        """Recovery by the boot menu, with what waits in the outbox."""
        with self.disk.mounted_root() as root:
            (root / _MARK).touch()
        trial.choose_in_boot_menu(_RECOVERY_ENTRY, self._is_replaced)
        self._promises.check_disk(self.disk, "after Recovery")
        with self.disk.mounted_root() as root:
            add_trial_units(root)
        with trial.boot() as (running, citizen):
            trial.wait_until_shown(running, citizen, "attract")

    def _is_replaced(self) -> bool:
        return self.disk.has_file("complete") and not self.disk.has_file(_MARK)

    def check_centre(self, centre: DemoEnvironment, carried: Path) -> None:
        """What is readable on the disk, and what the centre has in the end."""
        self._promises.check_nothing_readable(self.disk)
        self._promises.check_centre(self.disk, centre, carried)


def main(arguments: list[str]) -> int:
    """The exit status."""
    options = _parse(arguments)
    if os.geteuid() != 0:
        print("The trial mounts the machine's disk, which only root may do: sudo ./run image-trial", file=sys.stderr)
        return 2
    source = options.installed or options.image
    if not source.is_file():
        print(f"{source}: there is no such file; ./run image makes an image", file=sys.stderr)
        return 2
    output = CHECKOUT / "image-trial-output"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    report = CheckReport(output)
    work = Path(tempfile.mkdtemp(prefix="image-trial-", dir=options.work))
    work.chmod(0o711)  # the outbox is read with the rights of its owner, also by root
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # everything that runs is ended on the way out
    try:
        _run(options, work, report)
    except (TrialError, ApplianceTestError, EmulationError) as error:
        log(f"FAILED: {error}")
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
        summary = [*report.passed_checks, f"{time.monotonic() - started:.0f} s, seed {options.seed}"]
        (output / "report.txt").write_text("\n".join(summary) + "\n", "utf-8")
    log(f"{len(report.passed_checks)} checks passed, {time.monotonic() - started:.0f} s")
    return 0


def _run(options: argparse.Namespace, work: Path, report: CheckReport) -> None:
    with ExitStack() as stack:
        run_directory = work / "machine"
        devices = stack.enter_context(MachineDevices(work / "devices", run_directory / "card.sock"))
        accelerator = "kvm" if options.kvm else "tcg"
        machine = Machine(
            work / "disk.img", run_directory, accelerator, devices.printer_port, architecture=options.architecture
        )
        trial = TrialMachine(machine, devices, report)
        checks = ImageTrial(machine, InstalledDisk(machine.disk, work / "mounts"), report, Random(options.seed))
        if options.installed:
            run_command("cp", "--sparse=always", options.installed, machine.disk, timeout=600)
        else:
            checks.install(options.image)
            if not options.skip_tpm:
                checks.check_tpm(trial)
                checks.install(options.image)
            sticks = work / "sticks"
            sticks.mkdir()
            checks.check_setup(trial, sticks)
            checks.check_lost_disk(trial)
        if options.only_set_up:
            return
        log("the central service")
        centre = stack.enter_context(DemoEnvironment(work / "centre"))
        stack.enter_context(runnable(ARCHITECTURES[options.architecture]))  # `kiosk` of the installed system
        checks.prepare(centre)
        checks.check_boot_time(trial)
        checks.check_visit(trial)
        updates = UpdateTrial(trial, checks.disk, report, options.package, work) if options.package else None
        checks.check_power_cuts(trial, options.cuts, options.minutes, updates)
        checks.check_recovery(trial)
        carried = work / "carried"
        carried.mkdir()
        checks.check_centre(centre, carried)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run image-trial", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default=own_architecture())
    parser.add_argument("--image", type=Path, default=CHECKOUT / "dist" / "kiosk.img")
    parser.add_argument(
        "--installed", type=Path, metavar="DISK", help="begin with a copy of a disk on which the image is installed"
    )
    parser.add_argument("--cuts", type=_count, default=3, metavar="N", help=f"power cuts, up to {MAX_CUTS}; default 3")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), metavar="M", help="begin no further cut after M minutes of cuts"
    )
    parser.add_argument(
        "--package", type=Path, metavar="DEB", help="the package in the image: also updates, and cuts during them"
    )
    parser.add_argument("--kvm", action="store_true", help="use this machine's processor, not an emulated one")
    parser.add_argument("--skip-tpm", action="store_true", help="without the checks of the TPM, which take four boots")
    parser.add_argument("--only-set-up", action="store_true", help="end when the set-up is on the display")
    parser.add_argument("--seed", type=int, default=20261130, help="of the moments of the cuts")
    parser.add_argument("--work", type=Path, default=Path("/var/tmp"), help="for the disk, which takes about 4 GB")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MAX_CUTS:
        raise argparse.ArgumentTypeError(f"give 0 to {MAX_CUTS}")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
