"""The screen of one fault. It closes by itself when the cause is removed."""

from kivy.properties import BooleanProperty, ObjectProperty

from journey.events import Finish, OpenTracking, RequestStaff
from journey.faults import FAULTS
from journey.language import _, translate
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.widgets.fault_panel import NO_FAULT, fault_notice
from screens.widgets.screen_view import ScreenView


class FaultView(ScreenView):
    """A fault that blocks new visits, or the details of a banner on the attract screen."""

    notice = ObjectProperty(NO_FAULT, rebind=True)
    blocks_new_visits = BooleanProperty(False)

    def update(self, journey: Journey) -> None:
        """Show the fault of the state."""
        if journey.fault is None:
            return
        language = journey.accessibility.language
        staff_code = translate(
            _("Staff code {code} · this page closes when it is fixed"), language, code=journey.fault.value
        )
        self.notice = fault_notice(journey.fault, language)._replace(staff_code=staff_code)
        self.blocks_new_visits = FAULTS[journey.fault].blocks_new_visits

    def call_staff(self) -> None:
        """Call staff."""
        self.send(RequestStaff())

    def press_continue(self) -> None:
        """Close the screen if the fault does not block new visits; otherwise track a case, which works during any
        fault."""
        self.send(OpenTracking() if self.blocks_new_visits else Finish())


load_kv(__file__)
