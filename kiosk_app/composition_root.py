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
from journey.events import HallChanged
from journey.language.recordings import Recordings
from journey.state import Hall, Journey
from kiosk_app.boot_slip import BootSlip
from kiosk_app.device_factory import printer_of, scanner_of
from kiosk_app.forwarder.case_lookup import look_up
from kiosk_app.health.monitor import Health
from kiosk_app.outbox import Enrolment, OutboxBroken
from kiosk_app.runner import device_tests
from kiosk_app.runner.effect_runner import Runner
from kiosk_app.runner.outbox_service import Keeper
from kiosk_app.runner.ports import Devices
from kiosk_app.runner.services import services
from kiosk_app.settings import Settings
from protocol.messages import TrackAnswer

RESTART_S = 20.0


class Machinery:
    """The runner with everything it needs. Make it, `start` it, `stop` it; use it from the thread that draws.

    `wake` and `changed` are the runner's.
    """

    def __init__(
        self, settings: Settings, journey: Journey, wake: Callable[[], None], changed: Callable[[Journey], None]
    ) -> None:
        self._settings = settings
        self._keeper = Keeper(settings.paths.state, settings.paths.runtime)
        self._enrolment: Enrolment | None = None
        self._backlight = SysfsBacklight()
        health = Health(settings)
        self.report = health.report
        self.speaker = AlsaSpeaker(settings.sound.device) if settings.sound.enabled else None
        recordings = Path(settings.sound.recordings) if settings.sound.recordings else None
        self.recordings = Recordings(recordings)
        devices = devices_of(settings)
        usual = services(settings, self._keeper, lambda: self.runner.journey.hall, self._ask_centre, health.findings)
        self.runner: Runner = Runner(
            journey,
            devices,
            replace(
                usual,
                try_out=lambda part: device_tests.try_out(part, devices, self._play),
                look_around=lambda: replace(usual.look_around(), speaker=self._heard()),
                keep_trials=lambda found, loudness: device_tests.keep(settings.paths.state, found, loudness),
                known_trials=lambda: device_tests.known(settings.paths.state),
                restart=restart,
                switch_backlight=self._backlight.switch,
            ),
            wake,
            changed=changed,
            scan_timeout_s=settings.scanner.timeout_s,
        )
        self._boot_slip = BootSlip(settings, health.report, self.runner.print_slip)

    def start(self) -> None:
        self.look_at_enrolment()
        self.runner.start()

    def stop(self) -> None:
        self.runner.stop()
        self._backlight.switch(lit=True)
        if self.speaker is not None:
            self.speaker.stop()
        self._keeper.close()

    def look_around(self) -> None:
        """What is due now and then."""
        self.look_at_enrolment()
        self._boot_slip.look(self.runner.journey)

    def look_at_enrolment(self) -> None:
        """Go into service when the kiosk was enrolled, or enrolled anew."""
        found = self._keeper.enrolment()
        if found is not None and found != self._enrolment:
            self._enrolment = found
            self.runner.send(HallChanged(hall_of(self._settings, found)))

    def _play(self) -> SpeakerStatus:
        return device_tests.play_sample(self.speaker, self.runner.journey.loudness)

    def _heard(self) -> SpeakerStatus:
        """How the last sound ended; a kiosk that is to be silent misses nothing."""
        return self.speaker.status() if self.speaker is not None else SpeakerStatus.UNKNOWN

    def _ask_centre(self, code: str, language: str) -> TrackAnswer:
        """What the public tracking page would say. Raises LookUpError, OutboxBroken."""
        enrolment = self._keeper.enrolment()
        if enrolment is None:
            raise OutboxBroken("This kiosk is not enrolled at a centre")
        return look_up(
            enrolment.public_url,
            code,
            language,
            ca_file=self._settings.centre.ca_file,
            authority=enrolment.tracking_authority,
        )


def restart(machine: bool) -> None:
    """Start the machine anew, or end this interface, which systemd starts again. Raises OSError, SubprocessError."""
    if machine:
        subprocess.run(["systemctl", "reboot"], check=True, timeout=RESTART_S)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


def hall_of(settings: Settings, enrolment: Enrolment) -> Hall:
    """What the journey needs to know of this kiosk and its centre."""
    plain = Hall()
    return Hall(
        kiosk_id=enrolment.kiosk_id,
        centre_th=enrolment.centre_name_th or settings.kiosk.hall_th or plain.centre_th,
        centre_en=enrolment.centre_name_en or settings.kiosk.hall_en or plain.centre_en,
        area=settings.kiosk.area,
        public_url=enrolment.public_url,
        notice_version=settings.kiosk.notice_version,
        technician_pin_hash=settings.kiosk.technician_pin_hash,
        idle_seconds=settings.kiosk.idle_seconds,
        default_language=settings.kiosk.language,
        chip_side=settings.card_reader.chip_side,
        panel_width_mm=settings.screen.width_mm,
    )


def devices_of(settings: Settings) -> Devices:
    """The real drivers; nothing is opened yet."""
    return Devices(
        card_reader=PcscCardReader(settings.card_reader.reader) if settings.card_reader.enabled else None,
        printer=printer_of(settings),
        scanner=scanner_of(settings) if settings.scanner.enabled else None,
    )
