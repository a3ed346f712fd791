"""The interface process, put together: window, runner, real drivers, outbox, reports, watchdog.

Kivy reads its settings while it is being imported, so `run` configures first and imports the window's parts then.
Nothing is opened by importing this module.
"""

import json
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from drivers.card_reader.pcsc import PcscCardReader
from drivers.letter_scanner.sane import SaneScanner
from drivers.receipt_printer.connect import connect
from kiosk_app.health.watchdog import Watchdog
from kiosk_app.journey.events import HallChanged, Painted
from kiosk_app.journey.state import Comfort, Hall, Journey, Screen, Surroundings
from kiosk_app.outbox import Enrolment
from kiosk_app.runner.keeper import Keeper
from kiosk_app.runner.parts import Devices
from kiosk_app.runner.runner import Runner
from kiosk_app.runner.services import services
from kiosk_app.settings import Settings
from protocol.messages import TrackAnswer
from screens.window import configure

TICK_S = 0.25  # fine enough for every time-out and every lane's deadline
HALL_S = 5.0  # how soon a kiosk that was just enrolled goes into service

Report = Callable[[], list[tuple[str, str]]]


@dataclass(frozen=True)
class WindowWish:
    """How the window is to stand: full-screen on an appliance, of a size in pixels on a desk."""

    fullscreen: bool
    size: tuple[int, int]
    touch_map: Path | None = None  # kept up to date with what can be tapped, for a finger that is a program


@dataclass(frozen=True)
class Helpers:
    """What the interface needs of those it does not know: the centre, and the health of this machine."""

    look_up: Callable[[str, str], TrackAnswer]
    findings: Callable[[], tuple[str, ...]]
    report: Report


def run(settings: Settings, wish: WindowWish, helpers: Helpers) -> int:
    """Open the window and serve until SIGTERM, SIGINT or the window's closing. Returns the exit status."""
    configure(wish.fullscreen, wish.size)
    return _Interface(settings, wish, helpers).serve()


def hall_of(settings: Settings, enrolment: Enrolment | None) -> Hall:
    """What the journey needs to know of this kiosk."""
    plain = Hall()
    return Hall(
        kiosk_id=enrolment.kiosk_id if enrolment else settings.kiosk.id,
        centre_th=(enrolment and enrolment.centre_name_th) or settings.kiosk.hall_th or plain.centre_th,
        centre_en=(enrolment and enrolment.centre_name_en) or settings.kiosk.hall_en or plain.centre_en,
        area=settings.kiosk.area,
        public_url=enrolment.public_url if enrolment else "",
        notice_version=settings.kiosk.notice_version,
        technician_pin_hash=settings.kiosk.technician_pin_hash,
        idle_seconds=settings.kiosk.idle_seconds,
        default_language=settings.kiosk.language,
    )


def devices_of(settings: Settings) -> Devices:
    """The real drivers; nothing is opened yet."""
    scanner = settings.scanner
    return Devices(
        card_reader=PcscCardReader() if settings.card_reader.enabled else None,
        printer=connect(settings.printer.connection, settings.printer.width_dots),
        scanner=SaneScanner(scanner.device, scanner.options, scanner.timeout_s) if scanner.enabled else None,
    )


class _Interface:
    """Window and runner, joined: the runner's states are drawn, touches become its events."""

    def __init__(self, settings: Settings, wish: WindowWish, helpers: Helpers) -> None:
        self._base = import_module("kivy.base")
        self._clock = import_module("kivy.clock").Clock
        self._window = import_module("kivy.core.window").Window
        self._settings = settings
        self._touch_map = wish.touch_map
        self._keeper = Keeper(settings.paths.state, settings.paths.runtime)
        self._enrolment = self._keeper.enrolment()
        self._watchdog = Watchdog()
        self._drawn: Journey | None = None
        self._pictures = 0  # how many went to the glass since a finger looks
        self._touches = 0  # how many times a finger was lifted from it
        self._stood: Screen | None = None  # the screen that was last painted whole
        journey = Journey(
            hall=hall_of(settings, self._enrolment),
            comfort=Comfort(language=settings.kiosk.language),
            around=Surroundings(enrolled=self._enrolment is not None),
            now=(started := time.monotonic()),
            last_touch=started,
        )
        self._runner: Runner = Runner(
            journey,
            devices_of(settings),
            services(settings, self._keeper, lambda: self._runner.journey.hall, helpers.look_up, helpers.findings),
            wake=self._clock.create_trigger(lambda _: self._runner.pump()),
            changed=self._draw,
            scan_timeout_s=settings.scanner.timeout_s,
        )
        self._shell: Any = import_module("screens.shell").Shell(
            send=self._runner.send, picture=self._picture, report=helpers.report, size=self._window.size
        )

    def serve(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._clock.schedule_once(lambda _: self._base.stopTouchApp()))
        self._window.bind(on_flip=self._flipped)
        if self._touch_map is not None:
            self._window.bind(on_touch_up=self._lifted)
        self._clock.schedule_interval(self._tick, TICK_S)
        self._clock.schedule_interval(self._look_at_enrolment, HALL_S)
        self._draw(self._runner.journey)
        self._shell.prepare()
        self._runner.start()
        try:
            self._base.runTouchApp(self._shell)
        finally:
            self._watchdog.stopping()
            self._runner.stop()
            self._keeper.close()
        return 0

    def _tick(self, _seconds: float) -> None:
        """Feed the watchdog from the loop that draws: a window that hangs is restarted."""
        self._watchdog.alive()
        self._runner.tick()

    def _look_at_enrolment(self, _seconds: float) -> None:
        found = self._keeper.enrolment()
        if found is not None and found != self._enrolment:
            self._enrolment = found
            self._runner.send(HallChanged(hall_of(self._settings, found)))

    def _picture(self, page_id: str) -> bytes | None:
        pages = self._runner.pages
        return pages.preview(page_id) if page_id in pages else None

    def _draw(self, journey: Journey) -> None:
        """Show what changed. That time passed is drawn only by an overlay's countdown, each second."""
        before = self._drawn
        if before is not None and journey == replace(before, now=journey.now, last_touch=journey.last_touch):
            counting = journey.overlay is not None and int(journey.now) != int(before.now)
            if not counting:
                return
        self._drawn = journey
        self._shell.show(journey)

    def _flipped(self, _window: object) -> None:
        """Called with each picture that goes to the glass; in the next turn of the loop it stands there."""
        if self._drawn is not None and self._drawn.screen is not self._stood:
            self._stood = self._drawn.screen
            self._clock.schedule_once(lambda _, screen=self._stood: self._stands(screen))
        if self._touch_map is not None:
            self._pictures += 1
            self._clock.schedule_once(lambda _: self._tell_what_can_be_tapped())

    def _lifted(self, _window: object, _touch: object) -> None:
        """A tap was taken: told in the next turn of the loop with what it did, also when it draws nothing."""
        self._touches += 1
        self._clock.schedule_once(lambda _: self._tell_what_can_be_tapped())

    def _stands(self, screen: Screen) -> None:
        self._watchdog.ready()
        self._runner.send(Painted(screen))

    def _tell_what_can_be_tapped(self) -> None:
        journey = self._runner.journey
        told = {
            "pictures": self._pictures,
            "touches": self._touches,
            "screen": journey.screen.value,
            "overlay": journey.overlay.value if journey.overlay else "",
            "touchables": [asdict(item) for item in self._shell.touchables()],
        }
        assert self._touch_map is not None  # noqa: S101 - asked by its only caller
        aside = self._touch_map.with_suffix(".new")
        aside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        aside.replace(self._touch_map)
