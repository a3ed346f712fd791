"""A long list of areas to choose from, with a strip of initial letters beside it."""

from collections.abc import Callable
from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.recycleview import RecycleView

from screens.kv_loader import load_kv
from screens.widgets.buttons import PressableBox
from screens.widgets.containers import MirroredRow

Entries = list[tuple[str, list[tuple[str, str]]]]  # initial letter, (code, name) pairs


class AreaRow(PressableBox):
    """One area. Rows are recycled while scrolling, so everything about an area is a property."""

    chosen: Callable[[str], None] = ObjectProperty(lambda code: None)
    code = StringProperty()
    selected = BooleanProperty(False)


class InitialButton(PressableBox):
    """One letter of the strip; scrolls to the first area with that initial."""


class AreaList(RecycleView):
    """The areas; only the visible ones have widgets."""


class AreaChooser(MirroredRow):
    """The list and its strip. `chosen` is called with the code of the row that was pressed."""

    chosen: Callable[[str], None] = ObjectProperty(lambda code: None)
    names: Any = ObjectProperty(None)
    letters: Any = ObjectProperty(None)

    def fill(self, entries: Entries, current: str) -> None:
        """Show these entries; `current` is the code that is selected."""
        self.names.data = [
            {
                "name": f"area.{code}",
                "code": code,
                "literal_text": name,
                "selected": code == current,
                "chosen": self._choose,
            }
            for _letter, pairs in entries
            for code, name in pairs
        ]
        self.names.scroll_y = 1
        self.letters.clear_widgets()
        first_index = 0
        for letter, pairs in entries:
            button = InitialButton(name=f"letter.{letter}", literal_text=letter)
            button.bind(on_release=lambda _button, index=first_index: self._scroll_to(index))
            self.letters.add_widget(button)
            first_index += len(pairs)

    def _choose(self, code: str) -> None:
        self.chosen(code)

    def _scroll_to(self, index: int) -> None:
        """Scroll so that the row of this entry is at the top, as far as the list allows."""
        grid = self.names.layout_manager
        hidden = grid.height - self.names.height
        if hidden > dp(1):
            row = index // grid.cols * (grid.default_size[1] + grid.spacing[1])
            self.names.scroll_y = 1 - min(1, row / hidden)


load_kv(__file__)
