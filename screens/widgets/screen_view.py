"""The frame of every screen but attract: header, title area, body, tray for a keyboard, footer."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

from journey.events import Back, Event
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.staff_call import staff_call_banner
from screens.theme import current_theme
from screens.widgets import emblem as _emblem  # noqa: F401  used by the rules, as are the next two
from screens.widgets import scroll_area as _scroll_area  # noqa: F401
from screens.widgets import text_labels as _text_labels  # noqa: F401
from screens.widgets.buttons import PressableBox
from screens.widgets.containers import Collapsible, FoldableBox, MirroredRow

STEP_COUNT = 6
# Shares of the window's height, for the accessibility option of low reach.
LOW_REACH_PORTRAIT = 0.5  # highest position of the body's top
LOW_REACH_LANDSCAPE = 0.75
LOW_REACH_FIELD = 0.2  # height of the body above the keyboard: enough for tabs and a field
TITLE_COLUMN_SHARE = 0.3  # of the window's width, in landscape


class Header(FoldableBox):
    """Emblem, the centre's names, and four buttons: language, text size, colours, accessibility."""

    view = ObjectProperty(None, allownone=True, rebind=True)


class StepBar(Widget):
    """One step: 'done', 'now' or 'coming'."""

    state = StringProperty("coming")


class StepIndicator(FoldableBox):
    """One bar for each step of the form."""

    step = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for _step in range(STEP_COUNT):
            self.add_widget(StepBar())

    def on_step(self, _widget: object, step: float) -> None:
        """Colour the bars."""
        for number, bar in enumerate(reversed(self.children), start=1):
            bar.state = "done" if number < step else "now" if number == step else "coming"


class LeadSection(Collapsible):
    """The read-only first part of a view. In low reach it moves to the upper half of a portrait window, below the
    title: the lower half has space only for touch targets."""


class Footer(MirroredRow):
    """Back, call staff, start over, and the primary button."""

    view = ObjectProperty(None, allownone=True, rebind=True)


class StaffCallBanner(PressableBox):
    """The state of the open staff call, above every view; a touch opens the overlay about it. In low reach it is
    read-only: the staff button in the footer does the same."""


class ScreenView(Layout):
    """A screen. Subclasses fill the body by their rule and follow the journey in `update`."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    step = NumericProperty(0)  # 1 to 6, 0 outside the form
    title = StringProperty()  # message id
    title_text = StringProperty()
    subtitle = StringProperty()  # message id of the second line; '' for the title in the other language
    subtitle_text = StringProperty()
    subtitle_gap = NumericProperty(4)  # units between title and subtitle
    is_compact = BooleanProperty(False)  # the keyboard leaves no space for the second line
    title_icon = StringProperty()  # an icon in a filled circle before the title
    title_icon_color = ColorProperty("#0A5A3A")
    primary = StringProperty()  # message id of the filled button; '' for no button
    primary_icon = StringProperty("chevron-right")
    primary_name = StringProperty("next")
    primary_enabled = BooleanProperty(True)
    secondary = StringProperty()  # message id of another button in the footer; '' leaves its space empty
    secondary_icon = StringProperty()
    secondary_name = StringProperty()  # '' for a screen that never has this button
    secondary_is_filled = BooleanProperty(False)  # the secondary button is the filled one: it is the next step now
    has_back_button = BooleanProperty(True)
    has_staff_button = BooleanProperty(True)
    has_start_over = BooleanProperty(True)
    centre_name = StringProperty()
    centre_name_other = StringProperty()
    call_message = StringProperty()  # message id of the staff call's state; '' while there is no call

    call_banner = ObjectProperty(None)
    header = ObjectProperty(None)
    title_area = ObjectProperty(None)
    scroll = ObjectProperty(None)
    body = ObjectProperty(None)
    tray = ObjectProperty(None)
    footer = ObjectProperty(None)
    lead: Any = ObjectProperty(None, allownone=True)  # the LeadSection, if the screen has one
    lead_above = BooleanProperty(False)  # the lead section is in the upper half
    lead_max_height = NumericProperty(0)  # pixels of height that it has there

    def __init__(self, **kwargs: Any) -> None:
        self.theme = current_theme()
        super().__init__(**kwargs)
        self._trigger_layout = Clock.create_trigger(self.do_layout, -1)
        for name in ("size", "pos", "step", "title", "title_text", "primary", "call_message"):
            self.fbind(name, self._trigger_layout)
        for name in ("unit", "portrait", "low_reach", "scale"):
            self.theme.fbind(name, self._trigger_layout)
        for part in (self.call_banner, self.title_area, self.tray):
            part.fbind("minimum_height", self._trigger_layout)
        if self.lead is not None:
            self._lead = self.lead.__self__  # the rule sets a proxy of the widget
            self._lead_home = self._lead.parent or self._lead.original_parent
            self.title_area.reserve_place(self._lead)
            for name in ("portrait", "low_reach"):
                self.theme.fbind(name, self._place_lead)
            self._place_lead()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """Add to the body what the rule of a subclass adds."""
        if self.body is None or widget is self.footer:
            super().add_widget(widget, *args, **kwargs)
        else:
            self.body.add_widget(widget, *args, **kwargs)

    def update(self, journey: Journey) -> None:
        """Follow the state. Called for every change; setting a property to its present value costs almost nothing."""

    def enter(self, journey: Journey) -> None:
        """The screen opens: begin at the top."""
        self.scroll.scroll_y = 1

    def clear(self) -> None:
        """A visit ended: remove the personal data that `update` does not overwrite."""

    def press_back(self) -> None:
        """The back button: to the previous screen, unless the view has a detail to close."""
        self.send(Back())

    def press_primary(self) -> None:
        """The primary button."""

    def press_secondary(self) -> None:
        """The secondary button."""

    def show(self, journey: Journey) -> None:
        """Follow the state: first what all screens show, then `update`."""
        self.centre_name, self.centre_name_other = journey.kiosk.centre_names(journey.accessibility.language)
        self.call_message = staff_call_banner(journey.staff_call)
        self.update(journey)

    def do_layout(self, *_args: object) -> None:
        """Portrait: banner, header, title area, body, tray and footer one below the other. Landscape: the title area is
        beside the body.

        In low reach the header is above the tray, the body begins low in the window, and above it is read-only content.
        Content that is too high for the lower part also begins there, and scrolls up into the blank space above it.
        """
        if self.footer is None or self.width < 2:
            return
        bottom, top = self._place_bars()
        if self.theme.portrait:
            self._place_content_portrait(bottom, top)
        else:
            self._place_content_landscape(bottom, top)

    def _place_bars(self) -> tuple[float, float]:
        """Place banner, header, tray and footer. Returns bottom and top of the space that is left."""
        u, portrait = self.theme.unit, self.theme.portrait
        footer = (200 if portrait else 156) * u if self.footer.view is not None and self._has_footer() else 0
        header = (148 if portrait else 116) * u
        tray = self.tray.minimum_height
        banner = self.call_banner.minimum_height if self.call_message else 0
        _place_rounded(self.footer, self.x, self.y, self.width, footer)
        _place_rounded(self.tray, self.x, self.y + footer, self.width, tray)
        self.footer.opacity = 1 if footer else 0
        _place_rounded(self.call_banner, self.x, self.top - banner, self.width, banner)
        self.call_banner.opacity = 1 if banner else 0
        bottom, top = self.y + footer + tray, self.top - banner
        if self.theme.low_reach:
            _place_rounded(self.header, self.x, bottom, self.width, header)
            return bottom + header, top
        _place_rounded(self.header, self.x, top - header, self.width, header)
        return bottom, top - header

    def _place_content_portrait(self, bottom: float, top: float) -> None:
        """The title area above the body."""
        margin, title_height = self.theme.margin, self.title_area.minimum_height
        middle = self.y + LOW_REACH_PORTRAIT * self.height
        if self.lead_above:
            self.lead_max_height = max(0, top - self._title_height() - middle)
        _place_rounded(self.title_area, self.x + margin, top - title_height, self.width - 2 * margin, title_height)
        body_top = self._body_top(top - title_height, max(bottom + LOW_REACH_FIELD * self.height, middle))
        _place_rounded(self.scroll, self.x, bottom, self.width, max(1, body_top - bottom))

    def _place_content_landscape(self, bottom: float, top: float) -> None:
        """The title area beside the body, both begin at the same height."""
        margin, title_height = self.theme.margin, self.title_area.minimum_height
        title_width = TITLE_COLUMN_SHARE * self.width if self.title or self.title_text else 0
        _place_rounded(self.title_area, self.x + margin, top - title_height, max(1, title_width - margin), title_height)
        has_tray = self.tray.minimum_height > 0
        body_top = self._body_top(top, top if has_tray else self.y + LOW_REACH_LANDSCAPE * self.height)
        _place_rounded(self.scroll, self.x + title_width, bottom, self.width - title_width, max(1, body_top - bottom))

    def _body_top(self, top: float, low_reach_top: float) -> float:
        """The top of the scroll area. `top` is the highest possible; in low reach the content must begin no higher than
        `low_reach_top`.

        Without a tray the scroll area keeps its height and the content begins with a blank. With a keyboard the scroll
        area ends there: a field that scrolls up would be out of reach.
        """
        excess = max(0, round(top - low_reach_top)) if self.theme.low_reach else 0
        if self.tray.minimum_height:
            self.scroll.top_blank = 0
            return top - excess
        self.scroll.top_blank = excess
        return top

    def _title_height(self) -> float:
        """Height of the title area without the lead section, whose height may depend on the rest."""
        others = [widget.height for widget in self.title_area.children if widget is not self._lead]
        padding = self.title_area.padding[1] + self.title_area.padding[3]
        return float(sum(others) + len(others) * self.title_area.spacing + padding)

    def _place_lead(self, *_args: object) -> None:
        """Move the lead section into the title area, or back to where the rule has it."""
        self.lead_above = self.theme.low_reach and self.theme.portrait
        lead, new_parent = self._lead, self.title_area if self.lead_above else self._lead_home
        if lead.parent is None:
            lead.original_parent = new_parent  # hidden: it comes back there
        elif lead.parent is not new_parent:
            lead.parent.remove_widget(lead)
            new_parent.reinsert(lead)

    def _has_footer(self) -> bool:
        return bool(self.has_back_button or self.primary or self.secondary or self.has_start_over)


def _place_rounded(widget: Widget, x: float, y: float, width: float, height: float) -> None:
    """Place the widget on whole pixels: text between pixels is blurred."""
    widget.pos = round(x), round(y)
    widget.size = round(width), round(height)


load_kv(__file__)
