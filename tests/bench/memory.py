"""How much memory grows per visit: the real interface goes through one visit after another.

    python -m tests.bench.memory [VISITS]

Window, screens, effect runner, outbox (in a temporary directory) and services are the kiosk's own. There are no
devices, and each visit types different words. Every tenth citizen changes language, text size and contrast. Every 50
visits the resident set size is measured after gc and malloc_trim(0). Budget: from visit 200 on at most 4 KiB more per
visit.
"""

import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import linear_regression
from tempfile import TemporaryDirectory
from typing import Any

from journey import events
from journey.screens import Screen
from journey.state import AccessibilityOptions, Environment, Journey, Overlay, PrintPhase
from kiosk_app.device_factory import create_devices
from kiosk_app.kiosk_profile import kiosk_profile
from kiosk_app.outbox.state_directory import outbox_directory
from kiosk_app.runner.appliance import KioskAppliance
from kiosk_app.runner.centre_link import CentreLink
from kiosk_app.runner.effect_runner import EffectRunner
from kiosk_app.runner.outbox_service import OutboxService
from kiosk_app.runner.page_images import ConfinedPageImages
from kiosk_app.runner.ports import Services
from kiosk_app.settings import CardReaderSettings, PathSettings, ScannerSettings, Settings
from protocol.messages import TrackingResponse
from protocol.topics import Topic
from screens.kivy_setup import configure_kivy
from simulators.sample_letters import MARKET_LETTER
from simulators.virtual_display import VirtualDisplay
from tests.outbox_samples import enrolment
from tests.process_resources import resident_bytes
from thai.segmentation import words

BUDGET_BYTES = 4096
VISITS = 1000
WARM_UP_VISITS = 200  # by then caches are full and every view has been shown
SAMPLE_EVERY_VISITS = 50
SIZE = (540, 960)  # half the kiosk's: pixels take the most time and are in the display server's memory
TICK_S = 0.25
TIMEOUT_S = 30.0
STORY_WORDS = [word for word in words(MARKET_LETTER) if not word.isspace()]


class KioskInProcess:
    """The interface in this process, run frame by frame."""

    def __init__(self, place: Path) -> None:
        state = place / "state"
        outbox_directory(state).mkdir(parents=True)
        enrolled = enrolment()
        enrolled.save(state)
        settings = Settings(
            card_reader=CardReaderSettings(enabled=False),
            scanner=ScannerSettings(enabled=False),
            paths=PathSettings(state=state, runtime=place / "runtime"),
        )
        settings.paths.runtime.mkdir()
        self._base: Any = import_module("kivy.base")
        clock: Any = import_module("kivy.clock").Clock
        kiosk = kiosk_profile(settings, enrolled)
        self._outbox_service = OutboxService(settings.paths.state, settings.paths.runtime)
        devices = create_devices(settings)
        self._shell: Any = import_module("screens.root_view").RootView(self.send)
        self._runner: EffectRunner = EffectRunner(
            Journey(kiosk=kiosk, accessibility=AccessibilityOptions(), environment=Environment(enrolled=True)),
            devices,
            Services(
                store=self._outbox_service,
                centre=CentreLink(settings.paths.state, _fail_look_up, _fail_rating, lambda devices, report_error: ()),
                images=ConfinedPageImages(),
                appliance=KioskAppliance(settings, self._outbox_service, devices),
            ),
            wake=clock.create_trigger(lambda _: self._runner.pump()),
            on_change=self._shell.show,
        )
        import_module("kivy.core.window").Window.add_widget(self._shell)
        self._base.EventLoop.start()
        clock._max_fps = 0
        self._last_tick = 0.0
        self._shell.show(self._runner.journey)
        self._runner.start()
        self.wait_for(lambda journey: journey.now > 0)

    def send(self, event: events.Event) -> None:
        """Send an event as a touch does."""
        self._runner.send(event)

    def stop(self) -> None:
        """Stop the threads and close the outbox."""
        self._runner.stop()
        self._outbox_service.close()

    def run_frame(self) -> None:
        """Run one frame, and a tick when it is due."""
        self._base.EventLoop.idle()
        if time.monotonic() - self._last_tick > TICK_S:
            self._last_tick = time.monotonic()
            self._runner.tick()

    def wait_for(self, condition: Callable[[Journey], bool]) -> None:
        """Run frames until the condition holds and is painted. Raises TimeoutError after TIMEOUT_S."""
        end = time.monotonic() + TIMEOUT_S
        while not condition(self._runner.journey):
            if time.monotonic() > end:
                raise TimeoutError(f"The visit stays at {self._runner.journey.screen}.")
            self.run_frame()
        self.run_frame()

    def tap(self, event: events.Event, screen: Screen) -> None:
        """Send an event and wait for this screen."""
        self.send(event)
        self.wait_for(lambda journey: journey.screen is screen)

    def visit(self, story: str, *, with_accessibility_changes: bool) -> None:
        """One visit from attract to attract."""
        self.tap(events.BeginVisit(), Screen.NOTICE)
        if with_accessibility_changes:
            for option in (events.SetLanguage("en"), events.NextTextSize(), events.NextContrast()):
                self.tap(option, Screen.NOTICE)
        self.tap(events.AcceptNotice(time.time()), Screen.IDENTIFY)
        self.tap(events.ContinueWithoutCard(), Screen.TOPIC)
        self.tap(events.ChooseTopic(Topic.UTILITIES), Screen.PLACE)
        self.tap(events.Next(), Screen.STORY)
        for end in range(20, len(story) + 20, 20):
            self.tap(events.WriteText("text", story[:end]), Screen.STORY)
        self.tap(events.Next(), Screen.REVIEW)
        self.tap(events.SubmitComplaint(), Screen.RECEIPT)
        self.send(events.ScreenShown(Screen.RECEIPT))
        self.wait_for(lambda journey: journey.visit is not None and journey.visit.print_phase is PrintPhase.DONE)
        self.send(events.Finish())
        self.wait_for(
            lambda journey: journey.overlay is Overlay.NO_RECEIPT
        )  # asks whether the code was noted, as there is no printer
        self.tap(events.ConfirmCodeNoted(), Screen.FAREWELL)
        self.tap(events.Finish(), Screen.ATTRACT)


def _fail_look_up(_code: str, _language: str) -> TrackingResponse:
    raise AssertionError("these visits track nothing")


def _fail_rating(_code: str, _stars: tuple[tuple[str, int], ...], _language: str) -> TrackingResponse:
    raise AssertionError("these visits rate nothing")


def main() -> int:
    """Print the table. 0 when the slope is within the budget."""
    visits = int(sys.argv[1]) if len(sys.argv) > 1 else VISITS
    random = Random(7)
    measured: list[tuple[int, int]] = []
    with VirtualDisplay(*SIZE) as display, TemporaryDirectory(prefix="dk-bench-") as place:
        os.environ["DISPLAY"] = display.name
        configure_kivy(False, SIZE)
        kiosk = KioskInProcess(Path(place))
        try:
            for number in range(1, visits + 1):
                story = "".join(random.choices(STORY_WORDS, k=20))
                kiosk.visit(story, with_accessibility_changes=number % 10 == 0)
                if number % SAMPLE_EVERY_VISITS == 0:
                    measured.append((number, resident_bytes()))
                    print(f"visit {number:5}   {measured[-1][1] / 2**20:8.2f} MiB", flush=True)
        finally:
            kiosk.stop()
    counted = [pair for pair in measured if pair[0] >= min(WARM_UP_VISITS, visits // 2)]
    slope = linear_regression(*zip(*counted, strict=True)).slope
    print(f"from visit {counted[0][0]} on {slope:.0f} bytes a visit   budget {BUDGET_BYTES}")
    return 0 if slope <= BUDGET_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
