"""Updates of the installed machine: one that is kept, one that goes back, and power cuts during both."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.appliance.changed_package import break_interface, later_version, version_of
from tests.appliance.tools import CheckReport, run_command
from tests.image_trial.citizen import Citizen
from tests.image_trial.guest_files import place_update, withdraw_update
from tests.image_trial.installed_disk import InstalledDisk
from tests.image_trial.power_cuts import TrialMachine
from tests.image_trial.virtual_machine import wait_until

_UPDATE_TIMEOUT_S = 1500.0  # without KVM it takes 4 min on a quiet machine


class UpdateTrial:
    """`package`: the one in the image. Later versions of it are made in `work`, each higher than the one before."""

    def __init__(
        self, trial: TrialMachine, disk: InstalledDisk, report: CheckReport, package: Path, work: Path
    ) -> None:
        self._trial, self._disk, self._report = trial, disk, report
        self._package, self._work = package, work
        self._made = 0
        self._duration_s = 0.0

    def check_updates(self) -> None:
        """An update is used and then kept; one whose interface crashes goes back."""
        lasting = self._place(is_broken=False)
        self._duration_s = self._boot_until(
            lambda citizen: self._releases(citizen) == (lasting, lasting), f"{lasting} is kept"
        )
        self._report.record_pass(f"an update is used and kept, {self._duration_s:.0f} s after power on")
        broken = self._place(is_broken=True)
        seconds = self._boot_until(
            lambda citizen: citizen.has_reported("used", broken) and self._releases(citizen) == (lasting, lasting),
            f"{broken} goes back",
        )
        self._report.record_pass(f"an update that crashes goes back, {seconds:.0f} s after power on")
        self._duration_s = max(self._duration_s, seconds)

    def cut_update(self, rng: Random, *, is_broken: bool) -> str:
        """Begin an update and cut the power at a random moment of it. Returns what was cut, for the report."""
        version = self._place(is_broken=is_broken)
        seconds = rng.uniform(0.0, self._duration_s)
        with self._trial.boot() as (_running, citizen):
            time.sleep(seconds)
            used, good = self._releases(citizen)
        kind = "a broken update" if is_broken else "an update"
        state = f"used {used or 'unknown'}, good {good or 'unknown'}"
        return f"{seconds:.0f} s after power on, {kind} to {version}, {state}"

    def withdraw(self) -> None:
        """The next boots install nothing. What a cut has left half installed stays so."""
        with self._disk.mounted_root() as root:
            withdraw_update(root)

    def check_after_cuts(self) -> None:
        """One more update, without a cut: it is used and kept, and dpkg has nothing unfinished."""
        version = self._place(is_broken=False)
        self._boot_until(lambda citizen: self._releases(citizen) == (version, version), f"{version} is kept")
        with self._disk.mounted_root() as root:
            unfinished = run_command("dpkg", "--root", root, "--audit")
        self._report.expect(
            not unfinished, f"after all cuts an update is kept, and dpkg has nothing unfinished {unfinished}"
        )

    def _place(self, *, is_broken: bool) -> str:
        """Put the next version on the disk, where the next boot installs it. Returns the name of its release."""
        self._made += 1
        change = (break_interface,) if is_broken else ()
        package = later_version(self._package, f"{self._made:03d}", self._work, *change)
        with self._disk.mounted_root() as root:
            place_update(root, package)
        package.unlink()
        return version_of(package)

    def _boot_until(self, is_true: Callable[[Citizen], bool], what: str) -> float:
        started = time.monotonic()
        with self._trial.boot() as (_running, citizen):
            wait_until(lambda: is_true(citizen), _UPDATE_TIMEOUT_S, what)
        return time.monotonic() - started

    @staticmethod
    def _releases(citizen: Citizen) -> tuple[str, str]:
        """The release in use, and the last good one."""
        facts = citizen.machine_facts()
        return str(facts.get("used", "")), str(facts.get("good", ""))
