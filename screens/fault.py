"""One row of the fault table, on its own page. It goes away by itself when its cause is gone."""

from kivy.properties import BooleanProperty, StringProperty

from journey.events import AskStaff, Finish, OpenTrack
from journey.faults import FAULTS
from journey.language import _, say
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.widgets.screen_view import Page


class FaultPage(Page):
    """Why nobody may begin now, or what a notice on the resting screen means."""

    icon = StringProperty("alert-triangle")
    heading = StringProperty()
    advice = StringProperty()
    code_line = StringProperty()
    stops = BooleanProperty(False)

    def draw(self, journey: Journey) -> None:
        """The row of the state."""
        if journey.fault is None:
            return
        row = FAULTS[journey.fault]
        self.icon, self.heading, self.advice = row.icon, row.title, row.advice
        self.stops = row.stops_new_visits
        self.code_line = say(
            _("Staff code {code} · this page closes when it is fixed"),
            journey.comfort.language,
            code=journey.fault.value,
        )

    def call_staff(self) -> None:
        """Somebody comes."""
        self.send(AskStaff())

    def onward(self) -> None:
        """Tracking works without a fault's cause being gone; a notice is simply closed."""
        self.send(OpenTrack() if self.stops else Finish())


load_rules(__file__)
