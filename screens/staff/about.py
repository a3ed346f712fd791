"""About this kiosk: what it is for, its version and its licences."""

from importlib.metadata import version

from kivy.properties import StringProperty

from journey.events import Finish
from journey.language import _, translate
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.screen_view import ScreenView


class AboutView(ScreenView):
    """Opened by a tap on the emblem of the attract screen."""

    version_text = StringProperty()

    def update(self, journey: Journey) -> None:
        """Kiosk id and version, which staff need for support."""
        self.version_text = translate(
            _("Kiosk {kiosk} · version {version}"),
            journey.accessibility.language,
            kiosk=journey.kiosk.kiosk_id or "–",
            version=version("damrongdham-kiosk"),
        )

    def press_primary(self) -> None:
        """Back to the attract screen."""
        self.send(Finish())


load_kv(__file__)
