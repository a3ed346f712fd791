"""The attract screen, shown while nobody is here: what the kiosk is for, and one gold button."""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from journey.environment_faults import attract_warnings, can_print, can_request_card
from journey.events import Event, OpenAbout, RequestStaff, ShowFault
from journey.faults import FAULTS, Fault
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.rect import Rect, window_rect
from screens.staff_call import staff_call_banner, staff_call_texts
from screens.theme import current_theme
from screens.touch_guard import touch_handled
from screens.widgets import screen_view as _screen_view  # noqa: F401  the rule uses its widgets
from screens.widgets.buttons import PressableBox
from screens.widgets.emblem import TechnicianEntryArea
from screens.widgets.textures import use_nearest_filter

GRADIENT_STEPS = 256  # more than the number of shades between the two colours


class BrandHeader(TechnicianEntryArea):
    """Emblem and names. A tap opens the screen about this kiosk, a long press the technician's PIN screen."""

    def tap_targets(self) -> Iterator[tuple[str, str, Rect]]:
        """Name, text and rectangle, see screens.touch_targets."""
        yield "about", "", window_rect(self)

    def on_touch_down(self, touch: Any) -> bool:
        """A finger or the keypad went down on it."""
        if not super().on_touch_down(touch):
            return False
        touch_handled.dispatch("on_touch_handled")
        return True

    def handle_tap(self) -> None:
        """Open the screen about this kiosk."""
        self.send(OpenAbout())


class FaultBanner(PressableBox):
    """A fault that blocks nobody, or the state of a staff call, shown before a visit begins."""

    has_siblings = BooleanProperty(False)  # there is another banner beside it
    is_prominent = BooleanProperty(False)  # the person whom it concerns may still be nearby
    is_brief = BooleanProperty(False)  # without the advice, for lack of space: a touch opens the fault screen


class AttractView(FloatLayout):
    """The attract screen. It has no personal data."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    banner_count = NumericProperty(0)
    centre_name = StringProperty()
    centre_name_other = StringProperty()
    background_texture: Any = ObjectProperty(None)
    can_request_card = BooleanProperty(True)  # a card can be read now: otherwise no text mentions one
    can_print = BooleanProperty(True)  # a receipt can be printed now: otherwise no text promises one
    is_nearly_square = BooleanProperty(False)  # nearly square: half of the width is narrow

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        self._warnings: tuple[Fault, ...] = ()
        self._call_message = ""
        super().__init__(**kwargs)
        self.theme.fbind("contrast", self._paint_gradient)
        self._paint_gradient()

    def _paint_gradient(self, *_args: object) -> None:
        """Paint a gradient from dark blue at the bottom to a lighter blue at the top, without visible steps."""
        fractions = [min(1.0, max(0.0, 2 * step / GRADIENT_STEPS - 0.5)) for step in range(GRADIENT_STEPS)]
        channels = list(zip(self.theme.attract_bottom[:3], self.theme.attract_top[:3], strict=True))
        pixels = bytes(
            round(255 * (bottom + fraction * (top - bottom))) for fraction in fractions for bottom, top in channels
        )
        self.background_texture = use_nearest_filter(Texture.create(size=(1, GRADIENT_STEPS), colorfmt="rgb"))
        self.background_texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")

    def clear(self) -> None:
        """Nothing to clear."""

    def enter(self, journey: Journey) -> None:
        """Nothing to prepare."""

    def show(self, journey: Journey) -> None:
        """The centre's names, and banners for what does not work now."""
        self.centre_name, self.centre_name_other = journey.kiosk.centre_names(journey.accessibility.language)
        self.can_request_card, self.can_print = can_request_card(journey.environment), can_print(journey.environment)
        warnings, call_message = attract_warnings(journey.environment), staff_call_banner(journey.staff_call)
        if (warnings, call_message) != (self._warnings, self._call_message):
            self._warnings, self._call_message = warnings, call_message
            self._show_banners(journey)

    def _show_banners(self, journey: Journey) -> None:
        self.banner_count = len(self._warnings) + bool(self._call_message)
        self.ids.banners.clear_widgets()
        if journey.staff_call is not None:
            heading, advice = staff_call_texts(journey.staff_call)
            self._add_banner(RequestStaff(), name="call", message=heading, subtitle=advice, icon="bell-ringing")
        for fault in self._warnings:
            row = FAULTS[fault]
            self._add_banner(
                ShowFault(fault),
                name=f"notice.{fault.value}",
                message=row.title,
                subtitle=row.advice,
                icon=row.icon,
                is_prominent=fault is Fault.CARD_LEFT_BEHIND,
            )

    def _add_banner(self, event: Event, **properties: Any) -> None:
        banner = FaultBanner(has_siblings=self.banner_count > 1, **properties)
        banner.bind(on_release=lambda _banner: self.send(event))
        self.ids.banners.add_widget(banner)


load_kv(__file__)
