"""Backgrounds and layouts: rounded boxes, columns, rows, collapsible parts."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import BorderImage, Color, InstructionGroup
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.kv_loader import load_kv
from screens.theme import current_theme
from screens.widgets.textures import rounded_box_texture


class RoundedBox(Widget):
    """A rounded, filled box with a border."""

    fill = ColorProperty("#FFFFFF")
    border = ColorProperty("#D9D3C3")
    border_width = NumericProperty(2)
    radius = NumericProperty(26)

    def __init__(self, **kwargs: Any) -> None:
        self._border_image = BorderImage()
        super().__init__(**kwargs)
        background = InstructionGroup()
        background.add(Color(1, 1, 1, 1))
        background.add(self._border_image)
        self.canvas.before.insert(0, background)
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
        """Add a child and remember its place."""
        if widget not in self._all_children:
            self._all_children.append(widget)
        super().add_widget(widget, *args, **kwargs)

    def clear_widgets(self, *args: Any, **kwargs: Any) -> None:
        """Remove all children, including those that left."""
        self._all_children.clear()
        super().clear_widgets(*args, **kwargs)

    @property
    def all_children(self) -> list[Widget]:
        """The children in their order, including those that left."""
        return list(self._all_children)

    def reserve_place(self, widget: Widget) -> None:
        """Reserve the last place for a child that is elsewhere now and comes by `reinsert`."""
        self._all_children.append(widget)

    def reinsert(self, widget: Widget) -> None:
        """Put a child that left back in its place."""
        later = self._all_children[self._all_children.index(widget) + 1 :]
        super().add_widget(widget, index=sum(child in later for child in self.children))


class MirroredRow(FoldableBox):
    """Children side by side; mirrored for the left hand."""

    def __init__(self, **kwargs: Any) -> None:
        self._theme = current_theme()
        super().__init__(**kwargs)
        self._theme.fbind("left_handed", self._trigger_layout)

    def do_layout(self, *args: Any) -> None:
        """Lay out as a box layout does, then mirror for the left hand."""
        super().do_layout(*args)
        if self._theme.left_handed:
            for child in self.children:
                child.x = self.x + self.right - child.right


class Column(FoldableBox):
    """Children one below the other; as high as their sum."""


class Row(FoldableBox):
    """Children side by side; as high as the tallest."""


class Collapsible(Column):
    """A part that can be hidden. Hidden, it leaves its FoldableBox: it takes no space and cannot be tapped."""

    is_shown = BooleanProperty(True)
    original_parent: Any = None

    def on_is_shown(self, _widget: object, is_shown: bool) -> None:
        """Leave the parent, or come back."""
        if is_shown and self.original_parent is not None:
            original_parent, self.original_parent = self.original_parent, None
            original_parent.reinsert(self)
        elif not is_shown and self.parent is not None:
            self.original_parent = self.parent
            self.original_parent.remove_widget(self)


class Grid(GridLayout):
    """Children of equal size in columns; as high as its rows."""


class Panel(RoundedBox, Column):
    """A column in a rounded box."""


class RowPanel(RoundedBox, Row):
    """A row in a rounded box, usually an icon and text."""


class Divider(Widget):
    """A thin line across."""


class Spacer(Widget):
    """Takes the free space."""

    def __init__(self, **kwargs: Any) -> None:
        # Kivy's box layout does not resize a child that gets no space; a child with a minimum size is always resized.
        super().__init__(size_hint_min=(1, 1), **kwargs)


class FractionBar(Widget):
    """A progress bar; `fraction` is 0 to 1."""

    fraction = NumericProperty(0)


load_kv(__file__)
