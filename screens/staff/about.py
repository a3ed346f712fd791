"""What this kiosk is, whose it is, and what it is made with."""

from importlib.metadata import version

from kivy.properties import StringProperty

from journey.events import Finish
from journey.language import _, say
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.widgets.screen_view import Page


class About(Page):
    """Opened from the resting screen by the emblem."""

    identity = StringProperty()

    def draw(self, journey: Journey) -> None:
        """Kiosk and version, as staff ask for them."""
        self.identity = say(
            _("Kiosk {kiosk} · version {version}"),
            journey.comfort.language,
            kiosk=journey.hall.kiosk_id or "–",
            version=version("damrongdham-kiosk"),
        )

    def press_primary(self) -> None:
        """Back to the resting screen."""
        self.send(Finish())


load_rules(__file__)
