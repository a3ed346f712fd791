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
from screens.kv_loader import load_rules
from screens.staff_call import line_of
from screens.theme import worn
from screens.widgets import emblem as _emblem  # noqa: F401
from screens.widgets.buttons import Press
from screens.widgets.clip_rect import Clip
from screens.widgets.containers import Column, Fold, Ground, Mirrored, Spring, Strip

STEPS = 6
UNSEEN = 3  # pixels: nobody misses so little of the edge of what is shown, and a bar for it confuses


class Header(Strip):
    """Emblem, the centre's names, the four buttons of comfort."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class StepBar(Widget):
    """One step: 'done', 'now' or 'coming'."""

    state = StringProperty("coming")


class Steps(Strip):
    """One bar for each step of a visit."""

    step = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for _step in range(STEPS):
            self.add_widget(StepBar())

    def on_step(self, _widget: object, step: float) -> None:
        """Colour the bars."""
        for number, bar in enumerate(reversed(self.children), start=1):
            bar.state = "done" if number < step else "now" if number == step else "coming"


class Lead(Fold):
    """What is only read and comes first. With low buttons it stands in the upper half of a tall window, under the
    headline: the lower half has room for what is touched only."""


class Footer(Mirrored):
    """Back, ask staff, start over, and the one button that moves on."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class Scroll(ScrollView):
    """Scrolls only when what is seen of its content is higher than its place; then it shows a bar. Content that is
    higher by no more than the blank at its ends stands still, and the place cuts blank only."""

    head = NumericProperty(0)  # pixels of blank on top of the content that lead its first part low down: never cut

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(do_scroll_x=False, do_scroll_y=False, **kwargs)
        self._clip = Clip()
        self._inner: WeakSet[Scroll] = WeakSet()  # those in the content, whose place in the window moves with it
        self._lift = 0.0  # pixels that the content stands higher, so that its upper blank is cut
        self.canvas.before.add(self._clip)
        self.canvas.after.insert(0, ScissorPop())
        cut = Clock.create_trigger(self._cut, -1)
        for name in ("pos", "size"):
            self.fbind(name, cut)
        for name in ("height", "head"):
            self.fbind(name, self._judge)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """As in every scroll view; the content's height decides."""
        super().add_widget(widget, *args, **kwargs)
        widget.fbind("height", self._judge)

    def update_from_scroll(self, *args: Any) -> None:
        """As in every scroll view, on whole pixels: between them, type would be blurred."""
        super().update_from_scroll(*args)
        x, y = self.g_translate.xy
        self.g_translate.xy = round(x), round(y + self._lift)
        for inner in self._inner:
            inner._cut()

    def _cut(self, *_args: object) -> None:
        around = self.parent
        while around is not None and around.parent is not around:
            if isinstance(around, Scroll):
                around._inner.add(self)
            around = around.parent
        self._clip.fit(*self.to_window(*self.pos), *self.size)

    def _judge(self, *_args: object) -> None:
        self._lift = 0.0
        over = self.children[0].height - self.height if self.children else 0.0
        if over > UNSEEN:
            content = self.children[0]
            above, below = _blank_above(content) - self.head, _blank_below(content)
            if (rest := over - above - below) <= UNSEEN:
                # What is not blank is cut at both ends alike.
                self._lift = above + rest / 2 if rest > 0 else max(0.0, over - below)
                self.scroll_y, over = 1, 0.0
        self.do_scroll_y = over > UNSEEN


def _blank_above(content: Widget) -> float:
    """Pixels above the first thing in a column that is as high as it must be."""
    if not isinstance(content, Column):
        return 0.0
    return float(content.padding[1]) + _springs(content, content.children[::-1])


def _blank_below(content: Widget) -> float:
    """Pixels below the last thing in such a column, or in the column that this is."""
    if not isinstance(content, Column) or isinstance(content, Ground):  # a card's edge is seen
        return 0.0
    last = next((part for part in content.children if part.height and not isinstance(part, Spring)), None)
    inner = _blank_below(last) if last is not None else 0.0
    return float(content.padding[3]) + _springs(content, content.children) + inner


def _springs(column: Column, parts: list[Widget]) -> float:
    """Pixels of the springs, and of what is empty, that `parts` begin with."""
    blank = takewhile(lambda part: isinstance(part, Spring) or not part.height, parts)
    return float(sum((part.size_hint_min_y or 0) + column.spacing for part in blank))


class CallBand(Press):
    """How the call for staff stands, over every page while one is open; a touch opens more about it. In low reach it is
    only read: the bell in the footer does the same."""


class Page(Layout):
    """A screen. Subclasses fill the body by their rule and follow the journey in `draw`."""

    send: Callable[[Event], None] = ObjectProperty(lambda event: None)
    step = NumericProperty(0)  # 1 to 6, 0 outside a visit's steps
    title = StringProperty()  # message id
    title_words = StringProperty()
    quiet = StringProperty()  # message id of the second line; '' takes the title in the other language
    quiet_words = StringProperty()
    terse = BooleanProperty(False)  # the keyboard leaves no room for the second line
    crest = StringProperty()  # an icon in a filled circle before the headline
    crest_color = ColorProperty("#0A5A3A")
    primary = StringProperty()  # message id of the one filled button; '' is none
    primary_icon = StringProperty("chevron-right")
    primary_name = StringProperty("next")
    primary_ready = BooleanProperty(True)
    second = StringProperty()  # message id of another button in the footer; '' leaves its place empty
    second_icon = StringProperty()
    second_name = StringProperty()  # '' is a page that never has one
    second_first = BooleanProperty(False)  # the other button is the next step now: it is the filled one
    back = BooleanProperty(True)
    staff = BooleanProperty(True)
    over = BooleanProperty(True)  # start over
    centre = StringProperty()
    centre_other = StringProperty()
    call_line = StringProperty()  # message id: how the open call for staff stands, '' while there is none

    band = ObjectProperty(None)
    header = ObjectProperty(None)
    crown = ObjectProperty(None)
    scroll = ObjectProperty(None)
    body = ObjectProperty(None)
    tray = ObjectProperty(None)
    footer = ObjectProperty(None)
    lead: Any = ObjectProperty(None, allownone=True)  # at most one for a page
    led = BooleanProperty(False)  # the lead stands in the upper half
    lead_room = NumericProperty(0)  # pixels of height it has there

    def __init__(self, **kwargs: Any) -> None:
        self.look = worn()
        super().__init__(**kwargs)
        self._trigger_layout = Clock.create_trigger(self.do_layout, -1)
        for name in ("size", "pos", "step", "title", "title_words", "primary", "call_line"):
            self.fbind(name, self._trigger_layout)
        for name in ("u", "portrait", "low_reach", "scale"):
            self.look.fbind(name, self._trigger_layout)
        for part in (self.band, self.crown, self.tray):
            part.fbind("minimum_height", self._trigger_layout)
        if self.lead is not None:
            self._lead = self.lead.__self__  # a rule gives a proxy, which is not the widget itself
            self._lead_home = self._lead.parent or self._lead.home
            self.crown.expect(self._lead)
            for name in ("portrait", "low_reach"):
                self.look.fbind(name, self._place_lead)
            self._place_lead()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """What a subclass' rule adds belongs to the body."""
        if self.body is None or widget is self.footer:
            super().add_widget(widget, *args, **kwargs)
        else:
            self.body.add_widget(widget, *args, **kwargs)

    def draw(self, journey: Journey) -> None:
        """Follow the state. Called for every change: sets properties, which cost nothing while they stay the same."""

    def enter(self, journey: Journey) -> None:
        """The screen comes up: begin at the top."""
        self.scroll.scroll_y = 1

    def forget(self) -> None:
        """A visit ended: drop what `draw` does not overwrite."""

    def press_back(self) -> None:
        """Back: to the question before, unless the page has something open."""
        self.send(Back())

    def press_primary(self) -> None:
        """The filled button."""

    def press_second(self) -> None:
        """The other button."""

    def show(self, journey: Journey) -> None:
        """What all pages show, then what this one does."""
        hall = journey.hall
        thai = journey.comfort.language == "th"
        self.centre, self.centre_other = (hall.centre_th, hall.centre_en) if thai else (hall.centre_en, hall.centre_th)
        self.call_line = line_of(journey.call)
        self.draw(journey)

    def do_layout(self, *_args: object) -> None:
        """Band, header, crown, body, tray, footer: stacked in portrait; in landscape the crown stands beside the body.

        Low reach leaves the upper part to what is only read and puts everything that is touched below it. Content that
        is too high for the lower part begins there all the same, and scrolls up into the blank above it.
        """
        if self.footer is None or self.width < 2:
            return
        u, margin = self.look.u, self.look.margin
        footer = (200 if self.look.portrait else 156) * u if self.footer.page is not None and self._has_footer() else 0
        header = (148 if self.look.portrait else 116) * u
        tray = self.tray.minimum_height
        _put(self.footer, self.x, self.y, self.width, footer)
        _put(self.tray, self.x, self.y + footer, self.width, tray)
        self.footer.opacity = 1 if footer else 0
        band = self.band.minimum_height if self.call_line else 0
        _put(self.band, self.x, self.top - band, self.width, band)
        self.band.opacity = 1 if band else 0
        low, high = self.y + footer + tray, self.top - band
        if self.look.low_reach:
            _put(self.header, self.x, low, self.width, header)
            low += header
        else:
            _put(self.header, self.x, high - header, self.width, header)
            high -= header
        inner = self.width - 2 * margin
        if self.look.portrait:
            crown = self.crown.minimum_height
            if self.led:
                self.lead_room = max(0, high - self._headline() - (self.y + 0.5 * self.height))
            _put(self.crown, self.x + margin, high - crown, inner, crown)
            high -= crown
            # The lower half; beside a keyboard, which fills it, no higher than tabs and a field need.
            begin = max(low + 0.2 * self.height, self.y + 0.5 * self.height)
            _put(self.scroll, self.x, low, self.width, max(1, self._below_blank(high, begin, tray) - low))
        else:
            side = 0.3 * self.width if self.title or self.title_words else 0
            crown = self.crown.minimum_height
            _put(self.crown, self.x + margin, high - crown, max(1, side - margin), crown)
            begin = high if tray else self.y + 0.75 * self.height
            high = self._below_blank(high, begin, tray)
            _put(self.scroll, self.x + side, low, self.width - side, max(1, high - low))

    def _below_blank(self, high: float, begin: float, tray: float) -> float:
        """Where the place that scrolls ends at its top, when there is room up to `high` and low reach has the content
        begin no higher than `begin`. Beside a keyboard it ends there: a field that scrolls would be out of reach."""
        over = max(0, round(high - begin)) if self.look.low_reach else 0
        self.scroll.head = 0 if tray else over
        return high - over if tray else high

    def _headline(self) -> float:
        """Pixels of height that the crown needs for everything but the lead, whose height may depend on the rest."""
        others = [widget.height for widget in self.crown.children if widget is not self._lead]
        return float(sum(others) + len(others) * self.crown.spacing + self.crown.padding[1] + self.crown.padding[3])

    def _place_lead(self, *_args: object) -> None:
        """Into the upper half, or back to where the rule has it."""
        self.led = self.look.low_reach and self.look.portrait
        lead, place = self._lead, self.crown if self.led else self._lead_home
        if lead.parent is None:
            lead.home = place  # folded: it comes back there
        elif lead.parent is not place:
            lead.parent.remove_widget(lead)
            place.bring_back(lead)

    def _has_footer(self) -> bool:
        return bool(self.back or self.primary or self.second or self.over)


def _put(widget: Widget, x: float, y: float, width: float, height: float) -> None:
    """On whole pixels: between them, type would be blurred."""
    widget.pos = round(x), round(y)
    widget.size = round(width), round(height)


load_rules(__file__)
