"""A long list to choose from: big entries in two columns, a strip of first letters beside it."""

from collections.abc import Callable
from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.recycleview import RecycleView

from screens.kv_loader import load_kv
from screens.widgets.buttons import PressableBox
from screens.widgets.containers import MirroredRow

Entries = list[tuple[str, list[tuple[str, str]]]]  # letter, (code, name) pairs


class AreaRow(PressableBox):
    """One name. Entries are recycled while scrolling, so all about it are properties."""

    chosen: Callable[[str], None] = ObjectProperty(lambda code: None)
    code = StringProperty()
    selected = BooleanProperty(False)


class InitialButton(PressableBox):
    """One letter of the strip."""


class AreaList(RecycleView):
    """The names; only those to be seen exist as widgets."""


class AreaChooser(MirroredRow):
    """`fill` it; `chosen` is called with the code that was touched."""

    chosen: Callable[[str], None] = ObjectProperty(lambda code: None)
    names: Any = ObjectProperty(None)
    letters: Any = ObjectProperty(None)

    def fill(self, entries: Entries, current: str) -> None:
        """Show these; `current` is the code chosen before."""
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
        before = 0
        for letter, pairs in entries:
            key = InitialButton(name=f"letter.{letter}", literal_text=letter)
            key.bind(on_release=lambda _key, index=before: self._jump(index))
            self.letters.add_widget(key)
            before += len(pairs)

    def _choose(self, code: str) -> None:
        self.chosen(code)

    def _jump(self, index: int) -> None:
        """Scroll so that this entry's row stands on top, as far as the list reaches."""
        grid = self.names.layout_manager
        hidden = grid.height - self.names.height
        if hidden > dp(1):
            row = index // grid.cols * (grid.default_size[1] + grid.spacing[1])
            self.names.scroll_y = 1 - min(1, row / hidden)


load_kv(__file__)
