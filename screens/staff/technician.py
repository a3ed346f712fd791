"""The technician's page: is this kiosk ready, and what is wrong with it."""

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.journey.around import active_faults
from kiosk_app.journey.events import Finish
from kiosk_app.journey.faults import FAULTS
from kiosk_app.journey.state import Journey
from kiosk_app.language import say
from screens.rules import load_rules
from screens.widgets.box import Row
from screens.widgets.page import Page


class ReadinessLine(Row):
    """One thing and how it is."""

    name = StringProperty()
    sentence = StringProperty()


class Technician(Page):
    """Lines of the readiness report, and the faults that stand right now with their staff codes."""

    report: Callable[[], list[tuple[str, str]]] = ObjectProperty(lambda: [])
    lines: Any = ObjectProperty(None)
    faults = StringProperty()

    def draw(self, journey: Journey) -> None:
        """Faults follow the world by themselves; the report is asked for again by its button."""
        language = journey.comfort.language
        rows = sorted(active_faults(journey.around), key=lambda fault: fault.value)
        self.faults = "\n".join(f"{fault.value}  {say(FAULTS[fault].title, language)}" for fault in rows)

    def enter(self, journey: Journey) -> None:
        """Ask for the report."""
        super().enter(journey)
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self.lines.clear_widgets()
        for name, sentence in self.report():
            self.lines.add_widget(ReadinessLine(name=name, sentence=sentence))

    def press_primary(self) -> None:
        """Back to the resting screen."""
        self.send(Finish())

    def press_second(self) -> None:
        """Ask again."""
        self.refresh()


load_rules(__file__)
