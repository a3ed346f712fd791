"""Grounds and arrangements: rounded boxes, columns, rows, rules."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import BorderImage, Color, InstructionGroup
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.kv_loader import load_kv
from screens.theme import current_theme
from screens.widgets.rounded_textures import rounded_box_texture


class RoundedBox(Widget):
    """A rounded ground with a border."""

    fill = ColorProperty("#FFFFFF")
    border = ColorProperty("#D9D3C3")
    border_width = NumericProperty(2)
    radius = NumericProperty(26)

    def __init__(self, **kwargs: Any) -> None:
        self._border_image = BorderImage()
        super().__init__(**kwargs)
        under = InstructionGroup()
        under.add(Color(1, 1, 1, 1))
        under.add(self._border_image)
        self.canvas.before.insert(0, under)
        paint = Clock.create_trigger(self._paint, -1)
        for name in ("fill", "border", "border_width", "radius", "pos", "size"):
            self.fbind(name, paint)
        paint()

    def _paint(self, *_args: object) -> None:
        x, y, right, top = map(round, (self.x, self.y, self.right, self.top))
        corner = max(1, min(int(self.radius), (right - x) // 2, (top - y) // 2))
        self._border_image.texture = rounded_box_texture(
            self.fill, self.border, max(1, round(self.border_width)), corner
        )
        self._border_image.border = [corner] * 4
        self._border_image.pos, self._border_image.size = (x, y), (right - x, top - y)


class FoldableBox(BoxLayout):
    """A box layout that remembers the order of its children, so that a Collapsible can leave and come back."""

    def __init__(self, **kwargs: Any) -> None:
        self._all_children: list[Widget] = []
        super().__init__(**kwargs)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """As in every layout."""
        if widget not in self._all_children:
            self._all_children.append(widget)
        super().add_widget(widget, *args, **kwargs)

    def clear_widgets(self, *args: Any, **kwargs: Any) -> None:
        """As in every layout; folded children go too."""
        self._all_children.clear()
        super().clear_widgets(*args, **kwargs)

    @property
    def all_children(self) -> list[Widget]:
        """The children, folded ones among them, in their order."""
        return list(self._all_children)

    def reserve_place(self, widget: Widget) -> None:
        """Behind the others a place for a child that is elsewhere, for `reinsert`."""
        self._all_children.append(widget)

    def reinsert(self, widget: Widget) -> None:
        """Put a child that left in at its old place."""
        later = self._all_children[self._all_children.index(widget) + 1 :]
        super().add_widget(widget, index=sum(child in later for child in self.children))


class MirroredRow(FoldableBox):
    """Children side by side, for the left hand in the other direction."""

    def __init__(self, **kwargs: Any) -> None:
        self._theme = current_theme()
        super().__init__(**kwargs)
        self._theme.fbind("left_handed", self._trigger_layout)

    def do_layout(self, *args: Any) -> None:
        """As in every box layout, then mirrored where that is wished."""
        super().do_layout(*args)
        if self._theme.left_handed:
            for child in self.children:
                child.x = self.x + self.right - child.right


class Column(FoldableBox):
    """Children one below the other; as high as they need."""


class Row(FoldableBox):
    """Children side by side; as high as the tallest."""


class Collapsible(Column):
    """A part that is there or not. Hidden it leaves its FoldableBox: it takes no room and cannot be tapped."""

    is_shown = BooleanProperty(True)
    original_parent: Any = None

    def on_is_shown(self, _widget: object, is_shown: bool) -> None:
        """Leave, or come back."""
        if is_shown and self.original_parent is not None:
            original_parent, self.original_parent = self.original_parent, None
            original_parent.reinsert(self)
        elif not is_shown and self.parent is not None:
            self.original_parent = self.parent
            self.original_parent.remove_widget(self)


class Grid(GridLayout):
    """Children of one size in columns; as high as they need."""


class Panel(RoundedBox, Column):
    """A column on a white ground."""


class RowPanel(RoundedBox, Row):
    """A row on a ground: an icon and what it says."""


class Divider(Widget):
    """A thin line across."""


class Spacer(Widget):
    """Takes the room that is left."""

    def __init__(self, **kwargs: Any) -> None:
        # Kivy's box layout leaves what gets no room at all as large as it was; what has a least size it measures anew.
        super().__init__(size_hint_min=(1, 1), **kwargs)


class FractionBar(Widget):
    """How far something has come, 0 to 1."""

    fraction = NumericProperty(0)


load_kv(__file__)
