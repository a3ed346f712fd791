"""The frame of every screen but attract: header, progress and headline, content, tray, footer."""

from collections.abc import Callable
from itertools import takewhile
from typing import Any
from weakref import WeakSet

from kivy.clock import Clock
from kivy.graphics import ScissorPop
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.layout import Layout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from journey.events import Back, Event
from journey.state import Journey
from screens.kv_loader import load_kv
from screens.staff_call import staff_call_banner
from screens.theme import current_theme
from screens.widgets import emblem as _emblem  # noqa: F401
from screens.widgets import text_labels as _text_labels  # noqa: F401  the rules use these
from screens.widgets.buttons import PressableBox
from screens.widgets.clip_rect import ClipRect
from screens.widgets.containers import Collapsible, Column, FoldableBox, MirroredRow, RoundedBox, Spacer

STEP_COUNT = 6
MAX_UNSEEN_PX = 3  # pixels: nobody misses so little of the edge of what is shown, and a bar for it confuses


class Header(FoldableBox):
    """Emblem, the centre's names, the four buttons of comfort."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class StepBar(Widget):
    """One step: 'done', 'now' or 'coming'."""

    state = StringProperty("coming")


class StepIndicator(FoldableBox):
    """One bar for each step of a visit."""

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
    """What is only read and comes first. With low buttons it stands in the upper half of a tall window, under the
    headline: the lower half has room for what is touched only."""


class Footer(MirroredRow):
    """Back, ask staff, start over, and the one button that moves on."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class ScrollArea(ScrollView):
    """Scrolls only when what is seen of its content is higher than its place; then it shows a bar. Content that is
    higher by no more than the blank at its ends stands still, and the place cuts blank only."""

    top_blank = NumericProperty(0)  # pixels of blank on top of the content that lead its first part low down: never cut

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(do_scroll_x=False, do_scroll_y=False, **kwargs)
        self._clip = ClipRect()
        self._inner: WeakSet[ScrollArea] = WeakSet()  # those in the content, whose place in the window moves with it
        self._content_lift = 0.0  # pixels that the content stands higher, so that its upper blank is cut
        self.canvas.before.add(self._clip)
        self.canvas.after.insert(0, ScissorPop())
        cut = Clock.create_trigger(self._cut, -1)
        for name in ("pos", "size"):
            self.fbind(name, cut)
        for name in ("height", "top_blank"):
            self.fbind(name, self._update_scrollable)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """As in every scroll view; the content's height decides."""
        super().add_widget(widget, *args, **kwargs)
        widget.fbind("height", self._update_scrollable)

    def update_from_scroll(self, *args: Any) -> None:
        """As in every scroll view, on whole pixels: between them, type would be blurred."""
        super().update_from_scroll(*args)
        x, y = self.g_translate.xy
        self.g_translate.xy = round(x), round(y + self._content_lift)
        for inner in self._inner:
            inner._cut()

    def _cut(self, *_args: object) -> None:
        around = self.parent
        while around is not None and around.parent is not around:
            if isinstance(around, ScrollArea):
                around._inner.add(self)
            around = around.parent
        self._clip.fit(*self.to_window(*self.pos), *self.size)

    def _update_scrollable(self, *_args: object) -> None:
        self._content_lift = 0.0
        over = self.children[0].height - self.height if self.children else 0.0
        if over > MAX_UNSEEN_PX:
            content = self.children[0]
            above, below = _blank_above(content) - self.top_blank, _blank_below(content)
            if (rest := over - above - below) <= MAX_UNSEEN_PX:
                # What is not blank is cut at both ends alike.
                self._content_lift = above + rest / 2 if rest > 0 else max(0.0, over - below)
                self.scroll_y, over = 1, 0.0
        self.do_scroll_y = over > MAX_UNSEEN_PX


def _blank_above(content: Widget) -> float:
    """Pixels above the first thing in a column that is as high as it must be."""
    if not isinstance(content, Column):
        return 0.0
    return float(content.padding[1]) + _spacer_height(content, content.children[::-1])


def _blank_below(content: Widget) -> float:
    """Pixels below the last thing in such a column, or in the column that this is."""
    if not isinstance(content, Column) or isinstance(content, RoundedBox):  # a card's edge is seen
        return 0.0
    last = next((part for part in content.children if part.height and not isinstance(part, Spacer)), None)
    inner = _blank_below(last) if last is not None else 0.0
    return float(content.padding[3]) + _spacer_height(content, content.children) + inner


def _spacer_height(column: Column, parts: list[Widget]) -> float:
    """Pixels of the springs, and of what is empty, that `parts` begin with."""
    blank = takewhile(lambda part: isinstance(part, Spacer) or not part.height, parts)
    return float(sum((part.size_hint_min_y or 0) + column.spacing for part in blank))


class StaffCallBanner(PressableBox):
    """How the call for staff stands, over every page while one is open; a touch opens more about it. In low reach it is
    only read: the bell in the footer does the same."""


class ScreenView(Layout):
    """A screen. Subclasses fill the body by their rule and follow the journey in `update`."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    step = NumericProperty(0)  # 1 to 6, 0 outside a visit's steps
    title = StringProperty()  # message id
    title_text = StringProperty()
    subtitle = StringProperty()  # message id of the second line; '' takes the title in the other language
    subtitle_text = StringProperty()
    is_compact = BooleanProperty(False)  # the keyboard leaves no room for the second line
    title_icon = StringProperty()  # an icon in a filled circle before the headline
    title_icon_color = ColorProperty("#0A5A3A")
    primary = StringProperty()  # message id of the one filled button; '' is none
    primary_icon = StringProperty("chevron-right")
    primary_name = StringProperty("next")
    primary_enabled = BooleanProperty(True)
    secondary = StringProperty()  # message id of another button in the footer; '' leaves its place empty
    secondary_icon = StringProperty()
    secondary_name = StringProperty()  # '' is a page that never has one
    secondary_is_filled = BooleanProperty(False)  # the other button is the next step now: it is the filled one
    has_back_button = BooleanProperty(True)
    has_staff_button = BooleanProperty(True)
    has_start_over = BooleanProperty(True)  # start over
    centre_name = StringProperty()
    centre_name_other = StringProperty()
    call_message = StringProperty()  # message id: how the open call for staff stands, '' while there is none

    call_banner = ObjectProperty(None)
    header = ObjectProperty(None)
    title_area = ObjectProperty(None)
    scroll = ObjectProperty(None)
    body = ObjectProperty(None)
    tray = ObjectProperty(None)
    footer = ObjectProperty(None)
    lead: Any = ObjectProperty(None, allownone=True)  # at most one for a page
    lead_above = BooleanProperty(False)  # the lead stands in the upper half
    lead_max_height = NumericProperty(0)  # pixels of height it has there

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
            self._lead = self.lead.__self__  # a rule gives a proxy, which is not the widget itself
            self._lead_home = self._lead.parent or self._lead.original_parent
            self.title_area.reserve_place(self._lead)
            for name in ("portrait", "low_reach"):
                self.theme.fbind(name, self._place_lead)
            self._place_lead()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """What a subclass' rule adds belongs to the body."""
        if self.body is None or widget is self.footer:
            super().add_widget(widget, *args, **kwargs)
        else:
            self.body.add_widget(widget, *args, **kwargs)

    def update(self, journey: Journey) -> None:
        """Follow the state. Called for every change: sets properties, which cost nothing while they stay the same."""

    def enter(self, journey: Journey) -> None:
        """The screen comes up: begin at the top."""
        self.scroll.scroll_y = 1

    def clear(self) -> None:
        """A visit ended: drop what `update` does not overwrite."""

    def press_back(self) -> None:
        """Back: to the question before, unless the page has something open."""
        self.send(Back())

    def press_primary(self) -> None:
        """The filled button."""

    def press_secondary(self) -> None:
        """The other button."""

    def show(self, journey: Journey) -> None:
        """What all pages show, then what this one does."""
        kiosk = journey.kiosk
        thai = journey.accessibility.language == "th"
        self.centre_name, self.centre_name_other = (
            (kiosk.centre_name_th, kiosk.centre_name_en) if thai else (kiosk.centre_name_en, kiosk.centre_name_th)
        )
        self.call_message = staff_call_banner(journey.staff_call)
        self.update(journey)

    def do_layout(self, *_args: object) -> None:
        """Band, header, crown, body, tray, footer: stacked in portrait; in landscape the crown stands beside the body.

        Low reach leaves the upper part to what is only read and puts everything that is touched below it. Content that
        is too high for the lower part begins there all the same, and scrolls up into the blank above it.
        """
        if self.footer is None or self.width < 2:
            return
        u, margin = self.theme.unit, self.theme.margin
        footer = (200 if self.theme.portrait else 156) * u if self.footer.page is not None and self._has_footer() else 0
        header = (148 if self.theme.portrait else 116) * u
        tray = self.tray.minimum_height
        _place_rounded(self.footer, self.x, self.y, self.width, footer)
        _place_rounded(self.tray, self.x, self.y + footer, self.width, tray)
        self.footer.opacity = 1 if footer else 0
        call_banner = self.call_banner.minimum_height if self.call_message else 0
        _place_rounded(self.call_banner, self.x, self.top - call_banner, self.width, call_banner)
        self.call_banner.opacity = 1 if call_banner else 0
        low, high = self.y + footer + tray, self.top - call_banner
        if self.theme.low_reach:
            _place_rounded(self.header, self.x, low, self.width, header)
            low += header
        else:
            _place_rounded(self.header, self.x, high - header, self.width, header)
            high -= header
        inner = self.width - 2 * margin
        if self.theme.portrait:
            title_area = self.title_area.minimum_height
            if self.lead_above:
                self.lead_max_height = max(0, high - self._title_height() - (self.y + 0.5 * self.height))
            _place_rounded(self.title_area, self.x + margin, high - title_area, inner, title_area)
            high -= title_area
            # The lower half; beside a keyboard, which fills it, no higher than tabs and a field need.
            begin = max(low + 0.2 * self.height, self.y + 0.5 * self.height)
            _place_rounded(self.scroll, self.x, low, self.width, max(1, self._below_blank(high, begin, tray) - low))
        else:
            side = 0.3 * self.width if self.title or self.title_text else 0
            title_area = self.title_area.minimum_height
            _place_rounded(self.title_area, self.x + margin, high - title_area, max(1, side - margin), title_area)
            begin = high if tray else self.y + 0.75 * self.height
            high = self._below_blank(high, begin, tray)
            _place_rounded(self.scroll, self.x + side, low, self.width - side, max(1, high - low))

    def _below_blank(self, high: float, begin: float, tray: float) -> float:
        """Where the place that scrolls ends at its top, when there is room up to `high` and low reach has the content
        begin no higher than `begin`. Beside a keyboard it ends there: a field that scrolls would be out of reach."""
        over = max(0, round(high - begin)) if self.theme.low_reach else 0
        self.scroll.top_blank = 0 if tray else over
        return high - over if tray else high

    def _title_height(self) -> float:
        """Pixels of height that the crown needs for everything but the lead, whose height may depend on the rest."""
        others = [widget.height for widget in self.title_area.children if widget is not self._lead]
        return float(
            sum(others)
            + len(others) * self.title_area.spacing
            + self.title_area.padding[1]
            + self.title_area.padding[3]
        )

    def _place_lead(self, *_args: object) -> None:
        """Into the upper half, or back to where the rule has it."""
        self.lead_above = self.theme.low_reach and self.theme.portrait
        lead, place = self._lead, self.title_area if self.lead_above else self._lead_home
        if lead.parent is None:
            lead.original_parent = place  # folded: it comes back there
        elif lead.parent is not place:
            lead.parent.remove_widget(lead)
            place.reinsert(lead)

    def _has_footer(self) -> bool:
        return bool(self.has_back_button or self.primary or self.secondary or self.has_start_over)


def _place_rounded(widget: Widget, x: float, y: float, width: float, height: float) -> None:
    """On whole pixels: between them, type would be blurred."""
    widget.pos = round(x), round(y)
    widget.size = round(width), round(height)


load_kv(__file__)
