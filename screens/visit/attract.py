"""The resting screen: what one can do here, in one glance, and one gold button."""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from journey.environment_faults import PRINTER_FAULTS, asks_card, notices
from journey.events import AskStaff, Event, OpenAbout, ShowFault
from journey.faults import FAULTS, Fault
from journey.state import Journey
from screens.kv_loader import load_rules
from screens.staff_call import line_of, said_of
from screens.theme import worn
from screens.touch_targets import Box, box_of, taken
from screens.widgets.buttons import Press
from screens.widgets.emblem import Hold
from screens.widgets.nearest_filter import crisp

NIGHT_STEPS = 256  # more than the colours have between them


class Brand(Hold):
    """Emblem and names. A tap tells about this kiosk, a long hold is the technician's way in."""

    def taps(self) -> Iterator[tuple[str, str, Box]]:
        """Name, text and place, see screens.touch_targets."""
        yield "about", "", box_of(self)

    def on_touch_down(self, touch: Any) -> bool:
        """A finger, or the keypad, took it."""
        if not super().on_touch_down(touch):
            return False
        taken.dispatch("on_taken")
        return True

    def tapped(self) -> None:
        """What this kiosk is."""
        self.send(OpenAbout())


class NoticeLine(Press):
    """A fault that stops nobody, said calmly before one begins."""

    several = BooleanProperty(False)  # it stands beside another one
    loud = BooleanProperty(False)  # somebody is still near whom it is meant for
    brief = BooleanProperty(False)  # there is no room for the advice: touching it shows that


class Attract(FloatLayout):
    """What stands on the glass while nobody is here."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    notice_count = NumericProperty(0)
    centre = StringProperty()
    centre_other = StringProperty()
    night: Any = ObjectProperty(None)
    asks_card = BooleanProperty(True)  # a card can be read now: no text asks for one otherwise
    prints = BooleanProperty(True)  # a receipt can be printed now: no text promises one otherwise
    square = BooleanProperty(False)  # nearly: half of it is narrow

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        self._notices: tuple[Fault, ...] = ()
        self._call_line = ""
        super().__init__(**kwargs)
        self.look.fbind("contrast", self._paint_night)
        self._paint_night()

    def _paint_night(self, *_args: object) -> None:
        """From deep blue below to a lighter blue above, in steps that nobody sees."""
        parts = [min(1.0, max(0.0, 2 * step / NIGHT_STEPS - 0.5)) for step in range(NIGHT_STEPS)]
        below_above = list(zip(self.look.night[:3], self.look.night_top[:3], strict=True))
        pixels = bytes(round(255 * (low + part * (high - low))) for part in parts for low, high in below_above)
        self.night = crisp(Texture.create(size=(1, NIGHT_STEPS), colorfmt="rgb"))
        self.night.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")

    def forget(self) -> None:
        """Nothing of a visit is ever here."""

    def enter(self, journey: Journey) -> None:
        """Nothing to prepare."""

    def show(self, journey: Journey) -> None:
        """Names of the centre, and what does not work right now."""
        hall = journey.hall
        thai = journey.comfort.language == "th"
        self.centre, self.centre_other = (hall.centre_th, hall.centre_en) if thai else (hall.centre_en, hall.centre_th)
        self.asks_card = asks_card(journey.around)
        self.prints = journey.around.printer not in PRINTER_FAULTS
        found, call_line = notices(journey.around), line_of(journey.call)
        if (found, call_line) != (self._notices, self._call_line):
            self._notices, self._call_line = found, call_line
            self.notice_count = len(found) + bool(call_line)
            self.ids.notices.clear_widgets()
            if journey.call is not None:
                heading, advice = said_of(journey.call)
                line = NoticeLine(name="call", message=heading, quiet=advice, icon="bell-ringing", several=bool(found))
                line.bind(on_release=lambda _line: self.send(AskStaff()))
                self.ids.notices.add_widget(line)
            for fault in found:
                row = FAULTS[fault]
                line = NoticeLine(
                    name=f"notice.{fault.value}",
                    message=row.title,
                    quiet=row.advice,
                    icon=row.icon,
                    several=self.notice_count > 1,
                    loud=fault is Fault.CARD_LEFT_BEHIND,
                )
                line.bind(on_release=lambda _line, fault=fault: self.send(ShowFault(fault)))
                self.ids.notices.add_widget(line)


load_rules(__file__)
