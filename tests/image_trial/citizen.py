"""A citizen at the machine: touches by QEMU's USB tablet, a card in its USB reader, paper from its serial printer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from simulators.card_profiles import PROFILES, CardProfile
from simulators.id_card import IdCard
from simulators.simulated_devices import SimulatedDevices
from simulators.touch_robot import NOTHING_SHOWN, ScreenState, TouchRobot
from tests.image_trial.card_link import CardLink
from tests.image_trial.trial_error import TrialError
from tests.image_trial.virtual_machine import DISPLAY, RunningMachine

# Without KVM a frame takes seconds.
MAX_TOUCH_LATENCY_S = 60.0
WAIT_S = 300.0


class Citizen(TouchRobot):
    """Taps what the guest's touch map names. `follow` is called with each state that is read."""

    max_touch_latency_s = MAX_TOUCH_LATENCY_S
    wait_s = WAIT_S

    def __init__(self, machine: RunningMachine, touch_map_log: Path, follow: Callable[[ScreenState], None]) -> None:
        super().__init__("", touch_map_log)
        self._machine, self._log, self._follow = machine, touch_map_log, follow
        self.last_screen = ""

    def read_touch_map(self) -> bytes:
        """The newest touch map. Raises TrialError when the machine has ended."""
        return json.dumps(self._newest_line()["touch_map"]).encode()

    def is_slot_empty(self) -> bool:
        """Whether the kiosk has seen that its card slot is empty. It does not read a card that was there before."""
        line = self._newest_line()
        status = line.get("status", {})
        is_of_this_boot = status.get("boot_id", "") == line.get("boot_id")
        return is_of_this_boot and bool(status["devices"].get("card_reader") == "empty")

    def machine_facts(self) -> dict[str, Any]:
        """`console` on the display; `usb`: for each interface, as class:protocol, "1" when it may have a driver;
        `first_screen_s`: from the start of the kernel, by the guest's clock; `used` and `good`: releases;
        `has_network`: by the profile of the image; `has_stick_settings`: from a stick, for the set-up;
        `has_secure_boot`; `recovery_key`: of an encrypted disk; `asks_for_key`: for that key."""
        return dict(self._newest_line().get("machine", {}))

    def has_reported(self, fact: str, value: str) -> bool:
        """Whether a fact of the machine has had this value since power on."""
        return f'"{fact}": "{value}"'.encode() in self._log.read_bytes()

    def _newest_line(self) -> dict[str, Any]:
        """What the guest has sent last; empty before that."""
        if not self._machine.is_running:
            raise TrialError("the machine has no power")
        line = self._log.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2]
        try:
            return dict(json.loads(line))
        except ValueError:
            return {}

    def read_screen(self) -> ScreenState:
        """The present state."""
        state = super().read_screen() if self._newest_line().get("touch_map") else NOTHING_SHOWN
        self.last_screen = state.screen
        self._follow(state)
        return state

    def monotonic_s(self) -> float:
        """Later than every moment of the guest's clock: a tap that comes too early is ignored there, and repeated."""
        return float("inf")

    def press(self, x: int, y: int) -> None:
        """Touch a place in pixels."""
        self._machine.press(x / DISPLAY[0], y / DISPLAY[1])

    def screenshot(self) -> Image.Image:
        """A picture of the display."""
        return self._machine.take_picture("screenshot")


class MachineDevices(SimulatedDevices):
    """The simulated devices, with the card in the machine's reader. `reader`: the socket of the reader."""

    def __init__(self, directory: Path, reader: Path) -> None:
        super().__init__(directory, reader_port=0)
        self._reader = reader
        self._card: CardLink | None = None

    def insert_card(self, card: str | CardProfile, *_arguments: object, **_options: object) -> None:  # type: ignore[override]
        """Insert a card."""
        self.remove_card()
        self._card = CardLink(IdCard(PROFILES[card] if isinstance(card, str) else card), self._reader)

    def remove_card(self, slot: int = 0) -> None:
        """Remove the card, if there is one."""
        if self._card is not None:
            self._card.remove()
            self._card = None
