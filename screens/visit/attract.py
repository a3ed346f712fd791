"""The resting screen: what one can do here, in one glance, and one gold button."""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from journey.environment_faults import PRINTER_FAULTS, attract_warnings, can_request_card
from journey.events import Event, OpenAbout, RequestStaff, ShowFault
from journey.faults import FAULTS, Fault
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.staff_call import staff_call_banner, staff_call_texts
from screens.theme import current_theme
from screens.touch_targets import Rect, touch_handled, window_rect
from screens.widgets import screen_view as _screen_view  # noqa: F401  the rule uses its widgets
from screens.widgets.buttons import PressableBox
from screens.widgets.emblem import LongPressArea
from screens.widgets.nearest_filter import use_nearest_filter

GRADIENT_STEPS = 256  # more than the colours have between them


class BrandHeader(LongPressArea):
    """Emblem and names. A tap tells about this kiosk, a long hold is the technician's way in."""

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Name, text and place, see screens.touch_targets."""
        yield "about", "", window_rect(self)

    def on_touch_down(self, touch: Any) -> bool:
        """A finger, or the keypad, took it."""
        if not super().on_touch_down(touch):
            return False
        touch_handled.dispatch("on_touch_handled")
        return True

    def handle_tap(self) -> None:
        """What this kiosk is."""
        self.send(OpenAbout())


class FaultBanner(PressableBox):
    """A fault that stops nobody, said calmly before one begins."""

    has_siblings = BooleanProperty(False)  # it stands beside another one
    is_prominent = BooleanProperty(False)  # somebody is still near whom it is meant for
    is_brief = BooleanProperty(False)  # there is no room for the advice: touching it shows that


class AttractView(FloatLayout):
    """What stands on the glass while nobody is here."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    banner_count = NumericProperty(0)
    centre_name = StringProperty()
    centre_name_other = StringProperty()
    background_texture: Any = ObjectProperty(None)
    can_request_card = BooleanProperty(True)  # a card can be read now: no text asks for one otherwise
    can_print = BooleanProperty(True)  # a receipt can be printed now: no text promises one otherwise
    is_nearly_square = BooleanProperty(False)  # nearly: half of it is narrow

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._fault_notices: tuple[Fault, ...] = ()
        self._call_message = ""
        super().__init__(**kwargs)
        self.theme.fbind("contrast", self._paint_gradient)
        self._paint_gradient()

    def _paint_gradient(self, *_args: object) -> None:
        """From deep blue below to a lighter blue above, in steps that nobody sees."""
        parts = [min(1.0, max(0.0, 2 * step / GRADIENT_STEPS - 0.5)) for step in range(GRADIENT_STEPS)]
        below_above = list(zip(self.theme.attract_bottom[:3], self.theme.attract_top[:3], strict=True))
        pixels = bytes(round(255 * (low + part * (high - low))) for part in parts for low, high in below_above)
        self.background_texture = use_nearest_filter(Texture.create(size=(1, GRADIENT_STEPS), colorfmt="rgb"))
        self.background_texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")

    def clear(self) -> None:
        """Nothing of a visit is ever here."""

    def enter(self, journey: Journey) -> None:
        """Nothing to prepare."""

    def show(self, journey: Journey) -> None:
        """Names of the centre, and what does not work right now."""
        kiosk = journey.kiosk
        thai = journey.accessibility.language == "th"
        self.centre_name, self.centre_name_other = (
            (kiosk.centre_name_th, kiosk.centre_name_en) if thai else (kiosk.centre_name_en, kiosk.centre_name_th)
        )
        self.can_request_card = can_request_card(journey.environment)
        self.can_print = journey.environment.printer not in PRINTER_FAULTS
        warnings, call_message = attract_warnings(journey.environment), staff_call_banner(journey.staff_call)
        if (warnings, call_message) != (self._fault_notices, self._call_message):
            self._fault_notices, self._call_message = warnings, call_message
            self.banner_count = len(warnings) + bool(call_message)
            self.ids.banners.clear_widgets()
            if journey.staff_call is not None:
                heading, advice = staff_call_texts(journey.staff_call)
                line = FaultBanner(
                    name="call", message=heading, subtitle=advice, icon="bell-ringing", has_siblings=bool(warnings)
                )
                line.bind(on_release=lambda _line: self.send(RequestStaff()))
                self.ids.banners.add_widget(line)
            for fault in warnings:
                row = FAULTS[fault]
                line = FaultBanner(
                    name=f"notice.{fault.value}",
                    message=row.title,
                    subtitle=row.advice,
                    icon=row.icon,
                    has_siblings=self.banner_count > 1,
                    is_prominent=fault is Fault.CARD_LEFT_BEHIND,
                )
                line.bind(on_release=lambda _line, fault=fault: self.send(ShowFault(fault)))
                self.ids.banners.add_widget(line)


load_kv(__file__)
