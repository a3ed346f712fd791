"""The kiosk itself as a service of the EffectRunner: state of the services, device tests, restart, backlight."""

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from drivers.ports.speaker import Speaker, SpeakerStatus
from journey.device_tests import DeviceTest, DeviceUnderTest
from journey.events import EnvironmentChanged
from journey.faults import Fault
from journey.setup.setup_state import Pairs, SetupTask, TaskOutcome
from kiosk_app.outbox import revocation
from kiosk_app.outbox.clock import clock_quality
from kiosk_app.outbox.reports import LinkReport
from kiosk_app.runner import device_test_runner
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.ports import Devices
from kiosk_app.settings import Settings, is_night
from ocr.models import find_missing_ocr_cached
from protocol.choices import ClockQuality
from protocol.notice_channels import SMS
from thai.dates import in_thailand

REBOOT_TIMEOUT_S = 20.0


class SetupPerformer(Protocol):
    """What performs the tasks of the set-up: kiosk_app.setup.tasks.SetupTasks."""

    def perform(self, task: SetupTask, answers: Pairs) -> TaskOutcome: ...

    def save_progress(self, page: str, answers: Pairs, skipped: tuple[str, ...]) -> None: ...


class KioskAppliance:
    """`Appliance` on the real machine. `set_backlight` switches the panel's light."""

    def __init__(
        self,
        settings: Settings,
        outbox_service: OutboxService,
        devices: Devices,
        speaker: Speaker | None = None,
        set_backlight: Callable[[bool], object] = lambda lit: None,
        *,
        setup_tasks: SetupPerformer | None = None,
    ) -> None:
        self._setup_tasks = setup_tasks
        self._settings = settings
        self._outbox_service = outbox_service
        self._devices = devices
        self._speaker = speaker
        self._set_backlight = set_backlight

    def read_environment(self) -> EnvironmentChanged:
        """The present state of the services."""
        state = self._settings.paths.state
        fault = self._outbox_service.storage_fault()
        link = LinkReport.read(state)
        is_clock_trusted = clock_quality() is ClockQuality.SYNCHRONISED
        acknowledged = {"acknowledged_ids": link.received} if link else {}
        return EnvironmentChanged(
            ocr_available=find_missing_ocr_cached() is None,
            centre_reachable=link.centre_answers if link else False,
            clock_trusted=is_clock_trusted,
            # Not while the centre is out of reach: whether it can still keep the promise is not known.
            sms_offered=link is not None and link.centre_answers and SMS in link.notice_channels,
            is_night=is_clock_trusted and is_night(self._settings.screen, f"{in_thailand(datetime.now(UTC)):%H:%M}"),
            enrolled=fault is not Fault.NOT_ENROLLED,
            outbox_writable=fault not in (Fault.STORE_FULL, Fault.STORE_BROKEN),
            outbox_damaged=fault is Fault.STORE_BROKEN,
            revoked=revocation.is_revoked(state, self._outbox_service.load_enrolment()),
            # UNKNOWN without a loudspeaker: a kiosk that is set to be silent has no fault.
            speaker=self._speaker.status() if self._speaker is not None else SpeakerStatus.UNKNOWN,
            **acknowledged,
        )

    def run_device_test(self, target: DeviceUnderTest, max_volume_percent: int) -> DeviceTest:
        """Test one device; blocks as long as the device does."""
        return device_test_runner.run_device_test(target, self._devices, self._speaker, max_volume_percent)

    def save_device_tests(self, device_tests: tuple[DeviceTest, ...], max_volume_percent: int) -> None:
        """Keep results and volume for the next start. Raises OSError."""
        device_test_runner.save_device_tests(self._settings.paths.state, device_tests, max_volume_percent)

    def load_device_tests(self) -> tuple[tuple[DeviceTest, ...], int]:
        """Results and maximum volume (per cent) saved by the previous start."""
        return device_test_runner.load_device_tests(self._settings.paths.state)

    def restart(self, reboot: bool) -> None:
        """Reboot the machine, or end this interface, which systemd starts again. Raises OSError, SubprocessError."""
        if reboot:
            subprocess.run(["systemctl", "reboot"], check=True, timeout=REBOOT_TIMEOUT_S)
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    def switch_backlight(self, lit: bool) -> None:
        """Switch the panel's light, if there is a switch."""
        self._set_backlight(lit)

    def perform_setup_task(self, task: SetupTask, answers: Pairs) -> TaskOutcome:
        """Do what a page of the set-up asks; blocks as long as it takes."""
        if self._setup_tasks is None:
            return TaskOutcome(passed=False, sentence="service.silent")
        return self._setup_tasks.perform(task, answers)

    def save_setup_progress(self, page: str, answers: Pairs, skipped: tuple[str, ...]) -> None:
        """Keep page and answers of the set-up for the next start."""
        if self._setup_tasks is not None:
            self._setup_tasks.save_progress(page, answers, skipped)
