"""Grounds and arrangements: rounded boxes, columns, rows, rules."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import BorderImage, Color, InstructionGroup
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.kv_loader import load_rules
from screens.theme import worn
from screens.widgets.rounded_textures import skin


class Ground(Widget):
    """A rounded ground with a border."""

    fill = ColorProperty("#FFFFFF")
    border = ColorProperty("#D9D3C3")
    border_width = NumericProperty(2)
    radius = NumericProperty(26)

    def __init__(self, **kwargs: Any) -> None:
        self._box = BorderImage()
        super().__init__(**kwargs)
        under = InstructionGroup()
        under.add(Color(1, 1, 1, 1))
        under.add(self._box)
        self.canvas.before.insert(0, under)
        paint = Clock.create_trigger(self._paint, -1)
        for name in ("fill", "border", "border_width", "radius", "pos", "size"):
            self.fbind(name, paint)
        paint()

    def _paint(self, *_args: object) -> None:
        x, y, right, top = map(round, (self.x, self.y, self.right, self.top))
        corner = max(1, min(int(self.radius), (right - x) // 2, (top - y) // 2))
        self._box.texture = skin(self.fill, self.border, max(1, round(self.border_width)), corner)
        self._box.border = [corner] * 4
        self._box.pos, self._box.size = (x, y), (right - x, top - y)


class Strip(BoxLayout):
    """A box layout that remembers the order of its children, so that a Fold can leave and come back."""

    def __init__(self, **kwargs: Any) -> None:
        self._order: list[Widget] = []
        super().__init__(**kwargs)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """As in every layout."""
        if widget not in self._order:
            self._order.append(widget)
        super().add_widget(widget, *args, **kwargs)

    def clear_widgets(self, *args: Any, **kwargs: Any) -> None:
        """As in every layout; folded children go too."""
        self._order.clear()
        super().clear_widgets(*args, **kwargs)

    @property
    def parts(self) -> list[Widget]:
        """The children, folded ones among them, in their order."""
        return list(self._order)

    def expect(self, widget: Widget) -> None:
        """Behind the others a place for a child that is elsewhere, for `bring_back`."""
        self._order.append(widget)

    def bring_back(self, widget: Widget) -> None:
        """Put a child that left in at its old place."""
        later = self._order[self._order.index(widget) + 1 :]
        super().add_widget(widget, index=sum(child in later for child in self.children))


class Mirrored(Strip):
    """Children side by side, for the left hand in the other direction."""

    def __init__(self, **kwargs: Any) -> None:
        self._look = worn()
        super().__init__(**kwargs)
        self._look.fbind("left_handed", self._trigger_layout)

    def do_layout(self, *args: Any) -> None:
        """As in every box layout, then mirrored where that is wished."""
        super().do_layout(*args)
        if self._look.left_handed:
            for child in self.children:
                child.x = self.x + self.right - child.right


class Column(Strip):
    """Children one below the other; as high as they need."""


class Row(Strip):
    """Children side by side; as high as the tallest."""


class Fold(Column):
    """A part that is there or not. Hidden it leaves its Strip: it takes no room and cannot be tapped."""

    shown = BooleanProperty(True)
    home: Any = None

    def on_shown(self, _widget: object, shown: bool) -> None:
        """Leave, or come back."""
        if shown and self.home is not None:
            home, self.home = self.home, None
            home.bring_back(self)
        elif not shown and self.parent is not None:
            self.home = self.parent
            self.home.remove_widget(self)


class Grid(GridLayout):
    """Children of one size in columns; as high as they need."""


class Card(Ground, Column):
    """A column on a white ground."""


class RowCard(Ground, Row):
    """A row on a ground: an icon and what it says."""


class Rule(Widget):
    """A thin line across."""


class Spring(Widget):
    """Takes the room that is left."""

    def __init__(self, **kwargs: Any) -> None:
        # Kivy's box layout leaves what gets no room at all as large as it was; what has a least size it measures anew.
        super().__init__(size_hint_min=(1, 1), **kwargs)


class Bar(Widget):
    """How far something has come, 0 to 1."""

    fraction = NumericProperty(0)


load_rules(__file__)
