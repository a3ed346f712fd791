"""Builds and joins what the window uses: drivers, outbox, health checks, centre, and the EffectRunner.

The window imports this module after its first frame: its packages take 0.4 s of the 0.7 s of a start, and the citizen
sees the screen before that.
"""

from collections.abc import Callable
from pathlib import Path

from drivers.backlight.sysfs_backlight import SysfsBacklight
from drivers.ports.backlight import Backlight
from drivers.speaker.alsa_speaker import AlsaSpeaker
from journey.events import KioskProfileChanged
from journey.language.recordings import Recordings
from journey.state import Journey
from journey.step import step as journey_step
from kiosk_app.boot_slip import BootSlip
from kiosk_app.device_factory import create_devices
from kiosk_app.forwarder.case_lookup import look_up_case, rate_case
from kiosk_app.health.consumables import estimate_consumables
from kiosk_app.health.monitor import HealthMonitor
from kiosk_app.kiosk_profile import kiosk_profile
from kiosk_app.outbox import Enrolment, OutboxBrokenError
from kiosk_app.runner.appliance import KioskAppliance
from kiosk_app.runner.centre_link import CentreLink
from kiosk_app.runner.effect_runner import EffectRunner, Step
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.page_images import ConfinedPageImages
from kiosk_app.runner.ports import Services
from kiosk_app.settings import Settings
from kiosk_app.setup.tasks import SetupTasks
from protocol.messages import TrackingResponse


class CompositionRoot:
    """The EffectRunner with everything it needs. Make it, `start` it, `stop` it; use it from the drawing thread.

    `wake`, `on_change` and `step` are the EffectRunner's.
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
        self._enrolment: Enrolment | None = None
        self._backlight: Backlight = SysfsBacklight()
        self._outbox_service = OutboxService(settings.paths.state, settings.paths.runtime)
        self.speaker = AlsaSpeaker(settings.sound.device) if settings.sound.enabled else None
        self.recordings = Recordings(Path(settings.sound.recordings) if settings.sound.recordings else None)
        health = HealthMonitor(settings)
        self.report = health.report
        devices = create_devices(settings)
        self.runner = EffectRunner(
            journey,
            devices,
            Services(
                store=self._outbox_service,
                centre=CentreLink(
                    settings.paths.state,
                    self._look_up,
                    self._rate,
                    health.findings,
                    lambda: estimate_consumables(settings),
                ),
                images=ConfinedPageImages(),
                appliance=KioskAppliance(
                    settings,
                    self._outbox_service,
                    devices,
                    self.speaker,
                    self._backlight.set_lit,
                    setup_tasks=SetupTasks(settings, devices),
                ),
            ),
            wake,
            on_change=on_change,
            step=step or journey_step,
            scan_timeout_s=settings.scanner.timeout_s,
        )
        self._boot_slip = BootSlip(settings, health.report, self.runner.print_slip)

    def start(self) -> None:
        """Load the enrolment and start the runner."""
        self.check_enrolment()
        self.runner.start()

    def stop(self) -> None:
        """End the runner, leave the panel lit, close speaker and outbox."""
        self.runner.stop()
        self._backlight.set_lit(lit=True)
        if self.speaker is not None:
            self.speaker.stop()
        self._outbox_service.close()

    def poll(self) -> None:
        """Check enrolment and boot slip. Call it every few seconds."""
        self.check_enrolment()
        self._boot_slip.print_if_due(self.runner.journey)

    def check_enrolment(self) -> None:
        """Use the profile of a new enrolment."""
        enrolment = self._outbox_service.load_enrolment()
        if enrolment is not None and enrolment != self._enrolment:
            self._enrolment = enrolment
            self.runner.send(KioskProfileChanged(kiosk_profile(self._settings, enrolment)))

    def _look_up(self, code: str, language: str) -> TrackingResponse:
        """The response of the public tracking page. Raises CaseLookupError, OutboxBrokenError."""
        enrolment, ca_file = self._enrolled(), self._settings.centre.ca_file
        return look_up_case(enrolment.public_url, code, language, ca_file=ca_file, ca_pem=enrolment.tracking_authority)

    def _rate(self, code: str, stars: tuple[tuple[str, int], ...], language: str) -> TrackingResponse:
        """The case after its rating. Raises CaseLookupError, OutboxBrokenError."""
        enrolment, ca_file = self._enrolled(), self._settings.centre.ca_file
        return rate_case(
            enrolment.public_url, code, stars, language, ca_file=ca_file, ca_pem=enrolment.tracking_authority
        )

    def _enrolled(self) -> Enrolment:
        enrolment = self._outbox_service.load_enrolment()
        if enrolment is None:
            raise OutboxBrokenError("This kiosk is not enrolled at a centre")
        return enrolment
