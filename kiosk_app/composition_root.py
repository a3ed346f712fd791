"""What stands behind the window: real drivers, outbox, health and the centre's address, joined to one runner.

The window imports this after its first picture: these packages are most of what starting costs (0.4 of 0.7 s), and
a citizen sees the glass first.
"""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drivers.backlight.sysfs_backlight import SysfsBacklight
from drivers.card_reader.pcsc_reader import PcscCardReader
from drivers.ports.speaker import SpeakerStatus
from drivers.speaker.alsa_speaker import AlsaSpeaker
from journey.events import EnvironmentChanged, KioskProfileChanged
from journey.language.recordings import Recordings
from journey.state import Journey, KioskProfile
from journey.step import step as journey_step
from kiosk_app.boot_slip import BootSlip
from kiosk_app.device_factory import create_printer, create_scanner
from kiosk_app.forwarder.case_lookup import look_up_case
from kiosk_app.health.monitor import HealthMonitor
from kiosk_app.outbox import Enrolment, OutboxBrokenError
from kiosk_app.runner import device_tests
from kiosk_app.runner.effect_runner import EffectRunner, Step
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.ports import Devices
from kiosk_app.runner.services import build_services
from kiosk_app.settings import Settings
from protocol.messages import TrackingResponse

REBOOT_TIMEOUT_S = 20.0


class CompositionRoot:
    """The runner with everything it needs. Make it, `start` it, `stop` it; use it from the thread that draws.

    `wake`, `on_change` and `step` are the runner's.
    """

    def __init__(
        self,
        settings: Settings,
        journey: Journey,
        wake: Callable[[], None],
        on_change: Callable[[Journey], None],
        step: Step | None = None,
    ) -> None:
        self._settings = settings
        self._outbox_service = OutboxService(settings.paths.state, settings.paths.runtime)
        self._enrolment: Enrolment | None = None
        self._backlight = SysfsBacklight()
        health = HealthMonitor(settings)
        self.report = health.report
        self.speaker = AlsaSpeaker(settings.sound.device) if settings.sound.enabled else None
        recordings = Path(settings.sound.recordings) if settings.sound.recordings else None
        self.recordings = Recordings(recordings)
        devices = create_devices(settings)
        usual = build_services(
            settings, self._outbox_service, lambda: self.runner.journey.kiosk, self._query_centre, health.findings
        )
        self.runner: EffectRunner = EffectRunner(
            journey,
            devices,
            replace(
                usual,
                run_device_test=lambda target: device_tests.run_device_test(target, devices, self._play),
                read_environment=lambda: EnvironmentChanged(
                    **{**dict(usual.read_environment().changes), "speaker": self._speaker_status()}
                ),
                save_device_tests=lambda found, max_volume_percent: device_tests.save_device_tests(
                    settings.paths.state, found, max_volume_percent
                ),
                load_device_tests=lambda: device_tests.load_device_tests(settings.paths.state),
                restart=restart,
                switch_backlight=self._backlight.set_lit,
            ),
            wake,
            on_change=on_change,
            step=step or journey_step,
            scan_timeout_s=settings.scanner.timeout_s,
        )
        self._boot_slip = BootSlip(settings, health.report, self.runner.print_slip)

    def start(self) -> None:
        self.check_enrolment()
        self.runner.start()

    def stop(self) -> None:
        self.runner.stop()
        self._backlight.set_lit(lit=True)
        if self.speaker is not None:
            self.speaker.stop()
        self._outbox_service.close()

    def poll(self) -> None:
        """What is due now and then."""
        self.check_enrolment()
        self._boot_slip.print_if_due(self.runner.journey)

    def check_enrolment(self) -> None:
        """Go into service when the kiosk was enrolled, or enrolled anew."""
        found = self._outbox_service.load_enrolment()
        if found is not None and found != self._enrolment:
            self._enrolment = found
            self.runner.send(KioskProfileChanged(read_kiosk_profile(self._settings, found)))

    def _play(self) -> SpeakerStatus:
        return device_tests.play_sample_sound(self.speaker, self.runner.journey.max_volume_percent)

    def _speaker_status(self) -> SpeakerStatus:
        """How the last sound ended; a kiosk that is to be silent misses nothing."""
        return self.speaker.status() if self.speaker is not None else SpeakerStatus.UNKNOWN

    def _query_centre(self, code: str, language: str) -> TrackingResponse:
        """What the public tracking page would say. Raises CaseLookupError, OutboxBrokenError."""
        enrolment = self._outbox_service.load_enrolment()
        if enrolment is None:
            raise OutboxBrokenError("This kiosk is not enrolled at a centre")
        return look_up_case(
            enrolment.public_url,
            code,
            language,
            ca_file=self._settings.centre.ca_file,
            ca_pem=enrolment.tracking_authority,
        )


def restart(reboot: bool) -> None:
    """Start the machine anew, or end this interface, which systemd starts again. Raises OSError, SubprocessError."""
    if reboot:
        subprocess.run(["systemctl", "reboot"], check=True, timeout=REBOOT_TIMEOUT_S)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


def read_kiosk_profile(settings: Settings, enrolment: Enrolment) -> KioskProfile:
    """What the journey needs to know of this kiosk and its centre."""
    plain = KioskProfile()
    return KioskProfile(
        kiosk_id=enrolment.kiosk_id,
        centre_name_th=enrolment.centre_name_th or settings.kiosk.centre_name_th or plain.centre_name_th,
        centre_name_en=enrolment.centre_name_en or settings.kiosk.centre_name_en or plain.centre_name_en,
        area=settings.kiosk.area,
        public_url=enrolment.public_url,
        notice_version=settings.kiosk.notice_version,
        technician_pin_hash=settings.kiosk.technician_pin_hash,
        idle_seconds=settings.kiosk.idle_seconds,
        default_language=settings.kiosk.language,
        chip_side=settings.card_reader.chip_side,
        panel_width_mm=settings.screen.width_mm,
    )


def create_devices(settings: Settings) -> Devices:
    """The real drivers; nothing is opened yet."""
    return Devices(
        card_reader=PcscCardReader(settings.card_reader.reader) if settings.card_reader.enabled else None,
        printer=create_printer(settings),
        scanner=create_scanner(settings) if settings.scanner.enabled else None,
    )
