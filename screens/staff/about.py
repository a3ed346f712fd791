"""What this kiosk is, whose it is, and what it is made with."""

from importlib.metadata import version

from kivy.properties import StringProperty

from journey.events import Finish
from journey.language import _, translate
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.screen_view import ScreenView


class AboutView(ScreenView):
    """Opened from the resting screen by the emblem."""

    version_text = StringProperty()

    def update(self, journey: Journey) -> None:
        """Kiosk and version, as staff ask for them."""
        self.version_text = translate(
            _("Kiosk {kiosk} · version {version}"),
            journey.accessibility.language,
            kiosk=journey.kiosk.kiosk_id or "–",
            version=version("damrongdham-kiosk"),
        )

    def press_primary(self) -> None:
        """Back to the resting screen."""
        self.send(Finish())


load_kv(__file__)
