"""One row of the fault table, on its own page. It goes away by itself when its cause is gone."""

from kivy.properties import BooleanProperty, StringProperty

from journey.events import Finish, OpenTracking, RequestStaff
from journey.faults import FAULTS
from journey.language import _, translate
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.screen_view import ScreenView


class FaultView(ScreenView):
    """Why nobody may begin now, or what a notice on the resting screen means."""

    icon = StringProperty("alert-triangle")
    heading = StringProperty()
    advice = StringProperty()
    staff_code_text = StringProperty()
    blocks_new_visits = BooleanProperty(False)

    def update(self, journey: Journey) -> None:
        """The row of the state."""
        if journey.fault is None:
            return
        row = FAULTS[journey.fault]
        self.icon, self.heading, self.advice = row.icon, row.title, row.advice
        self.blocks_new_visits = row.blocks_new_visits
        self.staff_code_text = translate(
            _("Staff code {code} · this page closes when it is fixed"),
            journey.accessibility.language,
            code=journey.fault.value,
        )

    def call_staff(self) -> None:
        """Somebody comes."""
        self.send(RequestStaff())

    def press_continue(self) -> None:
        """Tracking works without a fault's cause being gone; a notice is simply closed."""
        self.send(OpenTracking() if self.blocks_new_visits else Finish())


load_kv(__file__)
