"""Boots, visits and power cuts of one installed machine."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from threading import Timer

from PIL import Image

from simulators.demo_environment import DemoEnvironmentError
from simulators.phone_browser import scan_qr
from simulators.touch_robot import ScreenState, TargetNotFoundError
from simulators.visit_script import VisitScript
from tests.appliance.tools import CheckReport
from tests.image_trial.citizen import WAIT_S, Citizen, MachineDevices
from tests.image_trial.promises import Visit
from tests.image_trial.trial_error import TrialError
from tests.image_trial.virtual_machine import Machine, RunningMachine, start_machine, wait_until

# Firmware, boot loader, system and interface take 5 min beside other work under the emulator; half a minute with KVM.
BOOT_TIMEOUT_S = 1500.0
_SHARE_AFTER_SEND, _SENDING_S = 0.5, 20.0
_MIN_COLOURS = 50  # a text console has fewer
_DISPLAY_DELAY_S = 60.0  # from the interface's frame to the display, when emulated
_LOADER_STARTS = "BdsDxe: starting"  # the firmware, on the serial port
_MENU_TEXT = "Recovery: install the system again"
_MENU_TIMEOUT_S = 60.0
_SETTLE_S = 10.0  # after the last step of an installation, which syncs


@dataclass(frozen=True)
class PowerCut:
    """The moment of a cut: seconds after power on, or after *send* was touched."""

    seconds: float
    is_after_send: bool


@dataclass
class Durations:
    """Seconds from power on to the attract screen, and from there to the receipt, as measured last."""

    boot_s: float = 0.0
    visit_s: float = 0.0


class TrialMachine:
    """Starts the machine again and again. Pictures are written to the directory of the report."""

    def __init__(self, machine: Machine, devices: MachineDevices, report: CheckReport) -> None:
        self._machine, self._devices, self._report = machine, devices, report
        self.durations = Durations()

    def set_tpm(self, name: str) -> None:
        """From the next boot on the machine has the TPM of this name, none for ''."""
        state = self._machine.directory / f"tpm-{name}" if name else None
        self._machine = replace(self._machine, tpm_state=state)

    def set_secure_boot(self, *, is_on: bool) -> None:
        """Whether the machine has Secure Boot from the next boot on."""
        self._machine = replace(self._machine, has_secure_boot=is_on)

    def set_stick(self, stick: Path | None) -> None:
        """From the next boot on a raw disk is in a USB port."""
        self._machine = replace(self._machine, stick=stick)

    def draw_cut(self, rng: Random) -> PowerCut:
        """A random moment: half of them anywhere from power on to the receipt, half within 20 s of *send*, where the
        complaint is sealed, stored and printed."""
        if rng.random() < _SHARE_AFTER_SEND:
            return PowerCut(rng.uniform(0.0, _SENDING_S), is_after_send=True)
        return PowerCut(rng.uniform(0.0, self.durations.boot_s + self.durations.visit_s), is_after_send=False)

    @contextmanager
    def boot(self, visit: Visit | None = None) -> Iterator[tuple[RunningMachine, Citizen]]:
        """The machine from power on, and a citizen who is in front of it. The visit follows what the screen shows."""

        def follow(state: ScreenState) -> None:
            if visit is not None and state.screen == "receipt":
                visit.is_sent = visit.is_confirmed = True

        with start_machine(self._machine) as running:
            yield running, Citizen(running, self._machine.touch_map_log, follow)

    def wait_until_shown(self, running: RunningMachine, citizen: Citizen, screen: str) -> None:
        """Wait for a screen of the kiosk after power on. Raises TrialError."""
        started = time.monotonic()
        try:
            citizen.wait_for_screen(screen, within_s=BOOT_TIMEOUT_S)
        except TargetNotFoundError as error:
            running.take_picture("failed").save(self._report.output / "failed.png")
            raise TrialError(str(error)) from None
        self.durations.boot_s = time.monotonic() - started
        wait_until(lambda: _is_lit(running.take_picture(screen)), _DISPLAY_DELAY_S, f"the display shows {screen}")
        running.take_picture(screen).save(self._report.output / f"{screen}.png")
        self._report.record_pass(f"{screen} on the display, {self.durations.boot_s:.0f} s after power on")

    def choose_in_boot_menu(self, presses_down: int, is_finished: Callable[[], bool]) -> None:
        """Open the boot menu with Escape, choose an entry, and wait. Raises TrialError."""
        with start_machine(replace(self._machine, has_keyboard=True)) as running:
            wait_until(lambda: _LOADER_STARTS in running.log(), BOOT_TIMEOUT_S, "the firmware starts the boot loader")
            end = time.monotonic() + _MENU_TIMEOUT_S
            while _MENU_TEXT not in running.log() and time.monotonic() < end:
                running.press_key("esc")
            running.take_picture("boot-menu").save(self._report.output / "boot-menu.png")
            running.press_key(*["down"] * presses_down, "ret")
            wait_until(is_finished, BOOT_TIMEOUT_S, "the chosen entry has done its work")
            time.sleep(_SETTLE_S)

    def play_visit(
        self, running: RunningMachine, citizen: Citizen, visit: Visit, on_send: Callable[[], None] = lambda: None
    ) -> None:
        """A visit with card and typed complaint to its receipt. `on_send` is called just before *send* is touched."""
        started = time.monotonic()

        def on_screen(name: str) -> None:
            running.take_picture(name).save(self._report.output / f"{name}.png")
            if name == "review-typed":
                visit.is_sent = True
                on_send()

        script = VisitScript(
            citizen,
            self._devices,
            wait_for_empty_slot=lambda: wait_until(citizen.is_slot_empty, WAIT_S, "the kiosk sees an empty card slot"),
            on_screen=on_screen,
        )
        visit.code = scan_qr(script.play_typed_complaint(visit.text)).partition("#")[2]
        self.durations.visit_s = time.monotonic() - started

    def run_until_cut(self, visit: Visit, cut: PowerCut) -> str:
        """Boot, begin the visit, and cut the power. The name of the screen that was shown then, '' during boot."""
        with self.boot(visit) as (running, citizen):
            timer = Timer(cut.seconds, running.cut_power)
            if not cut.is_after_send:
                timer.start()
            try:
                citizen.wait_for_screen("attract", within_s=BOOT_TIMEOUT_S)
                self.play_visit(running, citizen, visit, timer.start if cut.is_after_send else lambda: None)
                timer.join()
            except (TrialError, TargetNotFoundError, DemoEnvironmentError, OSError, ValueError):
                if running.is_running:
                    running.take_picture("failed").save(self._report.output / "failed.png")
                    raise
            finally:
                timer.cancel()
                self._devices.remove_card()
            return citizen.last_screen


def _is_lit(picture: Image.Image) -> bool:
    """Whether the display shows more than a dark or a text screen."""
    colours = picture.getcolors(1 << 24) or []
    return len(colours) > _MIN_COLOURS and max(colours)[1] != (0, 0, 0)
